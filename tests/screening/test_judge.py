"""Judging many firms at once is judging each: every shape of an edition, random conditions, random facts."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening import made
from tongbao.refusal import Refusal
from tongbao.scheme import rules as scheme_rules
from tongbao.screening import queries
from tongbao.screening.rules import Sort, columns

VERDICTS = {1: True, 0: False, -1: None}


def rows(terms: scheme_rules.CompiledTerms, found: queries.Columns) -> list[dict[str, Any]]:
    """The columns as one dictionary a firm, in Python's own values."""
    said: dict[str, list[Any]] = {}
    for column in columns(terms):
        values = found[column.name].tolist()
        said[column.name] = [VERDICTS[value] for value in values] if column.sort is Sort.VERDICT else values
    return [dict(zip(said, row, strict=True)) for row in zip(*said.values(), strict=True)]


@settings(max_examples=150)
@given(made.editions(), st.lists(made.facts, min_size=1, max_size=30))
def test_every_firm_gets_the_decision_it_would_get_alone(
    terms: scheme_rules.CompiledTerms, firms: list[dict[str, Any]]
):
    for firm, found in zip(firms, rows(terms, queries.judge(terms, firms)), strict=True):
        made.same(terms, made.one_firm(terms, firm), found)


@settings(max_examples=30)
@given(st.lists(made.facts, min_size=1, max_size=30), st.sampled_from(["6.8", "7.0729", "7.3456789"]))
def test_another_exchange_rate(firms: list[dict[str, Any]], rate: str):
    terms, cny = made.nantong(), Decimal(rate)
    for firm, found in zip(firms, rows(terms, queries.judge(terms, firms, cny)), strict=True):
        made.same(terms, made.one_firm(terms, firm, cny), found)


def test_a_table_is_kept_and_judged_again_and_codes_come_back():
    terms = made.nantong()
    table = queries.facts_table(
        [{"area": "etdz", "exports_usd": Decimal("5000000.00"), "insured": False}, {"area": "haian"}], ["x", "y"]
    )
    first, again = queries.judge(terms, table), queries.judge(terms, table)
    assert list(first["code"]) == list(again["code"]) == ["x", "y"]
    assert first["eligible"].tolist() == again["eligible"].tolist() == [1, 0]
    assert first["eligible"].dtype == np.int8
    assert first["plan_A_premium_cents"].tolist() == [150_000, None]
    assert int(first["plan_A_subsidy_fen"].sum()) == 1_060_935


def test_facts_that_nobody_gave_are_unknown():
    found = queries.judge(made.nantong(), [{}])
    assert found["eligible"].tolist() == [-1]
    assert found["plan_A_available"].tolist() == [-1]
    assert found["plan_A_premium_cents"].tolist() == [None]


def test_threads_do_not_disturb_each_other():
    terms = made.nantong()
    tables = [queries.facts_table([{"exports_usd": Decimal(usd)}] * 500) for usd in range(3_000_000, 3_000_008)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda table: queries.judge(terms, table)["plan_A_premium_cents"].tolist(), tables * 4))
    assert found == [[int(900 * 100 + at * 0.03 + 0.5)] * 500 for at in range(8)] * 4


def test_figures_beyond_reason_are_refused():
    with pytest.raises(Refusal) as caught:
        queries.facts_table([{"exports_usd": Decimal(10) ** 15}])
    assert caught.value.sentence == "“exports_usd”有超过百万亿的数，请核对单位。"


def test_two_names_that_would_be_one_column_are_refused():
    body = made.nantong().scheme.body()
    body["criteria"][2]["id"] = "Eligible"
    terms = scheme_rules.compile(scheme_rules.Scheme.from_body(body))
    with pytest.raises(Refusal) as caught:
        queries.judge(terms, [{}])
    assert caught.value.code == "names_clash"
