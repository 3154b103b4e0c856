"""Bookings as a list."""

from decimal import Decimal
from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.forms import DateInput

from tongbao.funds import queries
from tongbao.funds.models import Booking
from tongbao.funds.rules import BookingKind, BookingState
from tongbao.funds.tables.shared import own_pools
from tongbao.ui.tables import DayColumn, FenColumn, HouseFilterSet, HouseTable, LocalColumn, StatusColumn

TONES = {
    BookingState.PREPARED: "progress",
    BookingState.BOOKED: "ok",
    BookingState.SENT_BACK: "bad",
}
WAITS = [("confirm", "等我复核"), ("returned", "退回给我")]


def booking_tone(state: str) -> str:
    """How a booking's state is tinted."""
    return TONES.get(BookingState(state), "neutral")


class BookingTable(HouseTable):
    """One booking a line."""

    pk = tables.Column(verbose_name="业务编号", linkify=("funds:booking", {"pk": tables.A("pk")}))
    kind = tables.Column(attrs={"td": {"class": "no-break"}})
    pool = tables.Column(order_by="pool__insurer__name", default="全部资金池")
    amount_fen = FenColumn(verbose_name="金额")
    day = DayColumn()
    number = tables.Column(verbose_name="文号或凭证号", empty_values=(), orderable=False)
    state = StatusColumn(tone=booking_tone)
    decided_by = tables.Column(default="—", order_by="decided_by__name")

    class Meta(HouseTable.Meta):
        model = Booking
        fields: ClassVar[tuple[str, ...]] = (
            "pk",
            "kind",
            "pool",
            "amount_fen",
            "day",
            "number",
            "state",
            "prepared_by",
            "decided_by",
        )
        sequence: ClassVar[tuple[str, ...]] = fields

    def render_pool(self, record: Booking) -> str:
        """The pool; of a move, from where to where."""
        return f"{record.pool} → {record.target_pool}" if record.target_pool else str(record.pool)

    def render_amount_fen(self, record: Booking) -> str:
        """The sum; a closing ends whatever there is."""
        return "全部余额" if record.kind == BookingKind.CLOSING else FenColumn().render(record.amount_fen)

    def value_amount_fen(self, value: int) -> Decimal | None:
        """In a workbook: yuan, exact; a closing has no sum of its own."""
        return FenColumn().value(value or None)

    def render_number(self, record: Booking) -> str:
        """The voucher's number, else that of the document."""
        return record.voucher_number or record.document_number


class BookingSheet(BookingTable):
    """The same for a workbook: with everything that was said."""

    prepared_at = LocalColumn()
    decided_at = LocalColumn()
    target_pool = tables.Column()

    class Meta(BookingTable.Meta):
        fields: ClassVar[tuple[str, ...]] = (
            *BookingTable.Meta.fields,
            "target_pool",
            "document_number",
            "voucher_number",
            "receipt_number",
            "payer",
            "reason",
            "prepared_at",
            "decided_at",
            "note",
        )
        sequence: ClassVar[tuple[str, ...]] = fields


class BookingFilter(HouseFilterSet):
    """By what waits for whom, kind, state, pool, day and number."""

    waits = django_filters.ChoiceFilter(label="待我办理", choices=WAITS, empty_label="全部", method="waiting")
    kind = django_filters.ChoiceFilter(label="业务", choices=BookingKind.choices(), empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=BookingState.choices(), empty_label="全部")
    pool = django_filters.ModelChoiceFilter(label="资金池", queryset=own_pools, empty_label="全部", method="of_pool")
    since = django_filters.DateFilter(label="凭证日期从", field_name="day", lookup_expr="gte", widget=DateInput)
    until = django_filters.DateFilter(label="凭证日期到", field_name="day", lookup_expr="lte", widget=DateInput)
    q = django_filters.CharFilter(label="文号、凭证号或收据号", method="search")

    class Meta:
        model = Booking
        fields: ClassVar = ["waits", "kind", "state", "pool", "since", "until", "q"]

    def waiting(self, found: QuerySet[Booking], name: str, value: str) -> QuerySet[Booking]:
        """What waits for the person: to confirm, or sent back to him."""
        user = self.request.user
        mine = queries.to_confirm(user) if value == "confirm" else queries.returned(user)
        return found.filter(pk__in=mine.order_by().values("pk"))

    def of_pool(self, found: QuerySet[Booking], name: str, pool: object) -> QuerySet[Booking]:
        """What gives to a pool or takes from it."""
        return found.filter(Q(pool=pool) | Q(target_pool=pool))

    def search(self, found: QuerySet[Booking], name: str, text: str) -> QuerySet[Booking]:
        """In the number of the document, the voucher or the insurer's receipt."""
        text = text.strip()
        voucher = Q(voucher_number__icontains=text) | Q(receipt_number__icontains=text)
        return found.filter(voucher | Q(document_number__icontains=text))
