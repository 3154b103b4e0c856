"""Months that are locked: the balances as they stood, kept for good (clause 五)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import User
from tongbao.audit.models import AppendOnly
from tongbao.funds.models.pools import Account
from tongbao.funds.models.triggers import ReadByTriggers
from tongbao.scheme.models import Edition


class MonthClose(models.Model):
    """月结: a month of an edition is locked; no entry can be dated into it or before it any more."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    month = models.DateField("月份")  # the first day of the month
    ends_at = models.DateTimeField("截止时间")  # the first instant that is not of the month
    closed_by = models.ForeignKey(User, models.PROTECT, verbose_name="月结人", related_name="+")
    closed_at = models.DateTimeField("月结时间")
    log_number = models.PositiveBigIntegerField("审计链序号")  # the head of the log at that moment
    log_hash = models.CharField("审计链摘要", max_length=64)
    entries = models.PositiveBigIntegerField("分录数")  # of this month alone
    content_hash = models.CharField("内容摘要", max_length=64)  # of the month, its entries' number and its balances

    class Meta:
        ordering: ClassVar = ["edition", "-month"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "month"], name="one_month_close"),
            AppendOnly(name="funds_monthclose_append_only"),
            ReadByTriggers(name="funds_monthclose_read"),
        ]


class MonthBalance(models.Model):
    """What one account did in a locked month, in fen."""

    close = models.ForeignKey(MonthClose, models.PROTECT, related_name="balances")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    opening_fen = models.BigIntegerField("期初（分）")
    added_fen = models.BigIntegerField("增加（分）")
    taken_fen = models.BigIntegerField("减少（分）")
    closing_fen = models.BigIntegerField("期末（分）")

    class Meta:
        ordering: ClassVar = ["close", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["close", "account"], name="one_month_balance"),
            models.CheckConstraint(
                condition=Q(closing_fen=F("opening_fen") + F("added_fen") - F("taken_fen")), name="month_adds_up"
            ),
            models.CheckConstraint(condition=Q(closing_fen__gte=0), name="month_not_negative"),
            AppendOnly(name="funds_monthbalance_append_only"),
        ]
