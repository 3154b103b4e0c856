"""What can be asked of a register as a whole."""

from tongbao.screening.queries.files import Order, beside
from tongbao.screening.queries.judge import UNKNOWN, Columns, facts_table, judge
from tongbao.screening.queries.screen import STAGES, Progress, Screened, screen

__all__ = [
    "STAGES",
    "UNKNOWN",
    "Columns",
    "Order",
    "Progress",
    "Screened",
    "beside",
    "facts_table",
    "judge",
    "screen",
]
