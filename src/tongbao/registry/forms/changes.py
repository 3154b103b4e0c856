"""What may be typed to correct, to object, to change an identity."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest

from tongbao.accounts.models import Area
from tongbao.registry.actions import Ground, Why
from tongbao.registry.rules import UNKNOWN, country_names
from tongbao.ui.forms import HouseForm, UsccField, UsdField

EVIDENCE = "PDF、JPG 或 PNG，不超过 10 MB"
FIRST_YEAR = 2000


def asked_about(request: HttpRequest) -> dict[str, Any]:
    """What the address asks about: the dispute that is being put right, a year, a month, a country."""
    return {name: request.GET[name] for name in ("dispute", "year", "month", "country") if name in request.GET}


class _CorrectionForm(HouseForm):
    reason = forms.CharField(
        label="更正理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="依据是什么，例如海关更正的报关单号",
    )
    evidence = forms.FileField(label="证明材料", required=False, help_text=EVIDENCE)
    dispute = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def why(self) -> Why:
        """The grounds."""
        given = self.cleaned_data
        return Why(given["reason"], given["evidence"], given["dispute"], given["key"])


class FigureForm(_CorrectionForm):
    """Another amount for a month (or a year) and a country."""

    year = forms.IntegerField(label="年份", min_value=FIRST_YEAR)
    month = forms.TypedChoiceField(
        label="月份", coerce=int, choices=[(0, "全年"), *((month, f"{month} 月") for month in range(1, 13))]
    )
    country = forms.ChoiceField(label="国别", choices=lambda: _countries())
    amount = UsdField(label="更正后的出口额（美元）", help_text="没有出口的填 0")
    field_order = ("year", "month", "country", "amount", "reason", "evidence", "dispute", "key")

    def chosen_year(self) -> int | None:
        """The year that the page shows beside the form."""
        typed = str(self["year"].value() or "")
        return int(typed) if typed.isdecimal() and len(typed) == 4 else None

    def correction(self) -> dict[str, Any]:
        """For the action."""
        given = self.cleaned_data
        return {
            "year": given["year"],
            "month": given["month"],
            "country": given["country"],
            "cents": given["amount"],
            "why": self.why(),
        }


def _countries() -> list[tuple[str, str]]:
    named = sorted(country_names().items(), key=lambda pair: pair[0])
    return [
        ("", "请选择"),
        (UNKNOWN, "国别不详"),
        *((code, f"{name}（{code}）") for code, name in named if code != UNKNOWN),
    ]


class ParticularsForm(_CorrectionForm):
    """Another name or area."""

    name = forms.CharField(label="企业名称", max_length=120)
    area = forms.ModelChoiceField(label="工商注册地", queryset=Area.objects.all())
    field_order = ("name", "area", "reason", "evidence", "dispute", "key")

    def correction(self) -> dict[str, Any]:
        """For the action."""
        return {"name": self.cleaned_data["name"], "area": self.cleaned_data["area"], "why": self.why()}


class OpinionForm(HouseForm):
    """Why a correction is not approved."""

    opinion = forms.CharField(label="不批准的原因", max_length=200)


class _IdentityForm(HouseForm):
    changed_on = forms.DateField(label="变更日期", widget=forms.DateInput)
    document_number = forms.CharField(label="依据", max_length=120, help_text="例如 准予变更登记通知书（文号）")
    evidence = forms.FileField(label="证明材料", required=False, help_text=EVIDENCE)

    def ground(self) -> Ground:
        """On what it rests."""
        given = self.cleaned_data
        return Ground(given["changed_on"], given["document_number"], given["evidence"])


class RenameForm(_IdentityForm):
    """A new name."""

    name = forms.CharField(label="新名称", max_length=120)
    field_order = ("name", "changed_on", "document_number", "evidence")

    def change(self) -> dict[str, Any]:
        """For the action."""
        return {"name": self.cleaned_data["name"], "ground": self.ground()}


class RecodeForm(_IdentityForm):
    """A new code."""

    code = UsccField(label="新统一社会信用代码", verify_check_digit=False)
    field_order = ("code", "changed_on", "document_number", "evidence")

    def change(self) -> dict[str, Any]:
        """For the action."""
        return {"code": self.cleaned_data["code"], "ground": self.ground()}


class MergeForm(_IdentityForm):
    """The firm that takes this one in."""

    into = UsccField(label="合并后企业的统一社会信用代码", verify_check_digit=False)
    field_order = ("into", "changed_on", "document_number", "evidence")

    def change(self) -> dict[str, Any]:
        """For the action."""
        return {"into": self.cleaned_data["into"], "ground": self.ground()}


class CodeExceptionForm(HouseForm):
    """A genuine code whose check digit does not fit."""

    code = UsccField(verify_check_digit=False)
    reason = forms.CharField(label="理由", max_length=200, help_text="例如 已核对营业执照原件")
    evidence = forms.FileField(label="营业执照", help_text=EVIDENCE)


class DisputeForm(HouseForm):
    """A firm's objection to one of its facts."""

    statement = forms.CharField(
        label="哪里不对，正确的是什么", max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence = forms.FileField(label="证明材料", help_text=f"例如报关单汇总、变更通知书。{EVIDENCE}")
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class AnswerDisputeForm(HouseForm):
    """An officer's answer."""

    upheld = forms.TypedChoiceField(
        label="结论",
        choices=[("yes", "采纳：企业说得对"), ("no", "不采纳")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="答复", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="企业会看到这段话"
    )
