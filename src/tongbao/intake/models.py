"""What is kept of an application: its answers, papers, reviews and questions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import Area, Organisation, User
from tongbao.documents.models import Document
from tongbao.funds.models import Reservation
from tongbao.intake import rules
from tongbao.registry.models import Exporter
from tongbao.scheme.models import Decision, Edition


class Application(models.Model):
    """One firm's application in one edition, from draft to policy."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="applications")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")  # whose district reviews; frozen at submission
    reference = models.CharField("申请编号", max_length=40, unique=True)
    state = models.CharField("状态", max_length=20, choices=rules.State.choices(), db_index=True)
    plan = models.CharField("方案", max_length=4, blank=True)
    fallback_plan = models.CharField("备选方案", max_length=4, blank=True)  # when plan C's direction is refused
    insurer = models.ForeignKey(Organisation, models.PROTECT, verbose_name="保险人", null=True, related_name="+")
    first_choice = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # as submitted
    accepts_other_insurer = models.BooleanField("服从调剂", default=False)
    contact_name = models.CharField("联系人", max_length=60, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    address = models.CharField("通讯地址", max_length=200, blank=True)
    data_confirmed = models.BooleanField("资料已确认", default=False)
    declares_uninsured = models.BooleanField("声明未在别处投保", default=False)
    declares_truth = models.BooleanField("声明材料真实", default=False)
    declaration_version = models.CharField("声明版本", max_length=20, blank=True)  # the text that was shown
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")  # as found at submission
    latest_decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")  # register changed since
    facts_version = models.PositiveIntegerField("判定所用资料版本", default=0)  # of the firm: `Exporter.facts_version`
    reservation = models.OneToOneField(Reservation, models.PROTECT, null=True, related_name="application")
    returned_from = models.CharField("退回前状态", max_length=20, blank=True)
    return_kind = models.CharField("退回类型", max_length=20, blank=True, choices=rules.ReturnKind.choices())
    return_due = models.DateField("补充期限", null=True)
    reminded_of = models.DateField("已提醒的期限", null=True)  # the last day that the firm was reminded of
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("创建时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    closed_reason = models.CharField("结束原因", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "exporter"],
                condition=Q(state__in=[state.value for state in rules.LIVE]),
                name="one_live_application",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def public_state(self) -> str:
        """What the enterprise reads of the state."""
        return rules.PUBLIC[rules.State(self.state)]

    @property
    def tone(self) -> str:
        """The tint of the state's badge."""
        return rules.TONES[rules.State(self.state)]


class Paper(models.Model):
    """A document handed in with an application; a newer one of the same kind replaces it, nothing is deleted."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="papers")
    kind = models.CharField("材料", max_length=20, choices=rules.PaperKind.choices())
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("上传时间")
    replaced_at = models.DateTimeField("替换时间", null=True)

    class Meta:
        ordering: ClassVar = ["kind", "added_at"]


class Review(models.Model):
    """A reviewer's decision at one level, with the findings recomputed at that moment (clause 三③)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    level = models.CharField("级别", max_length=10, choices=rules.Level.choices())
    verdict = models.CharField("结论", max_length=10, choices=rules.Verdict.choices())
    reason = models.CharField("原因", max_length=30, blank=True, choices=rules.RejectReason.choices())
    note = models.TextField("意见", blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["at"]


class Question(models.Model):
    """A question tied to one section of a returned application, and its answer."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="questions")
    review = models.ForeignKey(Review, models.PROTECT, related_name="questions")
    section = models.CharField("部分", max_length=20, choices=rules.Section.choices())
    text = models.TextField("问题")
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
