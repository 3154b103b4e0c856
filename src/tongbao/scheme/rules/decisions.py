"""A scheme compiled to functions, and the decision on one firm: every finding at once, then the offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao import money
from tongbao.scheme.rules import grammar, wording
from tongbao.scheme.rules.conditions import Facts, Verdict, compile_condition
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.grammar import Compare, Constant, FactRef, Junction, Node, Within
from tongbao.scheme.rules.outcome import Finding, Offer, Outcome
from tongbao.scheme.rules.shapes import Bands, Condition, Criterion, Kind, Plan, Span

EXPORTS = "exports_usd"  # the premium's base: base-year exports (clause 五(二))


@dataclass(frozen=True, slots=True)
class Check:
    """A named condition ready to run; `bands` or `areas` are set when it asks for those, for better words."""

    id: str
    title: str
    clause: str
    node: Node
    verdict: Verdict
    fallback: "Check | None" = None
    bands: Bands | None = None
    areas: bool = False


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A plan and what a firm must meet to be offered it."""

    plan: Plan
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CompiledTerms:
    """A scheme ready to decide; made by `compile`, shared freely."""

    scheme: Scheme
    hash: str
    criteria: tuple[Check, ...]
    priorities: tuple[Check, ...]
    plans: tuple[CompiledPlan, ...]
    words: wording.Wording
    covered: list[str]


def compile(scheme: Scheme) -> CompiledTerms:
    """Make a checked scheme ready to decide. Raises grammar.Refused on a condition outside the grammar."""
    kinds = {fact.id: fact.type for fact in scheme.facts}
    return CompiledTerms(
        scheme=scheme,
        hash=scheme.hash,
        criteria=tuple(_criterion(criterion, scheme, kinds) for criterion in scheme.criteria),
        priorities=tuple(_condition(condition, kinds) for condition in scheme.priorities),
        plans=tuple(
            CompiledPlan(plan, (_plan_bands(plan, scheme), *(_condition(c, kinds) for c in plan.conditions)))
            for plan in scheme.plans
        ),
        words=wording.Wording({fact.id: fact for fact in scheme.facts}),
        covered=[scheme.area_names[code] for code in scheme.areas],
    )


def decide(terms: CompiledTerms, facts: Facts, cny_per_usd: Decimal | None = None) -> Outcome:
    """Decide on one firm. Facts not given (or None) are unknown, never no; facts of no condition are ignored.

    USD facts are Decimals of USD. Figures in fen use `cny_per_usd`, by default the reference rate. Offers are the plans
    whose conditions are met or unknown, none for a firm that is not eligible or whose exports are unknown.
    """
    rate = terms.scheme.reference_rate if cny_per_usd is None else cny_per_usd
    findings = tuple(_finding(check, facts, terms) for check in terms.criteria)
    met = [finding.met for finding in findings]
    eligible = False if False in met else None if None in met else True
    plans = [_offer(plan, facts, rate, eligible, terms) for plan in terms.plans] if _exports(facts) is not None else []
    return Outcome(
        edition=terms.scheme.code,
        terms_hash=terms.hash,
        eligible=eligible,
        findings=findings,
        priorities=tuple(_finding(check, facts, terms) for check in terms.priorities),
        offers=tuple(offer for offer in plans if offer.available is not False),
        not_offered=tuple(offer for offer in plans if offer.available is False),
        cny_per_usd=rate,
    )


def exports_cents(facts: Facts) -> int | None:
    """Base-year exports in USD cents, or None when unknown."""
    value = _exports(facts)
    return None if value is None else money.half_up(value * 100)


def in_span(fact: str, span: Span) -> Node:
    """A stretch of numbers as a condition."""
    ends = ((">=", span.from_), (">", span.above), ("<=", span.to), ("<", span.below))
    number = FactRef(fact, Kind.NUMBER)
    return Junction(
        False, tuple(Compare(op, number, Constant(end, Kind.NUMBER)) for op, end in ends if end is not None)
    )


def _criterion(criterion: Criterion, scheme: Scheme, kinds: Mapping[str, Kind]) -> Check:
    node: Node
    bands = None
    if criterion.in_areas:
        node = Within(FactRef(criterion.in_areas, Kind.TEXT), scheme.areas)
    elif criterion.in_bands:
        bands = next(group for group in scheme.bands if group.id == criterion.in_bands)
        node = Junction(True, tuple(in_span(bands.fact, band) for band in bands.bands))
    else:
        node = grammar.parse(criterion.when or "", kinds)
    verdict = compile_condition(node)
    return Check(
        criterion.id, criterion.title, criterion.clause, node, verdict, bands=bands, areas=bool(criterion.in_areas)
    )


def _condition(condition: Condition, kinds: Mapping[str, Kind]) -> Check:
    def check(text: str, fallback: Check | None = None) -> Check:
        node = grammar.parse(text, kinds)
        return Check(condition.id, condition.title, condition.clause, node, compile_condition(node), fallback)

    return check(condition.when, check(condition.if_unknown) if condition.if_unknown else None)


def _plan_bands(plan: Plan, scheme: Scheme) -> Check:
    groups = [(group, tuple(band for band in group.bands if band.id in plan.bands)) for group in scheme.bands]
    groups = [(group, chosen) for group, chosen in groups if chosen]
    node = Junction(True, tuple(in_span(group.fact, band) for group, chosen in groups for band in chosen))
    title = "适用范围：" + "、".join(band.title for _, chosen in groups for band in chosen)
    group, chosen = groups[0]
    bands = group.model_copy(update={"bands": chosen, "holes": ()}) if len(groups) == 1 else None
    return Check(f"{plan.id}.band", title, plan.clause, node, compile_condition(node), bands=bands)


def _finding(check: Check, facts: Facts, terms: CompiledTerms) -> Finding:
    met = check.verdict(facts)
    if met is None and check.fallback is not None and check.fallback.verdict(facts) is not None:
        return _finding(check.fallback, facts, terms)
    says, gap = _says(check, facts, met, terms)
    used = {name: jsonable(facts.get(name)) for name in sorted(grammar.names(check.node))}
    return Finding(check.id, check.title, check.clause, says, met, used, gap)


def _says(check: Check, facts: Facts, met: bool | None, terms: CompiledTerms) -> tuple[str, str | None]:
    if met is None:
        missing = wording.missing(terms.words.unknown(check.node, facts))
        instead = terms.words.unknown(check.fallback.node, facts) if check.fallback else []
        other = f"；没有的，也可用“{'”“'.join(fact.title for fact in instead)}”判断" if instead else ""
        return f"暂无法判断：{missing}{other}。", None
    if check.areas:
        (name,) = grammar.names(check.node)
        return wording.area(facts.get(name), terms.scheme.area_names, terms.covered) + "。", None
    if check.bands is not None:
        value = facts[check.bands.fact]
        assert isinstance(value, Decimal)  # known, or the verdict would be unknown
        return _band_says(check.bands, value, terms)
    reasons = terms.words.reasons(check.node, facts, met)
    gaps = [gap for _, gap in reasons if gap]
    return "；".join(phrase for phrase, _ in reasons) + "。", "；".join(gaps) or None


def _band_says(bands: Bands, value: Decimal, terms: CompiledTerms) -> tuple[str, str | None]:
    fact = terms.words.facts[bands.fact]
    band = next((band for band in bands.bands if band.holds(value)), None)
    if band is not None:
        return f"{fact.title} {wording.quantity(value, fact.unit)}，在“{band.title}”档内。", None
    says, gap = wording.outside(bands, fact, value)
    return says + "。", gap


def _offer(compiled: CompiledPlan, facts: Facts, rate: Decimal, eligible: bool | None, terms: CompiledTerms) -> Offer:
    plan = compiled.plan
    findings = tuple(_finding(check, facts, terms) for check in compiled.checks)
    met = [finding.met for finding in findings]
    available = False if eligible is False or False in met else None if None in met else True
    cents = exports_cents(facts)
    assert cents is not None
    premium = terms.scheme.premium(plan.id, cents, rate)
    return Offer(
        plan=plan.id,
        title=plan.title,
        available=available,
        limit_cents=plan.limit_cents,
        rate=plan.rate,
        subsidy_rate=plan.subsidy_rate,
        premium_cents=premium.premium_cents,
        premium_fen=premium.premium_fen,
        subsidy_fen=premium.subsidy_fen,
        exporter_share_fen=premium.exporter_share_fen,
        clause=plan.clause,
        findings=findings,
    )


def _exports(facts: Facts) -> Decimal | None:
    value = facts.get(EXPORTS)
    assert value is None or isinstance(value, Decimal)
    return value


def jsonable(value: Any) -> Any:
    """A fact as JSON: decimals as text with two places, the rest as it is."""
    return f"{value:.2f}" if isinstance(value, Decimal) else value
