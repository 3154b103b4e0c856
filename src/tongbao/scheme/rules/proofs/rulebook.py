"""The conditions of a scheme file as far as they could be read, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.checks.sections import Sections
from tongbao.scheme.rules.decisions import in_span
from tongbao.scheme.rules.grammar import FactRef, Junction, Node, Within
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.shapes import Condition, Criterion, Kind
from tongbao.scheme.rules.source import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, where it stands, and how it is called; `written` when it is a text, not areas or bands."""

    path: Path
    title: str
    node: Node
    written: bool = True


@dataclass(frozen=True, slots=True)
class PlanRules:
    """A plan's bands, of which a firm must be in one, and its conditions, all of which it must meet."""

    path: Path
    plan: Plan
    bands: tuple[Rule, ...]
    conditions: tuple[Rule, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """What a firm must meet."""
        return (Junction(True, tuple(band.node for band in self.bands)), *(rule.node for rule in self.conditions))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything a firm is judged by. Rules that could not be read are left out."""

    criteria: tuple[Rule, ...]
    priorities: tuple[Rule, ...]
    fallbacks: tuple[Rule, ...]
    plans: tuple[PlanRules, ...]

    def nodes(self) -> Iterator[Node]:
        """Every condition."""
        for rule in (*self.criteria, *self.priorities, *self.fallbacks):
            yield rule.node
        for plan in self.plans:
            yield from plan.nodes


def read(s: Sections) -> Rulebook:
    """The rules of a file that could be read; those that could not be have faults of their own."""
    named = {threshold.id: threshold.value for _, threshold in s.of("thresholds")}
    conditions = [((key, i), c) for key in ("criteria", "priorities") for i, c in s.of(key)]
    fallbacks = [_condition((*path, "if_unknown"), c, "if_unknown", s.kinds, named) for path, c in conditions]
    criteria = [_criterion(("criteria", i), criterion, s, named) for i, criterion in s.of("criteria")]
    return Rulebook(
        criteria=tuple(rule for rule in criteria if rule),
        priorities=_conditions(("priorities",), s.of("priorities"), s.kinds, named),
        fallbacks=tuple(rule for rule in fallbacks if rule),
        plans=tuple(_plan(("plans", i), plan, s, named) for i, plan in s.of("plans")),
    )


def _conditions(
    path: Path, listed: list[tuple[int, Condition]], kinds: Mapping[str, Kind], named: Mapping[str, Decimal]
) -> tuple[Rule, ...]:
    rules = [_condition((*path, i, "when"), condition, "when", kinds, named) for i, condition in listed]
    return tuple(rule for rule in rules if rule)


def _condition(
    path: Path, condition: Condition | Criterion, key: str, kinds: Mapping[str, Kind], named: Mapping[str, Decimal]
) -> Rule | None:
    text = getattr(condition, key, None)
    try:
        return Rule(path, condition.title, grammar.parse(text, kinds, named)) if text else None
    except grammar.Refused:
        return None


def _criterion(path: Path, criterion: Criterion, s: Sections, named: Mapping[str, Decimal]) -> Rule | None:
    if criterion.in_areas:
        covered = tuple(area.id for _, area in s.of("areas") if area.covered)
        node: Node = Within(FactRef(criterion.in_areas, Kind.TEXT), covered)
        known = s.kinds.get(criterion.in_areas) is Kind.TEXT
        return Rule((*path, "in_areas"), criterion.title, node, written=False) if known else None
    if criterion.in_bands:
        groups = [group for _, group in s.of("bands") if group.id == criterion.in_bands and group.fact in s.kinds]
        bands = [in_span(group.fact, band) for group in groups for band in group.bands]
        rule = Rule((*path, "in_bands"), criterion.title, Junction(True, tuple(bands)), written=False)
        return rule if groups else None
    return _condition((*path, "when"), criterion, "when", s.kinds, named)


def _plan(path: Path, plan: Plan, s: Sections, named: Mapping[str, Decimal]) -> PlanRules:
    places = {band: (*path, "bands", j) for j, band in reversed(list(enumerate(plan.bands)))}
    bands = [
        Rule(places[band.id], band.title, in_span(group.fact, band), written=False)
        for _, group in s.of("bands")
        for band in group.bands
        if band.id in places
    ]
    rules = _conditions((*path, "conditions"), list(enumerate(plan.conditions)), s.kinds, named)
    return PlanRules(path, plan, tuple(bands), rules)
