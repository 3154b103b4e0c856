"""Money that comes in, moves between pools and goes back; every transfer of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit.models import AppendOnly
from tongbao.documents.models import Document
from tongbao.funds import rules
from tongbao.funds.models.places import Reservation
from tongbao.funds.models.pools import Account, Pool
from tongbao.funds.models.triggers import InOpenMonth
from tongbao.scheme.models import Edition


class Booking(models.Model):
    """Something that shall happen to the fund: one person prepares it, another confirms it, then the money moves.

    A move between pools goes from `pool` to `target_pool`; a closing concerns all pools of the edition.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    kind = models.CharField("业务", max_length=20, choices=rules.BookingKind.choices())
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, verbose_name="资金池", related_name="bookings")
    target_pool = models.ForeignKey(Pool, models.PROTECT, null=True, verbose_name="转入资金池", related_name="+")
    amount_fen = models.BigIntegerField("金额（分）", default=0)  # 0 for a closing: all there is
    day = models.DateField("凭证日期")
    document_number = models.CharField("文号", max_length=120, blank=True)
    payer = models.CharField("付款单位", max_length=60, blank=True)
    voucher_number = models.CharField("凭证号", max_length=60, blank=True)
    receipt_number = models.CharField("保险人收据号", max_length=60, blank=True)  # entered by who confirms
    reason = models.CharField("事由", max_length=200, blank=True)
    voucher = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    receipt = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")  # the insurer's, scanned
    state = models.CharField("状态", max_length=20, choices=rules.BookingState.choices())
    prepared_by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    prepared_at = models.DateTimeField("经办时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="复核人", related_name="+")
    decided_at = models.DateTimeField("复核时间", null=True)
    note = models.CharField("复核意见", max_length=200, blank=True)
    key = models.CharField("幂等键", max_length=80, unique=True)
    request_hash = models.CharField("请求摘要", max_length=64)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "kind"], name="funds_booking_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="booking_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="booked")
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("prepared_by"))),
                name="booking_two_persons",
            ),
            models.CheckConstraint(condition=Q(target_pool=None) | ~Q(pool=F("target_pool")), name="booking_two_pools"),
            AppendOnly(name="funds_booking_once_decided", once="state <> 'prepared'"),
        ]

    @property
    def decided_text(self) -> str:
        """Who decided on it and when, as a part of a sentence; empty while nobody has."""
        if self.decided_by is None or self.decided_at is None:
            return ""
        when = f"{self.decided_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        return rules.decided_text(self.state, when, self.decided_by.name)


class Allotment(models.Model):
    """资金额度: the sum an authority's document opens for a pool (clause 五(一))."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="allotments")
    amount_fen = models.BigIntegerField("金额（分）")
    document_number = models.CharField("文号", max_length=120)
    allotted_on = models.DateField("下达日期")
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="allotment")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
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
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="prepayment")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
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
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, related_name="transfers")
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
            InOpenMonth(name="funds_transfer_open_month"),
        ]
