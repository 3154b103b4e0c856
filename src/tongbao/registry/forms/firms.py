"""What may be typed of a firm."""

from typing import Any

from django import forms
from django.http import HttpRequest

from tongbao.accounts.models import Area
from tongbao.registry.rules import DesignationKind
from tongbao.ui.forms import HouseForm, UsccField


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, for a form's first two arguments; nothing on a GET (an empty POST is still a POST)."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


class ExporterForm(HouseForm):
    """A firm that no customs list has brought."""

    code = UsccField(verify_check_digit=False)  # the action verifies it, and knows the exceptions
    name = forms.CharField(label="企业名称", max_length=120)
    area = forms.ModelChoiceField(label="工商注册地", queryset=Area.objects.all())


class DesignationForm(HouseForm):
    """A firm's place on a list."""

    kind = forms.ChoiceField(label="名单", choices=DesignationKind.choices())
    document_number = forms.CharField(label="文号或名单名称", max_length=120, help_text="例如 通商发〔2019〕88号")
    valid_from = forms.DateField(label="生效日期", widget=forms.DateInput)
    valid_to = forms.DateField(label="失效日期", widget=forms.DateInput, required=False, help_text="长期有效的不填")


class CoverForm(HouseForm):
    """A policy held elsewhere."""

    insurer_name = forms.CharField(label="保险机构", max_length=60)
    valid_from = forms.DateField(label="起保日期", widget=forms.DateInput)
    valid_to = forms.DateField(label="终保日期", widget=forms.DateInput)
    document_number = forms.CharField(label="依据", max_length=120, help_text="例如 保险人提供的在保名单及日期")


class AnswerForm(HouseForm):
    """An insurer's answer."""

    insured = forms.TypedChoiceField(
        label="这家企业在贵公司是否已投保短期出口信用保险",
        choices=[("no", "未投保"), ("yes", "已投保，现在有效")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="答复“已投保”时，写明保单号和保险期间"
    )
