"""How the roof tells things: acts as sentences, figures as charts."""

from tongbao.desk.rules.acts import (
    day_after,
    details,
    is_case,
    is_outward,
    known_details,
    sentence,
    thing,
    verb_choices,
)
from tongbao.desk.rules.charts import funnel, pools, yuan
from tongbao.desk.rules.coverage import Clause, Coverage, Duty, State
from tongbao.desk.rules.coverage import faults as coverage_faults
from tongbao.desk.rules.coverage import read as read_coverage
from tongbao.desk.rules.firm import (
    Dealing,
    MarketLine,
    Year,
    YearLine,
    change,
    market_lines,
    month_chart,
    share,
    year_lines,
)
from tongbao.desk.rules.replay import Known, Line, PlanLine, known, lines, plans
from tongbao.desk.rules.verbs import OUTWARD, SENTENCES

__all__ = [
    "OUTWARD",
    "SENTENCES",
    "Clause",
    "Coverage",
    "Dealing",
    "Duty",
    "Known",
    "Line",
    "MarketLine",
    "PlanLine",
    "State",
    "Year",
    "YearLine",
    "change",
    "coverage_faults",
    "day_after",
    "details",
    "funnel",
    "is_case",
    "is_outward",
    "known",
    "known_details",
    "lines",
    "market_lines",
    "month_chart",
    "plans",
    "pools",
    "read_coverage",
    "sentence",
    "share",
    "thing",
    "verb_choices",
    "year_lines",
    "yuan",
]
