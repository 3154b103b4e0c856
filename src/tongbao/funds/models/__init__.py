"""What is kept of public money: pools, accounts, transfers, the queue, reservations, exchange rates, parities."""

from tongbao.funds.models.books import Allotment, Booking, Prepayment, Transfer
from tongbao.funds.models.months import MonthBalance, MonthClose
from tongbao.funds.models.places import Reservation, Standing
from tongbao.funds.models.pools import Account, Pool, Queue
from tongbao.funds.models.rates import ExchangeRate, Parity
from tongbao.funds.models.reconciliation import InsurerLine, InsurerStatement, Resolution, SignOff

__all__ = [
    "Account",
    "Allotment",
    "Booking",
    "ExchangeRate",
    "InsurerLine",
    "InsurerStatement",
    "MonthBalance",
    "MonthClose",
    "Parity",
    "Pool",
    "Prepayment",
    "Queue",
    "Reservation",
    "Resolution",
    "SignOff",
    "Standing",
    "Transfer",
]
