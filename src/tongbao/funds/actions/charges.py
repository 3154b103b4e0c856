"""What an issued policy takes from the fund, and what comes back of it (clause 五(二))."""

from datetime import date

from tongbao import clock, money
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
def charge(
    *,
    reservation_id: int,
    amount_fen: int,
    key: str,
    by: User | None,
    policy_number: str = "",
    entry_date: date | None = None,
) -> Reservation:
    """Book the subsidy of an issued policy, in both books; the difference returns and serves those in line (五(二)).

    A shortfall is drawn from the available before any waiting firm; still short, nothing is charged and the reservation
    is HELD (look at `state`): charge again once it is RESERVED. `policy_number` and `entry_date` are those of the
    insurer's system, kept for the reconciliation with its statements. The same key again gives the first result.
    Refusals: `amount`, `reservation_state`, `prepayment_short`, `key_reused`.
    """
    rules.check_amount(amount_fen, None)
    rules.check_key(key)
    entered = str(entry_date) if entry_date else ""
    said = {"reservation": reservation_id, "amount_fen": amount_fen, "policy": policy_number, "entered": entered}
    request_hash = content_hash(said)
    fund, books, reservation = queries.lock_reservation(reservation_id)
    stamp = _ledger.Stamp(f"charge:{key}", request_hash, clock.now(), by)
    if _before(stamp):
        _ledger.record("funds.repeat", reservation, by=by)
        return reservation
    rules.check_change(ReservationState(reservation.state), ReservationState.CHARGED)
    short = rules.shortfall(reservation.amount_fen, amount_fen, _ledger.drawable(books, reservation))
    if short:
        _ledger.hold(reservation, short, stamp.at)
        _ledger.record("funds.hold", reservation, by=by, shortfall_fen=short)
        return reservation
    _check_cash(books, amount_fen)
    _ledger.post(books, rules.charging(reservation.amount_fen, amount_fen), stamp, reservation=reservation)
    before_fen, reservation.amount_fen = reservation.amount_fen, amount_fen
    reservation.policy_number, reservation.entry_date = policy_number, entry_date
    _ledger.settle(reservation, ReservationState.CHARGED, stamp.at, "amount_fen", "policy_number", "entry_date")
    told = {"reserved_fen": before_fen, "amount_fen": amount_fen, "policy": policy_number, "entered": entered}
    _ledger.record("funds.charge", reservation, by=by, **told)
    _ledger.promote(fund, at=stamp.at)
    return reservation


@audit.action
def recharge(*, reservation_id: int, amount_fen: int, why: str, key: str, by: User | None) -> Reservation:
    """Correct what was charged by reversal: the old charge is taken back in full, the new one booked (五(二)).

    What the new sum has more is drawn from the available before any waiting firm; what it has less serves those in
    line. The same key again gives the first result. Refusals: `amount`, `not_charged`, `refunded`, `charge_same`,
    `charge_short`, `prepayment_short`, `key_reused`.
    """
    rules.check_amount(amount_fen, None)
    rules.check_key(key)
    request_hash = content_hash({"reservation": reservation_id, "amount_fen": amount_fen})
    fund, books, reservation = queries.lock_reservation(reservation_id)
    stamp = _ledger.Stamp(f"recharge:{key}", request_hash, clock.now(), by)
    if _before(stamp):
        _ledger.record("funds.repeat", reservation, by=by)
        return reservation
    before_fen = _charged_fen(reservation)
    if reservation.refunded_fen:
        raise Refusal("refunded", "这张保单已注销并退回过扶持资金，不能再更正列支金额。")
    if amount_fen == before_fen:
        raise Refusal("charge_same", "更正后的金额与已列支的金额相同，不需要更正。")
    _check_drawable(books, reservation, amount_fen)
    _check_cash(books, amount_fen - before_fen)
    moves = [*rules.reversing(before_fen), *rules.charging(before_fen, amount_fen)]
    _ledger.post(books, moves, stamp, reservation=reservation)
    reservation.amount_fen = amount_fen
    reservation.save(update_fields=["amount_fen"])
    _ledger.record("funds.recharge", reservation, by=by, before_fen=before_fen, amount_fen=amount_fen, why=why)
    _ledger.promote(fund, at=stamp.at)
    return reservation


@audit.action
def refund(*, reservation_id: int, amount_fen: int, why: str, key: str, by: User | None) -> Reservation:
    """Give back what a cancelled policy does not use any more, in both books; those in line are served (五(二)).

    The caller has computed the part (pro rata). The same key again gives the first result. Refusals: `amount`,
    `not_charged`, `over_charged` (more than was charged), `key_reused`.
    """
    rules.check_amount(amount_fen, None)
    rules.check_key(key)
    request_hash = content_hash({"reservation": reservation_id, "amount_fen": amount_fen})
    fund, books, reservation = queries.lock_reservation(reservation_id)
    stamp = _ledger.Stamp(f"refund:{key}", request_hash, clock.now(), by)
    if _before(stamp):
        _ledger.record("funds.repeat", reservation, by=by)
        return reservation
    if reservation.refunded_fen + amount_fen > _charged_fen(reservation):
        raise Refusal("over_charged", f"退回金额不能超过已列支的 {money.text(reservation.amount_fen)} 元。")
    _ledger.post(books, rules.refunding(amount_fen), stamp, reservation=reservation)
    reservation.refunded_fen += amount_fen
    reservation.save(update_fields=["refunded_fen"])
    _ledger.record("funds.refund", reservation, by=by, amount_fen=amount_fen, why=why)
    _ledger.promote(fund, at=stamp.at)
    return reservation


def _before(stamp: _ledger.Stamp) -> bool:
    """Whether this key has moved money before; refused when it was for something else."""
    earlier = Transfer.objects.filter(key=f"{stamp.key}:0").first()
    if earlier is None:
        return False
    rules.check_same_request(earlier.request_hash, stamp.request_hash)
    return True


def _charged_fen(reservation: Reservation) -> int:
    if reservation.state != ReservationState.CHARGED:
        label = ReservationState(reservation.state).label
        raise Refusal("not_charged", f"这笔资金目前是“{label}”，没有列支，不能更正或退回。")
    return reservation.amount_fen


def _check_drawable(books: Books, reservation: Reservation, amount_fen: int) -> None:
    short = rules.shortfall(reservation.amount_fen, amount_fen, _ledger.drawable(books, reservation))
    if short:
        raise Refusal(
            "charge_short",
            f"按更正后的金额还须补列 {money.text(short)} 元，资金池可用额度不足。请等待额度追加或释放后再办理。",
        )


def _check_cash(books: Books, amount_fen: int) -> None:
    if amount_fen > books.balance(AccountKind.RECEIVED):
        raise Refusal("prepayment_short", "预付资金不足，暂不能列支这笔扶持资金。请财政先办理拨付并登记，然后再办理。")
