"""Enterprises: who they are, what each origin says of them, how they were known before."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import Area, User
from tongbao.batch.models import Import
from tongbao.documents.models import Document
from tongbao.registry import rules


class Exporter(models.Model):
    """An enterprise of the city, known by its 18-character unified social credit code (GB 32100-2015).

    Name and area are those of the particulars that count (`Particulars.live`), kept here so that lists are quick. A
    firm that only an unconfirmed or undone import speaks of is not `present`: nobody sees it.
    """

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120, db_index=True)
    name_initials = models.CharField("拼音首字母", max_length=240, blank=True, db_index=True)  # lower case, for search
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="工商注册地", related_name="+")
    present = models.BooleanField("在册", default=True)
    facts_version = models.PositiveIntegerField("资料版本", default=1)  # raised whenever a fact may have changed
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", null=True, blank=True, related_name="absorbed"
    )
    created_at = models.DateTimeField("登记时间")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Layered(models.Model):
    """A row of the register with its origin. Rows of several origins may speak of the same thing: that of the latest
    counts (`live`), and when its import is undone the one before counts again. `source` is empty for what was typed."""

    exporter: models.ForeignKey[Exporter, Exporter]
    source = models.ForeignKey(Import, models.PROTECT, verbose_name="来源批次", null=True, related_name="+")
    row = models.PositiveIntegerField("原文件行号", default=0)  # as Excel counts; 0: typed
    live = models.BooleanField("有效", default=False)

    class Meta:
        abstract = True


class Particulars(Layered):
    """What one origin says of the firm itself. Master data and entries by hand go before what a customs list says."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="particulars")
    name = models.CharField("企业名称", max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="工商注册地", related_name="+")
    customs_code = models.CharField("海关注册编码", max_length=10, blank=True)
    nature = models.CharField("企业性质", max_length=20, blank=True)
    registered_on = models.DateField("成立日期", null=True, blank=True)
    address = models.CharField("注册地址", max_length=200, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField("登记时间", null=True)

    class Meta:
        ordering: ClassVar = ["exporter", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exporter", "source"], name="one_particulars_of_a_source"),
        ]


class FormerIdentity(models.Model):
    """A name or code that a firm had before: history stays findable and later lists under it find the firm."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="former")
    kind = models.CharField("变更", max_length=20, choices=rules.IdentityChange.choices())
    code = models.CharField("原统一社会信用代码", max_length=18, blank=True, db_index=True)
    name = models.CharField("原名称", max_length=120, blank=True, db_index=True)
    name_initials = models.CharField("原名称拼音首字母", max_length=240, blank=True, db_index=True)
    changed_on = models.DateField("变更日期")
    document_number = models.CharField("依据", max_length=120)
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        ordering: ClassVar = ["-changed_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_former_code"),
        ]


class CodeException(models.Model):
    """A genuine code whose check digit does not fit: accepted on evidence, by an officer, once and for all imports."""

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    reason = models.CharField("理由", max_length=200)
    evidence = models.ForeignKey(Document, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        ordering: ClassVar = ["-entered_at"]
