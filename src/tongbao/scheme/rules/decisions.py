"""A scheme compiled to functions, and the decision on one firm: every finding at once, then the offers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
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
from tongbao.scheme.rules.values import HUNDRED
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
    places: slice  # of its checks among those of the edition
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
    checks: tuple[Check, ...]  # criteria, priorities, those of the plans
    verdicts: Callable[[Facts], list[Any]]  # of `checks`, then of their fallbacks
    fallbacks: tuple[tuple[int, int, Check], ...]  # place of the check, place of its fallback's verdict, the fallback
    ranks: tuple[tuple[int, int], ...]  # of the priorities, best first, each with the place of its check
    last_class: int  # of firms without a priority ground
    by_band: bool  # whether what a plan costs depends on the band
    reference: tuple[Decimal, Fraction]  # RMB per USD


def compile(scheme: Scheme, hash: str | None = None) -> CompiledTerms:
    """Make a checked scheme ready to decide. `hash` is that of its stored terms, by default its own.

    Raises grammar.Refused on a condition outside the grammar.
    """
    known = _Known(scheme)
    criteria = known.asked(map(known.criterion, scheme.criteria))
    priorities = known.asked(map(known.condition, scheme.priorities))
    plans = tuple(map(known.plan, scheme.plans))
    checks = tuple(known.checks)
    others = [(place, check.fallback) for place, check in enumerate(checks) if check.fallback]
    ranks = sorted((ground.rank, place) for place, ground in enumerate(scheme.priorities, len(criteria)))
    return CompiledTerms(
        scheme=scheme,
        hash=scheme.hash if hash is None else hash,
        criteria=criteria,
        priorities=priorities,
        plans=plans,
        words=known.words,
        checks=checks,
        verdicts=compile_all([check.node for check in (*checks, *(other for _, other in others))]),
        fallbacks=tuple((place, len(checks) + at, other) for at, (place, other) in enumerate(others)),
        ranks=tuple(ranks),
        last_class=max((rank for rank, _ in ranks), default=0) + 1,
        by_band=any(plan.needs_band for plan in scheme.plans),
        reference=(scheme.reference_rate, scheme.reference_rate.as_integer_ratio()),
    )


def decide(terms: CompiledTerms, facts: Facts, cny_per_usd: Decimal | None = None) -> Outcome:
    """Decide on one firm. Facts not given (or None) are unknown, never no; facts of no condition are ignored.

    USD facts are Decimals of USD. Figures in fen use `cny_per_usd`, by default the reference rate. Offers are the plans
    whose conditions are met or unknown, none for a firm that is not eligible or whose premium base is unknown. The
    sentences are made when they are read.
    """
    rate, cny = terms.reference if cny_per_usd is None else (cny_per_usd, cny_per_usd.as_integer_ratio())
    given = dict(facts)  # what is said later speaks of the facts as they were
    met = terms.verdicts(given)
    asked = _asked(terms, met) if terms.fallbacks else terms.checks
    found = tuple(map(Finding, zip(asked, met, repeat(given))))  # the verdicts of fallbacks are left over
    first, second = len(terms.criteria), len(terms.criteria) + len(terms.priorities)
    eligible, base = _all(met[:first]), base_cents(terms.scheme, given)
    offers: list[Offer] = []
    refused: list[Offer] = []
    if base is not None:
        band = terms.scheme.band_of(base) if terms.by_band else None
        for plan in terms.plans:
            available = False if eligible is False else _all(met[plan.places])
            offer = _offer(plan, band, available, base, cny, found[plan.places])
            (refused if available is False else offers).append(offer)
    return Outcome(  # in the order of its fields
        terms.scheme.edition.code, terms.hash, eligible, found[:first], found[first:second], tuple(offers),
        tuple(refused), rate, _class(terms, met),
    )  # fmt: skip


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
        self.checks: list[Check] = []  # of the edition so far
        self.words = Wording({fact.id: fact for fact in scheme.facts}, {area.id: area for area in scheme.all_areas})

    def asked(self, checks: Iterable[Check]) -> tuple[Check, ...]:
        """The same checks, now among those of the edition."""
        found = tuple(checks)
        self.checks += found
        return found

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
        start, checks = len(self.checks), self.asked((self._bands(plan), *map(self.condition, plan.conditions)))
        return CompiledPlan(plan, checks, slice(start, len(self.checks)), tariffs(plan, self.scheme), plan.subsidy_rate)

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


def _asked(terms: CompiledTerms, met: list[bool | None]) -> Sequence[Check]:
    """The checks of an edition, fallbacks in the place of those that only they can answer; so too in `met`."""
    asked = list(terms.checks)
    for place, other, fallback in terms.fallbacks:
        if met[place] is None and met[other] is not None:
            met[place], asked[place] = met[other], fallback
    return asked


def _offer(
    compiled: CompiledPlan, band: str | None, available: bool | None, base: int, cny: Fraction,
    findings: tuple[Finding, ...],
) -> Offer:  # fmt: skip
    plan, tariff = compiled.plan, compiled.tariffs.get(band) or compiled.tariffs[None]
    cents, fen, subsidy, own, paid, advance = tariff.premium(base, cny)
    return Offer(  # in the order of its fields, several times a decision
        plan.id, plan.title, available, tariff.limit_cents(cents), tariff.rate, compiled.subsidy_rate,
        cents, fen, subsidy, own, plan.clause, findings, advance, paid, plan.rate_is_ceiling,
    )  # fmt: skip


def _class(terms: CompiledTerms, met: list[bool | None]) -> int:
    for rank, place in terms.ranks:
        if met[place]:
            return rank
    return terms.last_class


def _all(met: list[bool | None]) -> bool | None:
    """Whether all are met: one that is not decides, else one unknown."""
    return False if False in met else None if None in met else True


def _cents(value: Any) -> int | None:
    return None if value is None else money.half_up(_number(value) * HUNDRED)


def _number(value: Any) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def jsonable(value: Any) -> Any:
    """A fact as JSON: decimals as text with two places, the rest as it is."""
    return f"{value:.2f}" if isinstance(value, Decimal) else value
