"""What each kind of booking asks of the fund, and how it moves money once it is confirmed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model

from tongbao import clock
from tongbao.audit import actions as audit
from tongbao.funds import queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.actions._ledger import Stamp
from tongbao.funds.models import Allotment, Booking, Prepayment
from tongbao.funds.queries import Fund
from tongbao.funds.rules import AccountKind, BookingKind
from tongbao.refusal import Refusal

# ── what must be true, at the preparation and again at the confirmation ─────────────────────────────────────────────


def _check_allotment(fund: Fund, booking: Booking) -> None:
    pool, number = queries.pool_in(booking), booking.document_number
    if Allotment.objects.filter(pool=pool, document_number=number).exists() or queries.prepared_twice(booking):
        raise Refusal(
            "document_known", f"文号“{number}”已在这个资金池登记过，请核对，不要重复登记。", "document_number"
        )
    ceiling_fen = queries.ceiling_fen(pool)
    if ceiling_fen is not None:
        rules.check_ceiling(queries.allotted_by_document_fen(pool), booking.amount_fen, ceiling_fen)


def _check_prepayment(fund: Fund, booking: Booking) -> None:
    books, earlier = fund.books[booking.pool_id or 0], Prepayment.objects.filter(pool=queries.pool_in(booking))
    if earlier.filter(voucher_number=booking.voucher_number).exists() or queries.prepared_twice(booking):
        raise Refusal(
            "voucher_known", f"凭证号“{booking.voucher_number}”已登记过，请核对，不要重复登记。", "voucher_number"
        )
    if not booking.document_number and (earlier.exists() or queries.prepared_prepayments(booking)):
        raise Refusal(
            "document_number_needed",
            "扶持资金一次性预付（五(二)），这个资金池已有一笔拨付。确需追加的，请填写追加拨付的文号。",
            "document_number",
        )
    rules.check_cash(books.balance(AccountKind.TREASURY), booking.amount_fen, books.balance(AccountKind.ALLOTTED))


def _check_move(fund: Fund, booking: Booking) -> None:
    books, number = fund.books[booking.pool_id or 0], booking.document_number
    if queries.known_twice(booking):
        raise Refusal(
            "document_known",
            f"文号“{number}”的调剂在这两个资金池之间已登记过，请核对，不要重复登记。",
            "document_number",
        )
    rules.check_move(
        booking.amount_fen,
        available_fen=books.balance(AccountKind.AVAILABLE),
        allotted_fen=books.balance(AccountKind.ALLOTTED),
        prepaid_fen=books.balance(AccountKind.TREASURY),
        line=books.pool_id in fund.lines,
    )


def _check_return(fund: Fund, booking: Booking) -> None:
    books, number = fund.books[booking.pool_id or 0], booking.voucher_number
    if queries.known_twice(booking):
        raise Refusal("voucher_known", f"退款凭证号“{number}”已登记过，请核对，不要重复登记。", "voucher_number")
    rules.check_return(booking.amount_fen, books.balance(rules.held_in(closed=_is_closed(fund))))


def _check_closing(fund: Fund, booking: Booking) -> None:
    rules.check_closing(clock.today(), queries.cover_to(booking.edition), queries.open_places(booking.edition_id))
    if queries.prepared_besides(booking):
        raise Refusal("bookings_open", "还有待复核的资金业务，请先复核或退回，再办理年度结清。")


CHECKS: Mapping[BookingKind, Callable[[Fund, Booking], None]] = {
    BookingKind.ALLOTMENT: _check_allotment,
    BookingKind.PREPAYMENT: _check_prepayment,
    BookingKind.MOVE: _check_move,
    BookingKind.RETURN: _check_return,
    BookingKind.CLOSING: _check_closing,
}


# ── how the money moves ─────────────────────────────────────────────────────────────────────────────────────────────


def _post(fund: Fund, booking: Booking, stamp: Stamp, **cause: Any) -> None:
    """Book what the booking moves, pool by pool, each under a key of its own."""
    for pool_id, moves in queries.moves_of(fund.books, booking, closed=_is_closed(fund)).items():
        mine = replace(stamp, key=f"{stamp.key}:{pool_id}")
        _ledger.post(fund.books[pool_id], moves, mine, booking=booking, **cause)


def _is_closed(fund: Fund) -> bool:
    return fund.queue.closed_at is not None


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
    said |= {"voucher": booking.voucher_number, "held_in": rules.held_in(closed=_is_closed(fund))}
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
