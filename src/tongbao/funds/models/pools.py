"""The pools of an edition, their accounts, and the one counter of its order of receipt."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import Organisation
from tongbao.funds import rules
from tongbao.funds.models.triggers import ReadByTriggers
from tongbao.scheme.models import Edition


class Pool(models.Model):
    """The money of one edition from which one insurer's policies are subsidised (clause 五(一): 450 and 50 万元)."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="pools")
    insurer = models.ForeignKey(Organisation, models.PROTECT, verbose_name="保险人", related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "insurer"], name="one_pool"),
            ReadByTriggers(name="funds_pool_read"),
        ]

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
    """The one counter of an edition's order of receipt: numbers have no gap and are never used again.

    Its row is the lock of the whole fund of the edition: whoever changes a balance or a place holds it (ADR 13).
    """

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="queue")
    last_number = models.PositiveIntegerField("最后序号", default=0)
    last_received_at = models.DateTimeField("最后收件时间", null=True)
    public_head = models.CharField("公开链尾", max_length=64, default=rules.PUBLIC_GENESIS)
    locked_until = models.DateTimeField("月结至", null=True)  # the end of the last locked month
    closed_at = models.DateTimeField("年度结清时间", null=True)  # nothing is received or booked any more
