"""What would qualify: the nearest plan, and what is missing for each."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from tests.scheme import examples, nantong
from tests.scheme.test_findings import firms
from tongbao.scheme import rules
from tongbao.scheme.rules import advice

TERMS = nantong.compiled()
FIRM = {"area": "chongchuan", "insured": False}


def nearest(**facts: Any) -> rules.Advice | None:
    given = rules.read_facts(TERMS.scheme, {**FIRM, **facts})
    return rules.nearest(TERMS, given, rules.decide(TERMS, given))


@pytest.mark.parametrize(
    ("facts", "plan", "sentence"),
    [
        (
            {"exports_usd": "500000.01"},
            "D",
            "最接近的是方案D：有 1 项不符合：“适用范围：0至50万美元”（超出 0.01 美元）。",
        ),
        (
            {"exports_usd": "2999999.99"},
            "A",
            "最接近的是方案A：有 1 项不符合：“适用范围：300万美元至3000万美元”（还差 0.01 美元）。",
        ),
        (
            {"exports_usd": "5000000", "insured": True, "area": "haian"},
            "A",
            "最接近的是方案A：有 2 项不符合：“注册地在市区六区”、“尚未投保出口信用保险”。",
        ),
        (
            {"exports_usd": "100", "insured": None, "area": "haian"},
            "D",
            "最接近的是方案D：有 1 项不符合：“注册地在市区六区”；另有 1 项待核实：“尚未投保出口信用保险”。",
        ),
        (
            {},
            "",
            "暂时算不出适用哪个方案：缺少“2018年海关出口额”，可由海关数据（市商务局导入）提供。",
        ),
        (
            {"insured": True},
            "",
            (
                "暂时算不出适用哪个方案：缺少“2018年海关出口额”，可由海关数据（市商务局导入）提供；"
                "有 1 项不符合：“尚未投保出口信用保险”；另有 1 项待核实：“2018年海关出口额在覆盖范围内”。"
            ),
        ),
    ],
)
def test_the_nearest_plan(facts: dict[str, Any], plan: str, sentence: str):
    found = nearest(**facts)
    assert found is not None
    assert (found.plan, found.sentence) == (plan, sentence)
    assert [step.met for step in found.steps] == sorted((step.met for step in found.steps), key=lambda met: met is None)


def test_a_firm_with_a_plan_needs_no_advice():
    assert nearest(exports_usd="5000000") is None


def test_each_plan_says_what_it_lacks():
    facts = {**FIRM, "exports_usd": Decimal(5_000_000), "us_exports_usd": Decimal(4_400_000)}
    assert rules.for_plan(TERMS, facts, "A") is None
    found = rules.for_plan(TERMS, facts, "C")
    assert found is not None
    assert found.sentence == (
        "要选方案C：有 2 项不符合：“对美出口依存度90%以上”（还差 10.00 万美元）、“对美出口500万美元以上”"
        "（还差 60.00 万美元）；另有 1 项待核实：“符合国家及省市政策导向”。"
    )
    assert [step.id for step in found.steps] == ["dependence", "us_exports", "direction"]


def test_a_missed_band_of_the_plan_stands_for_the_general_one():
    found = nearest(exports_usd="1000000")
    assert found is not None
    assert [step.id for step in found.steps] == ["D.band"]


def test_an_imputed_base_that_is_missing_is_asked_for():
    terms = examples.compiled("imputation")
    facts = {"area": "east", "exports_usd": Decimal(0)}
    found = rules.nearest(terms, facts, rules.decide(terms, facts))
    assert found is not None
    assert found.sentence == "暂时算不出适用哪个方案：缺少“2025年预计出口额”，可由企业提供。"


@given(firms)
def test_there_is_advice_exactly_for_firms_without_a_plan(firm: dict[str, Any]):
    outcome = rules.decide(TERMS, firm)
    found = rules.nearest(TERMS, firm, outcome)
    assert (found is None) is any(offer.available for offer in outcome.offers)
    for plan in TERMS.plans:
        steps = rules.for_plan(TERMS, firm, plan.plan.id)
        checks = [check.ask(firm).met for check in (*TERMS.criteria, *plan.checks)]
        assert (steps is None) is all(checks)


@given(firms)
def test_only_what_is_not_met_is_some_way_off(firm: dict[str, Any]):
    for check in (*TERMS.criteria, *TERMS.priorities, *(check for plan in TERMS.plans for check in plan.checks)):
        off = advice.distance(check.node, firm)
        assert off >= 0
        assert check.verdict(firm) is False or off == 0
