"""What becomes of a place in the queue before its policy is issued: given up, adjusted, switched to another pool."""

from collections.abc import Sequence
from datetime import datetime

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.models import Reservation
from tongbao.funds.queries import Books, Fund
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.refusal import Refusal


@audit.action
def release(*, reservation_id: int, why: str, by: User | None) -> Reservation:
    """Give up the place and return its money at once: rejected, withdrawn, lapsed, declined (二(三)).

    Those in line are served with it. Refusal `reservation_state` when it is charged or already given up.
    """
    return _give_up(reservation_id, ReservationState.RELEASED, "funds.release", why, by)


@audit.action
def surrender(*, reservation_id: int, why: str, by: User | None) -> Reservation:
    """Lose the place because a mandatory paper was missing: complete resubmission takes a new number (二(三)).

    Refusal `reservation_state` as `release`.
    """
    return _give_up(reservation_id, ReservationState.SURRENDERED, "funds.surrender", why, by)


def _give_up(reservation_id: int, state: ReservationState, verb: str, why: str, by: User | None) -> Reservation:
    fund, books, reservation = queries.lock_reservation(reservation_id)
    rules.check_change(ReservationState(reservation.state), state)
    at = clock.now()
    returned_fen = reservation.amount_fen if reservation.state in rules.FUNDED else 0
    _ledger.post_own(books, rules.releasing(returned_fen), reservation, "release", at=at, by=by)
    if queries.is_in_line(reservation.state):
        _ledger.leave_line(reservation)
    reservation.shortfall_fen = 0
    _ledger.enter(reservation, state, at, "shortfall_fen")
    _ledger.record(verb, reservation, by=by, amount_fen=returned_fen, why=why)
    _ledger.promote(fund, at=at)
    return reservation


@audit.action
def adjust(
    *, reservation_id: int, amount_fen: int, why: str, by: User | None, purpose: str | None = None
) -> Reservation:
    """Change the sum (and, when given, the plan) of a place that keeps its number, e.g. plan C's fallback (四(二)).

    A higher sum is drawn from the available before any waiting firm; when that is short the reservation keeps what it
    has and is HELD until promotion tops it up. Refusals: `amount`, `reservation_state`.
    """
    rules.check_amount(amount_fen, None)
    fund, books, reservation = queries.lock_reservation(reservation_id)
    at, before_fen = clock.now(), reservation.amount_fen
    reservation.purpose = reservation.purpose if purpose is None else purpose
    if reservation.state == ReservationState.WAITING:
        reservation.amount_fen = amount_fen
        reservation.save(update_fields=["amount_fen", "purpose"])
    elif reservation.state in rules.FUNDED:
        _adjust_funded(books, reservation, amount_fen, at, by)
    else:
        label = ReservationState(reservation.state).label
        raise Refusal("reservation_state", f"这笔资金目前是“{label}”，不能再调整金额。请刷新页面查看最新情况。")
    told = {"before_fen": before_fen, "amount_fen": amount_fen, "why": why, "purpose": reservation.purpose}
    _ledger.record("funds.adjust", reservation, by=by, **told)
    _ledger.promote(fund, at=at)
    return reservation


def _adjust_funded(books: Books, reservation: Reservation, amount_fen: int, at: datetime, by: User | None) -> None:
    """The new sum when it can be had, else the old one, held for the difference."""
    short = rules.shortfall(reservation.amount_fen, amount_fen, _ledger.drawable(books, reservation))
    if short:
        _ledger.hold(reservation, short, at, "purpose")
        return
    moves = rules.adjusting(reservation.amount_fen, amount_fen)
    _ledger.post_own(books, moves, reservation, "adjust", at=at, by=by)
    reservation.amount_fen = amount_fen
    _ledger.settle(reservation, ReservationState.RESERVED, at, "amount_fen", "purpose")


@audit.action
def switch(*, reservation_id: int, pool_ids: Sequence[int], by: User | None) -> Reservation:
    """Change the insurer, and which others are accepted; number, time and class stay (二(三), 三).

    `pool_ids`: the first choice, then the others accepted. A waiting place stands in the lines of these from now on and
    is served when one of them can. A funded one moves with its sum to the first choice, which must have enough and
    nobody waiting. Refusals: `no_pool`, `switch_short`, `reservation_state`.
    """
    fund, books, reservation = queries.lock_reservation(reservation_id)
    chosen, at = queries.books_of(fund, pool_ids), clock.now()
    if reservation.state == ReservationState.WAITING:
        _ledger.leave_line(reservation)
        reservation.pool_id = pool_ids[0]
        reservation.save(update_fields=["pool"])
        _ledger.stand(reservation, rules.WAITS, pool_ids)
    elif reservation.state != ReservationState.RESERVED:
        label = ReservationState(reservation.state).label
        raise Refusal("reservation_state", f"这笔资金目前是“{label}”，不能更换保险人。请刷新页面查看最新情况。")
    elif chosen[0].pool_id != books.pool_id:
        _move(fund, books, chosen[0], reservation, at, by)
    _ledger.record("funds.switch", reservation, by=by, pools=list(pool_ids), amount_fen=reservation.amount_fen)
    _ledger.promote(fund, at=at)
    return reservation


def _move(fund: Fund, left: Books, new: Books, reservation: Reservation, at: datetime, by: User | None) -> None:
    """A funded place takes its sum from another pool; nobody who waits there is overtaken."""
    if new.pool_id in fund.lines or reservation.amount_fen > new.balance(AccountKind.AVAILABLE):
        raise Refusal(
            "switch_short",
            "所选保险人的资金池目前没有足够的可用额度，或已有企业候补。现在更换会失去已预留的资金，因此没有更换。",
            "insurer",
        )
    _ledger.post_own(left, rules.releasing(reservation.amount_fen), reservation, "switch", at=at, by=by)
    _ledger.post_own(new, rules.reserving(reservation.amount_fen), reservation, "switch", at=at, by=by)
    reservation.pool_id = new.pool_id
    reservation.save(update_fields=["pool"])
