"""The rows that a fact of a firm rests on."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse

from tongbao.registry.queries import Origin, OriginRow
from tongbao.ui.tables import HouseTable, UsdColumn


def _page(record: OriginRow) -> str | None:
    """The page of the import or correction that brought a row, for those who may see it."""
    return reverse(f"registry:{record.leads_to[0]}", args=[record.leads_to[1]]) if record.leads_to else None


class _OriginTable(HouseTable):
    source = tables.Column(verbose_name="来源", linkify=_page)
    row = tables.Column(verbose_name="原文件行号", default="—")


class FigureOriginTable(_OriginTable):
    """Figures."""

    caption = "构成这项资料的数据行"
    about = tables.Column(verbose_name="年月", attrs={"td": {"class": "time"}})
    country = tables.Column(verbose_name="国别")
    cents = UsdColumn(verbose_name="金额")

    class Meta(HouseTable.Meta):
        sequence = ("about", "country", "cents", "source", "row")
        empty_text = "没有构成这项资料的数据行。"


class EntryOriginTable(_OriginTable):
    """Places on lists, policies, what is said of the firm itself."""

    caption = "这项资料依据的登记"
    about = tables.Column(verbose_name="内容")
    span = tables.Column(verbose_name="起止", default="—")
    state = tables.Column(verbose_name="状态", default="—")
    entered = tables.Column(verbose_name="登记", default="—")

    class Meta(HouseTable.Meta):
        sequence = ("about", "span", "state", "source", "row", "entered")
        empty_text = "登记中没有与这项资料有关的记录。"


class LeftOutFigureTable(FigureOriginTable):
    """Figures that do not count, and why."""

    caption = "被取代的数据"
    why_not = tables.Column(verbose_name="为什么不计入")
    instead_cents = UsdColumn(verbose_name="现在的金额")

    class Meta(HouseTable.Meta):
        sequence = ("about", "country", "cents", "source", "row", "why_not", "instead_cents")


class LeftOutEntryTable(_OriginTable):
    """Entries that do not count, and why."""

    caption = "被取代的登记"
    about = tables.Column(verbose_name="内容")
    span = tables.Column(verbose_name="起止", default="—")
    why_not = tables.Column(verbose_name="为什么不计入")

    class Meta(HouseTable.Meta):
        sequence = ("about", "span", "source", "row", "why_not")


def origin_tables(origin: Origin) -> tuple[type[Any], type[Any]]:
    """The tables for the rows a fact rests on and for those that do not count."""
    if origin.of_figures:
        return FigureOriginTable, LeftOutFigureTable
    return EntryOriginTable, LeftOutEntryTable
