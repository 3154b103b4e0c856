"""What can happen to public money; each verb is one transaction with one record, locks in the order queue, pools."""

from tongbao.funds.actions.pools import allot, open_pools, prepay
from tongbao.funds.actions.queue import receive
from tongbao.funds.actions.rates import confirm_rate, enter_rate
from tongbao.funds.actions.reservations import adjust, charge, release, surrender

__all__ = [
    "adjust",
    "allot",
    "charge",
    "confirm_rate",
    "enter_rate",
    "open_pools",
    "prepay",
    "receive",
    "release",
    "surrender",
]
