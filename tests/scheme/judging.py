"""How golden cases are held against what the scheme says: decisions, indemnities, cover, pools, content."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scheme.test_decide import ANSWERS, FIGURES, findings, statuses
from tongbao import money
from tongbao.refusal import Refusal
from tongbao.scheme import rules
from tongbao.scheme.rules import indemnity
from tongbao.scheme.rules.values import read_percent

Case = dict[str, Any]
MORE = {
    "各方元": lambda offer: [money.text(fen) for fen in offer.paid_fen],
    "先付元": lambda offer: money.text(offer.advance_fen),
    "费率": lambda offer: "无" if offer.rate is None else FIGURES["费率"](offer),
}


def cents(text: str) -> int:
    """An amount as it is typed, in cents or fen."""
    return money.half_up(Decimal(text) * 100)


def expect_decision(terms: rules.CompiledTerms, case: Case) -> None:
    """Eligibility, plans with their figures, findings, and the place among those who wait."""
    outcome = rules.decide(terms, rules.read_facts(terms.scheme, case["事实"]))
    assert outcome.eligible is ANSWERS[case["参保"]]
    offers = {offer.plan: offer for offer in (*outcome.offers, *outcome.not_offered)}
    if case.get("方案") == {}:
        assert offers == {}
    for plan, expected in case.get("方案", {}).items():
        figures = {name: {**FIGURES, **MORE}[name](offers[plan]) for name in expected if name != "状态"}
        assert {"状态": statuses(outcome)[plan], **figures} == expected
    for id, expected in case.get("结论", {}).items():
        found = findings(outcome)[id]
        said = {"符合": found.met, "差距": found.gap, "说明": found.says}
        assert {name: said[name] for name in expected} == {**expected, "符合": ANSWERS[expected["符合"]]}
    if "优先次序" in case:
        assert rules.priority_class(outcome) == case["优先次序"]


def expect_indemnity(scheme: rules.Scheme, case: Case) -> None:
    """What is paid for a loss, or that the scheme does not allow the insured percentage."""
    given: dict[str, Any] = {
        "loss_cents": cents(case["损失美元"]),
        "insured_percentage": read_percent(case["赔偿比例"]),
        "risk": case["风险"],
        "premium_cents": cents(case["保费美元"]),
        "buyer_paid_cents": cents(case.get("买方已赔美元", "0")),
        "year_paid_cents": cents(case.get("年度已赔美元", "0")),
    }
    plan = scheme.plan(case["方案"])
    if case["应赔美元"] == "不合规定":
        with pytest.raises(Refusal, match="赔偿比例"):
            indemnity.payable(plan, **given)
    else:
        assert money.text(indemnity.payable(plan, **given).cents) == case["应赔美元"]


def expect_cover(scheme: rules.Scheme, case: Case) -> None:
    """From when to when a policy entered on a day covers."""
    assert (scheme.cover_begins(case["录入日"]), scheme.cover_to) == (case["起"], case["止"])


def pools(scheme: rules.Scheme) -> list[Case]:
    """The pools as golden files write them."""
    return [
        {
            "资金池": pool.id,
            "保险人": list(pool.insurers),
            "资金元": "未定" if pool.fund_yuan is None else money.text(cents(str(pool.fund_yuan))),
        }
        for pool in scheme.all_pools
    ]


def expect_content(golden: Case, scheme: rules.Scheme) -> None:
    """What a golden file says of the content stands in the scheme."""
    assert _stated(golden, scheme.body()) == _plain(golden)


def _stated(golden: Any, body: Any) -> Any:
    if isinstance(golden, dict):
        return {key: _stated(value, body.get(key)) for key, value in golden.items()}
    if isinstance(golden, list):
        return [_stated(*pair) for pair in zip(golden, body, strict=True)]
    return body


def _plain(golden: Any) -> Any:
    if isinstance(golden, dict):
        return {key: _plain(value) for key, value in golden.items()}
    if isinstance(golden, list):
        return [_plain(item) for item in golden]
    return golden if isinstance(golden, bool | int) else str(golden)
