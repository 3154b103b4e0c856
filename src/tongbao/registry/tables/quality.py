"""What each check of the register finds, in columns; and filters for it."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from types import new_class
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet

from tongbao.accounts.models import Area
from tongbao.registry import queries
from tongbao.registry.models import Exporter, YearTotal
from tongbao.registry.rules import CHECKS_EXPLAINED, Check, place_name
from tongbao.registry.tables.exporters import RIGHT, percent
from tongbao.ui.tables import DayColumn, HouseFilterSet, HouseTable, LocalColumn, UsdColumn, WanUsdColumn


class TextColumn(tables.Column):
    """A text worked out from the whole row: the same on screen and in a workbook."""

    def __init__(self, text: Callable[[Any], str], **kwargs: Any) -> None:
        self.text = text
        super().__init__(empty_values=(), orderable=False, **kwargs)

    def render(self, record: Any) -> str:
        """On screen."""
        return self.text(record)

    value = render


def quality_table(check: Check) -> type[Any]:
    """The list of what a check finds: who it is, then what is wrong."""
    of_firms = CHECKS_EXPLAINED[check].of_firms
    who, firm = ("pk", "") if of_firms else ("exporter_id", "exporter__")
    columns = {
        "name": tables.Column(
            verbose_name="企业名称",
            accessor=f"{firm}name",
            empty_values=(),
            linkify=("registry:exporter", {"pk": tables.A(who)}),
        ),
        "code": tables.Column(verbose_name="统一社会信用代码", accessor=f"{firm}code"),
        "area": tables.Column(verbose_name="工商注册地", accessor=f"{firm}area", order_by=f"{firm}area__order"),
        **({} if of_firms else {"year": tables.Column(verbose_name="年份", accessor="year", attrs=RIGHT)}),
        **_COLUMNS[check](),
        "Meta": type("Meta", (HouseTable.Meta,), {"empty_text": "没有发现问题。"}),
    }
    return new_class("QualityTable", (HouseTable,), exec_body=lambda body: body.update(columns))


def _said(text: Callable[[Any], str]) -> Callable[[Any], str]:
    """What other origins say, each with its list."""
    return lambda firm: "；".join(
        f"{text(one)}（{one.source.file_name if one.source else '手工登记'}）" for one in firm.said_otherwise
    )


def _place(firm: Any) -> str:
    return f"{place_name(firm.place) or '未知'}（{firm.place}）"


def _times(year: Any) -> str:
    small, large = sorted((year.total_cents, year.before_cents))
    times = (Decimal(large) / small).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{times:,} 倍" if year.total_cents == large else f"{times:,} 分之一"


def _both() -> dict[str, tables.Column]:
    return {
        "months": tables.Column(verbose_name="月数", attrs=RIGHT),
        "annual_cents": WanUsdColumn(verbose_name="全年合计数"),
        "monthly_cents": WanUsdColumn(verbose_name="分月数之和"),
        "difference": UsdColumn(verbose_name="差额"),
    }


def _unknown() -> dict[str, tables.Column]:
    return {
        "total_cents": WanUsdColumn(verbose_name="全年出口额"),
        "unknown_cents": WanUsdColumn(verbose_name="其中国别不详"),
        "share": TextColumn(
            lambda year: percent(year.unknown_cents, year.total_cents), verbose_name="占比", attrs=RIGHT
        ),
    }


_COLUMNS: dict[Check, Callable[[], dict[str, tables.Column]]] = {
    Check.NAMES: lambda: {"said": TextColumn(_said(lambda one: one.name), verbose_name="其他批次的名称")},
    Check.AREAS: lambda: {"said": TextColumn(_said(lambda one: str(one.area)), verbose_name="其他批次的区域")},
    Check.SAME_NAME: lambda: {"same_name": tables.Column(verbose_name="全市同名企业数", attrs=RIGHT)},
    Check.PLACE: lambda: {"place": TextColumn(_place, verbose_name="代码登记地")},
    Check.ENDED: lambda: {
        "ended": DayColumn(verbose_name="最后一天", accessor="area__valid_to"),
        "into": tables.Column(verbose_name="并入", accessor="area__merged_into", default="—"),
    },
    Check.EXCEPTIONS: lambda: {
        "accepted_reason": tables.Column(verbose_name="理由"),
        "accepted_entered_by__name": tables.Column(verbose_name="录入人"),
        "accepted_entered_at": LocalColumn(verbose_name="录入时间"),
    },
    Check.UNSEARCHABLE: dict,
    Check.NO_BASE: lambda: {"latest_year": tables.Column(verbose_name="最近有数据的年份", attrs=RIGHT, default="—")},
    Check.SUMS: _both,
    Check.MONTHS: _both,
    Check.JUMPS: lambda: {
        "total_cents": WanUsdColumn(verbose_name="本年出口额"),
        "before_cents": WanUsdColumn(verbose_name="上年出口额"),
        "times": TextColumn(_times, verbose_name="是上年的", attrs=RIGHT),
    },
    Check.UNKNOWN: _unknown,
    Check.NO_SPLIT: lambda: {"total_cents": WanUsdColumn(verbose_name="全年出口额")},
}


class FirmsFilter(HouseFilterSet):
    """By text and area."""

    q = django_filters.CharFilter(label="名称、代码或拼音首字母", method="search")
    area = django_filters.ModelChoiceFilter(label="区域", queryset=Area.objects.all(), empty_label="全部")

    class Meta:
        model = Exporter
        fields: ClassVar = ["q", "area"]

    def search(self, firms: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Anywhere in the name, or the beginning of the code or of the initials."""
        return firms.filter(pk__in=queries.matching(Exporter.objects.order_by(), text).values("pk"))


class YearsFilter(HouseFilterSet):
    """By text, area and year."""

    q = django_filters.CharFilter(label="名称、代码或拼音首字母", method="search")
    area = django_filters.ModelChoiceFilter(
        label="区域", field_name="exporter__area", queryset=Area.objects.all(), empty_label="全部"
    )
    year = django_filters.ChoiceFilter(label="年份", choices=queries.held_year_choices, empty_label="全部")

    class Meta:
        model = YearTotal
        fields: ClassVar = ["q", "area", "year"]

    def search(self, years: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Anywhere in the firm's name, or the beginning of its code or initials."""
        return years.filter(exporter__in=queries.matching(Exporter.objects.order_by(), text).values("pk"))


class BothFilter(YearsFilter):
    """Also by whether the year's total and its months differ."""

    apart = django_filters.ChoiceFilter(
        label="差额", choices=[("1", "有差额"), ("0", "没有差额")], method="by_difference", empty_label="全部"
    )

    def by_difference(self, years: QuerySet[Any], name: str, choice: str) -> QuerySet[Any]:
        """Differing by more than a cent, or not."""
        return queries.differing(years, choice == "1")


class JumpsFilter(YearsFilter):
    """Also by the direction."""

    way = django_filters.ChoiceFilter(
        label="方向", choices=[("up", "增加"), ("down", "减少")], method="by_way", empty_label="全部"
    )

    def by_way(self, years: QuerySet[Any], name: str, way: str) -> QuerySet[Any]:
        """More or less than the year before."""
        more = {"total_cents__gt": F("before_cents")}
        return years.filter(**more) if way == "up" else years.exclude(**more)


def quality_filter(check: Check) -> type[HouseFilterSet]:
    """The filters of a check's list."""
    special: dict[Check, type[HouseFilterSet]] = {Check.MONTHS: BothFilter, Check.JUMPS: JumpsFilter}
    return special.get(check, FirmsFilter if CHECKS_EXPLAINED[check].of_firms else YearsFilter)
