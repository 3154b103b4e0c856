"""What is kept of a scheme: editions, their immutable versions, and the decisions taken under them."""

from typing import ClassVar

from django.db import models

from tongbao.audit.models import AppendOnly
from tongbao.audit.rules import content_hash


class Edition(models.Model):
    """One city-year of the policy; owns pools, queue and applications."""

    code = models.SlugField("编号", max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    city = models.CharField("城市", max_length=40)
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        ordering: ClassVar = ["-year", "code"]

    def __str__(self) -> str:
        return self.title


class Terms(models.Model):
    """One version of an edition's terms: source text as loaded, canonical body, and the hash decisions point at."""

    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="年度方案", related_name="versions")
    version = models.PositiveSmallIntegerField("版本")
    hash = models.CharField("摘要", max_length=64)
    source = models.TextField("原文")
    body = models.JSONField("内容")
    effective_from = models.DateField("生效日期")
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        ordering: ClassVar = ["edition", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "version"], name="scheme_terms_version"),
            models.UniqueConstraint(fields=["edition", "hash"], name="scheme_terms_hash"),
            AppendOnly(name="scheme_terms_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.edition.code} 第{self.version}版"

    @property
    def source_hash(self) -> str:
        """What the log keeps of the text as it was loaded."""
        return content_hash({"source": self.source})


class Decision(models.Model):
    """Facts of one firm and what the terms said of them; replayable from the two."""

    terms = models.ForeignKey(Terms, models.PROTECT, verbose_name="条款版本", related_name="decisions")
    subject_code = models.CharField("对象代码", max_length=60, db_index=True)
    facts = models.JSONField("事实")
    result = models.JSONField("结果")
    at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [AppendOnly(name="scheme_decision_append_only")]

    def __str__(self) -> str:
        return f"判定 {self.pk}"

    @property
    def content_hash(self) -> str:
        """What the log keeps of subject, facts and result."""
        return content_hash({"subject": self.subject_code, "facts": self.facts, "result": self.result})
