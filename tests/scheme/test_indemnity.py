"""What a policy pays: percentages allowed, and the least of all limits, before or after the percentage."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao.refusal import Refusal
from tongbao.scheme import rules
from tongbao.scheme.rules.plans import Plan

PAYERS = [{"payer": "财政", "share": "100%", "clause": "一"}]
BUYER = {"basis": "buyer", "usd": "100000", "clause": "二"}
YEAR = {"basis": "policy_year", "times_premium": "50", "clause": "三"}
RATIOS = [
    {"risk": "commercial", "at_least": "70%", "clause": "四"},
    {"risk": "political", "ratio": "90%", "clause": "五"},
]


def plan(limits: list[dict[str, Any]], indemnity: list[dict[str, Any]] = RATIOS) -> Plan:
    return Plan.model_validate(
        {"id": "A", "title": "方案A", "bands": ["all"], "rate": "0.1%", "clause": "一", "payers": PAYERS,
         "limits": limits, "indemnity": indemnity}
    )  # fmt: skip


def paid(limits: list[dict[str, Any]], loss_usd: int, percentage: str = "0.8", **more: Any) -> rules.Payable:
    given = {"risk": "commercial", "premium_cents": 600_000, **more}
    return rules.payable(plan(limits), loss_cents=loss_usd * 100, insured_percentage=Decimal(percentage), **given)


def test_within_the_limits_the_percentage_decides():
    found = paid([BUYER, YEAR], 10_000)
    assert found == rules.Payable(800_000, "损失 10,000.00 美元，赔偿比例 80%，应赔 8,000.00 美元。", "四")


def test_the_least_limit_wins_and_is_named():
    found = paid([BUYER, YEAR], 400_000)
    assert found.sentence == (
        "损失 400,000.00 美元，赔偿比例 80%；同一买方限额 100,000.00 美元，应赔 100,000.00 美元。"
    )
    assert (found.cents, found.clause) == (10_000_000, "二")
    found = paid([BUYER, YEAR], 400_000, year_paid_cents=25_000_000)
    assert found.sentence.endswith("保单年度累计限额 300,000.00 美元，已赔 250,000.00 美元，应赔 50,000.00 美元。")
    assert (found.cents, found.clause) == (5_000_000, "三")


def test_a_limit_before_the_percentage_caps_the_loss():
    before = {**BUYER, "cap": "before_ratio"}
    assert [paid([limit, YEAR], 150_000).cents for limit in (BUYER, before)] == [10_000_000, 8_000_000]
    assert paid([before, YEAR], 150_000, buyer_paid_cents=4_800_000).cents == 3_200_000
    assert "（先限额，后乘比例）" in paid([before, YEAR], 150_000).sentence


def test_nothing_is_left_when_a_limit_is_used_up():
    assert paid([BUYER, YEAR], 1, buyer_paid_cents=10_000_001).cents == 0


@pytest.mark.parametrize(
    ("risk", "percentage", "sentence"),
    [
        ("commercial", "0.6999", "方案A对商业风险的赔偿比例不得低于 70%，不能按 69.99% 赔付，请核对保单明细表（四）。"),
        ("political", "0.95", "方案A对政治风险的赔偿比例为 90%，不能按 95% 赔付，请核对保单明细表（五）。"),
        ("commercial", "0", "赔偿比例应大于 0、不超过 100%，请核对保单明细表。"),
        ("commercial", "1.01", "赔偿比例应大于 0、不超过 100%，请核对保单明细表。"),
    ],
)
def test_percentages_the_scheme_does_not_allow_are_refused(risk: Any, percentage: str, sentence: str):
    with pytest.raises(Refusal) as caught:
        paid([BUYER, YEAR], 1, percentage, risk=risk)
    assert (caught.value.code, caught.value.sentence) == ("insured_percentage", sentence)


def test_without_a_word_on_percentages_the_insurer_sets_them():
    found = rules.payable(
        plan([YEAR], []), loss_cents=101, insured_percentage=Decimal("0.5"), risk="political", premium_cents=100
    )
    assert (found.cents, found.clause) == (50, "一")


def test_negative_sums_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="never negative"):
        paid([YEAR], -1)


@given(st.lists(st.integers(0, 20_000_000), max_size=8), st.integers(0, 1_000_000), st.booleans())
def test_losses_one_after_another_never_pass_a_limit(losses: list[int], premium: int, before: bool):
    terms = plan([{**BUYER, "cap": "before_ratio" if before else "after_ratio"}, YEAR])
    total = 0
    for loss in losses:
        found = rules.payable(
            terms, loss_cents=loss, insured_percentage=Decimal("0.8"), risk="commercial", premium_cents=premium,
            buyer_paid_cents=total, year_paid_cents=total,
        )  # fmt: skip
        assert 0 <= found.cents <= loss * 8 // 10
        total += found.cents
    assert total == min(sum(loss * 8 // 10 for loss in losses), 8_000_000 if before else 10_000_000, 50 * premium)
