"""How every verb moves money: transfers and balances together, and promotion whenever money comes free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongbao import once
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.funds import queries, rules
from tongbao.funds.models import Account, Reservation, Standing, Transfer
from tongbao.funds.queries import Books, Fund
from tongbao.funds.rules import AccountKind, Move, ReservationState


@dataclass(frozen=True)
class Stamp:
    """When and by whom money moves, and the request it moves for."""

    key: str
    request_hash: str
    at: datetime
    by: User | None


def post(books: Books, moves: Sequence[Move], stamp: Stamp, **cause: Any) -> None:
    """Book transfers (keys `key:0`, `key:1`, …) and the balances they make; the fund must be locked.

    Refusal `month_locked` for an instant of a locked month, without another query: the fund's lock has read it.
    `cause` names the rows that the money moves for: reservation, booking, allotment or prepayment.
    """
    if not moves:
        return
    rules.check_open_month(stamp.at, books.locked_until)
    changes = rules.balance_changes(moves)
    transfers = (
        Transfer(
            pool_id=books.pool_id,
            kind=move.kind,
            source_id=books.account_ids[move.source],
            target_id=books.account_ids[move.target],
            amount_fen=move.amount_fen,
            at=stamp.at,
            by_id=stamp.by.pk if stamp.by else None,
            by_name=stamp.by.name if stamp.by else "系统",
            key=f"{stamp.key}:{place}",
            request_hash=stamp.request_hash,
            **cause,
        )
        for place, move in enumerate(moves)
    )
    added = {books.account_ids[kind]: fen for kind, fen in changes.items()}
    once.together(once.inserting(*transfers), once.adding(Account, "balance_fen", added))
    for kind, fen in changes.items():
        books.balances[kind] += fen


def post_own(
    books: Books, moves: Sequence[Move], reservation: Reservation, verb: str, *, at: datetime, by: User | None
) -> None:
    """Book a movement that follows from a verb without a key: the key counts the reservation's transfers."""
    if not moves:
        return
    key = f"{verb}:{reservation.pk}:{reservation.transfers.count()}"
    request_hash = content_hash({"verb": verb, "reservation": reservation.pk, "moves": [str(move) for move in moves]})
    post(books, moves, Stamp(key, request_hash, at, by), reservation=reservation)


def promote(fund: Fund, *, at: datetime) -> bool:
    """Give what is available to those in line, in strict order; a head blocks all behind it in its pool (二(三)).
    Whether anybody was served.

    The fund does this by itself: whose act has set the money free is no business of the firm that gets it. A firm that
    stands in several lines leaves all of them when one pool serves it, so the pools are asked until nobody is served.
    """
    anybody, served = False, True
    while served:
        served = False
        for books in fund.books.values():
            served |= _serve(books, at)
        anybody |= served
    return anybody


def _serve(books: Books, at: datetime) -> bool:
    """Serve one pool's line as far as its money reaches; whether anybody was."""
    served = False
    while books.balance(AccountKind.AVAILABLE) and (head := queries.head_of_line(books.pool_id)) is not None:
        place = head.reservation
        needed = place.shortfall_fen if place.state == ReservationState.HELD else place.amount_fen
        if needed > books.balance(AccountKind.AVAILABLE):
            break
        post_own(books, rules.reserving(needed), place, "promote", at=at, by=None)
        place.pool_id = books.pool_id
        place.amount_fen += place.shortfall_fen
        place.shortfall_fen = 0
        leave_line(place)
        enter(place, ReservationState.RESERVED, at, "pool", "amount_fen", "shortfall_fen")
        record("funds.promote", place, by=None, amount_fen=needed)
        served = True
    return served


def stand(reservation: Reservation, rank: int, pool_ids: Sequence[int]) -> None:
    """Put a place into the lines of these pools, in the order of its choices."""
    Standing.objects.bulk_create(
        Standing(
            pool_id=pool_id,
            reservation=reservation,
            rank=rank,
            priority_class=reservation.priority_class,
            queue_number=reservation.queue_number,
            place=place,
        )
        for place, pool_id in enumerate(pool_ids)
    )


def leave_line(reservation: Reservation) -> None:
    """Take a place out of every line it stands in."""
    Standing.objects.filter(reservation=reservation).delete()


def enter(reservation: Reservation, state: ReservationState, at: datetime, *fields: str) -> None:
    """Save a place in a state, and since when; `fields` are what else has changed."""
    if reservation.state != state:
        reservation.state, reservation.state_at = state, at
    reservation.save(update_fields=["state", "state_at", *fields])


def settle(reservation: Reservation, state: ReservationState, at: datetime, *fields: str) -> None:
    """The place has all the money it asks for: out of the line if it was held, and into its state."""
    if reservation.state == ReservationState.HELD:
        leave_line(reservation)
    reservation.shortfall_fen = 0
    enter(reservation, state, at, "shortfall_fen", *fields)


def hold(reservation: Reservation, short_fen: int, at: datetime, *fields: str) -> None:
    """The place keeps what it has and stands at the head of its pool for the rest (五(二): never refused)."""
    if reservation.state != ReservationState.HELD:
        stand(reservation, rules.HELD_BACK, [reservation.pool_id])
    reservation.shortfall_fen = short_fen
    enter(reservation, ReservationState.HELD, at, "shortfall_fen", *fields)


def drawable(books: Books, reservation: Reservation) -> int:
    """What a funded place may draw on top, in fen: the available, unless another one is held before it."""
    return 0 if queries.held_before(reservation) else books.balance(AccountKind.AVAILABLE)


def record(verb: str, reservation: Reservation, *, by: User | None, **detail: Any) -> None:
    """The audit record of what happened to a reservation."""
    state = str(reservation.state)
    audit.record(
        verb, reservation, by=by, reference=reservation.reference, pool=reservation.pool_id, state=state, **detail
    )
