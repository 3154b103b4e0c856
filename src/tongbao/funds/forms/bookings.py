"""What may be typed about money that comes in, moves between pools and goes back."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from tongbao import money
from tongbao.documents.models import Document
from tongbao.funds.models import Pool
from tongbao.scheme.models import Edition
from tongbao.ui.forms import HouseForm, MoneyField

PAYERS = [("南通市财政局", "市财政局"), ("南通市商务局", "市商务局")]
PAPER = "PDF、JPG 或 PNG，不超过 10 MB"
GONE = "这个资金池不能选：年度已经结清，或页面已经过时。请刷新页面后重新选择"


class _PoolField(forms.ModelChoiceField):
    """A pool, with its year: another year's pool of the same insurer is other money."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, queryset=Pool.objects.none(), empty_label="请选择")

    def label_from_instance(self, obj: Any) -> str:
        """Insurer and year."""
        return f"{obj.insurer.name}（{obj.edition.title}）"


class BookingForm(HouseForm):
    """A booking with the paper that shows it; the paper is kept while the person checks the answers."""

    def __init__(
        self,
        *args: Any,
        pools: QuerySet[Pool],
        editions: QuerySet[Edition],
        kept: Document | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = pools if isinstance(field, _PoolField) else editions
                field.error_messages["invalid_choice"] = GONE
        self.kept: Document | None = None
        if kept is not None:
            self.keep(kept)

    def keep(self, paper: Document) -> None:
        """The paper that was uploaded, in this step or the one before: it need not be chosen again."""
        self.kept = paper
        self.fields["voucher"].required = False
        self["voucher"].help_text = f"已上传：{paper.name}。如需更换，请重新选择文件。"

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, for checking: label and answer."""
        shown = []
        for bound in self:
            value = self.cleaned_data.get(bound.name)
            if bound.name == "amount_fen" and value is not None:
                value = f"{money.text(value)} 元"
            if isinstance(bound.field, _PoolField) and value is not None:
                value = bound.field.label_from_instance(value)
            if bound.name != "voucher":
                shown.append((str(bound.label).removesuffix("（元）"), str(value or "（无）")))
        return [*shown, ("扫描件", self.kept.name if self.kept else "（无）")]

    def typed(self) -> list[tuple[str, Any]]:
        """Names and values as typed, for the hidden inputs of the next step."""
        return [(bound.html_name, bound.value() or "") for bound in self if bound.name != "voucher"]

    def said(self) -> dict[str, Any]:
        """What was typed, as `actions.prepare` takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "voucher"}
        for name in ("pool", "target_pool"):
            if isinstance(pool := said.pop(name, None), Pool):
                said[f"{name}_id"] = pool.pk
                said.setdefault("edition_id", pool.edition_id)
        if isinstance(edition := said.pop("edition", None), Edition):
            said["edition_id"] = edition.pk
        return said


class AllotmentForm(BookingForm):
    """资金额度."""

    pool = _PoolField("资金池（保险人）")
    amount_fen = MoneyField(label="金额（元）", help_text="按文件上的金额填写，例如 4,500,000.00")
    document_number = forms.CharField(label="文号", max_length=120, help_text="下达额度的文件编号")
    day = forms.DateField(label="下达日期", widget=forms.DateInput)
    voucher = forms.FileField(label="文件扫描件", help_text=PAPER)


class PrepaymentForm(BookingForm):
    """预付拨付."""

    pool = _PoolField("资金池（保险人）")
    amount_fen = MoneyField(label="金额（元）", help_text="按凭证上的金额填写，例如 4,500,000.00")
    payer = forms.ChoiceField(label="付款单位", choices=PAYERS)
    day = forms.DateField(label="拨付日期", widget=forms.DateInput)
    voucher_number = forms.CharField(label="拨付凭证号", max_length=60)
    document_number = forms.CharField(
        label="追加拨付文号",
        max_length=120,
        required=False,
        help_text="扶持资金一次性预付；同一资金池第二次及以后拨付时必须填写",
    )
    voucher = forms.FileField(label="凭证扫描件", help_text=PAPER)


class MoveForm(BookingForm):
    """额度调剂."""

    pool = _PoolField("转出资金池")
    target_pool = _PoolField("转入资金池")
    amount_fen = MoneyField(label="金额（元）", help_text="不超过转出资金池的可用额度")
    document_number = forms.CharField(label="同意调剂的文号", max_length=120)
    day = forms.DateField(label="文件日期", widget=forms.DateInput)
    reason = forms.CharField(label="事由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    voucher = forms.FileField(label="文件扫描件", help_text=PAPER)


class ReturnForm(BookingForm):
    """退回财政."""

    pool = _PoolField("资金池（保险人）")
    amount_fen = MoneyField(label="金额（元）", help_text="按退款凭证上的金额填写")
    voucher_number = forms.CharField(label="退款凭证号", max_length=60)
    day = forms.DateField(label="退款日期", widget=forms.DateInput)
    reason = forms.CharField(label="事由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    voucher = forms.FileField(label="凭证扫描件", help_text=PAPER)


class ClosingForm(BookingForm):
    """年度结清."""

    edition = forms.ModelChoiceField(label="年度方案", queryset=Edition.objects.none(), widget=forms.HiddenInput)
    document_number = forms.CharField(label="年度结清的文号", max_length=120)
    day = forms.DateField(label="文件日期", widget=forms.DateInput)
    voucher = forms.FileField(label="文件扫描件", help_text=PAPER)


class ConfirmForm(HouseForm):
    """Nothing to type: the second person has compared it with the paper."""


class ReceiptForm(HouseForm):
    """The insurer's receipt for cash."""

    receipt_number = forms.CharField(label="收据号", max_length=60, help_text="保险人为这笔拨付出具的收据编号")
    receipt = forms.FileField(label="收据扫描件", required=False, help_text=PAPER)

    def __init__(self, *args: Any, must_show: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if must_show:
            self.fields["receipt"].required = True
            self.fields["receipt"].help_text = f"您代保险人确认到账，须上传保险人出具的收据。{PAPER}"


class SendBackForm(HouseForm):
    """Why a booking is sent back."""

    note = forms.CharField(
        label="退回原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪里不对、应怎样改正，经办人会收到消息",
    )
