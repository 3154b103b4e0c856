"""The journal, the queue and the rates as lists."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from tongbao.funds import queries
from tongbao.funds.models import ExchangeRate, Pool, Reservation, Transfer
from tongbao.funds.rules import ReservationState, TransferKind
from tongbao.ui.tables import CaseColumn, FenColumn, HouseFilterSet, HouseTable, LocalColumn, StatusColumn

TONES = {
    ReservationState.WAITING: "warn",
    ReservationState.RESERVED: "progress",
    ReservationState.HELD: "bad",
    ReservationState.CHARGED: "ok",
}


def tone(state: str) -> str:
    """How a reservation's state is tinted."""
    return TONES.get(ReservationState(state), "neutral")


def ground(entry: Transfer) -> str:
    """The number of what the money moved for: an application, a document, a voucher."""
    if entry.reservation is not None:
        return entry.reservation.reference
    if entry.allotment is not None:
        return entry.allotment.document_number
    return entry.prepayment.voucher_number if entry.prepayment is not None else "—"


def _pools(request: HttpRequest | None) -> QuerySet[Pool]:
    return queries.own_pools(request.user) if request and request.user.is_authenticated else Pool.objects.none()


class EntryTable(HouseTable):
    """One transfer a line."""

    pk = tables.Column(verbose_name="分录号")
    at = LocalColumn()
    pool = tables.Column(verbose_name="资金池", order_by="pool__insurer__name")
    amount_fen = FenColumn(verbose_name="金额")
    source = tables.Column(verbose_name="转出账户", accessor="source__get_kind_display", orderable=False)
    target = tables.Column(verbose_name="转入账户", accessor="target__get_kind_display", orderable=False)
    ground = tables.Column(verbose_name="依据编号", empty_values=(), orderable=False)

    class Meta(HouseTable.Meta):
        model = Transfer
        fields: ClassVar = ("pk", "at", "pool", "kind", "amount_fen", "source", "target", "ground", "by_name")
        sequence = fields

    def render_pk(self, value: int) -> str:
        """A link to the entry."""
        return format_html('<a href="{}">{}</a>', reverse("funds:entry", args=[value]), value)

    def value_pk(self, value: int) -> int:
        """The bare number."""
        return value

    def render_ground(self, record: Transfer) -> str:
        """What the money moved for."""
        return ground(record)


class EntryFilter(HouseFilterSet):
    """By pool, kind, day and number."""

    pool = django_filters.ModelChoiceFilter(label="资金池", queryset=_pools, empty_label="全部")
    kind = django_filters.ChoiceFilter(label="事项", choices=TransferKind.choices(), empty_label="全部")
    since = django_filters.DateFilter(label="从", field_name="at", lookup_expr="date__gte", widget=DateInput)
    until = django_filters.DateFilter(label="到", field_name="at", lookup_expr="date__lte", widget=DateInput)
    q = django_filters.CharFilter(label="申请编号、文号或凭证号", method="search")

    class Meta:
        model = Transfer
        fields: ClassVar = ["pool", "kind", "since", "until", "q"]

    def search(self, entries: QuerySet[Transfer], name: str, text: str) -> QuerySet[Transfer]:
        """In the number of what the money moved for."""
        paper = Q(allotment__document_number__icontains=text) | Q(prepayment__voucher_number__icontains=text)
        return entries.filter(paper | Q(reservation__reference__icontains=text.strip()))


class PlaceTable(HouseTable):
    """One place in the queue a line."""

    queue_number = tables.Column(verbose_name="排队序号", linkify=("funds:place", {"pk": tables.A("pk")}))
    received_at = LocalColumn()
    reference = CaseColumn()
    pool = tables.Column(verbose_name="保险人", order_by="pool__insurer__name")
    priority_class = tables.Column(verbose_name="优先", attrs={"td": {"class": "no-break"}})
    amount_fen = FenColumn(verbose_name="金额")
    state = StatusColumn(tone=tone)
    position = tables.Column(verbose_name="候补位次", orderable=False, default="—")

    class Meta(HouseTable.Meta):
        model = Reservation
        fields: ClassVar = (
            "queue_number",
            "received_at",
            "reference",
            "beneficiary_name",
            "pool",
            "priority_class",
            "amount_fen",
            "state",
            "position",
        )
        sequence = fields

    def render_priority_class(self, value: int) -> str:
        """Whether a ground of clause 二 gives priority among the waiting."""
        return "优先" if value == 0 else "一般"


class PlaceFilter(HouseFilterSet):
    """By pool, state and firm."""

    pool = django_filters.ModelChoiceFilter(label="保险人", queryset=_pools, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=ReservationState.choices(), empty_label="全部")
    q = django_filters.CharFilter(label="企业名称、代码或申请编号", method="search")

    class Meta:
        model = Reservation
        fields: ClassVar = ["pool", "state", "q"]

    def search(self, places: QuerySet[Reservation], name: str, text: str) -> QuerySet[Reservation]:
        """Anywhere in the firm's name, at the start of its code, or in the reference."""
        text = text.strip()
        firm = Q(beneficiary_name__icontains=text) | Q(beneficiary_code__istartswith=text)
        return places.filter(firm | Q(reference__icontains=text))


class RateTable(HouseTable):
    """One month of one insurer a line."""

    month = tables.DateColumn(verbose_name="月份", format="Y-m")
    insurer = tables.Column(verbose_name="保险人", order_by="insurer__name")
    cny_per_usd = tables.Column(verbose_name="汇率（1 美元折合人民币元）", attrs={"td": {"class": "amount"}})
    confirmed_at = LocalColumn(default="待确认")
    confirmed_by = tables.Column(verbose_name="确认人", default="—")
    entered_by = tables.Column(verbose_name="录入人")
    entered_at = LocalColumn()

    class Meta(HouseTable.Meta):
        model = ExchangeRate
        fields: ClassVar = (
            "month",
            "insurer",
            "cny_per_usd",
            "entered_by",
            "entered_at",
            "confirmed_by",
            "confirmed_at",
        )
        sequence = fields

    def render_month(self, value: Any) -> str:
        """2019-08."""
        return f"{value:%Y-%m}"

    def render_cny_per_usd(self, record: ExchangeRate) -> str:
        """Without needless zeros: 7.0729."""
        return record.shown


class RateFilter(HouseFilterSet):
    """By insurer."""

    insurer = django_filters.ModelChoiceFilter(
        label="保险人", queryset=lambda request: queries.insurers(request.user), empty_label="全部"
    )

    class Meta:
        model = ExchangeRate
        fields: ClassVar = ["insurer"]


def fund_chart(pools: list[queries.PoolFigures]) -> dict[str, Any] | None:
    """The pools as bars of what is charged, reserved and still available, in whole yuan; None before any allotment."""
    shown = [figures for figures in pools if figures.allotted]
    if not shown:
        return None
    parts = (("已列支", "charged"), ("已预占", "reserved"), ("可用额度", "available"))
    return {
        "color": ["#0b5563", "#4b9aa5", "#d3dfe2"],
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [str(figures.pool) for figures in shown],
            "inverse": True,
        },
        "series": [
            {
                "name": f"{label}（元）",
                "type": "bar",
                "stack": "fund",
                "barMaxWidth": 36,
                "data": [getattr(figures, name) // 100 for figures in shown],
            }
            for label, name in parts
        ],
    }
