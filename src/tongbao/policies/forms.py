"""What may be typed: the quote, the exporter's payment, a reason, countries, a verification code."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from tongbao import clock
from tongbao.policies import queries, rules
from tongbao.ui import amounts
from tongbao.ui.forms import HouseForm


class PercentField(forms.CharField):
    """A percentage typed as 80, 80% or 80.5 → Decimal('0.8'); at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "amount"})

    def to_python(self, value: Any) -> Any:
        """The share between 0 and 1, or None when nothing was typed."""
        if isinstance(value, Decimal):
            return value
        text = amounts.plain(super().to_python(value) or "").rstrip("%").strip()
        if not text:
            return None
        try:
            share = Decimal(text) / 100
        except InvalidOperation:
            share = Decimal("NaN")
        if not share.is_finite() or share != round(share, 4):
            raise forms.ValidationError("请填写百分数，最多两位小数，例如 80", code="invalid")
        return share

    def validate(self, value: Any) -> None:
        """Required or not; bounds are the rules'."""
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """CharField's validators are for text."""

    def prepare_value(self, value: Any) -> Any:
        """A share as '80'."""
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value


class QuoteForm(HouseForm):
    """The insurer's quote."""

    entry_date = forms.DateField(
        label="录入日期",
        widget=forms.DateInput,
        help_text="在贵公司系统内录入这张保单的日期；按这一天所在月份的汇率折算保费（五(二)）。",
    )
    insured_percentage = PercentField(
        label="赔偿比例（%）", help_text="按贵公司的承保方案填写，会印在保险单明细表上，例如 80。"
    )
    number = forms.CharField(label="保单号", max_length=60, help_text="贵公司系统内的保单号。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry_date"].widget.attrs["max"] = f"{clock.today():%Y-%m-%d}"


def typed_day(form: HouseForm, name: str = "entry_date") -> date | None:
    """The day in a form (of entry in a quote's), checked or not yet; None when there is no such day."""
    if form.is_bound:
        return form.cleaned_data.get(name) if form.errors is not None else None
    try:
        day: date | None = form.fields[name].clean(form.initial.get(name))
    except forms.ValidationError:
        return None
    return day


class PaymentForm(HouseForm):
    """The exporter's payment of its share."""

    paid_on = forms.DateField(label="缴费日期", widget=forms.DateInput)
    voucher = forms.CharField(label="缴费凭证号", max_length=60, help_text="银行回单号或贵公司收据号。")


class DeclineForm(HouseForm):
    """Why an application is not covered."""

    reason = forms.CharField(
        label="不予承保的原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="企业和商务部门会看到这段话，请写清楚。最多 200 字。",
    )


class ExcludedForm(HouseForm):
    """An insurer's whole list of countries not covered, from a day on."""

    valid_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput,
        help_text="录入日期在这一天及以后的保单按新名单出单，已报价的保单不变。",
    )
    document_number = forms.CharField(label="依据", max_length=120, help_text="文件名称或文号。")
    countries = forms.MultipleChoiceField(
        label="不予承保国别",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选的就是完整名单；一个都不勾选，表示没有不予承保的国别。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["countries"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = queries.countries()


class VerifyForm(HouseForm):
    """A verification code as printed below the QR code."""

    code = forms.CharField(
        label="查验码",
        max_length=40,
        help_text="印在保险凭证二维码旁，共 16 位，例如 K7QF-2M9X-WTRA-8D3H。大小写和横线都可以不管。",
    )


class CancelForm(HouseForm):
    """A party asks to end an issued policy before its time."""

    last_day = forms.DateField(
        label="最后保障日", widget=forms.DateInput, help_text="这一天（含）以前的出运仍然承保，以后的不再承保。"
    )
    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *rules.CancellationReason.choices()])
    text = forms.CharField(
        label="说明",
        max_length=rules.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对方和市商务局会看到这段话，请写清楚。",
    )
    understood = forms.BooleanField(label="我已了解注销后果和退费")

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].widget.attrs.update({"min": f"{first:%Y-%m-%d}", "max": f"{last:%Y-%m-%d}"})

    def said(self) -> dict[str, Any]:
        """What the action is told."""
        return {name: self.cleaned_data[name] for name in ("last_day", "reason", "text")}


class ConsentForm(HouseForm):
    """The other party's consent, given knowingly."""

    understood = forms.BooleanField(label="我已了解注销后果，同意注销")


class ApproveCancellationForm(HouseForm):
    """The city's approval of the sum that the page shows."""

    seen_fen = forms.IntegerField(widget=forms.HiddenInput)


class RefuseForm(HouseForm):
    """Why a cancellation is not agreed to."""

    answer = forms.CharField(
        label="不同意的原因",
        max_length=rules.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对方会看到这段话。保单继续有效。",
    )
