"""What may be typed: by the exporter, one page at a time; by the reviewer, one verdict at a time."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tongbao.intake import rules
from tongbao.ui.forms import HouseForm

ACCEPTED = ".pdf,.jpg,.jpeg,.png"
FILE_HINT = "PDF、JPG 或 PNG，不超过 10 MB；手机可以直接拍照上传。"


class _Page(HouseForm):
    """A page of the application. `later` (save and go on later) leaves parts empty without complaint."""

    def __init__(self, *args: Any, later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if later:
            for field in self.fields.values():
                field.required = False


class PlanForm(_Page):
    """The plan, and for a conditional one what to fall back on."""

    plan = forms.ChoiceField(label="方案", widget=forms.RadioSelect)
    fallback_plan = forms.ChoiceField(
        label="备选方案",
        required=False,
        widget=forms.RadioSelect,
        help_text="政策导向若未获市商务局确认，就按备选方案办理，排队序号不变。",
    )

    def __init__(
        self, *args: Any, plans: list[tuple[str, str]], fallbacks: list[tuple[str, str]], later: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, later=later, **kwargs)
        self.fields["plan"].choices = plans  # type: ignore[attr-defined]
        fallback = self.fields["fallback_plan"]
        fallback.choices = fallbacks  # type: ignore[attr-defined]
        settled = {plan for plan, _ in fallbacks}
        chosen = self["plan"].value() or ""
        if settled == {plan for plan, _ in plans}:
            del self.fields["fallback_plan"]
        elif chosen and chosen not in settled and not later:
            fallback.required = True
            fallback.error_messages["required"] = f"方案{chosen}还须市商务局确认政策导向，请选一个备选方案"


class InsurerForm(_Page):
    """The first choice, and whether the other is accepted."""

    insurer = forms.TypedChoiceField(label="保险公司", coerce=int, empty_value=None, widget=forms.RadioSelect)
    accepts_other_insurer = forms.BooleanField(
        label="服从调剂：所选公司的扶持资金不足时，同意改由另一家承保",
        required=False,
        help_text="勾选后，所选公司资金用完而另一家还有余额时，您不必候补，保障内容和保费都不变；不勾选则留在所选公司候补。",
    )

    def __init__(self, *args: Any, insurers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["insurer"].choices = insurers  # type: ignore[attr-defined]


class DataForm(_Page):
    """Whom to reach, and whether the register is right."""

    confirmed = forms.BooleanField(label="以上资料无误")
    contact_name = forms.CharField(
        label="联系人姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_phone = forms.CharField(
        label="联系电话",
        max_length=30,
        help_text="11 位手机号，或带区号的固定电话，例如 0513-85215678",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    address = forms.CharField(
        label="通讯地址",
        max_length=200,
        help_text="保险公司寄送文件用，写到门牌号",
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def clean_contact_phone(self) -> str:
        """The number in one form."""
        typed = str(self.cleaned_data["contact_phone"])
        number = rules.phone(typed) if typed else ""
        if number is None:
            raise forms.ValidationError("请填写 11 位手机号，或带区号的固定电话，例如 0513-85215678")
        return number


class DeclarationForm(_Page):
    """What the firm declares, word for word."""

    declares_uninsured = forms.BooleanField(label=rules.DECLARATIONS["declares_uninsured"])
    declares_truth = forms.BooleanField(label=rules.DECLARATIONS["declares_truth"])


class PapersForm(_Page):
    """The mandatory papers; one that is there already may stay."""

    form = forms.FileField(label="盖章申请表", help_text=FILE_HINT)
    licence = forms.FileField(label="营业执照", help_text=FILE_HINT)
    proof = forms.FileField(
        label="出口经营资格证明",
        help_text=f"上年度没有出口的企业，请上传海关报关单位注册登记证书或对外贸易经营者备案登记表。{FILE_HINT}",
    )

    def __init__(self, *args: Any, present: Iterable[str], required: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in set(self.fields) - set(required):
            del self.fields[kind]
        for kind in present:
            if kind in self.fields:
                self.fields[kind].required = False
        for field in self.fields.values():
            field.widget.attrs["accept"] = ACCEPTED


class SubmitForm(HouseForm):
    """The key by which a second click is recognised."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


class SwitchForm(HouseForm):
    """Another insurer for what was handed in; whether the others are accepted only matters to one that waits."""

    insurer = forms.TypedChoiceField(label="保险公司", coerce=int, empty_value=None, widget=forms.RadioSelect)
    accepts_other_insurer = forms.BooleanField(
        label="服从调剂：哪家先有资金，就由哪家承保",
        required=False,
        help_text="勾选后同时排在各家的候补里，轮到任何一家都可以；不勾选只排在所选的一家。",
    )

    def __init__(self, *args: Any, choices: Iterable[Any], waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["insurer"].choices = [(choice.body.pk, choice.entry.title) for choice in choices]  # type: ignore[attr-defined]
        if not waits:
            del self.fields["accepts_other_insurer"]


class WithdrawForm(HouseForm):
    """Why the firm takes its application back."""

    why = forms.CharField(label="撤回原因", max_length=150, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(HouseForm):
    """One answer a question, and one more paper if need be."""

    answer = forms.FileField(label="补充材料", required=False, help_text=FILE_HINT)

    def __init__(self, *args: Any, questions: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].widget.attrs["accept"] = ACCEPTED
        asked: dict[str, forms.Field] = {}
        for question in questions:
            asked[f"answer_{question.pk}"] = forms.CharField(
                label=f"{question.get_section_display()}：{question.text}",
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
                error_messages={"required": "请回答这个问题"},
            )
        self.fields = {**asked, **self.fields}

    def answers(self) -> dict[int, str]:
        """Question id → text."""
        return {
            int(name.removeprefix("answer_")): text
            for name, text in self.cleaned_data.items()
            if name.startswith("answer_")
        }


class _Verdict(HouseForm):
    """A reviewer's verdict; `seen` is how many reviews the page showed."""

    verdict = ""
    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="企业看不到"
    )

    def given(self) -> dict[str, Any]:
        """Arguments for the review action."""
        return {"verdict": self.verdict, **self.cleaned_data}


class ApproveForm(_Verdict):
    """Approve."""

    verdict = rules.Verdict.APPROVE


class ReturnForm(_Verdict):
    """Return with at least one question."""

    verdict = rules.Verdict.RETURN
    return_kind = forms.ChoiceField(label="退回类型", choices=rules.ReturnKind.choices(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in rules.Section:
            self.fields[f"question_{section}"] = forms.CharField(
                label=f"关于“{section.label}”的问题",
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
        self.order_fields(["return_kind", *(f"question_{section}" for section in rules.Section)])

    def given(self) -> dict[str, Any]:
        """The questions by section, beside the rest."""
        typed = dict(self.cleaned_data)
        questions = {section.value: typed.pop(f"question_{section}") for section in rules.Section}
        return {"verdict": self.verdict, "questions": questions, **typed}


class RejectForm(_Verdict):
    """Reject for a coded reason."""

    verdict = rules.Verdict.REJECT
    reason = forms.ChoiceField(label="不予支持的原因", choices=[("", "请选择"), *rules.RejectReason.choices()])
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="企业会看到这段话；原因选“其他”时必填",
    )
    field_order = ("reason", "note")


VERDICTS: dict[str, type[_Verdict]] = {form.verdict: form for form in (ApproveForm, ReturnForm, RejectForm)}
