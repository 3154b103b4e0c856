"""What a policy pays for a loss: the insured percentage, and of all limits the least."""

from dataclasses import dataclass
from decimal import Decimal

from tongbao import money
from tongbao.refusal import Refusal
from tongbao.scheme.rules.plans import Limit, Plan, Ratio, Risk
from tongbao.scheme.rules.values import write_percent

BASES = {"buyer": "同一买方", "claim": "每次赔案", "policy_year": "保单年度累计"}
RISKS = {"any": "各类风险", "commercial": "商业风险", "political": "政治风险"}


@dataclass(frozen=True, slots=True)
class Payable:
    """What is paid for a loss in USD cents, how it was reckoned in Chinese, and the clause that decided it."""

    cents: int
    sentence: str
    clause: str


def payable(
    plan: Plan, *, loss_cents: int, insured_percentage: Decimal, risk: Risk, premium_cents: int,
    buyer_paid_cents: int = 0, year_paid_cents: int = 0,
) -> Payable:  # fmt: skip
    """What a plan pays for a loss (USD cents) at the insured percentage of the policy (0.7 is 70 %).

    Cut down to the cent. Every limit caps the loss before the percentage or what is left after it, less what was paid
    already for the same buyer (`buyer_paid_cents`) or in the policy year (`year_paid_cents`); the least wins. Refusal
    `insured_percentage` when the scheme does not allow that percentage for the risk.
    """
    if min(loss_cents, premium_cents, buyer_paid_cents, year_paid_cents) < 0:
        raise ValueError("losses, premiums and what was paid are never negative")
    ratio = _ratio(plan, insured_percentage, risk)
    insured = money.cut(loss_cents, insured_percentage)
    reckoned = f"损失 {money.text(loss_cents)} 美元，赔偿比例 {write_percent(insured_percentage)}"
    paid = {"buyer": buyer_paid_cents, "claim": 0, "policy_year": year_paid_cents}
    bound = min(
        (_left(limit, premium_cents, insured_percentage, paid[limit.basis]) for limit in plan.all_limits),
        key=lambda left: left.cents,
    )
    if bound.cents >= insured:
        return Payable(
            insured, f"{reckoned}，应赔 {money.text(insured)} 美元。", ratio.clause if ratio else plan.clause
        )
    return Payable(bound.cents, f"{reckoned}；{bound.sentence}，应赔 {money.text(bound.cents)} 美元。", bound.clause)


def _ratio(plan: Plan, percentage: Decimal, risk: Risk) -> Ratio | None:
    """The scheme's word on the percentage for a risk, None when it leaves it to the insurer."""
    if not 0 < percentage <= 1:
        raise Refusal("insured_percentage", "赔偿比例应大于 0、不超过 100%，请核对保单明细表。")
    ratio = next((one for one in plan.indemnity if one.risk in (risk, "any")), None)
    if ratio is None:
        return None
    if ratio.ratio is not None and percentage != ratio.ratio:
        raise Refusal(
            "insured_percentage",
            f"{plan.title}对{RISKS[risk]}的赔偿比例为 {write_percent(ratio.ratio)}，"
            f"不能按 {write_percent(percentage)} 赔付，请核对保单明细表（{ratio.clause}）。",
        )
    if ratio.at_least is not None and percentage < ratio.at_least:
        raise Refusal(
            "insured_percentage",
            f"{plan.title}对{RISKS[risk]}的赔偿比例不得低于 {write_percent(ratio.at_least)}，"
            f"不能按 {write_percent(percentage)} 赔付，请核对保单明细表（{ratio.clause}）。",
        )
    return ratio


def _left(limit: Limit, premium_cents: int, percentage: Decimal, paid_cents: int) -> Payable:
    """What a limit leaves to be paid."""
    most, before = limit.cents(premium_cents), limit.cap == "before_ratio"
    left = max((money.cut(most, percentage) if before else most) - paid_cents, 0)
    words = f"{BASES[limit.basis]}限额 {money.text(most)} 美元{'（先限额，后乘比例）' if before else ''}"
    return Payable(left, words + (f"，已赔 {money.text(paid_cents)} 美元" if paid_cents else ""), limit.clause)
