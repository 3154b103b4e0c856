"""What is kept of exporters: master data, customs exports, designations, existing cover."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Area, Organisation, User
from tongbao.batch.models import Import
from tongbao.documents.models import Document
from tongbao.registry import rules
from tongbao.scheme.models import Edition


class Exporter(models.Model):
    """An enterprise of the city, known by its 18-character unified social credit code (GB 32100-2015)."""

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    name_initials = models.CharField("拼音首字母", max_length=240, blank=True, db_index=True)  # lower case, for search
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="工商注册地", related_name="+")
    source = models.ForeignKey(Import, models.PROTECT, verbose_name="来源批次", null=True, related_name="+")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class CustomsExport(models.Model):
    """Exports of one firm to one country in one month (or in a whole year: month 0), in USD cents.

    `country` is ISO 3166 alpha-2, or ZZ when the destination is unknown: it stays in every total and is flagged.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="exports")
    year = models.PositiveSmallIntegerField("年份")
    month = models.PositiveSmallIntegerField("月份", default=0)
    country = models.CharField("目的国（地区）", max_length=2)
    amount_cents = models.BigIntegerField("出口额（美分）")
    source = models.ForeignKey(Import, models.PROTECT, verbose_name="来源批次", related_name="+")

    class Meta:
        ordering: ClassVar = ["year", "month", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exporter", "year", "month", "country"], name="one_export_figure"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="export_not_negative"),
            models.CheckConstraint(condition=Q(month__lte=12), name="export_month"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "month"], name="export_month_of_year")]


class Designation(models.Model):
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
            models.UniqueConstraint(fields=["exporter", "kind", "document_number"], name="one_designation"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="designation_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="designation_days"
            ),
        ]


class ExistingCover(models.Model):
    """A short-term export credit policy that a firm holds elsewhere, as the register knows it (clause 二(一))."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="existing_covers")
    insurer_name = models.CharField("保险机构", max_length=60)
    valid_from = models.DateField("起保日期")
    valid_to = models.DateField("终保日期")
    document_number = models.CharField("依据", max_length=120)
    source = models.ForeignKey(Import, models.PROTECT, verbose_name="来源批次", null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        ordering: ClassVar = ["-valid_from", "insurer_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exporter", "insurer_name", "valid_from"], name="one_existing_cover"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="existing_cover_days"),
        ]


class CompleteList(models.Model):
    """A declaration that the register holds every firm that exported in a year: absence then means zero."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.ForeignKey(Import, models.PROTECT, null=True, related_name="+")
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("声明时间")

    class Meta:
        ordering: ClassVar = ["year"]


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
