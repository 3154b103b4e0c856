"""A complete application takes its place: number, time and money in one transaction (clause 二(三))."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash, digest
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.models import Queue, Reservation
from tongbao.funds.queries import Books
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.refusal import Refusal


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
    """Take the next number and the receipt time, and reserve `amount_fen` or join the first pool's waiting list.

    `pool_ids` is the first choice, then the others that are accepted (服从调剂); money comes from the first of them
    that nobody waits for and that has enough. `priority_class` (0 before 1) orders only those who wait. The same key
    again gives the first result; who may apply is decided by the caller. Locks: queue, then pools by id.
    Refusals: `amount`, `no_queue`, `no_pool`, `key_reused`.
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
    queue = queries.lock_queue(edition_id)
    if (earlier := Reservation.objects.filter(key=key).select_related("pool__insurer").first()) is not None:
        rules.check_same_request(earlier.request_hash, request_hash)
        _ledger.record("funds.repeat", earlier, by=by)
        return earlier
    books, state = _place(edition_id, pool_ids, amount_fen)
    said |= {"received_at": _next(queue), "state": state, "key": key, "request_hash": request_hash}
    number = queue.last_number
    reservation = Reservation.objects.create(edition_id=edition_id, pool=books.pool, queue_number=number, **said)
    _reserve(books, reservation, by)
    return reservation


def _place(edition_id: int, pool_ids: Sequence[int], amount_fen: int) -> tuple[Books, ReservationState]:
    """The books to draw from and how: the first pool that can pay at once, else a place in the first choice's line."""
    locked = queries.lock_books(pool_ids)
    if not pool_ids or any(books.pool.edition_id != edition_id for books in locked.values()):
        raise Refusal("no_pool", "所选保险人在本年度没有资金池，请重新选择保险人。", "insurer")
    for pool_id in pool_ids:
        books = locked[pool_id]
        if amount_fen <= books.balance(AccountKind.AVAILABLE) and queries.head_of_line(books.pool) is None:
            return books, ReservationState.RESERVED
    return locked[pool_ids[0]], ReservationState.WAITING


def _next(queue: Queue) -> datetime:
    """Take the next number and give its receipt time: the database's, never earlier than the number before."""
    moment = clock.database_now()
    moment = max(moment, queue.last_received_at or moment)
    queue.last_number, queue.last_received_at = queue.last_number + 1, moment
    queue.save(update_fields=["last_number", "last_received_at"])
    return moment


def _reserve(books: Books, reservation: Reservation, by: User | None) -> None:
    if reservation.state == ReservationState.RESERVED:
        stamp = _ledger.Stamp(f"receive:{reservation.key}", reservation.request_hash, reservation.received_at, by)
        _ledger.post(books, rules.reserving(reservation.amount_fen), stamp, reservation=reservation)
    _ledger.record(
        "funds.receive",
        reservation,
        by=by,
        queue_number=reservation.queue_number,
        received_at=reservation.received_at.isoformat(),
        priority_class=reservation.priority_class,
        amount_fen=reservation.amount_fen,
        beneficiary=digest(reservation.beneficiary_code),
    )
