"""What is kept of next year's terms while they are tried: drafts, every revision of their text, forecasts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import User
from tongbao.audit.models import AppendOnly
from tongbao.audit.rules import content_hash
from tongbao.scheme.models import Terms
from tongbao.studio import rules


class Draft(models.Model):
    """A scheme's text in the making; `text` is its newest revision. Nothing rests on it until it is published."""

    code = models.SlugField("草案编号", max_length=80, unique=True)
    title = models.CharField("草案名称", max_length=120)
    based_on = models.ForeignKey(Terms, models.PROTECT, verbose_name="起草依据", related_name="drafts")
    text = models.TextField("方案文件")
    body = models.JSONField("内容", null=True)  # the scheme's canonical body; null while the text has faults
    faults = models.JSONField("问题", default=list)  # what was wrong when it was saved: the fields of Fault
    revision = models.PositiveIntegerField("修改序号", default=1)
    state = models.CharField(
        "状态", max_length=20, choices=rules.DraftState.choices(), default=rules.DraftState.EDITING
    )
    author = models.ForeignKey(User, models.PROTECT, verbose_name="起草人", related_name="+")
    key = models.UUIDField(unique=True)  # a second click on the same form finds the draft of the first
    created_at = models.DateTimeField("起草时间")
    updated_at = models.DateTimeField("修改时间")
    submitted_by = models.ForeignKey(User, models.PROTECT, verbose_name="提交人", null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_hash = models.CharField("提交时的摘要", max_length=64, blank=True)
    returned = models.CharField("退回意见", max_length=500, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, verbose_name="批准人", null=True, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True)
    published = models.ForeignKey(
        Terms, models.PROTECT, verbose_name="发布为", null=True, related_name="published_from"
    )

    class Meta:
        ordering: ClassVar = ["-updated_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")), name="draft_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(published=None, approved_by=None, approved_at=None)
                | Q(published__isnull=False, approved_by__isnull=False, approved_at__isnull=False),
                name="draft_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def text_hash(self) -> str:
        """What the log keeps of the text, and what the second person approves."""
        return content_hash({"source": self.text})


class Revision(models.Model):
    """One state of a draft's text: who wrote it, when, and what was done."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("修改序号")
    text = models.TextField("方案文件")
    by = models.ForeignKey(User, models.PROTECT, verbose_name="修改人", related_name="+")
    at = models.DateTimeField("修改时间")
    note = models.CharField("改了什么", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["draft", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="studio_one_revision"),
            AppendOnly(name="studio_revision_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} 第 {self.number} 次修改"


class ForecastRun(models.Model):
    """A forecast as it was run: for a draft or for published terms, with everything that repeats it."""

    draft = models.ForeignKey(Draft, models.PROTECT, verbose_name="草案", null=True, related_name="forecasts")
    terms = models.ForeignKey(Terms, models.PROTECT, verbose_name="条款版本", null=True, related_name="forecasts")
    terms_hash = models.CharField("条款摘要", max_length=64)
    title = models.CharField("名称", max_length=120, blank=True)
    inputs = models.JSONField("参数")
    seed = models.PositiveBigIntegerField("随机种子")
    result = models.JSONField("结果")
    key = models.UUIDField(unique=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="测算人", related_name="+")
    at = models.DateTimeField("测算时间")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(draft=None, terms__isnull=False) | Q(draft__isnull=False, terms=None),
                name="forecast_of_one",
            ),
            AppendOnly(name="studio_forecast_append_only"),
        ]

    def __str__(self) -> str:
        return f"预测 {self.pk}"
