"""Exchange rates, and the parities they are held against, as lists."""

from functools import cached_property
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tongbao.funds import queries, rules
from tongbao.funds.models import ExchangeRate, Parity
from tongbao.ui.tables import DayColumn, HouseFilterSet, HouseTable, LocalColumn, StatusColumn
from tongbao.ui.templatetags import ui

RATE_TONES = {
    rules.RateState.OPEN: "warn",
    rules.RateState.STANDING: "ok",
    rules.RateState.CORRECTED: "neutral",
}
AMOUNT = {"td": {"class": "amount"}, "th": {"class": "amount"}}


def rate_tone(state: str) -> str:
    """How the state of a rate is tinted."""
    return RATE_TONES[rules.RateState(state)]


class RateTable(HouseTable):
    """One rate a line; a corrected one stands below the one that took its place."""

    month = tables.Column(verbose_name="月份", attrs={"td": {"class": "time"}})
    insurer = tables.Column(verbose_name="保险人", order_by="insurer__name")
    cny_per_usd = tables.Column(verbose_name="汇率", attrs=AMOUNT)
    held = tables.Column(verbose_name="对照", empty_values=(), orderable=False)
    state = StatusColumn(
        verbose_name="状态", orderable=False, tone=rate_tone, label=lambda state: rules.RateState(state).label
    )
    entered_by = tables.Column(verbose_name="录入")
    confirmed_by = tables.Column(verbose_name="确认", default="—")
    # In the workbook only: on screen they stand below the names, or on the rate's page.
    entered_at = LocalColumn(verbose_name="录入时间", visible=False)
    confirmed_at = LocalColumn(verbose_name="确认时间", visible=False)
    reason = tables.Column(verbose_name="更正原因", visible=False)

    class Meta(HouseTable.Meta):
        model = ExchangeRate
        fields: ClassVar = ("month", "insurer", "cny_per_usd", "held", "state", "entered_by", "confirmed_by")
        sequence: ClassVar = (*fields, "entered_at", "confirmed_at", "reason")
        empty_text = "还没有汇率。"

    @cached_property
    def held_against(self) -> Any:
        """How far each rate is from its yardstick: parities are asked once for the list."""
        return queries.yardsticks()

    def render_month(self, value: Any, record: ExchangeRate) -> str:
        """2019-08, leading to the rate's page."""
        return format_html('<a href="{}">{}</a>', reverse("funds:rate", args=[record.pk]), f"{value:%Y-%m}")

    def value_month(self, value: Any) -> str:
        """In a workbook: 2019-08."""
        return f"{value:%Y-%m}"

    def render_cny_per_usd(self, record: ExchangeRate) -> str:
        """Without needless zeros: 7.0729."""
        return record.shown

    def render_held(self, record: ExchangeRate) -> str:
        """How far away it is, and from what."""
        held = self.held_against(record)
        if held is None:
            return "—"
        away = ui.status(held.percent, "warn") if held.beyond else held.percent
        return format_html('<div>{}<br><small class="figure-note">{}</small></div>', away, held.yardstick.named)

    def value_held(self, record: ExchangeRate) -> str:
        """In a workbook: one text."""
        held = self.held_against(record)
        return f"{held.yardstick.named}，{held.percent}" if held else ""

    def render_entered_by(self, value: Any, record: ExchangeRate) -> str:
        """Who, and when."""
        return format_html('<div>{}<br><small class="figure-note">{}</small></div>', value, ui.local(record.entered_at))

    def value_entered_by(self, value: Any) -> str:
        """In a workbook: who."""
        return str(value)

    def render_confirmed_by(self, value: Any, record: ExchangeRate) -> str:
        """Who, and when."""
        return format_html(
            '<div>{}<br><small class="figure-note">{}</small></div>', value, ui.local(record.confirmed_at)
        )

    def value_confirmed_by(self, value: Any) -> str:
        """In a workbook: who."""
        return str(value)


class RateFilter(HouseFilterSet):
    """By insurer and state."""

    insurer = django_filters.ModelChoiceFilter(
        label="保险人", queryset=lambda request: queries.insurers(request.user), empty_label="全部"
    )
    state = django_filters.ChoiceFilter(
        label="状态", choices=rules.RateState.choices(), empty_label="全部", method="in_state"
    )

    class Meta:
        model = ExchangeRate
        fields: ClassVar = ["insurer"]

    def in_state(self, found: QuerySet[ExchangeRate], _: str, value: str) -> QuerySet[ExchangeRate]:
        """Those that stand, wait or were corrected."""
        return queries.in_state(found, rules.RateState(value))


class ParityTable(HouseTable):
    """One day a line."""

    day = DayColumn(verbose_name="日期")
    cny_per_usd = tables.Column(verbose_name="中间价", attrs=AMOUNT)
    source = tables.Column(verbose_name="来源", orderable=False, attrs={"td": {"class": "parity-source"}})
    checked = StatusColumn(
        verbose_name="核对",
        tone=lambda checked: "ok" if checked else "warn",
        label=lambda checked: "已核对" if checked else "待核对",
    )
    entered_by = tables.Column(verbose_name="录入人")
    entered_at = LocalColumn(verbose_name="录入时间")
    act = tables.Column(
        "办理", accessor="pk", orderable=False, exclude_from_export=True, attrs={"td": {"class": "no-break"}}
    )

    class Meta(HouseTable.Meta):
        model = Parity
        fields: ClassVar = ("day", "cny_per_usd", "source", "checked", "entered_by", "entered_at")
        empty_text = "还没有登记中间价。没有中间价时，汇率与年度方案的参考汇率对照。"

    def render_cny_per_usd(self, record: Parity) -> str:
        """Without needless zeros: 7.0729."""
        return record.shown

    def render_act(self, record: Parity) -> str:
        """Where its figure, source or mark is changed."""
        page = reverse("funds:correct_parity", args=[record.pk])
        return format_html('<a href="{}">更正<span class="visually-hidden"> {}</span></a>', page, ui.day(record.day))


class ReadParityTable(ParityTable):
    """The same for those who only read it."""

    class Meta(ParityTable.Meta):
        exclude: ClassVar = ("act",)


class ParityFilter(HouseFilterSet):
    """By time and by whether somebody has checked it."""

    since = django_filters.DateFilter(label="日期从", field_name="day", lookup_expr="gte")
    until = django_filters.DateFilter(label="日期到", field_name="day", lookup_expr="lte")
    checked = django_filters.ChoiceFilter(
        label="核对", choices=[("True", "已核对"), ("False", "待核对")], empty_label="全部"
    )

    class Meta:
        model = Parity
        fields: ClassVar = ["since", "until", "checked"]
