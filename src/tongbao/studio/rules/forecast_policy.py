"""The policy's own estimates (clause 五(一)) as a starting point: default ranges, and the firms they speak of."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from tongbao import money
from tongbao.scheme.rules import Plan, Scheme
from tongbao.scheme.rules.shapes import Estimate
from tongbao.studio.rules.forecast import (
    RATE_UNIT,
    THOUSAND,
    Fund,
    InsurerShare,
    Question,
    Range,
    Source,
    Uptake,
)
from tongbao.studio.rules.forecast_market import Firm, spread_cents

HALF = THOUSAND // 2  # the likely uptake of a plan for which the policy estimates none
WINDOW = timedelta(days=121)  # four months
HUNDRED = 100


def cells(scheme: Scheme) -> list[tuple[str, str]]:
    """Every band and plan that go together, in the scheme's order of bands."""
    order = [band.id for group in scheme.bands for band in group.bands]
    return sorted(
        ((band, plan.id) for plan in scheme.plans for band in plan.bands), key=lambda cell: order.index(cell[0])
    )


def defaults(scheme: Scheme, source: Source = Source.REGISTER) -> Question:
    """The question a form starts with: uptake as the policy estimates it, half of that more or less; its own funds."""
    opens = scheme.edition.effective_from
    reference, buffer = scheme.reference_rate * RATE_UNIT, scheme.fx_buffer
    return Question(
        source=source,
        uptake=tuple(
            Uptake(band=band, plan=plan, share=_around(_likely(scheme, scheme.plan(plan))))
            for band, plan in cells(scheme)
        ),
        rate=Range(
            low=money.half_up(reference * (1 - buffer)),
            likely=money.half_up(reference),
            high=money.half_up(reference * (1 + buffer)),
        ),
        opens=opens,
        closes=max(min(opens + WINDOW, scheme.cover_to), opens),
        insurers=tuple(_insurers(scheme)),
        funds=tuple(
            Fund(pool=pool.id, fen=None if pool.fund_yuan is None else int(pool.fund_yuan * HUNDRED))
            for pool in scheme.all_pools
        ),
        seed=int(f"{opens:%Y%m%d}"),
    )


def mean_rate(scheme: Scheme, estimate: Estimate) -> Decimal:
    """The subsidy on a dollar exported that an estimate amounts to, at the reference rate: 0.000346 for 490万."""
    return estimate.subsidy_yuan / (estimate.insured_exports_usd * scheme.reference_rate)


def subsidy_rate(plan: Plan) -> Decimal:
    """The subsidy on a dollar exported under a plan, its minimum premium and caps left aside; 0 for a flat premium."""
    return (plan.rate_of(plan.bands[0]) or Decimal(0)) * (1 - plan.discount) * plan.subsidy_rate


def open_plans(scheme: Scheme, estimate: Estimate) -> list[Plan]:
    """The plans of an estimate that every firm of the band may have, from the least subsidy on a dollar to the most."""
    plans = [scheme.plan(id) for id in estimate.plans]
    return sorted((plan for plan in plans if not plan.conditions), key=subsidy_rate)


def mix(scheme: Scheme, estimate: Estimate) -> dict[str, Decimal]:
    """The shares of two neighbouring plans, by exports, whose subsidy comes to what the estimate says.

    Between the plans open to every firm; one plan alone, or the nearest, when the estimate lies beyond them.
    """
    plans, wanted = open_plans(scheme, estimate), mean_rate(scheme, estimate)
    for lower, upper in pairwise(plans):
        low, high = subsidy_rate(lower), subsidy_rate(upper)
        if low < high and low <= wanted <= high:
            share = (wanted - low) / (high - low)
            return {lower.id: 1 - share, upper.id: share}
    if not plans:
        return {}
    nearest = min(plans, key=lambda plan: abs(subsidy_rate(plan) - wanted))
    return {nearest.id: Decimal(1)}


def policy_firms(scheme: Scheme, *, equal: bool) -> Iterator[Firm]:
    """The firms the estimates speak of: their number and exports; without exports, of the mean of the insured ones.

    Each may have the plans of its estimate that ask for nothing but the band: the policy does not say how many firms
    qualify for the others.
    """
    places = {plan.id: place for place, plan in enumerate(scheme.plans)}
    for estimate in scheme.estimates:
        plans = open_plans(scheme, estimate)
        if not plans:
            continue
        band = scheme.band(plans[0].bands[0])
        low, high = band.low or Decimal(0), band.high or estimate.insured_exports_usd
        cents = spread_cents(
            _population_cents(estimate), estimate.firms, int(low * HUNDRED), int(high * HUNDRED), equal=equal
        )
        open_to = tuple(sorted(places[plan.id] for plan in plans))
        yield from (Firm(one, open_to) for one in cents)


def _population_cents(estimate: Estimate) -> int:
    if estimate.exports_usd is not None:
        return int(estimate.exports_usd * HUNDRED)
    return int(estimate.insured_exports_usd * HUNDRED * estimate.firms / estimate.insured_firms)


def _likely(scheme: Scheme, plan: Plan) -> int:
    """The estimate's uptake; split between the plans a firm chooses from as its subsidy implies."""
    estimate = next((one for one in scheme.estimates if plan.id in one.plans), None)
    if estimate is None:
        return HALF
    share = Decimal(1) if plan.conditions else mix(scheme, estimate).get(plan.id, Decimal(0))
    return money.half_up(estimate.uptake * share * THOUSAND)


def _around(likely: int) -> Range:
    return Range(low=likely // 2, likely=likely, high=min(likely + likely // 2, THOUSAND))


def _insurers(scheme: Scheme) -> Iterator[InsurerShare]:
    """In proportion to the money of the pools; equal where none is set. The first takes what rounding leaves."""
    money_of = {
        insurer: Decimal(pool.fund_yuan or 0) / len(pool.insurers)
        for pool in scheme.all_pools
        for insurer in pool.insurers
    }
    total = sum(money_of.values())
    shares = {
        insurer: int(fund * THOUSAND / total) if total else THOUSAND // len(money_of)
        for insurer, fund in money_of.items()
    }
    rest = THOUSAND - sum(shares.values())
    for number, (insurer, share) in enumerate(shares.items()):
        yield InsurerShare(insurer=insurer, share=share + (rest if number == 0 else 0))
