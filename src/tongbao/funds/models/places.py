"""Places in the order of receipt, and where they stand in the lines of the pools."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.funds import rules
from tongbao.funds.models.pools import Pool
from tongbao.scheme.models import Edition


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
    refunded_fen = models.BigIntegerField("已退回（分）", default=0)  # of what was charged
    shortfall_fen = models.BigIntegerField("缺口（分）", default=0)  # while held: what is still to be drawn
    state = models.CharField("状态", max_length=20, choices=rules.ReservationState.choices())
    state_at = models.DateTimeField("状态时间")  # since when it is in this state
    public_link = models.CharField("收件校验码", max_length=64)  # `rules.public_link`: seals all receipts up to this
    policy_number = models.CharField("保单号", max_length=60, blank=True)  # what was charged for
    entry_date = models.DateField("保单录入日期", null=True)  # of that policy, in the insurer's system
    key = models.CharField("幂等键", max_length=80, unique=True)
    request_hash = models.CharField("请求摘要", max_length=64)

    class Meta:
        ordering: ClassVar = ["queue_number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "queue_number"], name="one_queue_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="reservation_positive"),
            models.CheckConstraint(condition=Q(shortfall_fen__gte=0), name="shortfall_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("amount_fen")), name="refund_within_charge"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["public_link"], name="funds_check_code")]  # anybody may look for one


class Standing(models.Model):
    """Where a place stands in the line of a pool; with 服从调剂 it stands, under one number, in several.

    Nothing but those who wait is in this table, so the head of a line is found in one step however long the queue is.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="line")
    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="standings")
    rank = models.PositiveSmallIntegerField("先后")  # 0: held for the rest of its money; 1: waiting
    priority_class = models.PositiveSmallIntegerField("优先级")
    queue_number = models.PositiveIntegerField("排队序号")
    place = models.PositiveSmallIntegerField("志愿")  # 0 = the firm's first choice, then the others it accepts

    class Meta:
        ordering: ClassVar = ["pool", "rank", "priority_class", "queue_number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reservation", "pool"], name="one_standing_a_pool"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pool", "rank", "priority_class", "queue_number"], name="funds_line"),
        ]
