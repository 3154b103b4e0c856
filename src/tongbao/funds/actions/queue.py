"""A complete application takes its place: number, time and money in one transaction (clause 二(三))."""

from collections.abc import Sequence
from typing import Any

from tongbao import clock, once
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash, digest
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.models import Reservation
from tongbao.funds.queries import Books, Fund
from tongbao.funds.rules import AccountKind, ReservationState


@audit.action
def receive(
    *,
    edition_id: int,
    pool_ids: Sequence[int],
    reference: str,
    beneficiary_code: str,
    beneficiary_name: str,
    purpose: str,
    amount_fen: int,
    priority_class: int,
    key: str,
    by: User | None,
) -> Reservation:
    """Take the next number and the receipt time, and reserve `amount_fen` or join the waiting lists.

    `pool_ids` is the first choice, then the others that are accepted (服从调剂); money comes from the first of them
    that nobody waits for and that has enough, else the place stands in the lines of all of them. `priority_class`
    (0 before 1) orders only those who wait. The same key again gives the first result; who may apply is decided by the
    caller. Refusals: `amount`, `no_queue`, `edition_closed`, `no_pool`, `key_reused`.
    """
    rules.check_amount(amount_fen, None)
    rules.check_key(key)
    said: dict[str, Any] = {
        "reference": reference,
        "beneficiary_code": beneficiary_code,
        "beneficiary_name": beneficiary_name,
        "purpose": purpose,
        "amount_fen": amount_fen,
        "priority_class": priority_class,
    }
    request_hash = content_hash({"edition": edition_id, "pools": list(pool_ids), **said})
    fund, earlier = queries.lock_fund_for(edition_id, key)
    if earlier is not None:
        rules.check_same_request(earlier.request_hash, request_hash)
        _ledger.record("funds.repeat", earlier, by=by)
        return earlier
    return _take(fund, pool_ids, {"edition_id": edition_id, "key": key, "request_hash": request_hash, **said}, by)


def _take(fund: Fund, pool_ids: Sequence[int], said: dict[str, Any], by: User | None) -> Reservation:
    """A new place: paid at once, or into the lines. Who is first there by class is served with what there is."""
    books = _first_that_can(fund, queries.books_of(fund, pool_ids), said["amount_fen"])
    said["pool_id"] = books.pool_id if books else pool_ids[0]
    said["state"] = ReservationState.RESERVED if books else ReservationState.WAITING
    reservation = Reservation(**said, **_next(fund))
    once.together(
        once.updating(fund.queue, "last_number", "last_received_at", "public_head"), once.inserting(reservation)
    )
    if books:
        stamp = _ledger.Stamp(f"receive:{said['key']}", said["request_hash"], reservation.received_at, by)
        _ledger.post(books, rules.reserving(reservation.amount_fen), stamp, reservation=reservation)
        _record(reservation, pool_ids, by)
        return reservation
    _ledger.stand(reservation, rules.WAITS, pool_ids)
    _record(reservation, pool_ids, by)
    if _ledger.promote(fund, at=clock.now()):
        reservation.refresh_from_db()
    return reservation


def _first_that_can(fund: Fund, chosen: Sequence[Books], amount_fen: int) -> Books | None:
    """The first of the chosen pools that nobody waits for and that has enough."""
    return next(
        (
            books
            for books in chosen
            if books.pool_id not in fund.lines and amount_fen <= books.balance(AccountKind.AVAILABLE)
        ),
        None,
    )


def _next(fund: Fund) -> dict[str, Any]:
    """Take the next number and its receipt time: the database's clock, never earlier than the number before.

    Each receipt seals those before it in the public chain, so nobody can later put one in between.
    """
    queue = fund.queue
    moment = max(fund.at, queue.last_received_at or fund.at)
    queue.last_number, queue.last_received_at = queue.last_number + 1, moment
    queue.public_head = rules.public_link(queue.public_head, queue.last_number, moment)
    return {
        "queue_number": queue.last_number,
        "received_at": moment,
        "state_at": moment,
        "public_link": queue.public_head,
    }


def _record(reservation: Reservation, pool_ids: Sequence[int], by: User | None) -> None:
    _ledger.record(
        "funds.receive",
        reservation,
        by=by,
        queue_number=reservation.queue_number,
        received_at=reservation.received_at.isoformat(),
        priority_class=reservation.priority_class,
        amount_fen=reservation.amount_fen,
        pools=list(pool_ids),
        link=reservation.public_link,
        purpose=reservation.purpose,
        beneficiary=digest(reservation.beneficiary_code),
        name=digest(reservation.beneficiary_name),
        request=reservation.request_hash,
    )
