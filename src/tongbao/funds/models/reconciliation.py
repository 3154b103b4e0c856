"""Insurers' statements as they came, why they differ from the platform, and who signed that."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import User
from tongbao.audit.models import AppendOnly
from tongbao.documents.models import Document
from tongbao.funds.models.pools import Pool
from tongbao.funds.rules.reconciliation import Reason, Side, StatementState


class InsurerStatement(models.Model):
    """What an insurer says it used of a pool in a month. It counts once kept, and never changes once signed."""

    pool = models.ForeignKey(Pool, models.PROTECT, verbose_name="资金池", related_name="statements")
    month = models.DateField("月份")  # the first day of the month
    state = models.CharField("状态", max_length=20, choices=StatementState.choices())
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who kept it, or gave it up
    decided_at = models.DateTimeField("确认时间", null=True)
    replaced_at = models.DateTimeField("替换时间", null=True)
    tolerance_fen = models.BigIntegerField("容差（分）", default=0)  # of the edition when it was kept
    lines_hash = models.CharField("明细摘要", max_length=64, blank=True)
    content_hash = models.CharField("签字内容摘要", max_length=64, blank=True)
    signed_at = models.DateTimeField("双方签字时间", null=True)
    last_transfer_id = models.BigIntegerField("截止分录号", null=True)  # what was booked when it was signed

    class Meta:
        ordering: ClassVar = ["-month", "pool", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pool", "month"], condition=Q(state__in=["kept", "signed"]), name="one_statement_a_month"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | (Q(signed_at__isnull=False, last_transfer_id__isnull=False) & ~Q(content_hash="")),
                name="statement_signed_whole",
            ),
            AppendOnly(name="funds_insurerstatement_append_only", once="state IN ('signed', 'replaced', 'discarded')"),
        ]


class InsurerLine(models.Model):
    """One line of a statement that was kept, as the insurer wrote it."""

    statement = models.ForeignKey(InsurerStatement, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField("行")
    number = models.CharField("保单号", max_length=60)
    name = models.CharField("被保险人", max_length=120)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    entry_date = models.DateField("录入日期")
    subsidy_fen = models.BigIntegerField("财政扶持（分）")
    premium_fen = models.BigIntegerField("保费（分）", null=True)
    refund_fen = models.BigIntegerField("退保退回（分）", default=0)

    class Meta:
        ordering: ClassVar = ["statement", "row"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "row"], name="one_line_a_row"),
            models.CheckConstraint(condition=Q(refund_fen__gte=0), name="line_refund_not_negative"),
            AppendOnly(name="funds_insurerline_append_only"),
        ]


class Resolution(models.Model):
    """Why a difference is there; the newest of a mark counts. It explains and changes no balance."""

    statement = models.ForeignKey(InsurerStatement, models.PROTECT, related_name="resolutions")
    mark = models.CharField("差异摘要", max_length=64)  # `rules.reconciliation.Result.mark`
    number = models.CharField("保单号", max_length=60, blank=True)
    difference_fen = models.BigIntegerField("差额（分）")
    reason = models.CharField("原因", max_length=20, choices=Reason.choices())
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="处理人", related_name="+")
    at = models.DateTimeField("处理时间")

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["statement", "mark"], name="funds_resolution_mark")]
        constraints: ClassVar = [AppendOnly(name="funds_resolution_append_only")]


class SignOff(models.Model):
    """A side's signature under exactly the content that has this hash."""

    statement = models.ForeignKey(InsurerStatement, models.PROTECT, related_name="signatures")
    side = models.CharField("签字方", max_length=20, choices=Side.choices())
    by = models.ForeignKey(User, models.PROTECT, verbose_name="签字人", related_name="+")
    at = models.DateTimeField("签字时间")
    content_hash = models.CharField("签字内容摘要", max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "side", "content_hash"], name="one_signature_a_side"),
            AppendOnly(name="funds_signoff_append_only"),
        ]
