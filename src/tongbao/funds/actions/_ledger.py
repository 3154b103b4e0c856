"""How every verb moves money: transfers and balances together, and promotion whenever money comes free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Value, When

from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.funds import queries, rules
from tongbao.funds.models import Account, Reservation, Transfer
from tongbao.funds.queries import Books
from tongbao.funds.rules import AccountKind, Move, ReservationState


@dataclass(frozen=True)
class Stamp:
    """When and by whom money moves, and the request it moves for."""

    key: str
    request_hash: str
    at: datetime
    by: User | None


def post(books: Books, moves: Sequence[Move], stamp: Stamp, **cause: Any) -> None:
    """Book transfers (keys `key:0`, `key:1`, …) and the balances they make; `books` must be locked.

    `cause` names the row that the money moves for: reservation, allotment or prepayment.
    """
    if not moves:
        return
    Transfer.objects.bulk_create(
        Transfer(
            pool=books.pool,
            kind=move.kind,
            source=books.accounts[move.source],
            target=books.accounts[move.target],
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
    changes = rules.balance_changes(moves)
    Account.objects.filter(pool=books.pool, kind__in=changes).update(
        balance_fen=F("balance_fen") + Case(*(When(kind=kind, then=Value(fen)) for kind, fen in changes.items()))
    )
    for kind, fen in changes.items():
        books.accounts[kind].balance_fen += fen


def post_own(
    books: Books, moves: Sequence[Move], reservation: Reservation, verb: str, *, at: datetime, by: User | None
) -> None:
    """Book a movement that follows from a verb without a key: the key counts the reservation's transfers."""
    key = f"{verb}:{reservation.pk}:{reservation.transfers.count()}"
    request_hash = content_hash({"verb": verb, "reservation": reservation.pk, "moves": [str(move) for move in moves]})
    post(books, moves, Stamp(key, request_hash, at, by), reservation=reservation)


def promote(books: Books, *, at: datetime) -> None:
    """Give what is available to those in line, in strict order; the head blocks all behind it (二(三)).

    The fund does this by itself: whose act has set the money free is no business of the firm that gets it.
    """
    while (head := queries.head_of_line(books.pool)) is not None:
        held = head.state == ReservationState.HELD
        needed = head.shortfall_fen if held else head.amount_fen
        if needed > books.balance(AccountKind.AVAILABLE):
            return
        post_own(books, rules.reserving(needed), head, "promote", at=at, by=None)
        head.amount_fen += head.shortfall_fen
        head.shortfall_fen, head.state = 0, ReservationState.RESERVED
        head.save(update_fields=["amount_fen", "shortfall_fen", "state"])
        record("funds.promote", head, by=None, amount_fen=needed)


def record(verb: str, reservation: Reservation, *, by: User | None, **detail: Any) -> None:
    """The audit record of what happened to a reservation."""
    state = str(reservation.state)
    audit.record(
        verb, reservation, by=by, reference=reservation.reference, pool=reservation.pool_id, state=state, **detail
    )
