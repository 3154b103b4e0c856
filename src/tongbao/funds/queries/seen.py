"""The fund as people see it: always scoped to the person who asks."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.documents.models import Document
from tongbao.funds.models import Allotment, ExchangeRate, Pool, Prepayment, Reservation, Standing, Transfer
from tongbao.funds.permissions import WHOLE_FUND, can_open
from tongbao.funds.queries.bookings import booking_todos, bookings
from tongbao.funds.queries.opening import opening
from tongbao.funds.queries.rates import rates
from tongbao.funds.rules import HELD_BACK, IN_LINE, WAITS, AccountKind, ReservationState
from tongbao.scheme.models import Edition
from tongbao.ui.menu import Todo

VOUCHER = "fund_voucher"  # the kind of document that shows money coming in


@dataclass(frozen=True)
class PoolFigures:
    """How one pool stands, in fen. allotted = available + reserved + charged; received = charged + unspent."""

    pool: Pool
    allotted: int
    available: int
    reserved: int
    charged: int
    received: int  # all cash the insurer got in advance
    unspent: int  # the part of it that is not charged yet
    waiting: int  # how many firms stand in line
    waiting_fen: int  # what they wait for
    surplus: int  # cash of a closed year, to be paid back

    def percent(self, fen: int) -> str:
        """A sum as a share of the allotment: 37.5%."""
        return f"{Decimal(fen * 100) / self.allotted:.1f}%" if self.allotted else "0%"

    @property
    def used(self) -> int:
        """What is reserved or charged."""
        return self.reserved + self.charged

    @property
    def cash_short(self) -> bool:
        """Whether the cash at hand would not pay all that is reserved."""
        return self.unspent < self.reserved

    @property
    def available_share(self) -> str:
        """What is still to be given out."""
        return self.percent(self.available)

    @property
    def used_share(self) -> str:
        """The same as a share of the allotment."""
        return self.percent(self.used)


def own_pools(user: User) -> QuerySet[Pool]:
    """The pools this person may see: the insurer's agent its own, those who watch the whole fund all, others none."""
    found = Pool.objects.select_related("insurer", "edition__queue")
    if user.role in WHOLE_FUND:
        return found
    return found.filter(insurer=user.organisation_id) if user.role == Role.INSURER_AGENT else found.none()


def pools(user: User, edition: Edition | None = None) -> list[PoolFigures]:
    """How the pools this person may see stand, of one edition or all."""
    seen = own_pools(user).prefetch_related("accounts").order_by("pk")
    if edition is not None:
        seen = seen.filter(edition=edition)
    found = list(seen)
    missing = Case(When(state=ReservationState.HELD, then=F("shortfall_fen")), default=F("amount_fen"))
    lines = Reservation.objects.filter(pool__in=found, state__in=IN_LINE).order_by()
    waiting = {
        pk: (count, fen) for pk, count, fen in lines.values_list("pool").annotate(n=Count("pk"), fen=Sum(missing))
    }
    return [_figures(pool, *waiting.get(pool.pk, (0, 0))) for pool in found]


def _figures(pool: Pool, waiting: int, waiting_fen: int) -> PoolFigures:
    balance = {AccountKind(account.kind): account.balance_fen for account in pool.accounts.all()}
    return PoolFigures(
        pool=pool,
        allotted=balance[AccountKind.ALLOTTED],
        available=balance[AccountKind.AVAILABLE],
        reserved=balance[AccountKind.RESERVED],
        charged=balance[AccountKind.CHARGED],
        received=balance[AccountKind.TREASURY],
        unspent=balance[AccountKind.RECEIVED],
        waiting=waiting,
        waiting_fen=waiting_fen,
        surplus=balance[AccountKind.SURPLUS],
    )


def entries(user: User) -> QuerySet[Transfer]:
    """The journal of the pools this person may see, newest first.

    An insurer's agent reads what came in and what was charged: an entry names applicant and handler of the rest.
    """
    found = Transfer.objects.filter(pool__in=own_pools(user)).order_by("-pk")
    if user.role not in WHOLE_FUND:
        found = found.filter(Q(reservation=None) | Q(reservation__state=ReservationState.CHARGED))
    return found.select_related(
        "pool__insurer", "source", "target", "reservation", "allotment", "prepayment", "booking"
    )


def entry(user: User, pk: int) -> Transfer | None:
    """One entry, or None when this person may not see it."""
    return entries(user).select_related("allotment__voucher", "prepayment__voucher").filter(pk=pk).first()


def places(user: User) -> QuerySet[Reservation]:
    """The queue with each place's `position` in line, for those who watch the whole fund.

    An insurer's agent sees only what was charged to its pool: whom it does not insure yet is not its business.
    """
    found = Reservation.objects.filter(pool__in=own_pools(user))
    if user.role not in WHOLE_FUND:
        found = found.filter(state=ReservationState.CHARGED)
    earlier = Q(priority_class__lt=OuterRef("priority_class")) | Q(
        priority_class=OuterRef("priority_class"), queue_number__lt=OuterRef("queue_number")
    )
    held = Q(rank=HELD_BACK)
    place = Case(
        When(state=ReservationState.HELD, then=_count(held & earlier) + 1),
        When(state=ReservationState.WAITING, then=_count(held | (Q(rank=WAITS) & earlier)) + 1),
    )
    return found.annotate(position=place).select_related("pool__insurer", "edition").order_by("edition", "queue_number")


def _count(which: Q) -> Coalesce:
    """How many stand in the line of the same pool and are `which`; counted only for rows that are shown."""
    found = Standing.objects.filter(which, pool=OuterRef("pool")).order_by().values("pool").annotate(n=Count("pk"))
    return Coalesce(Subquery(found.values("n")), 0)


def reservation(user: User, pk: int) -> Reservation | None:
    """One place in the queue, or None when this person may not see it."""
    return places(user).filter(pk=pk).first()


def transfers_of(place: Reservation) -> QuerySet[Transfer]:
    """The movements for one place, in order; the caller has made sure that the person may see the case."""
    return place.transfers.select_related("source", "target", "pool__insurer").order_by("pk")


def allotments(user: User) -> QuerySet[Allotment]:
    """The allotments of the pools this person may see."""
    return Allotment.objects.filter(pool__in=own_pools(user)).select_related("pool__insurer", "voucher", "entered_by")


def prepayments(user: User) -> QuerySet[Prepayment]:
    """The prepayments of the pools this person may see."""
    return Prepayment.objects.filter(pool__in=own_pools(user)).select_related("pool__insurer", "voucher", "entered_by")


def voucher(user: User, pk: int) -> Document | None:
    """A paper of a booking this person may see (what shows the money, the insurer's receipt), or None."""
    of_bookings = bookings(user).order_by()
    papers = Q(pk__in=of_bookings.values("voucher")) | Q(pk__in=of_bookings.values("receipt"))
    for booked in (allotments(user), prepayments(user)):  # those from before there were bookings
        papers |= Q(pk__in=booked.order_by().values("voucher"))
    return Document.objects.filter(papers, pk=pk).first()


def kept_voucher(user: User, pk: str) -> Document | None:
    """A paper this person uploaded in the step before, not yet booked."""
    own = Document.objects.filter(kind=VOUCHER, uploaded_by_id=user.pk)
    return own.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None


def todo(user: User) -> list[Todo]:
    """What waits for this person in the fund: rates to confirm, pools without money."""
    found: list[Todo] = booking_todos(user)
    if user.role in (Role.INSURER_AGENT, Role.FINANCE_OFFICER, Role.CITY_OFFICER):
        open_rates: QuerySet[ExchangeRate] = rates(user).filter(confirmed_at=None).exclude(entered_by=user)
        found.append(Todo("待确认的汇率", open_rates.count(), reverse("funds:rates"), urgent=True))
    if can_open(user) and (missing := opening()) is not None:
        found.append(Todo("待开设的资金池", len(missing.insurers), reverse("funds:overview"), urgent=True))
    if user.role == Role.FINANCE_OFFICER:
        dry = [figures for figures in pools(user) if figures.cash_short]
        found.append(Todo("预付资金少于已预占额度的资金池", len(dry), reverse("funds:overview")))
    return [line for line in found if line.count]
