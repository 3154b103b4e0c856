"""A stored decision beside its replay and beside today's: condition by condition, plan by plan, fact by fact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules import Finding, Offer, Outcome, Scheme, jsonable
from tongbao.scheme.rules.shapes import Fact

Values = Mapping[str, Any]
UNKNOWN = "未知"


@dataclass(frozen=True)
class Known:
    """One fact in words, then and now."""

    id: str
    title: str
    then: str
    now: str
    changed: bool
    supplier: str


@dataclass(frozen=True)
class Line:
    """One condition: as it was stored, as it replays, as it stands today; None where it was not asked.

    `same`: the replay says what was stored. `changed`: today's answer is another. `moved`: its facts that differ today.
    """

    id: str
    title: str
    clause: str
    then: Finding | None
    again: Finding | None
    now: Finding | None
    same: bool
    changed: bool
    moved: tuple[Known, ...]


@dataclass(frozen=True)
class PlanLine:
    """One plan as it was offered (or not) and as it would be today; None where the edition had no such plan."""

    plan: str
    title: str
    then: Offer | None
    again: Offer | None
    now: Offer | None
    same: bool
    changed: bool

    @property
    def unmoved(self) -> bool:
        """Whether today's answer is the same in every word."""
        return not self.changed and _reasons(self.then) == _reasons(self.now)


def known(then: Scheme, now: Scheme, facts_then: Values, facts_now: Values) -> tuple[Known, ...]:
    """Every fact of either version, those that changed first; values as rules.read_facts gives them."""
    ours = {fact.id: (fact, scheme) for scheme in (then, now) for fact in scheme.facts}
    found = [
        Known(
            id=id,
            title=fact.title,
            then=said(fact, facts_then.get(id), scheme.area_names),
            now=said(fact, facts_now.get(id), scheme.area_names),
            changed=jsonable(facts_then.get(id)) != jsonable(facts_now.get(id)),
            supplier=fact.supplier,
        )
        for id, (fact, scheme) in ours.items()
    ]
    return tuple(sorted(found, key=lambda fact: not fact.changed))


def said(fact: Fact, value: Any, areas: Mapping[str, str]) -> str:
    """A fact's value in words."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return (fact.yes if value else fact.no) or ("是" if value else "否")
    if isinstance(value, Decimal):
        return f"{value:,.2f} {fact.unit}".strip()
    return areas.get(str(value), str(value))


def lines(
    then: Sequence[Finding], again: Sequence[Finding], now: Sequence[Finding], facts: Iterable[Known]
) -> tuple[Line, ...]:
    """Findings stored, replayed and of today, by their ids; what only today asks comes last."""
    stored, replayed, today = ({one.id: one for one in findings} for findings in (then, again, now))
    moved = [fact for fact in facts if fact.changed]
    return tuple(
        Line(
            id=id,
            title=(any_of := stored.get(id) or replayed.get(id) or today[id]).title,
            clause=any_of.clause,
            then=stored.get(id),
            again=replayed.get(id),
            now=today.get(id),
            same=_answer(stored.get(id)) == _answer(replayed.get(id)),
            changed=_met(stored.get(id)) != _met(today.get(id)),
            moved=tuple(fact for fact in moved if id in today and fact.id in today[id].facts),
        )
        for id in dict.fromkeys([*stored, *replayed, *today])
    )


def plans(then: Outcome, again: Outcome, now: Outcome) -> tuple[PlanLine, ...]:
    """Every plan of either version, offered or not."""
    stored, replayed, today = ({one.plan: one for one in _all(outcome)} for outcome in (then, again, now))
    return tuple(
        PlanLine(
            plan=plan,
            title=(stored.get(plan) or replayed.get(plan) or today[plan]).title,
            then=stored.get(plan),
            again=replayed.get(plan),
            now=today.get(plan),
            same=_figures(stored.get(plan)) == _figures(replayed.get(plan)),
            changed=_figures(stored.get(plan)) != _figures(today.get(plan)),
        )
        for plan in dict.fromkeys([*stored, *replayed, *today])
    )


def _all(outcome: Outcome) -> tuple[Offer, ...]:
    return tuple(sorted((*outcome.offers, *outcome.not_offered), key=lambda offer: offer.plan))


def _answer(finding: Finding | None) -> Any:
    """What a finding answers and on which facts; the words may be put better by a later release."""
    return finding and (finding.met, dict(finding.facts))


def _met(finding: Finding | None) -> Any:
    """The answer alone, and whether it was asked at all."""
    return (finding.met,) if finding else None


def _reasons(offer: Offer | None) -> list[str]:
    return [finding.says for finding in offer.findings] if offer else []


def _figures(offer: Offer | None) -> Any:
    """Whether a plan is offered, and its sums when it is."""
    if offer is None or offer.available is False:
        return offer and (False,)
    return (
        offer.available, offer.limit_cents, offer.rate,
        offer.premium_cents, offer.premium_fen, offer.subsidy_fen, offer.exporter_share_fen,
    )  # fmt: skip
