"""The queue as a list."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet

from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.funds.tables.shared import own_pools
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

    pool = django_filters.ModelChoiceFilter(label="保险人", queryset=own_pools, empty_label="全部")
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
