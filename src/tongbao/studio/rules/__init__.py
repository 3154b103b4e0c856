"""What trying next year's terms means: the states of a draft, parameters in its text, effects. Pure."""

from tongbao.studio.rules.comparison import CHANGED, TURN_TONES, Change, Comparison, Turn, compare
from tongbao.studio.rules.effect import Effect, Firm, Judged, Quote, Sums, Use, choose, effect, shares
from tongbao.studio.rules.lines import ChangedLine, changed_lines
from tongbao.studio.rules.parameters import Parameter, change, left_behind, parameters
from tongbao.studio.rules.sides import (
    Line,
    PoolLine,
    by_area,
    by_insurer,
    by_plan,
    by_pool,
    signed,
    signed_wan,
    signed_yuan,
    subsidy_chart,
    why,
)
from tongbao.studio.rules.states import TONES, TRANSITIONS, DraftState
from tongbao.studio.rules.text import Source, read_source

__all__ = [
    "CHANGED",
    "TONES",
    "TRANSITIONS",
    "TURN_TONES",
    "Change",
    "ChangedLine",
    "Comparison",
    "DraftState",
    "Effect",
    "Firm",
    "Judged",
    "Line",
    "Parameter",
    "PoolLine",
    "Quote",
    "Source",
    "Sums",
    "Turn",
    "Use",
    "by_area",
    "by_insurer",
    "by_plan",
    "by_pool",
    "change",
    "changed_lines",
    "choose",
    "compare",
    "effect",
    "left_behind",
    "parameters",
    "read_source",
    "shares",
    "signed",
    "signed_wan",
    "signed_yuan",
    "subsidy_chart",
    "why",
]
