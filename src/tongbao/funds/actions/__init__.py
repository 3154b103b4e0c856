"""What can happen to public money; each verb is one transaction with one record, under the one lock of its edition."""

from tongbao.funds.actions.bookings import confirm, prepare, send_back, take_back
from tongbao.funds.actions.charges import charge, recharge, refund
from tongbao.funds.actions.months import lock_month
from tongbao.funds.actions.parities import correct_parity, enter_parities
from tongbao.funds.actions.pools import open_pools
from tongbao.funds.actions.queue import receive
from tongbao.funds.actions.rates import confirm_rate, correct_rate, enter_rate, withdraw_rate
from tongbao.funds.actions.reconciliation import (
    discard_statement,
    keep_statement,
    receive_statement,
    resolve_differences,
    sign_statement,
)
from tongbao.funds.actions.reservations import adjust, release, surrender, switch

__all__ = [
    "adjust",
    "charge",
    "confirm",
    "confirm_rate",
    "correct_parity",
    "correct_rate",
    "discard_statement",
    "enter_parities",
    "enter_rate",
    "keep_statement",
    "lock_month",
    "open_pools",
    "prepare",
    "receive",
    "receive_statement",
    "recharge",
    "refund",
    "release",
    "resolve_differences",
    "send_back",
    "sign_statement",
    "surrender",
    "switch",
    "take_back",
    "withdraw_rate",
]
