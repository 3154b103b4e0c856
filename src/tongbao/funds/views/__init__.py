"""Pages of the fund."""

from tongbao.funds.views import reconciliation
from tongbao.funds.views.bookings import (
    booking,
    booking_seen,
    bookings,
    confirm_booking,
    send_back,
    take_back,
)
from tongbao.funds.views.fund import entry, open_pools, overview, place, queue, voucher
from tongbao.funds.views.months import lock_month, month, months
from tongbao.funds.views.parities import correct_parity, enter_parities, parities
from tongbao.funds.views.preparing import (
    allot,
    close_year,
    move,
    prepay,
    return_money,
)
from tongbao.funds.views.rates import (
    confirm_rate,
    correct_rate,
    enter_rate,
    rate,
    rate_paper,
    rates,
    withdraw_rate,
)
from tongbao.funds.views.statements import ledger, statements, trial

__all__ = [
    "allot",
    "booking",
    "booking_seen",
    "bookings",
    "close_year",
    "confirm_booking",
    "confirm_rate",
    "correct_parity",
    "correct_rate",
    "enter_parities",
    "enter_rate",
    "entry",
    "ledger",
    "lock_month",
    "month",
    "months",
    "move",
    "open_pools",
    "overview",
    "parities",
    "place",
    "prepay",
    "queue",
    "rate",
    "rate_paper",
    "rates",
    "reconciliation",
    "return_money",
    "send_back",
    "statements",
    "take_back",
    "trial",
    "voucher",
    "withdraw_rate",
]
