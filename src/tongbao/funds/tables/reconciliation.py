"""Reconciliations as lists."""

from dataclasses import dataclass
from typing import ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from tongbao.funds.models import Resolution
from tongbao.funds.queries.reconciliation import PoolMonth, Reconciliation
from tongbao.funds.rules.reconciliation import Outcome, Reason, Result
from tongbao.ui.tables import FenColumn, HouseTable, StatusColumn
from tongbao.ui.templatetags import ui

STAGES = {
    "missing": ("待上传", "warn"),
    "open": ("有差异待处理", "bad"),
    "signing": ("待双方签字", "progress"),
    "one": ("待另一方签字", "progress"),
    "signed": ("双方已签字", "ok"),
}
TONES = {
    Outcome.MATCHED: "ok",
    Outcome.AMOUNT: "bad",
    Outcome.MONTH: "warn",
    Outcome.STATEMENT_ONLY: "bad",
    Outcome.PLATFORM_ONLY: "bad",
    Outcome.TWICE: "warn",
}


class MonthTable(HouseTable):
    """One pool and month a line."""

    month = tables.Column(verbose_name="月份", attrs={"td": {"class": "time"}})
    insurer = tables.Column(verbose_name="保险人")
    policies = tables.Column(verbose_name="平台保单数", attrs={"td": {"class": "amount"}})
    platform_fen = FenColumn(verbose_name="平台列支")
    statement_fen = FenColumn(verbose_name="对账单")
    difference_fen = FenColumn(verbose_name="差额")
    open_count = tables.Column(verbose_name="待处理差异", attrs={"td": {"class": "amount"}})
    stage = StatusColumn(
        verbose_name="状态", tone=lambda stage: STAGES[stage][1], label=lambda stage: STAGES[stage][0], orderable=False
    )

    class Meta(HouseTable.Meta):
        empty_text = "还没有需要对账的月份。月份结束、有保单列支后，在这里上传保险人的对账单。"
        attrs: ClassVar = HouseTable.Meta.attrs

    def render_month(self, record: PoolMonth) -> str:
        """2019-09, with the way to its statement."""
        if record.statement is None:
            return f"{record.month:%Y-%m}"
        url = reverse("funds:insurer_statement", args=[record.statement.pk])
        return format_html('<a href="{}">{}</a>', url, f"{record.month:%Y-%m}")

    def value_month(self, record: PoolMonth) -> str:
        """2019-09."""
        return f"{record.month:%Y-%m}"


@dataclass(frozen=True)
class Row:
    """A result with its reason; `chooses`: whether the person may tick it."""

    result: Result
    resolution: Resolution | None
    chooses: bool = False


def rows(found: Reconciliation, chosen: str, *, chooses: bool) -> list[Row]:
    """The results of an outcome ("open": without a reason; else all), differences first."""
    open_marks = {one.mark for one in found.open}
    wanted = [
        one
        for one in found.results
        if chosen not in ("open", *Outcome) or one.outcome == chosen or (chosen == "open" and one.mark in open_marks)
    ]
    wanted.sort(key=lambda one: one.outcome is Outcome.MATCHED)
    return [Row(one, found.resolutions.get(one.mark), chooses and one.outcome is not Outcome.MATCHED) for one in wanted]


class ResultTable(HouseTable):
    """One line of the comparison a line."""

    number = tables.Column(accessor="result__number", verbose_name="保单号", default="（未登记）")
    name = tables.Column(accessor="result__name", verbose_name="被保险人")
    outcome = StatusColumn(
        accessor="result__outcome", verbose_name="结果", tone=TONES.__getitem__, label=lambda one: Outcome(one).label
    )
    dates = tables.Column(accessor="result", verbose_name="录入日期", orderable=False, attrs={"td": {"class": "time"}})
    statement_fen = FenColumn(accessor="result__statement_fen", verbose_name="对账单")
    platform_fen = FenColumn(accessor="result__platform_fen", verbose_name="平台")
    difference_fen = FenColumn(accessor="result__difference_fen", verbose_name="差额")
    reason = tables.Column(accessor="resolution", verbose_name="原因", orderable=False, empty_values=())
    chooses = tables.Column(verbose_name="选择", orderable=False)

    class Meta(HouseTable.Meta):
        attrs: ClassVar = HouseTable.Meta.attrs

    def render_chooses(self, value: bool, record: Row) -> str:
        """A box that belongs to the form below the table."""
        if not value:
            return "—"
        label, mark = f"选择 {record.result.number or record.result.reference}", record.result.mark
        return format_html(
            '<span class="form-check"><input class="form-check-input" type="checkbox" name="marks" value="{}" '
            'form="resolve" aria-label="{}"></span>',
            mark,
            label,
        )

    def render_number(self, value: str, record: Row) -> str:
        """The number, the application behind it, and whom it might be."""
        case = format_html("<br>{}", ui.case_link(record.result.reference)) if record.result.reference else ""
        hint = format_html('<br><span class="muted">{}</span>', record.result.hint) if record.result.hint else ""
        return format_html("{}{}{}", value, case, hint)

    def render_statement_fen(self, value: int, record: Row) -> str:
        """Nothing, which is not nought, when the statement does not name it."""
        return "—" if record.result.outcome is Outcome.PLATFORM_ONLY else str(ui.fen(value))

    def render_platform_fen(self, value: int, record: Row) -> str:
        """The same when only the statement names it."""
        return "—" if record.result.outcome is Outcome.STATEMENT_ONLY else str(ui.fen(value))

    def render_dates(self, value: Result) -> str:
        """One day when both say the same."""
        first, _, second = days(value).partition("，")
        return format_html("<div>{}<br>{}</div>", first, second) if second else first

    def render_reason(self, value: Resolution | None, record: Row) -> str:
        """Why, who says so."""
        if value is None:
            return ui.status("待处理", "warn") if record.result.outcome is not Outcome.MATCHED else "—"
        label = Reason(value.reason).label.partition("（")[0]
        return format_html(
            '<div>{}<br><span class="muted">{}{}</span></div>', label, f"{value.note}　" if value.note else "", value.by
        )


class SeenTable(ResultTable):
    """The same for people who explain nothing."""

    class Meta(ResultTable.Meta):
        exclude: ClassVar = ("chooses",)


def days(one: Result) -> str:
    """The entry's day; both when the two sides differ."""
    ours, theirs = one.platform_date, one.statement_date
    if ours and theirs and ours != theirs:
        return f"对账单 {theirs}，平台 {ours}"
    return str(theirs or ours or "—")
