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
from tongbao.desk.rules.replay import Known, Line, PlanLine, known, lines, plans
from tongbao.desk.rules.verbs import OUTWARD, SENTENCES

__all__ = [
    "OUTWARD",
    "SENTENCES",
    "Clause",
    "Coverage",
    "Duty",
    "Known",
    "Line",
    "PlanLine",
    "State",
    "coverage_faults",
    "day_after",
    "details",
    "funnel",
    "is_case",
    "is_outward",
    "known",
    "known_details",
    "lines",
    "plans",
    "pools",
    "read_coverage",
    "sentence",
    "thing",
    "verb_choices",
    "yuan",
]
