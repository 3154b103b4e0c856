"""A scheme compiled to functions, and the decision on one firm: every finding at once, then the offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress, repeat
from typing import Any

from tongbao import money
from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.conditions import Facts, closure, compile_all
from tongbao.scheme.rules.edition import EXPORTS, Scheme
from tongbao.scheme.rules.grammar import Compare, Constant, FactRef, Junction, Node, Within
from tongbao.scheme.rules.outcome import Finding, Json, Offer, Outcome
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.shapes import Bands, Condition, Criterion, Kind, Span
from tongbao.scheme.rules.tariff import Fraction, Tariff, tariffs
from tongbao.scheme.rules.wording import Wording


@dataclass(frozen=True, slots=True)
class Check:
    """A named condition ready to be asked; `bands` or `areas` are set when it asks for those, for better words."""

    id: str
    title: str
    clause: str
    node: Node
    words: Wording
    fallback: "Check | None" = None
    bands: Bands | None = None
    areas: bool = False

    def verdict(self, facts: Facts) -> bool | None:
        """The bare answer, without its fallback."""
        met: bool | None = closure(self.node)(facts)
        return met

    def ask(self, facts: Facts) -> Finding:
        """The finding on one firm; `fallback` is asked instead when only that can be answered."""
        met = self.verdict(facts)
        if met is None and self.fallback is not None:
            instead = self.fallback.verdict(facts)
            if instead is not None:
                return Finding((self.fallback, instead, facts))
        return Finding((self, met, facts))

    def used(self, given: Facts) -> Json:
        """The facts the answer rests on, JSON-able."""
        return {name: jsonable(given.get(name)) for name in sorted(grammar.names(self.node))}

    def answer(self, given: Facts, met: bool | None) -> tuple[str, str | None]:
        """The answer in a Chinese sentence, and the gap."""
        if met is None:
            return self.words.unanswered(self.node, self.fallback.node if self.fallback else None, given), None
        if self.areas:
            (name,) = grammar.names(self.node)
            return self.words.area(given.get(name)), None
        return self.words.band(self.bands, given) if self.bands else self.words.why(self.node, given, met)


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A plan, what a firm must meet to be offered it, and what it costs by band (None: in all other bands)."""

    plan: Plan
    checks: tuple[Check, ...]
    tariffs: dict[str | None, Tariff]
    subsidy_rate: Decimal


@dataclass(frozen=True, slots=True)
class CompiledTerms:
    """A scheme ready to decide; made by `compile`, shared freely."""

    scheme: Scheme
    hash: str
    criteria: tuple[Check, ...]
    priorities: tuple[Check, ...]
    plans: tuple[CompiledPlan, ...]
    words: Wording
    ranks: tuple[int, ...]  # of the priorities, in their order
    last_class: int  # of firms without a priority ground
    by_band: bool  # whether what a plan costs depends on the band


def compile(scheme: Scheme, hash: str | None = None) -> CompiledTerms:
    """Make a checked scheme ready to decide. `hash` is that of its stored terms, by default its own.

    Raises grammar.Refused on a condition outside the grammar.
    """
    known = _Known(scheme)
    ranks = tuple(ground.rank for ground in scheme.priorities)
    return CompiledTerms(
        scheme=scheme,
        hash=scheme.hash if hash is None else hash,
        criteria=tuple(map(known.criterion, scheme.criteria)),
        priorities=tuple(map(known.condition, scheme.priorities)),
        plans=tuple(map(known.plan, scheme.plans)),
        words=known.words,
        ranks=ranks,
        last_class=max(ranks, default=0) + 1,
        by_band=any(plan.needs_band for plan in scheme.plans),
    )


def decide(terms: CompiledTerms, facts: Facts, cny_per_usd: Decimal | None = None) -> Outcome:
    """Decide on one firm. Facts not given (or None) are unknown, never no; facts of no condition are ignored.

    USD facts are Decimals of USD. Figures in fen use `cny_per_usd`, by default the reference rate. Offers are the plans
    whose conditions are met or unknown, none for a firm that is not eligible or whose premium base is unknown. The
    sentences are made when they are read.
    """
    rate = terms.scheme.reference_rate if cny_per_usd is None else cny_per_usd
    given = dict(facts)  # what is said later speaks of the facts as they were
    findings = tuple([check.ask(given) for check in terms.criteria])
    priorities = tuple([check.ask(given) for check in terms.priorities])
    eligible = _all(findings)
    base = base_cents(terms.scheme, given)
    plans = [] if base is None else _offers(terms, given, base, rate, eligible)
    grounds = [rank for rank, ground in zip(terms.ranks, priorities, strict=True) if ground.met]
    return Outcome(
        edition=terms.scheme.edition.code,
        terms_hash=terms.hash,
        eligible=eligible,
        findings=findings,
        priorities=priorities,
        offers=tuple([offer for offer in plans if offer.available is not False]),
        not_offered=tuple([offer for offer in plans if offer.available is False]),
        cny_per_usd=rate,
        priority_class=min(grounds, default=terms.last_class),
    )


def exports_cents(facts: Facts) -> int | None:
    """Base-year exports in USD cents, or None when unknown."""
    return _cents(facts.get(EXPORTS))


def base_cents(scheme: Scheme, facts: Facts) -> int | None:
    """What premiums are computed on, in USD cents: base-year exports, or for firms with none on record the fact the
    scheme puts in their place, at most so much; None when unknown.
    """
    base, imputed = _cents(facts.get(EXPORTS)), scheme.imputation
    if base != 0 or imputed is None:
        return base
    value = facts.get(imputed.fact)
    return None if value is None else _cents(min(_number(value), imputed.at_most_usd))


def in_span(fact: str, span: Span) -> Node:
    """A stretch of numbers as a condition."""
    ends = ((">=", span.from_), (">", span.above), ("<=", span.to), ("<", span.below))
    number = FactRef(fact, Kind.NUMBER)
    return Junction(
        False, tuple(Compare(op, number, Constant(end, Kind.NUMBER)) for op, end in ends if end is not None)
    )


class _Known:
    """The scheme as its conditions see it, while it is compiled."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.kinds = {fact.id: fact.type for fact in scheme.facts}
        self.thresholds = scheme.thresholds_by_name
        self.words = Wording({fact.id: fact for fact in scheme.facts}, {area.id: area for area in scheme.all_areas})

    def criterion(self, part: Criterion) -> Check:
        """What every firm must meet."""
        if part.in_areas:
            node: Node = Within(FactRef(part.in_areas, Kind.TEXT), self.scheme.areas)
            return Check(part.id, part.title, part.clause, node, self.words, areas=True)
        if part.in_bands:
            bands = next(group for group in self.scheme.bands if group.id == part.in_bands)
            node = Junction(True, tuple(in_span(bands.fact, band) for band in bands.bands))
            return Check(part.id, part.title, part.clause, node, self.words, bands=bands)
        return self._check(part, part.when or "")

    def condition(self, part: Condition) -> Check:
        """A condition of a plan, or a priority ground, with what is tried when its facts are missing."""
        return self._check(part, part.when, self._check(part, part.if_unknown) if part.if_unknown else None)

    def plan(self, plan: Plan) -> CompiledPlan:
        """A plan: its bands first, then its conditions."""
        checks = (self._bands(plan), *map(self.condition, plan.conditions))
        return CompiledPlan(plan, checks, tariffs(plan, self.scheme), plan.subsidy_rate)

    def _check(self, part: Condition | Criterion, text: str, fallback: Check | None = None) -> Check:
        node = grammar.parse(text, self.kinds, self.thresholds)
        return Check(part.id, part.title, part.clause, node, self.words, fallback)

    def _bands(self, plan: Plan) -> Check:
        groups = [(group, tuple(band for band in group.bands if band.id in plan.bands)) for group in self.scheme.bands]
        groups = [(group, chosen) for group, chosen in groups if chosen]
        node = Junction(True, tuple(in_span(group.fact, band) for group, chosen in groups for band in chosen))
        title = "适用范围：" + "、".join(band.title for _, chosen in groups for band in chosen)
        group, chosen = groups[0]
        bands = group.model_copy(update={"bands": chosen, "holes": ()}) if len(groups) == 1 else None
        id = f"{plan.id}.band"
        return Check(id, title, plan.clause, node, self.words, bands=bands)


def _offers(terms: CompiledTerms, facts: Facts, base: int, rate: Decimal, eligible: bool | None) -> list[Offer]:
    band, cny = terms.scheme.band_of(base) if terms.by_band else None, rate.as_integer_ratio()
    offers = []
    for plan in terms.plans:
        tariff = plan.tariffs.get(band) or plan.tariffs[None]
        offers.append(_offer(plan, facts, tariff, tariff.premium(base, cny), eligible))
    return offers


def _offer(compiled: CompiledPlan, facts: Facts, tariff: Tariff, premium: Premium, eligible: bool | None) -> Offer:
    plan = compiled.plan
    findings = tuple([check.ask(facts) for check in compiled.checks])
    return Offer(
        plan=plan.id,
        title=plan.title,
        available=False if eligible is False else _all(findings),
        limit_cents=tariff.limit_cents(premium.premium_cents),
        rate=tariff.rate,
        subsidy_rate=compiled.subsidy_rate,
        premium_cents=premium.premium_cents,
        premium_fen=premium.premium_fen,
        subsidy_fen=premium.subsidy_fen,
        exporter_share_fen=premium.exporter_share_fen,
        clause=plan.clause,
        findings=findings,
        advance_fen=premium.advance_fen,
        paid_fen=premium.paid_fen,
        rate_is_ceiling=plan.rate_is_ceiling,
    )


def _all(findings: tuple[Finding, ...]) -> bool | None:
    """Whether all are met: one that is not decides, else one unknown."""
    met = [finding.met for finding in findings]
    return False if False in met else None if None in met else True


def _cents(value: Any) -> int | None:
    return None if value is None else money.half_up(_number(value) * 100)


def _number(value: Any) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def jsonable(value: Any) -> Any:
    """A fact as JSON: decimals as text with two places, the rest as it is."""
    return f"{value:.2f}" if isinstance(value, Decimal) else value
