"""Columns and filters of the lists."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tongbao import clock
from tongbao.intake.models import Application
from tongbao.policies import queries, rules
from tongbao.policies.models import Cancellation, ExcludedCountries, Policy
from tongbao.ui.tables import (
    CaseColumn,
    DayColumn,
    FenChangeColumn,
    FenColumn,
    HouseFilterSet,
    HouseTable,
    StatusColumn,
    WanUsdColumn,
)
from tongbao.ui.templatetags import ui

TONES = {
    rules.State.QUOTED: "progress",
    rules.State.AWAITING_EXPORTER_SHARE: "warn",
    rules.State.IN_FORCE: "ok",
    rules.State.EXPIRED: "neutral",
    rules.State.CANCELLED: "bad",
}
CANCELLATION_TONES = {
    rules.CancellationState.ASKED: "warn",
    rules.CancellationState.CONSENTED: "progress",
    rules.CancellationState.APPROVED: "bad",
    rules.CancellationState.REFUSED: "neutral",
    rules.CancellationState.WITHDRAWN: "neutral",
    rules.CancellationState.LAPSED: "neutral",
}
RIGHT = {"td": {"class": "amount"}, "th": {"class": "amount"}}
STEP_TONES = {
    rules.Step.QUOTE: "progress", rules.Step.REQUOTE: "warn", rules.Step.PAY: "warn", rules.Step.ISSUE: "ok",
}  # fmt: skip


def tone(state: str) -> str:
    """How a state is tinted."""
    return TONES[rules.State(state)]


class PolicyTable(HouseTable):
    """Policies."""

    number = tables.Column("保单号", attrs={"td": {"class": "policy-number"}})
    insured = tables.Column("被保险人", accessor="insured__name", attrs={"td": {"class": "policy-firm"}})
    plan = tables.Column("方案")
    maximum_liability_cents = WanUsdColumn(verbose_name="最高赔偿限额")
    subsidy_fen = FenColumn(verbose_name="财政扶持")
    exporter_share_fen = FenColumn(verbose_name="企业承担")
    issued_at = DayColumn(verbose_name="出单日期", attrs={"td": {"class": "policy-number"}})
    state = StatusColumn(verbose_name="状态", tone=tone)
    # In the workbook only: on screen they stand below the number and the name, or on the policy's page.
    premium_fen = FenColumn(verbose_name="保费", visible=False)
    insurer = tables.Column("保险人", accessor="insurer__name", visible=False)
    reference = tables.Column("申请编号", accessor="application__reference", visible=False)
    code = tables.Column("统一社会信用代码", accessor="insured__code", visible=False)
    area = tables.Column("区域", accessor="insured__area__name", visible=False)

    class Meta(HouseTable.Meta):
        empty_text = "还没有保单。申请通过复审并由保险人报价后，会出现在这里。"

    def render_number(self, value: str, record: Policy) -> str:
        """A link to the policy's page, the case below."""
        page, case = queries.page_of(record), ui.case_link(record.application.reference)
        return format_html('<div><a href="{}">{}</a><br><small>{}</small></div>', page, value, case)

    def value_number(self, value: str) -> str:
        """In a workbook: the number alone."""
        return value

    def render_insured(self, value: str, record: Policy) -> str:
        """The firm, below it its area and insurer."""
        below = f"{record.insured.area} · {record.insurer}"
        return format_html('<div>{}<br><small class="figure-note">{}</small></div>', value, below)

    def value_insured(self, value: str) -> str:
        """In a workbook: the name alone."""
        return value


class PolicyFilter(HouseFilterSet):
    """By text, state, plan and insurer."""

    q = django_filters.CharFilter(label="保单号、企业或申请编号", method="search")
    state = django_filters.ChoiceFilter(label="状态", choices=rules.State.choices(), empty_label="全部")
    plan = django_filters.AllValuesFilter(label="方案", empty_label="全部")

    class Meta:
        model = Policy
        fields: ClassVar = ["q", "state", "plan"]

    def search(self, found: QuerySet[Policy], _: str, value: str) -> QuerySet[Policy]:
        """Any of the names that people know a policy by."""
        text = value.strip()
        return found.filter(
            Q(number__icontains=text)
            | Q(insured__name__icontains=text)
            | Q(insured__code__iexact=text)
            | Q(application__reference__iexact=text)
        )


class UnderwritingTable(HouseTable):
    """An insurer's applications to work on."""

    queue_number = tables.Column("排队序号", accessor="reservation__queue_number")
    reference = CaseColumn(verbose_name="申请编号")
    exporter = tables.Column("企业", accessor="exporter__name")
    area = tables.Column("区域", accessor="area__name")
    plan = tables.Column("方案")
    waiting = tables.Column("已等待", accessor="approved_at", attrs=RIGHT)
    step = StatusColumn(
        verbose_name="下一步", tone=lambda step: STEP_TONES[rules.Step(step)], label=lambda step: rules.Step(step).label
    )
    act = tables.Column("办理", accessor="reference", orderable=False, exclude_from_export=True)

    class Meta(HouseTable.Meta):
        empty_text = "没有等待办理的申请。市商务局复审通过后，会出现在这里。"

    def render_waiting(self, value: Any) -> str:
        """Whole days since the approval."""
        days = (clock.today() - clock.local_day(value)).days
        return f"{days} 天" if days else "今天"

    def value_waiting(self, value: Any) -> date:
        """In a workbook: the day of approval."""
        return clock.local_day(value)

    def render_act(self, record: Application) -> str:
        """Where the next step is done."""
        policy = getattr(record, "policy", None)
        page = queries.page_of(policy) if policy else reverse("policies:quote", args=[record.reference])
        label = "报价"
        if policy:
            requotes = record.step == rules.Step.REQUOTE  # type: ignore[attr-defined]  # the list's annotation
            label = "重新报价" if requotes else "继续办理"
            page = reverse("policies:correct", args=[policy.pk]) if requotes else page
        return format_html(
            '<a class="btn" href="{}">{}<span class="visually-hidden">：{}</span></a>', page, label, record.exporter
        )


class UnderwritingFilter(HouseFilterSet):
    """By text, step and plan."""

    q = django_filters.CharFilter(label="企业或申请编号", method="search")
    step = django_filters.ChoiceFilter(label="下一步", choices=rules.Step.choices(), empty_label="全部")
    plan = django_filters.AllValuesFilter(label="方案", empty_label="全部")

    class Meta:
        model = Application
        fields: ClassVar = ["q", "plan"]

    def search(self, found: QuerySet[Application], _: str, value: str) -> QuerySet[Application]:
        """Name, code or reference."""
        text = value.strip()
        return found.filter(
            Q(exporter__name__icontains=text) | Q(exporter__code__iexact=text) | Q(reference__iexact=text)
        )


class _RefundColumn(FenColumn):
    """A sum of a cancellation: kept once it is approved, computed while it is under way, 0 when it came to nothing."""

    def render(self, record: Cancellation, bound_column: Any) -> str:  # type: ignore[override]
        """On screen; what the insurer owes the firm stands below."""
        firm_fen = _sum_fen(record, "firm_fen")
        below = format_html('<br><small class="figure-note">另退企业 {}</small>', ui.fen(firm_fen)) if firm_fen else ""
        return format_html("<div>{}{}</div>", ui.fen(_sum_fen(record, bound_column.name)), below)

    def value(self, record: Cancellation, bound_column: Any) -> Decimal:  # type: ignore[override]
        """In a workbook: yuan, exact."""
        return Decimal(_sum_fen(record, bound_column.name)) / 100


def _sum_fen(one: Cancellation, name: str) -> int:
    kept = queries.refund_of(one.policy, one.last_day) if one.state in rules.UNDER_WAY else one
    return int(getattr(kept, name))


class CancellationTable(HouseTable):
    """Cancellations, asked for and decided."""

    policy = tables.Column("保单号", accessor="policy__number", attrs={"td": {"class": "policy-number"}})
    insured = tables.Column("被保险人", accessor="policy__insured__name", attrs={"td": {"class": "policy-firm"}})
    reason = tables.Column("原因", attrs={"td": {"class": "policy-number"}})
    last_day = DayColumn(verbose_name="最后保障日", attrs={"td": {"class": "policy-number"}})
    fund_fen = _RefundColumn(verbose_name="退回资金池")
    state = StatusColumn(verbose_name="状态", tone=lambda state: CANCELLATION_TONES[rules.CancellationState(state)])
    # In the workbook only: on screen they stand below the name and the reason, or on the cancellation's page.
    side = tables.Column("申请方", visible=False)
    asked_at = DayColumn(verbose_name="申请日期", visible=False)
    firm_fen = _RefundColumn(verbose_name="应退企业", visible=False)
    insurer = tables.Column("保险人", accessor="policy__insurer__name", visible=False)
    reference = tables.Column("申请编号", accessor="policy__application__reference", visible=False)
    code = tables.Column("统一社会信用代码", accessor="policy__insured__code", visible=False)

    class Meta(HouseTable.Meta):
        empty_text = "没有注销申请。企业或保险人提出后，会出现在这里。"

    def render_policy(self, value: str, record: Cancellation) -> str:
        """A link to the cancellation's page."""
        return format_html('<a href="{}">{}</a>', queries.cancellation_page(record), value)

    def value_policy(self, value: str) -> str:
        """In a workbook: number, name and reason alone."""
        return value

    value_insured = value_reason = value_policy

    def render_insured(self, value: str, record: Cancellation) -> str:
        """The firm, below it its insurer."""
        return format_html('<div>{}<br><small class="figure-note">{}</small></div>', value, record.policy.insurer)

    def render_reason(self, value: str, record: Cancellation) -> str:
        """Why, below it who asked and when."""
        below = f"{record.get_side_display()} {clock.local_day(record.asked_at):%Y-%m-%d} 提出"
        return format_html('<div>{}<br><small class="figure-note">{}</small></div>', value, below)


class CancellationFilter(HouseFilterSet):
    """By text, state and who asked."""

    q = django_filters.CharFilter(label="保单号、企业或申请编号", method="search")
    state = django_filters.ChoiceFilter(label="状态", choices=rules.CancellationState.choices(), empty_label="全部")
    side = django_filters.ChoiceFilter(label="申请方", choices=rules.Side.choices(), empty_label="全部")

    class Meta:
        model = Cancellation
        fields: ClassVar = ["q", "state", "side"]

    def search(self, found: QuerySet[Cancellation], _: str, value: str) -> QuerySet[Cancellation]:
        """Any of the names that people know a policy by."""
        text = value.strip()
        return found.filter(
            Q(policy__number__icontains=text)
            | Q(policy__insured__name__icontains=text)
            | Q(policy__insured__code__iexact=text)
            | Q(policy__application__reference__iexact=text)
        )


class RepricingTable(HouseTable):
    """Issued policies whose rate was corrected: what they come to at the rate that stands."""

    number = tables.Column("保单号", attrs={"td": {"class": "policy-number"}})
    firm = tables.Column("企业", accessor="policy__insured__name")
    plan = tables.Column("方案", accessor="policy__plan", visible=False)
    old_rate = tables.Column("原汇率", accessor="policy__exchange_rate__shown", visible=False)
    rate = tables.Column("更正后汇率", accessor="rate__shown")
    premium = FenChangeColumn(verbose_name="保费", accessor="sums__new_premium_fen", old="sums__old_premium_fen")
    subsidy = FenChangeColumn(verbose_name="财政扶持", accessor="sums__new_subsidy_fen", old="sums__old_subsidy_fen")
    share = FenChangeColumn(verbose_name="企业承担", accessor="sums__new_share_fen", old="sums__old_share_fen")
    old_premium = FenColumn(verbose_name="原保费", accessor="sums__old_premium_fen", visible=False)
    old_subsidy = FenColumn(verbose_name="原财政扶持", accessor="sums__old_subsidy_fen", visible=False)
    old_share = FenColumn(verbose_name="原企业承担", accessor="sums__old_share_fen", visible=False)

    class Meta(HouseTable.Meta):
        empty_text = "没有需要更正的保单。"

    def render_number(self, value: str, record: queries.Due) -> str:
        """A link to the page where it is done."""
        return format_html('<a href="{}">{}</a>', reverse("policies:reprice", args=[record.policy.pk]), value)


class ExcludedTable(HouseTable):
    """Lists of countries not covered, newest first."""

    insurer = tables.Column("保险人", accessor="insurer__name")
    valid_from = DayColumn(verbose_name="生效日期")
    countries = tables.Column("不予承保国别", orderable=False, empty_values=())
    document_number = tables.Column("依据")
    entered_by = tables.Column("录入人", accessor="entered_by__name")

    class Meta(HouseTable.Meta):
        empty_text = "还没有录入过名单。没有名单时，保险单明细表上印“无”。"

    def render_countries(self, record: ExcludedCountries) -> str:
        """Chinese names; none at all in words."""
        return "、".join(queries.country_names(record.countries)) or "无"

    value_countries = render_countries
