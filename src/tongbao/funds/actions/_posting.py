"""How each kind of booking moves money once it is confirmed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model

from tongbao.audit import actions as audit
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.actions._ledger import Stamp
from tongbao.funds.models import Allotment, Booking, Prepayment
from tongbao.funds.queries import Fund
from tongbao.funds.rules import AccountKind, BookingKind


def _post(fund: Fund, booking: Booking, stamp: Stamp, **cause: Any) -> None:
    """Book what the booking moves, pool by pool, each under a key of its own."""
    for pool_id, moves in queries.moves_of(fund.books, booking, closed=fund.closed).items():
        mine = replace(stamp, key=f"{stamp.key}:{pool_id}")
        _ledger.post(fund.books[pool_id], moves, mine, booking=booking, **cause)


def _record(verb: str, subject: Model, booking: Booking, stamp: Stamp, **said: Any) -> None:
    """The record of money that moved; the receipt's scan by its hash, as the voucher's stands in `funds.prepare`."""
    if booking.receipt is not None:
        said["receipt_file"] = booking.receipt.sha256
    audit.record(verb, subject, by=stamp.by, booking=booking.pk, **said)


def _of_pool(booking: Booking, stamp: Stamp) -> dict[str, Any]:
    """What an allotment and a prepayment both keep of their booking."""
    return {
        "pool": queries.pool_in(booking),
        "amount_fen": booking.amount_fen,
        "document_number": booking.document_number,
        "booking": booking,
        "confirmed_by": stamp.by,
        "voucher": booking.voucher,
        "entered_by": booking.prepared_by,
        "entered_at": stamp.at,
    }


def _allot(fund: Fund, booking: Booking, stamp: Stamp) -> None:
    allotment = Allotment.objects.create(allotted_on=booking.day, **_of_pool(booking, stamp))
    _post(fund, booking, stamp, allotment=allotment)
    said: dict[str, Any] = {"pool": booking.pool_id, "amount_fen": booking.amount_fen}
    _record("funds.allot", allotment, booking, stamp, document=booking.document_number, **said)


def _prepay(fund: Fund, booking: Booking, stamp: Stamp) -> None:
    prepayment = Prepayment.objects.create(
        payer=booking.payer,
        voucher_number=booking.voucher_number,
        receipt_number=booking.receipt_number,
        paid_on=booking.day,
        **_of_pool(booking, stamp),
    )
    _post(fund, booking, stamp, prepayment=prepayment)
    said: dict[str, Any] = {"pool": booking.pool_id, "amount_fen": booking.amount_fen}
    said |= {"voucher": booking.voucher_number, "receipt": booking.receipt_number}
    _record("funds.prepay", prepayment, booking, stamp, **said)


def _move(fund: Fund, booking: Booking, stamp: Stamp) -> None:
    _post(fund, booking, stamp)
    said: dict[str, Any] = {"pool": booking.pool_id, "target": booking.target_pool_id}
    said |= {"amount_fen": booking.amount_fen, "document": booking.document_number}
    _record("funds.move", booking, booking, stamp, **said)


def _return(fund: Fund, booking: Booking, stamp: Stamp) -> None:
    _post(fund, booking, stamp)
    said: dict[str, Any] = {"pool": booking.pool_id, "amount_fen": booking.amount_fen}
    said |= {"voucher": booking.voucher_number, "held_in": rules.held_in(closed=fund.closed)}
    _record("funds.return", booking, booking, stamp, **said)


def _close(fund: Fund, booking: Booking, stamp: Stamp) -> None:
    """Every pool of the edition ends; from here on nothing is received, charged or paid, only surplus is returned."""
    ends = (AccountKind.AVAILABLE, AccountKind.RECEIVED)
    ended = {str(books.pool_id): [books.balance(kind) for kind in ends] for books in fund.books.values()}
    _post(fund, booking, stamp)
    fund.queue.closed_at = stamp.at
    fund.queue.save(update_fields=["closed_at"])
    _record("funds.close", booking, booking, stamp, ended=ended, document=booking.document_number)


POSTINGS: Mapping[BookingKind, Callable[[Fund, Booking, Stamp], None]] = {
    BookingKind.ALLOTMENT: _allot,
    BookingKind.PREPAYMENT: _prepay,
    BookingKind.MOVE: _move,
    BookingKind.RETURN: _return,
    BookingKind.CLOSING: _close,
}
