"""What is kept of public money: pools, accounts, transfers, the queue, reservations, exchange rates."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.audit.models import AppendOnly
from tongbao.documents.models import Document
from tongbao.funds import rules
from tongbao.scheme.models import Edition


class Pool(models.Model):
    """The money of one edition from which one insurer's policies are subsidised (clause 五(一): 450 and 50 万元)."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="pools")
    insurer = models.ForeignKey(Organisation, models.PROTECT, verbose_name="保险人", related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["edition", "insurer"], name="one_pool")]

    def __str__(self) -> str:
        return self.insurer.name


class Account(models.Model):
    """One account of a pool; its balance is a cache that always equals the sum of its transfers."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="accounts")
    kind = models.CharField("账户", max_length=20, choices=rules.AccountKind.choices())
    balance_fen = models.BigIntegerField("余额（分）", default=0)

    class Meta:
        ordering: ClassVar = ["pool", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pool", "kind"], name="one_account"),
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="balance_not_negative"),
        ]


class Queue(models.Model):
    """The one counter of an edition's order of receipt: numbers have no gap and are never used again."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="queue")
    last_number = models.PositiveIntegerField("最后序号", default=0)
    last_received_at = models.DateTimeField("最后收件时间", null=True)


class Reservation(models.Model):
    """A place in the order of receipt and the money that stands by for it (clause 二(三))."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="reservations")
    reference = models.CharField("申请编号", max_length=40, db_index=True)
    beneficiary_code = models.CharField("统一社会信用代码", max_length=18)
    beneficiary_name = models.CharField("企业名称", max_length=120)
    purpose = models.CharField("用途", max_length=60)  # the plan, as the application states it
    queue_number = models.PositiveIntegerField("排队序号")
    received_at = models.DateTimeField("收件时间")
    priority_class = models.PositiveSmallIntegerField("优先级")  # frozen at receipt; 0 = has a ground of clause 二
    amount_fen = models.BigIntegerField("金额（分）")  # reserved; once charged, the sum charged
    shortfall_fen = models.BigIntegerField("缺口（分）", default=0)  # while held: what is still to be drawn
    state = models.CharField("状态", max_length=20, choices=rules.ReservationState.choices())
    key = models.CharField("幂等键", max_length=80, unique=True)
    request_hash = models.CharField("请求摘要", max_length=64)

    class Meta:
        ordering: ClassVar = ["queue_number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "queue_number"], name="one_queue_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="reservation_positive"),
            models.CheckConstraint(condition=Q(shortfall_fen__gte=0), name="shortfall_not_negative"),
        ]
        indexes: ClassVar = [
            # the head of a waiting list is found in one step, however long the list
            models.Index(fields=["pool", "state", "priority_class", "queue_number"], name="funds_line"),
        ]


class Allotment(models.Model):
    """资金额度: the sum an authority's document opens for a pool (clause 五(一))."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="allotments")
    amount_fen = models.BigIntegerField("金额（分）")
    document_number = models.CharField("文号", max_length=120)
    allotted_on = models.DateField("下达日期")
    voucher = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pool", "document_number"], name="one_allotment_a_document"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="allotment_positive"),
            AppendOnly(name="funds_allotment_append_only"),
        ]


class Prepayment(models.Model):
    """预付拨付: cash paid in one sum to an insurer, with voucher and the insurer's receipt (clause 五(二))."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="prepayments")
    amount_fen = models.BigIntegerField("金额（分）")
    payer = models.CharField("付款单位", max_length=60)
    voucher_number = models.CharField("凭证号", max_length=60)
    document_number = models.CharField("追加拨付文号", max_length=120, blank=True)  # demanded from the second on
    receipt_number = models.CharField("保险人收据号", max_length=60)
    paid_on = models.DateField("拨付日期")
    voucher = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pool", "voucher_number"], name="one_voucher"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="prepayment_positive"),
            AppendOnly(name="funds_prepayment_append_only"),
        ]


class Transfer(models.Model):
    """Money from one account of a pool to another; never changed, never deleted."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="transfers")
    kind = models.CharField("事项", max_length=20, choices=rules.TransferKind.choices())
    source = models.ForeignKey(Account, models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Account, models.PROTECT, related_name="incoming")
    amount_fen = models.BigIntegerField("金额（分）")
    reservation = models.ForeignKey(Reservation, models.PROTECT, null=True, related_name="transfers")
    allotment = models.ForeignKey(Allotment, models.PROTECT, null=True, related_name="transfers")
    prepayment = models.ForeignKey(Prepayment, models.PROTECT, null=True, related_name="transfers")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("经办人编号", null=True)
    by_name = models.CharField("经办人", max_length=120)
    key = models.CharField("幂等键", max_length=100, unique=True)
    request_hash = models.CharField("请求摘要", max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["pool", "kind", "at"], name="funds_journal")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_two_accounts"),
            AppendOnly(name="funds_transfer_append_only"),
        ]


class ExchangeRate(models.Model):
    """An insurer's system rate for a month, RMB per USD; counts once a second person confirmed it (clause 五(二))."""

    insurer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.DateField("月份")  # the first day of the month
    cny_per_usd = models.DecimalField("汇率", max_digits=10, decimal_places=6)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        ordering: ClassVar = ["-month", "insurer"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["insurer", "month"], name="one_rate_a_month"),
            models.CheckConstraint(condition=Q(cny_per_usd__gt=0), name="rate_positive"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="rate_two_persons",
            ),
        ]

    @property
    def shown(self) -> str:
        """The figure without needless zeros."""
        return rules.rate_text(self.cny_per_usd)
