"""What a person looks at before a booking is prepared or confirmed: what it would do, and whether a year can end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.funds.models import Booking, Pool, Queue, Reservation
from tongbao.funds.queries.bookings import OPEN, bookings, cover_to, moves_of
from tongbao.funds.queries.books import Fund, look_into_fund
from tongbao.funds.queries.fits import check_fits
from tongbao.funds.queries.seen import PoolFigures, own_pools, pools
from tongbao.funds.rules import (
    AccountKind,
    BookingKind,
    BookingState,
    ReservationState,
    balance_changes,
    check_day,
    check_said,
)
from tongbao.scheme.models import Edition

_UNDONE = (BookingState.SENT_BACK, BookingState.WITHDRAWN)


@dataclass(frozen=True)
class Effect:
    """What a booking does to one account, in fen."""

    pool: Pool
    account: AccountKind
    before: int
    after: int


@dataclass(frozen=True)
class OpenPlaces:
    """How many places of a pool are undecided in one state."""

    pool: Pool
    state: ReservationState
    count: int


@dataclass(frozen=True)
class Closing:
    """What stands in the way of a year's closing, and what will end with it."""

    edition: Edition
    cover_to: date
    places: list[OpenPlaces]
    bookings: list[Booking]
    pools: list[PoolFigures]

    @property
    def over(self) -> bool:
        """Whether the cover has ended."""
        return clock.today() > self.cover_to

    @property
    def ready(self) -> bool:
        """Whether the closing can be prepared."""
        return self.over and not self.places and not self.bookings


def bookable(user: User, *, closed: bool) -> QuerySet[Pool]:
    """The pools for which something can be prepared: those of closed years only with `closed`."""
    found = own_pools(user)
    return found if closed else found.filter(edition__queue__closed_at=None)


def closed_years(user: User) -> list[Queue]:
    """The years whose books are closed, of the pools this person may see; newest first."""
    found = Queue.objects.filter(closed_at__isnull=False, edition__pools__in=own_pools(user))
    return list(found.select_related("edition").distinct().order_by("-closed_at"))


def editions_open(user: User) -> QuerySet[Edition]:
    """The years that have pools and are not closed."""
    open_pools = bookable(user, closed=False)
    return Edition.objects.filter(pk__in=open_pools.order_by().values("edition"))


def effects(user: User, booking: Booking) -> list[Effect]:
    """What a booking would do now, on the accounts of the pools this person may see; read without any lock.

    Those in line are served with what comes free only once it is confirmed.
    """
    return _effects(user, look_into_fund(booking.edition_id), booking)


def preview(user: User, kind: BookingKind, said: Mapping[str, Any]) -> list[Effect]:
    """The effects of what was typed, before it is prepared; refused as `actions.prepare` would refuse it now."""
    check_day(said["day"], clock.today(), "day")
    check_said(kind, said)
    booking = Booking(kind=kind, **{name: value for name, value in said.items() if name != "day"})
    fund = look_into_fund(booking.edition_id)
    check_fits(fund, booking)
    return _effects(user, fund, booking)


def _effects(user: User, fund: Fund, booking: Booking) -> list[Effect]:
    seen = {pool.pk: pool for pool in own_pools(user).filter(edition=booking.edition_id)}
    return [
        Effect(seen[pool_id], kind, fund.books[pool_id].balance(kind), fund.books[pool_id].balance(kind) + change)
        for pool_id, moves in moves_of(fund.books, booking, closed=fund.closed).items()
        if pool_id in seen
        for kind, change in balance_changes(moves).items()
    ]


def closing_of(user: User, edition: Edition) -> Closing:
    """The checklist of a year's closing (五(二))."""
    seen = {pool.pk: pool for pool in own_pools(user).filter(edition=edition)}
    rows = Reservation.objects.filter(edition=edition, state__in=OPEN).order_by("pool", "state")
    counted = rows.values_list("pool", "state").annotate(n=Count("pk"))
    return Closing(
        edition=edition,
        cover_to=cover_to(edition),
        places=[OpenPlaces(seen[pool], ReservationState(state), n) for pool, state, n in counted if pool in seen],
        bookings=list(bookings(user).filter(edition=edition, state=BookingState.PREPARED)),
        pools=pools(user, edition),
    )


def again(user: User, kind: BookingKind, pk: str) -> Booking | None:
    """This person's own booking of this kind that came to nothing, to be prepared anew; None for any other."""
    undone = bookings(user).filter(prepared_by=user, kind=kind, state__in=_UNDONE)
    return undone.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
