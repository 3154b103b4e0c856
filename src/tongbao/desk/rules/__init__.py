"""How the roof tells things: acts as sentences, figures as charts."""

from tongbao.desk.rules.acts import (
    ACTS,
    Act,
    day_after,
    details,
    is_outward,
    known_details,
    sentence,
    thing,
    verb_choices,
)
from tongbao.desk.rules.charts import funnel, pools, yuan

__all__ = [
    "ACTS",
    "Act",
    "day_after",
    "details",
    "funnel",
    "is_outward",
    "known_details",
    "pools",
    "sentence",
    "thing",
    "verb_choices",
    "yuan",
]
