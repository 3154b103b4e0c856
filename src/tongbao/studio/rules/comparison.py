"""Who gains and who loses between two sets of terms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongbao.labels import Labelled
from tongbao.studio.rules.effect import Effect, Firm, Quote


class Turn(Labelled):
    """What a change of terms means for a firm."""

    JOINS = "joins", "新纳入"
    LEAVES = "leaves", "不再覆盖"
    GAINS = "gains", "受益"
    LOSES = "loses", "受损"
    MIXED = "mixed", "有得有失"
    SAME = "same", "不变"
    OUTSIDE = "outside", "都不覆盖"


TURN_TONES = {
    Turn.JOINS: "ok",
    Turn.GAINS: "ok",
    Turn.LEAVES: "bad",
    Turn.LOSES: "bad",
    Turn.MIXED: "warn",
    Turn.SAME: "neutral",
    Turn.OUTSIDE: "neutral",
}
CHANGED = (Turn.JOINS, Turn.GAINS, Turn.MIXED, Turn.LOSES, Turn.LEAVES)


@dataclass(frozen=True, slots=True)
class Change:
    """One firm under both terms; `place` is its place among the firms of the effects."""

    place: int
    firm: Firm
    turn: Turn
    before: Quote | None
    after: Quote | None

    @property
    def subsidy_change_fen(self) -> int:
        """How much more (or less) subsidy it would get."""
        return _fen(self.after) - _fen(self.before)


@dataclass(frozen=True)
class Comparison:
    """Two effects on the same firms, firm by firm and counted."""

    before: Effect
    after: Effect
    changes: Sequence[Change]
    counts: Mapping[Turn, int]


def compare(before: Effect, after: Effect) -> Comparison:
    """Firm by firm; both effects are of the same firms in the same order.

    A firm gains when its own share falls or its limit rises and neither gets worse; it loses the other way round.
    """
    changes = [
        Change(place, firm, turn(was, becomes), was, becomes)
        for place, (firm, was, becomes) in enumerate(zip(after.firms, before.taken, after.taken, strict=True))
    ]
    counted = Counter(change.turn for change in changes)
    return Comparison(before, after, changes, {one: counted[one] for one in Turn})


def turn(before: Quote | None, after: Quote | None) -> Turn:
    """What the change means for the firm."""
    if before is None or after is None:
        return Turn.OUTSIDE if before is after else Turn.JOINS if before is None else Turn.LEAVES
    better = after.own_fen < before.own_fen or after.limit > before.limit
    worse = after.own_fen > before.own_fen or after.limit < before.limit
    if better and worse:
        return Turn.MIXED
    return Turn.GAINS if better else Turn.LOSES if worse else Turn.SAME


def _fen(quote: Quote | None) -> int:
    return quote.subsidy_fen if quote else 0
