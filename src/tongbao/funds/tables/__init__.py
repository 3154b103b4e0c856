"""The journal, the queue, the rates as lists; the fund as pictures."""

from tongbao.funds.tables.bookings import (
    BookingFilter,
    BookingSheet,
    BookingTable,
    booking_tone,
)
from tongbao.funds.tables.charts import fund_chart, months_chart
from tongbao.funds.tables.ledger import EntryFilter, EntryTable, ground
from tongbao.funds.tables.queue import PlaceFilter, PlaceTable, tone
from tongbao.funds.tables.queue_chart import money_chart
from tongbao.funds.tables.rates import ParityFilter, ParityTable, RateFilter, RateTable, ReadParityTable, rate_tone
from tongbao.funds.tables.statements import (
    ACCOUNT_HEADS,
    COMPARED_HEADS,
    TABS,
    cells,
    heads,
    month_rows,
    month_sheets,
    rows,
    statement_sheet,
    trial_rows,
    trial_sheet,
)

__all__ = [
    "ACCOUNT_HEADS",
    "COMPARED_HEADS",
    "TABS",
    "BookingFilter",
    "BookingSheet",
    "BookingTable",
    "EntryFilter",
    "EntryTable",
    "ParityFilter",
    "ParityTable",
    "PlaceFilter",
    "PlaceTable",
    "RateFilter",
    "RateTable",
    "ReadParityTable",
    "booking_tone",
    "cells",
    "fund_chart",
    "ground",
    "heads",
    "money_chart",
    "month_rows",
    "month_sheets",
    "months_chart",
    "rate_tone",
    "rows",
    "statement_sheet",
    "tone",
    "trial_rows",
    "trial_sheet",
]
