"""Two sets of terms on the same register: the effects, who gains, who loses, and why."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tongbao.scheme import rules as scheme_rules
from tongbao.studio import rules
from tongbao.studio.queries.drafts import Subject
from tongbao.studio.queries.effects import compare, effect, outcome, snapshot_for
from tongbao.studio.queries.register import Snapshot, version

DECEMBER = 12


@dataclass(frozen=True)
class Pair:
    """Terms before and after with what they do to today's register."""

    before: Subject
    after: Subject
    snapshots: tuple[Snapshot, Snapshot]
    comparison: rules.Comparison

    @property
    def differences(self) -> tuple[scheme_rules.Difference, ...]:
        """What the rules themselves change."""
        return scheme_rules.differences(self.before.scheme, self.after.scheme)

    @property
    def total(self) -> rules.Line:
        """All firms covered."""
        return rules.Line("合计", self.comparison.before.total, self.comparison.after.total)

    @property
    def counts(self) -> list[tuple[rules.Turn, str, int]]:
        """How many firms each kind of change concerns, with its tint."""
        return [(turn, rules.TURN_TONES[turn], self.comparison.counts[turn]) for turn in rules.CHANGED]

    @property
    def running(self) -> list[tuple[int, int]]:
        """Base years that are not over, with the last month on record: their exports are those so far."""
        found = {(one.basis.base_year, one.until) for one in self.snapshots if one.until < DECEMBER}
        return sorted(found)

    @property
    def affected(self) -> int:
        """How many firms it changes anything for."""
        return sum(self.comparison.counts[turn] for turn in rules.CHANGED)

    @property
    def open_plans(self) -> list[tuple[str, int]]:
        """Plans of the terms after that hang on a fact not known yet, and for how many firms."""
        counted = Counter(plan for one in self.comparison.after.judged for plan in one.open_plans)
        return [(plan.title, counted[plan.id]) for plan in self.after.scheme.plans if counted[plan.id]]

    def lines(self, kind: str) -> list[rules.Line]:
        """Side by side: `plan`, `area` or `insurer`."""
        made = {"plan": rules.by_plan, "area": rules.by_area, "insurer": rules.by_insurer}[kind]
        return made(self.comparison, self.before.scheme, self.after.scheme)

    @property
    def pools(self) -> list[rules.PoolLine]:
        """The pools side by side."""
        return rules.by_pool(self.comparison, self.before.scheme, self.after.scheme)

    @property
    def without_data(self) -> list[int]:
        """Base years of which the register holds no exports at all: then every firm's exports are unknown."""
        return sorted({one.basis.base_year for one in self.snapshots if one.without_data})


@dataclass(frozen=True)
class Row:
    """One firm under both terms, for the list; why is found out only when it is shown."""

    change: rules.Change
    area: str
    explain: Callable[[int], str]

    @property
    def why(self) -> str:
        """Why its lot changes."""
        return self.explain(self.change.place)


def pair(before: Subject, after: Subject) -> Pair:
    """Both terms on today's register; insurers' answers count as they were given in the edition of the first."""
    state = version()
    first, second = (snapshot_for(one.compiled, before.edition, state) for one in (before, after))
    snapshots = (first, second)
    effects = [effect(one.compiled, snapshot) for one, snapshot in zip((before, after), snapshots, strict=True)]
    return Pair(before, after, snapshots, compare(*effects))


def changes(pair: Pair, *, turn: str = "", area: str = "", plan: str = "", text: str = "") -> list[Row]:
    """The firms of one kind of change (all that change when none is chosen), of an area, a plan, a name or code."""
    names = {**pair.before.scheme.area_names, **pair.after.scheme.area_names}
    wanted = (rules.Turn(turn),) if turn in set(rules.Turn) else rules.CHANGED
    typed = text.strip()

    def explain(place: int) -> str:
        sides = zip((pair.before, pair.after), pair.snapshots, strict=True)
        before, after = (outcome(one.compiled, snapshot, place) for one, snapshot in sides)
        return rules.why(pair.comparison.changes[place], before, after)

    return [
        Row(one, names.get(one.firm.area, one.firm.area), explain)
        for one in pair.comparison.changes
        if one.turn in wanted
        and area in ("", one.firm.area)
        and plan in ("", *(quote.plan for quote in (one.before, one.after) if quote))
        and (typed in one.firm.name or one.firm.code.startswith(typed.upper()))
    ]
