"""The journal as a list."""

from datetime import date
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet, Sum
from django.forms import DateInput
from django.urls import reverse
from django.utils.html import format_html

from tongbao import clock
from tongbao.funds import queries, rules
from tongbao.funds.models import Transfer
from tongbao.funds.rules import Book, TransferKind
from tongbao.funds.tables.shared import own_pools
from tongbao.ui.tables import FenColumn, HouseFilterSet, HouseTable, LocalColumn

WHOLE = {"td": {"class": "no-break"}}  # a short word is not broken in two


def ground(entry: Transfer) -> str:
    """The number of what the money moved for: an application, a document, a voucher."""
    if entry.reservation is not None:
        return entry.reservation.reference
    if entry.allotment is not None:
        return entry.allotment.document_number
    if entry.prepayment is not None:
        return entry.prepayment.voucher_number
    return (entry.booking.document_number or entry.booking.voucher_number) if entry.booking is not None else "—"


def cause(entry: Transfer) -> str:
    """What the money moved for, in words: the firm and its plan, or the booking and its reason."""
    if (place := entry.reservation) is not None:
        return f"{place.beneficiary_name}，{place.purpose}，排队序号 {place.queue_number}"
    if (booked := entry.booking) is not None:
        return f"{booked.get_kind_display()}：{booked.reason}" if booked.reason else booked.get_kind_display()
    return entry.get_kind_display()


class EntryTable(HouseTable):
    """One transfer a line; the workbook has the cause and the clause beside it."""

    pk = tables.Column(verbose_name="分录号")
    at = LocalColumn()
    pool = tables.Column(verbose_name="资金池", order_by="pool__insurer__name")
    kind = tables.Column(attrs=WHOLE)
    amount_fen = FenColumn(verbose_name="金额")
    source = tables.Column(verbose_name="转出账户", accessor="source__get_kind_display", orderable=False, attrs=WHOLE)
    target = tables.Column(verbose_name="转入账户", accessor="target__get_kind_display", orderable=False, attrs=WHOLE)
    ground = tables.Column(verbose_name="依据编号", empty_values=(), orderable=False)
    cause = tables.Column(verbose_name="事由", empty_values=(), orderable=False, visible=False)
    clause = tables.Column(verbose_name="条款", empty_values=(), orderable=False, visible=False)

    class Meta(HouseTable.Meta):
        model = Transfer
        fields: ClassVar = (
            "pk", "at", "pool", "kind", "amount_fen", "source", "target", "ground", "by_name", "cause", "clause",
        )  # fmt: skip
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

    def render_cause(self, record: Transfer) -> str:
        """The same in words."""
        return cause(record)

    def render_clause(self, record: Transfer) -> str:
        """What allowed it."""
        clause, why = rules.GROUNDS[TransferKind(record.kind)]
        return f"{clause} {why}"


class EntryFilter(HouseFilterSet):
    """By pool, movement, book, plan, month, day, document and case."""

    edition = django_filters.ModelChoiceFilter(
        label="年度方案",
        field_name="pool__edition",
        queryset=lambda request: queries.fund_editions(request.user),
        empty_label="全部",
    )
    pool = django_filters.ModelChoiceFilter(label="资金池", queryset=own_pools, empty_label="全部")
    month = django_filters.ChoiceFilter(label="月份", method="in_month", empty_label="全部")
    plan = django_filters.ChoiceFilter(label="方案", field_name="reservation__purpose", empty_label="全部")
    kind = django_filters.ChoiceFilter(label="事项", choices=TransferKind.choices(), empty_label="全部")
    book = django_filters.ChoiceFilter(label="账簿", choices=Book.choices(), method="of_book", empty_label="全部")
    since = django_filters.DateFilter(label="入账日期从", field_name="at", lookup_expr="date__gte", widget=DateInput)
    until = django_filters.DateFilter(label="入账日期到", field_name="at", lookup_expr="date__lte", widget=DateInput)
    document = django_filters.CharFilter(label="文号或凭证号", method="by_document")
    q = django_filters.CharFilter(label="申请编号或保单号", method="search")

    class Meta:
        model = Transfer
        fields: ClassVar = [
            "edition", "pool", "month", "plan", "kind", "book", "since", "until", "document", "q",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editions = list(queries.fund_editions(self.request.user))
        months = {first for edition in editions for first in queries.months(edition)}
        self.filters["month"].extra["choices"] = [
            (f"{first:%Y-%m}", rules.month_text(first)) for first in sorted(months, reverse=True)
        ]
        self.filters["plan"].extra["choices"] = [(plan, plan) for plan in queries.plans(self.request.user)]
        if len(editions) < 2:
            del self.filters["edition"]

    @property
    def total_fen(self) -> int:
        """What the entries found add up to, in fen."""
        return self.qs.order_by().aggregate(fen=Sum("amount_fen"))["fen"] or 0

    def in_month(self, entries: QuerySet[Transfer], name: str, month: str) -> QuerySet[Transfer]:
        """Those of a month."""
        first = date.fromisoformat(f"{month}-01")  # one of the choices
        return entries.filter(at__gte=clock.local(first), at__lt=clock.local(rules.next_month(first)))

    def of_book(self, entries: QuerySet[Transfer], name: str, book: str) -> QuerySet[Transfer]:
        """Those of one of the two books."""
        return entries.filter(source__kind__in=rules.accounts_of(Book(book)))

    def by_document(self, entries: QuerySet[Transfer], name: str, text: str) -> QuerySet[Transfer]:
        """In the number of the document or voucher that the money moved for."""
        fields = ("allotment__document", "prepayment__voucher", "prepayment__document", "booking__document")
        found = Q(booking__voucher_number__icontains=text)
        for field in fields:
            found |= Q(**{f"{field}_number__icontains": text})
        return entries.filter(found)

    def search(self, entries: QuerySet[Transfer], name: str, text: str) -> QuerySet[Transfer]:
        """In the reference or policy number of the case that the money moved for."""
        return entries.filter(Q(reservation__reference__icontains=text) | Q(reservation__policy_number__icontains=text))
