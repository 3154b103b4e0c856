"""Lists that enterprises stand on, and whether they are insured elsewhere."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.documents.models import Document
from tongbao.registry import rules
from tongbao.registry.models.firms import Exporter, Layered
from tongbao.scheme.models import Edition


class Designation(Layered):
    """A firm's place on a dated, documented list: policy direction, key firm of a base, brand, pilot, key fair."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="designations")
    kind = models.CharField("名单", max_length=30, choices=rules.DesignationKind.choices())
    document_number = models.CharField("文号或名单", max_length=120)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # policy direction: two persons
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        ordering: ClassVar = ["kind", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exporter", "kind", "document_number"], condition=Q(live=True), name="one_designation"
            ),
            models.UniqueConstraint(
                fields=["exporter", "kind", "document_number", "source"], name="one_designation_of_a_source"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="designation_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="designation_days"
            ),
        ]


class ExistingCover(Layered):
    """A short-term export credit policy that a firm holds elsewhere, as the register knows it (clause 二(一))."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="existing_covers")
    insurer_name = models.CharField("保险机构", max_length=60)
    valid_from = models.DateField("起保日期")
    valid_to = models.DateField("终保日期")
    document_number = models.CharField("依据", max_length=120)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        ordering: ClassVar = ["-valid_from", "insurer_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exporter", "insurer_name", "valid_from"], condition=Q(live=True), name="one_existing_cover"
            ),
            models.UniqueConstraint(
                fields=["exporter", "insurer_name", "valid_from", "source"], name="one_existing_cover_of_a_source"
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="existing_cover_days"),
        ]


class CoverInquiry(models.Model):
    """A question to one insurer: is this firm already insured with you? (clause 二(一); both answer before review 2)"""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="cover_inquiries")
    insurer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("发出时间")
    insured = models.BooleanField("已投保", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "exporter", "insurer"], name="one_cover_inquiry"),
            models.CheckConstraint(
                condition=Q(insured=None, answered_by=None, answered_at=None)
                | Q(insured__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="cover_answer_whole",
            ),
        ]
