"""Objections to what the register says, and corrections of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import User
from tongbao.batch.models import Import
from tongbao.documents.models import Document
from tongbao.registry import rules
from tongbao.registry.models.firms import Exporter


class Dispute(models.Model):
    """A firm says that one of its facts is wrong, with evidence; an officer answers."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="disputes")
    fact = models.CharField("资料项", max_length=40)  # the scheme's id of the fact
    fact_title = models.CharField("资料", max_length=120)
    shown = models.CharField("当时显示", max_length=200)  # what the firm saw
    statement = models.CharField("说明", max_length=500)
    evidence = models.ForeignKey(Document, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=12, choices=rules.DisputeState.choices())
    answer = models.CharField("答复", max_length=500, blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    key = models.UUIDField(unique=True)  # a second click finds the dispute of the first

    class Meta:
        ordering: ClassVar = ["-raised_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exporter", "fact"],
                condition=Q(state=rules.DisputeState.OPEN.value),
                name="one_open_dispute_of_a_fact",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DisputeState.OPEN.value, answered_by=None, answered_at=None)
                | (~Q(state=rules.DisputeState.OPEN.value) & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="dispute_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exporter}：{self.fact_title}"


class Correction(models.Model):
    """Why an officer changes what the register says of a firm. Its rows hang on `source`: entered by one person,
    they count once another has confirmed it, and it is undone as any import is."""

    source = models.OneToOneField(Import, models.PROTECT, related_name="correction")
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="corrections")
    subject = models.CharField("更正内容", max_length=20, choices=rules.CorrectionSubject.choices())
    before = models.JSONField("原登记")  # label → text, for people
    after = models.JSONField("更正为")
    reason = models.CharField("理由", max_length=500)
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    dispute = models.ForeignKey(Dispute, models.PROTECT, null=True, related_name="corrections")
    opinion = models.CharField("审批意见", max_length=200, blank=True)
    key = models.UUIDField(unique=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
