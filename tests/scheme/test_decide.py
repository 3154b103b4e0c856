"""Decisions on one firm: the golden cases that an official can read, and what holds for every decision."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.scheme import nantong
from tongbao import money
from tongbao.scheme import rules
from tongbao.scheme.rules.values import write_percent

CASES = YAML(typ="safe").load((Path(__file__).parent / "golden" / "nantong-2019.yaml").read_text(encoding="utf-8"))
ANSWERS = {"可以": True, "不可以": False, "未知": None, "是": True, "否": False}
FIGURES = {
    "限额美元": lambda offer: money.text(offer.limit_cents),
    "费率": lambda offer: write_percent(offer.rate),
    "保费美元": lambda offer: money.text(offer.premium_cents),
    "保费元": lambda offer: money.text(offer.premium_fen),
    "财政元": lambda offer: money.text(offer.subsidy_fen),
    "企业元": lambda offer: money.text(offer.exporter_share_fen),
}


def statuses(outcome: rules.Outcome) -> dict[str, str]:
    offered = {offer.plan: "可选" if offer.available else "有条件" for offer in outcome.offers}
    return {**offered, **{offer.plan: "不提供" for offer in outcome.not_offered}}


def findings(outcome: rules.Outcome) -> dict[str, rules.Finding]:
    plans = (*outcome.offers, *outcome.not_offered)
    of_plans = {f"{plan.plan}.{f.id}": f for plan in plans for f in plan.findings}
    return {**{f.id: f for f in (*outcome.findings, *outcome.priorities)}, **of_plans}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["名称"])
def test_golden(case: dict[str, Any]):
    outcome = nantong.decide(**case["事实"])
    assert outcome.eligible is ANSWERS[case["参保"]]
    for plan, expected in case.get("方案", {}).items():
        assert statuses(outcome)[plan] == expected["状态"]
        for offer in (offer for offer in outcome.offers if offer.plan == plan):
            wanted = {name: value for name, value in expected.items() if name != "状态"}
            assert {name: FIGURES[name](offer) for name in wanted} == wanted
    for id, expected in case.get("结论", {}).items():
        found = findings(outcome)[id]
        said = {"符合": found.met, "差距": found.gap, "说明": found.says}
        assert {name: said[name] for name in expected} == {**expected, "符合": ANSWERS[expected["符合"]]}


def test_every_finding_cites_a_clause_of_the_policy():
    known = {clause.id for clause in nantong.compiled().scheme.clauses}
    assert {finding.clause for finding in findings(nantong.decide()).values()} <= known


def test_without_exports_there_is_no_offer():
    outcome = nantong.decide()
    assert (outcome.eligible, outcome.offers, outcome.not_offered) == (None, (), ())


def test_an_empty_case_says_who_can_supply_what_is_missing():
    outcome = rules.decide(nantong.compiled(), {})
    assert [(finding.id, finding.met, finding.says) for finding in outcome.findings] == [
        ("area", None, "暂无法判断：缺少“工商注册地”，可由企业填报或营业执照提供。"),
        ("exports_band", None, "暂无法判断：缺少“2018年海关出口额”，可由海关数据（市商务局导入）提供。"),
        (
            "uninsured",
            None,
            "暂无法判断：缺少“是否已投保短期出口信用保险”，可由企业声明和两家保险人的答复提供。",
        ),
    ]


def test_seven_priority_grounds_and_the_class():
    assert len(nantong.decide().priorities) == 7
    assert rules.priority_class(nantong.decide()) == 1
    assert rules.priority_class(nantong.decide(famous_brand=True)) == 0


def test_another_rate_changes_only_the_figures_in_rmb():
    facts = {"area": "chongchuan", "insured": False, "exports_usd": Decimal("5000000.00")}
    offer = rules.decide(nantong.compiled(), facts, Decimal("6.9000")).offers[0]
    assert (offer.premium_cents, offer.premium_fen) == (150_000, 1_035_000)


def test_the_json_form_is_the_one_promised_and_reads_back():
    outcome = nantong.decide(exports_usd="5000000.00", us_exports_usd="4500000.00")
    body = json.loads(json.dumps(outcome.to_json()))
    assert rules.Outcome.from_json(body) == outcome
    assert list(body)[:6] == ["edition", "hash", "eligible", "findings", "priorities", "offers"]
    assert {"id", "clause", "says", "met", "facts", "gap"} <= set(body["findings"][0])
    assert body["findings"][1]["facts"] == {"exports_usd": "5000000.00"}
    assert {key: body["offers"][0][key] for key in ("plan", "limit_cents", "rate", "premium_cents", "premium_fen")} == {
        "plan": "A", "limit_cents": 10_000_000, "rate": "0.0003", "premium_cents": 150_000, "premium_fen": 1_060_935
    }  # fmt: skip


@given(
    st.decimals(min_value=0, max_value=40_000_000, places=2),
    st.decimals(min_value=Decimal("5"), max_value=Decimal("9"), places=6),
)
def test_shares_always_sum_to_the_premium(exports: Decimal, rate: Decimal):
    facts = {"area": "chongchuan", "insured": False, "exports_usd": exports}
    for offer in rules.decide(nantong.compiled(), facts, rate).offers:
        assert offer.subsidy_fen + offer.exporter_share_fen == offer.premium_fen
        assert (
            0 <= offer.exporter_share_fen - (offer.premium_fen - money.cut(offer.premium_fen, offer.subsidy_rate)) == 0
        )


@given(st.decimals(min_value=0, max_value=40_000_000, places=2))
def test_plans_follow_the_bands(exports: Decimal):
    offered = {offer.plan for offer in nantong.decide(exports_usd=exports).offers}
    small, large = exports <= 500_000, 3_000_000 <= exports <= 30_000_000
    assert offered == ({"D"} if small else {"A", "B", "C"} if large else set())


MAYBE = st.sampled_from([True, False, None])
GROWTH = st.sampled_from([Decimal(0), Decimal(1), Decimal(4_000_000), None])
NAMES = ("exports_usd", "exports_prior_usd", "growth_usd", "growth_before_usd", "us_exports_usd")


@given(st.fixed_dictionaries({**dict.fromkeys(NAMES, GROWTH), "insured": MAYBE, "policy_direction": MAYBE}))
def test_all_at_once_is_each_alone(firm: dict[str, Any]):
    terms = nantong.compiled()
    outcome = rules.decide(terms, firm)
    found = (*outcome.findings, *outcome.priorities)
    alone = [check.ask(firm) for check in (*terms.criteria, *terms.priorities)]
    for offer in (*outcome.offers, *outcome.not_offered):
        found += offer.findings
        plan = next(one for one in terms.plans if one.plan.id == offer.plan)
        alone += [check.ask(firm) for check in plan.checks]
    assert [(one.question, one.met) for one in found] == [(one.question, one.met) for one in alone]


def test_the_reservation_uses_the_buffered_rate():
    scheme = nantong.compiled().scheme
    assert scheme.estimate_fen("A", 500_000_000) == 1_092_763  # 1,500.00 USD × 7.0729 × 1.03 = 10,927.6305
    assert scheme.estimate_fen("B", 500_000_000) == 1_821_272  # 36,425.435 → 36,425.44, then half


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"exports": 1}, ["没有名为“exports”的事实，可用的有："]),
        ({"exports_usd": "many"}, ["“exports_usd”（2018年海关出口额）应为数字"]),
        ({"exports_usd": "0.001"}, ["“exports_usd”（2018年海关出口额）应为最多两位小数的数字"]),
        ({"exports_usd": "50,5"}, ["“exports_usd”（2018年海关出口额）逗号只能用作千分位，例如 500,000；小数用点"]),
        ({"exports_usd": "1" + "0" * 15}, ["“exports_usd”（2018年海关出口额）应为最多两位小数的数字"]),
        ({"exports_usd": "NaN"}, ["“exports_usd”（2018年海关出口额）应为最多两位小数的数字"]),
        ({"exports_usd": True}, ["“exports_usd”（2018年海关出口额）应为数字"]),
        ({"exports_usd": "-0.01"}, ["“exports_usd”（2018年海关出口额）不能为负数"]),
        ({"insured": "no"}, ["“insured”（是否已投保短期出口信用保险）应为 true、false 或 null"]),
        ({"area": 1, "insured": 0}, ["“area”（工商注册地）应为文字", "“insured”（是否已投保短期出口信用保险）应为"]),
    ],
)
def test_bad_facts_are_all_named(given: dict[str, Any], sentences: list[str]):
    with pytest.raises(rules.BadFacts) as caught:
        rules.read_facts(nantong.compiled().scheme, given)
    assert [said.startswith(wanted) for said, wanted in zip(caught.value.sentences, sentences, strict=True)] == [
        True
    ] * len(sentences)


def test_a_part_is_not_more_than_the_whole():
    scheme = nantong.compiled().scheme
    facts = [fact.model_copy(update={"part_of": "exports_usd"}) if fact.id == "us_exports_usd" else fact
             for fact in scheme.facts]  # fmt: skip
    scheme = scheme.model_copy(update={"facts": tuple(facts)})
    assert rules.read_facts(scheme, {"exports_usd": 1, "us_exports_usd": 1})["us_exports_usd"] == 1
    assert rules.read_facts(scheme, {"exports_usd": None, "us_exports_usd": 1})["us_exports_usd"] == 1
    with pytest.raises(rules.BadFacts) as caught:
        rules.read_facts(scheme, {"exports_usd": 1, "us_exports_usd": 2})
    assert caught.value.sentences == ["“us_exports_usd”（2018年对美出口额）不能多于“exports_usd”（2018年海关出口额）"]


def test_the_lowest_rank_of_a_ground_met_is_the_class():
    scheme = nantong.compiled().scheme
    ranked = [ground.model_copy(update={"rank": place}) for place, ground in enumerate(scheme.priorities)]
    terms = rules.compile(scheme.model_copy(update={"priorities": tuple(ranked)}))
    facts = {"area": "chongchuan", "exports_usd": Decimal(1)}
    ids = [ground.id for ground in ranked]
    brand, pilot = ids.index("famous_brand"), ids.index("pilot_firm")
    assert rules.decide(terms, facts | {"famous_brand": True, "pilot_firm": True}).priority_class == min(brand, pilot)
    assert rules.decide(terms, facts).priority_class == len(ids)
    none = rules.compile(scheme.model_copy(update={"priorities": ()}))
    assert rules.decide(none, facts).priority_class == 1


def test_the_hash_of_stored_terms_is_kept():
    assert rules.compile(nantong.compiled().scheme, "0" * 64).hash == "0" * 64
    assert nantong.compiled().hash == nantong.compiled().scheme.hash


def test_the_verdict_comes_in_one_sentence():
    assert rules.verdict(nantong.decide(exports_usd="5000000.00")).sentence == (
        "全部条件都符合，可选方案A、方案B，方案C还要看下面写明的条件。"
    )
    assert rules.verdict(nantong.decide(exports_usd="600000.00")).sentence == (
        "有 1 项条件不符合：“2018年海关出口额在覆盖范围内”。"
    )
    assert rules.verdict(nantong.decide(exports_usd="5000000.00", insured=None)).headline == "还不能确定"


def test_the_substance_of_a_decision_is_everything_but_its_words():
    outcome = rules.decide(nantong.compiled(), {"area": "chongchuan", "exports_usd": Decimal("500000.01")})
    reworded = rules.Outcome.from_json(json.loads(json.dumps(outcome.to_json()).replace('says": "', 'says": "x')))
    assert (reworded == outcome, reworded.substance() == outcome.substance()) == (False, True)
    other = rules.decide(nantong.compiled(), {"area": "chongchuan", "exports_usd": Decimal("500000.00")})
    assert other.substance() != outcome.substance()
