"""What becomes of a place in the queue: released, surrendered, adjusted, charged."""

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.models import Reservation, Transfer
from tongbao.funds.queries import Books
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

    Locks the queue first, because the new number may be taken in the same transaction.
    """
    queries.lock_queue(Reservation.objects.only("edition_id").get(pk=reservation_id).edition_id)
    return _give_up(reservation_id, ReservationState.SURRENDERED, "funds.surrender", why, by)


def _give_up(reservation_id: int, state: ReservationState, verb: str, why: str, by: User | None) -> Reservation:
    books, reservation = queries.lock_reservation_and_books(reservation_id)
    rules.check_change(ReservationState(reservation.state), state)
    at = clock.now()
    returned_fen = reservation.amount_fen if reservation.state in rules.FUNDED else 0
    _ledger.post_own(books, rules.releasing(returned_fen), reservation, "release", at=at, by=by)
    reservation.state, reservation.shortfall_fen = state, 0
    reservation.save(update_fields=["state", "shortfall_fen"])
    _ledger.record(verb, reservation, by=by, amount_fen=returned_fen, why=why)
    _ledger.promote(books, at=at)
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
    books, reservation = queries.lock_reservation_and_books(reservation_id)
    at, before_fen = clock.now(), reservation.amount_fen
    if reservation.state == ReservationState.WAITING:
        reservation.amount_fen = amount_fen
    elif reservation.state in rules.FUNDED:
        _adjust_funded(books, reservation, amount_fen)
        _ledger.post_own(
            books, rules.adjusting(before_fen, reservation.amount_fen), reservation, "adjust", at=at, by=by
        )
    else:
        label = ReservationState(reservation.state).label
        raise Refusal("reservation_state", f"这笔资金目前是“{label}”，不能再调整金额。请刷新页面查看最新情况。")
    reservation.purpose = reservation.purpose if purpose is None else purpose
    reservation.save(update_fields=["amount_fen", "shortfall_fen", "state", "purpose"])
    _ledger.record("funds.adjust", reservation, by=by, before_fen=before_fen, amount_fen=amount_fen, why=why)
    _ledger.promote(books, at=at)
    return reservation


def _adjust_funded(books: Books, reservation: Reservation, amount_fen: int) -> None:
    """The new sum when it can be had, else the old one, held for the difference."""
    short = rules.shortfall(reservation.amount_fen, amount_fen, _drawable(books, reservation))
    reservation.shortfall_fen = short
    reservation.state = ReservationState.HELD if short else ReservationState.RESERVED
    reservation.amount_fen = reservation.amount_fen if short else amount_fen


def _drawable(books: Books, reservation: Reservation) -> int:
    """What a funded reservation may draw on top: the available, unless another one is held before it."""
    return 0 if queries.held_before(reservation) else books.balance(AccountKind.AVAILABLE)


@audit.action
def charge(*, reservation_id: int, amount_fen: int, key: str, by: User | None) -> Reservation:
    """Book the subsidy of an issued policy, in both books; the difference returns and serves those in line (五(二)).

    A shortfall is drawn from the available before any waiting firm; still short, nothing is charged and the reservation
    is HELD (look at `state`): charge again once it is RESERVED. The same key again gives the first result.
    Refusals: `amount`, `reservation_state`, `prepayment_short`, `key_reused`.
    """
    rules.check_amount(amount_fen, None)
    rules.check_key(key)
    request_hash = content_hash({"reservation": reservation_id, "amount_fen": amount_fen})
    books, reservation = queries.lock_reservation_and_books(reservation_id)
    if (earlier := Transfer.objects.filter(key=f"charge:{key}:0").first()) is not None:
        rules.check_same_request(earlier.request_hash, request_hash)
        _ledger.record("funds.repeat", reservation, by=by)
        return reservation
    rules.check_change(ReservationState(reservation.state), ReservationState.CHARGED)
    short = rules.shortfall(reservation.amount_fen, amount_fen, _drawable(books, reservation))
    if short:
        return _hold(reservation, short, by)
    _check_cash(books, amount_fen)
    stamp = _ledger.Stamp(f"charge:{key}", request_hash, clock.now(), by)
    _ledger.post(books, rules.charging(reservation.amount_fen, amount_fen), stamp, reservation=reservation)
    before_fen, reservation.amount_fen = reservation.amount_fen, amount_fen
    reservation.state, reservation.shortfall_fen = ReservationState.CHARGED, 0
    reservation.save(update_fields=["amount_fen", "shortfall_fen", "state"])
    _ledger.record("funds.charge", reservation, by=by, reserved_fen=before_fen, amount_fen=amount_fen)
    _ledger.promote(books, at=stamp.at)
    return reservation


def _hold(reservation: Reservation, short_fen: int, by: User | None) -> Reservation:
    reservation.state, reservation.shortfall_fen = ReservationState.HELD, short_fen
    reservation.save(update_fields=["state", "shortfall_fen"])
    _ledger.record("funds.hold", reservation, by=by, shortfall_fen=short_fen)
    return reservation


def _check_cash(books: Books, amount_fen: int) -> None:
    if amount_fen > books.balance(AccountKind.RECEIVED):
        raise Refusal(
            "prepayment_short", "预付资金不足，暂不能列支这笔扶持资金。请财政先办理拨付并登记，然后再办理出单。"
        )
