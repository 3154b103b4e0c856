"""What may be typed: allotments, prepayments, exchange rates."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from tongbao import money
from tongbao.documents.models import Document
from tongbao.funds.models import Pool
from tongbao.ui.forms import HouseForm, MoneyField, MonthField

PAYERS = [("南通市财政局", "市财政局"), ("南通市商务局", "市商务局")]


class _BookingForm(HouseForm):
    """Money that comes in, with the paper that shows it; the paper is kept while the person checks the answers."""

    pool = forms.ModelChoiceField(label="资金池（保险人）", queryset=Pool.objects.none(), empty_label="请选择")
    amount_fen = MoneyField(label="金额（元）", help_text="按凭证上的金额填写，例如 4,500,000.00")

    def __init__(self, *args: Any, pools: QuerySet[Pool], kept: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = pools  # type: ignore[attr-defined]
        self.kept = kept
        self.fields["voucher"].required = kept is None
        if kept is not None:
            self.fields["voucher"].help_text = f"已上传：{kept.name}。如需更换，请重新选择文件。"

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, for checking: label and answer."""
        shown = []
        for bound in self:
            value = self.cleaned_data.get(bound.name)
            if bound.name == "amount_fen" and value is not None:
                value = f"{money.text(value)} 元"
            if bound.name != "voucher":
                shown.append((str(bound.label).removesuffix("（元）"), str(value or "（无）")))
        return [*shown, ("扫描件", self.kept.name if self.kept else "（无）")]

    def typed(self) -> list[tuple[str, Any]]:
        """Names and values as typed, for the hidden inputs of the next step."""
        return [(bound.html_name, bound.value() or "") for bound in self if bound.name != "voucher"]


class AllotmentForm(_BookingForm):
    """资金额度."""

    document_number = forms.CharField(label="文号", max_length=120, help_text="下达额度的文件编号")
    allotted_on = forms.DateField(label="下达日期", widget=forms.DateInput)
    voucher = forms.FileField(label="文件扫描件", help_text="PDF、JPG 或 PNG，不超过 10 MB")


class PrepaymentForm(_BookingForm):
    """预付拨付."""

    payer = forms.ChoiceField(label="付款单位", choices=PAYERS)
    paid_on = forms.DateField(label="拨付日期", widget=forms.DateInput)
    voucher_number = forms.CharField(label="拨付凭证号", max_length=60)
    receipt_number = forms.CharField(label="保险人收据号", max_length=60, help_text="保险人收到款项后出具的收据编号")
    document_number = forms.CharField(
        label="追加拨付文号",
        max_length=120,
        required=False,
        help_text="扶持资金一次性预付；同一资金池第二次及以后拨付时必须填写",
    )
    voucher = forms.FileField(label="凭证扫描件", help_text="PDF、JPG 或 PNG，不超过 10 MB")


class RateForm(HouseForm):
    """An insurer's rate of a month."""

    month = MonthField(label="月份")
    cny_per_usd = forms.DecimalField(
        label="汇率（1 美元折合人民币元）",
        max_digits=10,
        decimal_places=6,
        help_text="按本单位业务系统中该月使用的汇率填写，例如 7.0729",
    )
    checked = forms.BooleanField(
        label="已核对", required=False, help_text="与参考汇率相差较大时，须与业务系统核对无误后勾选"
    )
