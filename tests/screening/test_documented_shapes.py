"""Every documented shape, and both editions, say the same of every golden firm one by one and in SQL."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.scheme import examples
from tongbao.scheme import rules
from tongbao.screening import queries

MONEY = ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen", "limit_cents")


def one_by_one(terms: rules.CompiledTerms, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The decision on one firm as the columns of a screening name it."""
    outcome = rules.decide(terms, facts)
    plans = (*outcome.offers, *outcome.not_offered)
    return {
        "eligible": outcome.eligible,
        "priority_class": rules.priority_class(outcome),
        **{finding.id: finding.met for finding in outcome.findings},
        **{f"priority_{finding.id}": finding.met for finding in outcome.priorities},
        **{f"plan_{plan.plan}_available": plan.available for plan in plans},
        **{f"plan_{plan.plan}_{what}": getattr(plan, what) for plan in plans for what in MONEY},
    }


def plain(name: str, value: Any) -> Any:
    """A value of a screening as the decision gives it."""
    if np.ma.is_masked(value):
        return None
    if name == "priority_class" or name.endswith(("_cents", "_fen")):
        return int(value)
    return {1: True, 0: False, queries.UNKNOWN: None}[int(value)]


def terms_of(name: str) -> rules.CompiledTerms:
    if name in examples.names():
        return examples.compiled(name)
    path = examples.PROJECT / "schemes" / f"{name}.yaml"
    return rules.compile(rules.load(path.read_text(encoding="utf-8"), path.name))


@pytest.mark.parametrize("name", ["cixi-2015", *(n for n in examples.names() if "算例" in examples.golden(n))])
def test_golden_firms_screened_at_once(name: str):
    terms, golden = terms_of(name), examples.golden(name)
    given = [{**golden["缺省事实"], **case["事实"]} for case in golden["算例"]]
    firms = [rules.read_facts(terms.scheme, facts) for facts in given]
    found = queries.judge(terms, firms)
    for place, facts in enumerate(firms):
        wanted = one_by_one(terms, facts)
        assert {column: plain(column, found[column][place]) for column in wanted} == wanted
