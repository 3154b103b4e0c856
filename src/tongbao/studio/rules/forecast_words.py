"""Where a forecast and the policy's own estimates (clause 五(一)) part, in sentences computed from the figures."""

from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from tongbao import money
from tongbao.scheme.rules import Plan, Scheme
from tongbao.scheme.rules.shapes import Estimate
from tongbao.scheme.rules.values import write_percent
from tongbao.studio.rules.forecast_policy import HUNDRED, mean_rate, mix, open_plans, subsidy_rate
from tongbao.studio.rules.forecast_result import Group, Result

NEAR = Decimal("0.05")  # two sums less than a twentieth apart are called close


class Comparison(BaseModel):
    """An estimate of the policy, and why the forecast's firms of the same plans (the group `id`) differ from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    clause: str
    firms: int
    exports_cents: int
    subsidy_fen: int
    policy: tuple[str, ...]  # what the policy's figures say of themselves
    why: tuple[str, ...]  # what makes the forecast differ, in sums that add up


def compare(scheme: Scheme, result: Result) -> list[Comparison]:
    """Every estimate beside the forecast."""
    groups = {group.id: group for group in result.of("estimate")}
    return [
        Comparison(
            id=one.id,
            title=one.title,
            clause=one.clause,
            firms=one.insured_firms,
            exports_cents=_minor(one.insured_exports_usd),
            subsidy_fen=_minor(one.subsidy_yuan),
            policy=tuple(own_words(scheme, one)),
            why=tuple(_why(one, groups[one.id])),
        )
        for one in scheme.estimates
        if one.id in groups
    ]


def own_words(scheme: Scheme, estimate: Estimate) -> Iterator[str]:
    """How far an estimate of the policy follows from its own figures."""
    yield from _firms(estimate)
    plans = open_plans(scheme, estimate)
    if len(estimate.plans) == 1 and plans:
        yield from _one_plan(scheme, estimate, plans[0])
    elif plans:
        yield from _several(scheme, estimate)


def total_words(scheme: Scheme) -> str:
    """The estimates together beside the money set aside; empty when either is missing."""
    fund = sum((pool.fund_yuan or Decimal(0) for pool in scheme.all_pools), Decimal(0))
    if not scheme.estimates or not fund:
        return ""
    stated = sum((one.subsidy_yuan for one in scheme.estimates), Decimal(0))
    parts = " + ".join(wan(_minor(one.subsidy_yuan)) for one in scheme.estimates)
    words = f"各项测算合计 {parts} = {wan(_minor(stated))}，资金盘子 {wan(_minor(fund))}。"
    exact = sum((_exact_fen(scheme, one) for one in scheme.estimates), 0)
    over = exact - _minor(fund)
    if over > 0:
        words += f"单一方案的测算改按费率重算后，合计 {wan(exact)}，比资金盘子多 {wan(over)}。"
    return words


def _exact_fen(scheme: Scheme, estimate: Estimate) -> int:
    """The subsidy of an estimate with one plan, computed anew; of others as the policy states it."""
    if len(estimate.plans) > 1:
        return _minor(estimate.subsidy_yuan)
    return (
        scheme.premium(estimate.plans[0], _mean_cents(estimate), scheme.reference_rate).subsidy_fen
        * estimate.insured_firms
    )


def _firms(estimate: Estimate) -> Iterator[str]:
    expected = estimate.uptake * estimate.firms
    real = Decimal(estimate.insured_firms) / estimate.firms
    sum_ = f"参保率 {write_percent(estimate.uptake)} × {estimate.firms:,} 家 = {expected.normalize():f} 家"
    if abs(expected - estimate.insured_firms) < 1:
        yield f"{sum_}，政策取 {estimate.insured_firms} 家。"
    else:
        yield f"{sum_}，政策写 {estimate.insured_firms} 家，相当于参保率 {percent(real)}。"
    if estimate.exports_usd is not None:
        share = estimate.uptake * estimate.exports_usd
        all_mean = money.half_up(estimate.exports_usd * HUNDRED / estimate.firms)
        yield (
            f"参保率 {write_percent(estimate.uptake)} × {_yi(_minor(estimate.exports_usd))} = {_yi(_minor(share))}，"
            f"政策写 {_yi(_minor(estimate.insured_exports_usd))}；参保企业户均 {_wan_usd(_mean_cents(estimate))}，"
            f"全部企业户均 {_wan_usd(all_mean)}。"
        )


def _one_plan(scheme: Scheme, estimate: Estimate, plan: Plan) -> Iterator[str]:
    """One plan's subsidy from number, mean, rate, minimum and exchange rate, beside what the policy says."""
    mean, firms, rate = _mean_cents(estimate), estimate.insured_firms, scheme.reference_rate
    premium = scheme.premium(plan.id, mean, rate)
    exact, stated = premium.subsidy_fen * firms, _minor(estimate.subsidy_yuan)
    plan_rate = plan.rate_of(plan.bands[0])
    how = (
        ""
        if plan_rate is None
        else f"（户均 {_wan_usd(mean)} × {write_percent(plan_rate)}{_against_minimum(plan, premium.premium_cents)}）"
    )
    yield (
        f"{firms} 家 × 每家保费 {money.text(premium.premium_cents)} 美元{how} × 汇率 {rate} ="
        f" {wan(exact)}，政策写 {wan(stated)}，{_more(stated - exact)}。"
    )
    if not plan.minimum_cents or plan_rate is None:
        return
    least = scheme.premium(plan.id, 0, rate).subsidy_fen * firms
    if abs(least - stated) < stated * NEAR:
        most = money.half_up(plan.minimum_cents / plan_rate)
        yield (
            f"如果 {firms} 家都只付最低保费 {money.text(plan.minimum_cents)} 美元，为 {wan(least)}，与政策所写相近；"
            f"但那要求每家出口额不超过 {_wan_usd(most)}，与户均 {_wan_usd(mean)}不符。"
        )


def _against_minimum(plan: Plan, premium_cents: int) -> str:
    if not plan.minimum_cents:
        return ""
    least = money.text(plan.minimum_cents)
    return f"，高于最低保费 {least} 美元" if premium_cents > plan.minimum_cents else f"，不足最低保费，按 {least} 美元"


def _several(scheme: Scheme, estimate: Estimate) -> Iterator[str]:
    """What mixture of plans the subsidy of an estimate amounts to."""
    exports, rate = estimate.insured_exports_usd, scheme.reference_rate
    yield (
        f"{wan(_minor(estimate.subsidy_yuan))} ÷（{_yi(_minor(exports))} × 汇率 {rate}）= "
        f"{percent(mean_rate(scheme, estimate), 4)}，即每美元出口平均得到的扶持。"
    )
    plans = sorted((scheme.plan(id) for id in estimate.plans), key=subsidy_rate)
    alone = "，".join(f"{plan.title} {wan(_minor(exports * subsidy_rate(plan) * rate))}" for plan in plans)
    parts = [f"{percent(share)} 选{scheme.plan(id).title}" for id, share in mix(scheme, estimate).items()]
    yield f"全部企业选同一方案时的扶持资金：{alone}；政策所写相当于按出口额 {'、'.join(parts)}。"


def _why(estimate: Estimate, group: Group) -> Iterator[str]:
    """The forecast's mean less the estimate: by firms, by their size, by subsidy on a dollar, by money running out.

    The sums add up: n₁s₁r₁ − n₀s₀r₀ = (n₁ − n₀)s₀r₀ + n₁(s₁ − s₀)r₀ + n₁s₁(r₁ − r₀).
    """
    firms, exports, fen = estimate.insured_firms, _minor(estimate.insured_exports_usd), _minor(estimate.subsidy_yuan)
    came, came_exports, came_fen = group.wanted.mean, group.wanted_exports_cents.mean, group.wanted_fen.mean
    if not came:
        yield f"预测中没有企业选择这些方案，扶持资金比政策少 {wan(fen)}。"
        return
    by_firms = money.half_up(Decimal(fen * came) / firms) - fen
    by_size = money.half_up(Decimal(fen * came_exports) / exports) - fen - by_firms
    by_rate = came_fen - fen - by_firms - by_size
    yield f"申请企业平均 {came:,} 家，政策 {firms:,} 家：{_effect(by_firms)}。"
    mean = money.half_up(Decimal(came_exports) / came)
    yield f"户均出口额 {_wan_usd(mean)}，政策 {_wan_usd(_mean_cents(estimate))}：{_effect(by_size)}。"
    per, stated = Decimal(came_fen) / came_exports, Decimal(fen) / exports
    yield (
        f"每万美元出口的扶持 {money.text(money.half_up(per * 10**6))} 元，政策 "
        f"{money.text(money.half_up(stated * 10**6))} 元（方案选择、最低保费和汇率不同）：{_effect(by_rate)}。"
    )
    short = group.subsidy_fen.mean - came_fen
    if short:
        yield f"资金用完后只能候补的企业：{_effect(short)}。"


def _effect(fen: int) -> str:
    return f"多 {wan(fen)}" if fen > 0 else f"少 {wan(-fen)}" if fen < 0 else "没有差别"


def _more(fen: int) -> str:
    return f"比算得的多 {wan(fen)}" if fen > 0 else f"比算得的少 {wan(-fen)}" if fen < 0 else "两者一致"


def _mean_cents(estimate: Estimate) -> int:
    return money.half_up(estimate.insured_exports_usd * HUNDRED / estimate.insured_firms)


def _minor(amount: Decimal) -> int:
    return money.half_up(amount * HUNDRED)


def wan(fen: int) -> str:
    """Fen in 万元."""
    return f"{money.text_wan(fen)} 万元"


def _wan_usd(cents: int) -> str:
    return f"{money.text_wan(cents)} 万美元"


def _yi(cents: int) -> str:
    return f"{money.text(money.half_up(Decimal(cents) / 10**8))} 亿美元"


def percent(share: Decimal, places: int = 1) -> str:
    """A share as a percentage with so many places."""
    return f"{share * 100:.{places}f}%"
