"""A scheme as SQL: conditions, facts from raw customs rows, decisions and the funnel; text only."""

from tongbao.screening.rules.conditions import condition_sql
from tongbao.screening.rules.customs import COLUMNS as CUSTOMS_COLUMNS
from tongbao.screening.rules.customs import (
    Customs,
    any_firm_sql,
    bad_rows_sql,
    class_of,
    classes_sql,
    latest_sql,
    sums_sql,
)
from tongbao.screening.rules.decision import Column, Sort, columns, decision_sql
from tongbao.screening.rules.facts import (
    BY_CUSTOMS,
    Firms,
    bad_firms_sql,
    facts_sql,
    good_firms_sql,
    lacking_sql,
    repeated_sql,
)
from tongbao.screening.rules.faults import SENTENCES, Amounts
from tongbao.screening.rules.funnel import Funnel, funnel_sql, read_funnel

__all__ = [
    "BY_CUSTOMS",
    "CUSTOMS_COLUMNS",
    "SENTENCES",
    "Amounts",
    "Column",
    "Customs",
    "Firms",
    "Funnel",
    "Sort",
    "any_firm_sql",
    "bad_firms_sql",
    "bad_rows_sql",
    "class_of",
    "classes_sql",
    "columns",
    "condition_sql",
    "decision_sql",
    "facts_sql",
    "funnel_sql",
    "good_firms_sql",
    "lacking_sql",
    "latest_sql",
    "read_funnel",
    "repeated_sql",
    "sums_sql",
]
