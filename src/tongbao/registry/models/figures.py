"""What enterprises exported: the figures of every origin, the years in one row each, years whose list is complete."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import User
from tongbao.batch.models import Import
from tongbao.registry.models.firms import Exporter, Layered


class CustomsExport(Layered):
    """Exports of one firm to one country in one month (or in a whole year: month 0), in USD cents.

    `country` is ISO 3166 alpha-2, or ZZ when the destination is unknown: it stays in every total and is flagged.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="exports", db_index=False)  # see the constraint
    year = models.PositiveSmallIntegerField("年份")
    month = models.PositiveSmallIntegerField("月份", default=0)
    country = models.CharField("目的国（地区）", max_length=2)
    amount_cents = models.BigIntegerField("出口额（美分）")

    class Meta:
        ordering: ClassVar = ["year", "month", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exporter", "year", "month", "country", "source"], name="one_export_figure_of_a_source"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="export_not_negative"),
            models.CheckConstraint(condition=Q(month__lte=12), name="export_month"),
            models.CheckConstraint(condition=Q(source__isnull=False), name="export_has_a_source"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "month"], name="export_month_of_year")]


class YearTotal(models.Model):
    """A firm's year in one row, worked out from the figures that count whenever one of them changes.

    `total_cents` is the year as `rules.of_year` reads it; the two sums stand beside each other so that a difference
    shows. `markets`: alpha-2 → cents of that year.
    """

    exporter = models.ForeignKey(Exporter, models.CASCADE, related_name="years", db_index=False)
    year = models.PositiveSmallIntegerField("年份")
    months = models.PositiveSmallIntegerField("有数据的月数", default=0)
    held = models.PositiveSmallIntegerField("有哪些数据", default=0)  # bit 0: the whole year; bits 1 to 12: the months
    total_cents = models.BigIntegerField("出口额（美分）")
    annual_cents = models.BigIntegerField("全年合计数（美分）", null=True)
    monthly_cents = models.BigIntegerField("分月数之和（美分）", null=True)
    unknown_cents = models.BigIntegerField("国别不详（美分）", default=0)
    markets = models.JSONField("各市场", default=dict)

    class Meta:
        ordering: ClassVar = ["exporter", "year"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["exporter", "year"], name="one_year_total")]
        indexes: ClassVar = [models.Index(fields=["year", "total_cents"], name="year_total_amount")]


class CompleteList(models.Model):
    """A declaration that the register holds every firm that exported in a year: absence then means zero."""

    year = models.PositiveSmallIntegerField("年份")
    source = models.ForeignKey(Import, models.PROTECT, null=True, related_name="+")  # it holds while this one counts
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("声明时间")

    class Meta:
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "source"], name="one_complete_list_of_a_source"),
            models.UniqueConstraint(fields=["year"], condition=Q(source=None), name="one_complete_list_by_hand"),
        ]
