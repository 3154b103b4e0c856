"""What must be true of a booking: looked at as it is typed, and again at its preparation and confirmation."""

from collections.abc import Callable, Mapping

from tongbao import clock
from tongbao.funds import rules
from tongbao.funds.models import Allotment, Booking, Prepayment
from tongbao.funds.queries.bookings import (
    check_pools,
    cover_to,
    known_twice,
    open_places,
    pool_in,
    prepared_besides,
    prepared_prepayments,
    prepared_twice,
)
from tongbao.funds.queries.books import Fund, allotted_by_document_fen, ceiling_fen, check_not_closed
from tongbao.funds.rules import AccountKind, BookingKind
from tongbao.refusal import Refusal


def check_fits(fund: Fund, booking: Booking) -> None:
    """Refuse what the fund does not allow as it stands, with the sentence at its field (五(一), 五(二)).

    Refusals: `edition_closed`, `no_pool`, `document_known`, `voucher_known`, `document_number_needed`, `over_fund`,
    `over_allotted`, `over_available`, `line_waits`, `cash_first`, `over_received`, `places_open`, `not_over`,
    `bookings_open`.
    """
    kind = BookingKind(booking.kind)
    if kind is not BookingKind.RETURN:  # after the year's closing only what is left is still paid back (五(二))
        check_not_closed(fund.queue)
    check_pools(fund, booking)
    _CHECKS[kind](fund, booking)


def _check_allotment(fund: Fund, booking: Booking) -> None:
    pool, number = pool_in(booking), booking.document_number
    if Allotment.objects.filter(pool=pool, document_number=number).exists() or prepared_twice(booking):
        raise Refusal(
            "document_known", f"文号“{number}”已在这个资金池登记过，请核对，不要重复登记。", "document_number"
        )
    if (ceiling := ceiling_fen(pool)) is not None:
        rules.check_ceiling(allotted_by_document_fen(pool), booking.amount_fen, ceiling)


def _check_prepayment(fund: Fund, booking: Booking) -> None:
    mine, earlier = fund.books[booking.pool_id or 0], Prepayment.objects.filter(pool=pool_in(booking))
    if earlier.filter(voucher_number=booking.voucher_number).exists() or prepared_twice(booking):
        raise Refusal(
            "voucher_known", f"凭证号“{booking.voucher_number}”已登记过，请核对，不要重复登记。", "voucher_number"
        )
    if not booking.document_number and (earlier.exists() or prepared_prepayments(booking)):
        raise Refusal(
            "document_number_needed",
            "扶持资金一次性预付（五(二)），这个资金池已有一笔拨付。确需追加的，请填写追加拨付的文号。",
            "document_number",
        )
    rules.check_cash(mine.balance(AccountKind.TREASURY), booking.amount_fen, mine.balance(AccountKind.ALLOTTED))


def _check_move(fund: Fund, booking: Booking) -> None:
    mine, number = fund.books[booking.pool_id or 0], booking.document_number
    if known_twice(booking):
        raise Refusal(
            "document_known",
            f"文号“{number}”的调剂在这两个资金池之间已登记过，请核对，不要重复登记。",
            "document_number",
        )
    rules.check_move(
        booking.amount_fen,
        available_fen=mine.balance(AccountKind.AVAILABLE),
        allotted_fen=mine.balance(AccountKind.ALLOTTED),
        prepaid_fen=mine.balance(AccountKind.TREASURY),
        line=mine.pool_id in fund.lines,
    )


def _check_return(fund: Fund, booking: Booking) -> None:
    mine, number = fund.books[booking.pool_id or 0], booking.voucher_number
    if known_twice(booking):
        raise Refusal("voucher_known", f"退款凭证号“{number}”已登记过，请核对，不要重复登记。", "voucher_number")
    rules.check_return(booking.amount_fen, mine.balance(rules.held_in(closed=fund.closed)))


def _check_closing(fund: Fund, booking: Booking) -> None:
    rules.check_closing(clock.today(), cover_to(booking.edition), open_places(booking.edition_id))
    if prepared_besides(booking):
        raise Refusal("bookings_open", "还有待复核的资金业务，请先复核或退回，再办理年度结清。")


_CHECKS: Mapping[BookingKind, Callable[[Fund, Booking], None]] = {
    BookingKind.ALLOTMENT: _check_allotment,
    BookingKind.PREPAYMENT: _check_prepayment,
    BookingKind.MOVE: _check_move,
    BookingKind.RETURN: _check_return,
    BookingKind.CLOSING: _check_closing,
}
