"""Findings: what they say, that they say it only when asked, and that a stored result compares by what it decided."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheme import nantong
from tongbao.scheme import rules
from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.conditions import closure

WORDS = nantong.compiled().words
KINDS = {fact.id: fact.type for fact in WORDS.facts.values()}
THRESHOLDS = {"half": Decimal("0.5"), "floor_usd": Decimal(5_000_000)}
FACTS: dict[str, Any] = {
    "area": "haian", "exports_usd": Decimal("1000000.00"), "us_exports_usd": Decimal("200000.00"), "insured": True,
    "policy_direction": False, "pilot_firm": False,
}  # fmt: skip
US = "2018年对美出口额 20.00 万美元"


def said(text: str) -> tuple[str, str | None]:
    node = grammar.parse(text, KINDS, THRESHOLDS)
    holds = closure(node)(FACTS)
    return (WORDS.unanswered(node, None, FACTS), None) if holds is None else WORDS.why(node, FACTS, holds)


@pytest.mark.parametrize(
    ("text", "sentence", "gap"),
    [
        (
            "us_exports_usd >= half * exports_usd",
            f"{US}，须不低于2018年海关出口额的 50%（50.00 万美元），还差 30.00 万美元。",
            "还差 30.00 万美元",
        ),
        ("floor_usd <= us_exports_usd", f"{US}，须不低于 500.00 万美元，还差 480.00 万美元。", "还差 480.00 万美元"),
        ("us_exports_usd < floor_usd", f"{US}，低于 500.00 万美元。", None),
        (
            "pilot_firm OR us_exports_usd > floor_usd",
            f"以下有一项符合即可：不在试点企业名单内；{US}，须超过 500.00 万美元，还差 480.00 万美元。",
            "还差 480.00 万美元",
        ),
        (
            "us_exports_usd > 300000 OR exports_usd > 2000000",
            (f"以下有一项符合即可：{US}，须超过 30.00 万美元，还差 10.00 万美元；"
            "2018年海关出口额 100.00 万美元，须超过 200.00 万美元，还差 100.00 万美元。"),
            "还差 10.00 万美元，或还差 100.00 万美元",
        ),
        ("area IN ('chongchuan', 'tongzhou')", "工商注册地为海安市，须为崇川区、通州区之一。", None),
        ("area NOT IN ('haian')", "工商注册地为海安市，不得为海安市。", None),
        ("area = 'chongchuan'", "工商注册地为海安市，须为崇川区。", None),
        ("insured = pilot_firm", "是否已投保短期出口信用保险为是，须为否。", None),
        (
            "exports_usd IN (1, 2)",
            "2018年海关出口额为 100.00 万美元，须为 1.00 美元、2.00 美元之一。",
            None,
        ),
        (
            "exports_usd - us_exports_usd > 1.5 * (exports_usd + us_exports_usd)",
            ("2018年海关出口额减2018年对美出口额 80.00 万美元，"
            "须超过（2018年海关出口额加2018年对美出口额）的 1.5 倍（180.00 万美元），还差 100.00 万美元。"),
            "还差 100.00 万美元",
        ),
        (
            "NOT (insured OR area IN ('haian'))",
            "已投保短期出口信用保险，不属于尚未投保的企业；工商注册地为海安市，不得为海安市。",
            None,
        ),
        ("TRUE", "无须另行判断。", None),
        (
            "growth_usd > 1 AND pilot_firm = insured OR growth_usd > 2",
            "暂无法判断：缺少“2018年以来出口额”，可由海关月度数据（市商务局导入）提供。",
            None,
        ),
    ],
)  # fmt: skip
def test_conditions_in_words(text: str, sentence: str, gap: str | None):
    assert said(text) == (sentence, gap)


def test_an_area_that_is_left_out_says_why():
    scheme = nantong.compiled().scheme
    areas = [
        area.model_copy(update={"reason": "由县里自办"}) if area.id == "haian" else area for area in scheme.all_areas
    ]
    words = rules.compile(scheme.model_copy(update={"all_areas": tuple(areas)})).words
    assert words.area("haian") == "注册地在海安市，不在本平台覆盖范围内：由县里自办。"
    assert words.area("rugao").startswith("注册地在如皋市，不在本平台覆盖的崇川区、通州区、")
    many = [area.model_copy(update={"covered": True}) for area in scheme.all_areas]
    words = rules.compile(scheme.model_copy(update={"all_areas": tuple(many)})).words
    assert words.area("x").endswith("海安市、如皋市、如东县、启东市等 11 个区域之内。")


DOMAINS: dict[str, st.SearchStrategy[Any]] = {
    rules.Kind.NUMBER: st.none() | st.sampled_from([0, 1, 500_000, 3_000_000, 4_500_000, 30_000_001]).map(Decimal),
    rules.Kind.BOOL: st.sampled_from([True, False, None]),
    rules.Kind.TEXT: st.sampled_from(["chongchuan", "haian", "elsewhere", None]),
}
firms = st.fixed_dictionaries({id: DOMAINS[kind] for id, kind in KINDS.items()})


@given(firms)
def test_what_is_read_later_is_what_was_decided(firm: dict[str, Any]):
    at_once = rules.decide(nantong.compiled(), firm).to_json()
    facts = dict(firm)
    later = rules.decide(nantong.compiled(), facts)
    facts.clear()
    assert later.to_json() == at_once
    for finding, body in zip(later.findings, at_once["findings"], strict=True):
        kept = [finding.id, finding.title, finding.clause, finding.says, finding.met, finding.facts, finding.gap]
        assert kept == [body[key] for key in ("id", "title", "clause", "says", "met", "facts", "gap")]
        assert finding.gap is None or finding.met is False
    assert rules.Outcome.from_json(json.loads(json.dumps(at_once))) == later


def test_findings_are_equal_when_they_say_the_same():
    one, same = nantong.decide(exports_usd="1"), nantong.decide(exports_usd="1")
    assert one.findings == same.findings
    assert one.findings[1] != nantong.decide(exports_usd="2").findings[1]
    assert repr(one.findings[1]) == "Finding(exports_band: True)"


def older(body: Any) -> Any:
    """A result as the first release stored it."""
    later = {"priority_class", "advance_fen", "paid_fen", "rate_is_ceiling"}
    if isinstance(body, dict):
        return {key: older(value) for key, value in body.items() if key not in later}
    return [older(value) for value in body] if isinstance(body, list) else body


@pytest.mark.parametrize(("brand", "expected"), [(True, 0), (False, 1)])
def test_results_stored_by_an_older_release_are_read_and_compared_by_what_they_hold(brand: bool, expected: int):
    outcome = nantong.decide(exports_usd="5000010.00", famous_brand=brand)
    kept = older(outcome.to_json())
    assert rules.same_substance(kept, outcome)
    read = rules.Outcome.from_json(kept)
    assert (read.priority_class, read.offers[1].premium_fen) == (expected, outcome.offers[1].premium_fen)
    assert (read.offers[1].paid_fen, read.offers[1].advance_fen) == ((), 0)


def test_a_stored_result_that_differs_is_found():
    outcome = nantong.decide(exports_usd="5000010.00")
    for path, value in ((("eligible",), False), (("offers", 1, "premium_fen"), 1), (("findings", 0, "met"), None)):
        kept = older(outcome.to_json())
        part = kept
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
        assert not rules.same_substance(kept, outcome)
    assert not rules.same_substance({**older(outcome.to_json()), "offers": []}, outcome)
    assert not rules.same_substance({}, outcome)
    assert rules.same_substance({**outcome.to_json(), "findings": [
        {**finding, "says": "换了说法"} for finding in outcome.to_json()["findings"]
    ]}, outcome)  # fmt: skip


def test_findings_are_equal_by_what_they_say():
    kept = rules.Outcome.from_json(nantong.decide(exports_usd="5000000.00").to_json())
    for then, now in zip(kept.findings, nantong.decide(exports_usd="5000000.00").findings, strict=True):
        assert (then == now, then != now) == (True, False)
    assert (kept.findings[0] == kept.findings[1], kept.findings[0] != kept.findings[1]) == (False, True)
