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
from tongbao.desk.rules.verbs import OUTWARD, SENTENCES

__all__ = [
    "OUTWARD",
    "SENTENCES",
    "day_after",
    "details",
    "funnel",
    "is_case",
    "is_outward",
    "known_details",
    "pools",
    "sentence",
    "thing",
    "verb_choices",
    "yuan",
]
