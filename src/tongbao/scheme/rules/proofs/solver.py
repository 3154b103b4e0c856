"""Is there a firm for which some conditions hold? Asked of z3, with an effort that is bounded and always the same."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules.conditions import compile_condition
from tongbao.scheme.rules.given import Given
from tongbao.scheme.rules.grammar import Node
from tongbao.scheme.rules.proofs.smt import CENTS, Language
from tongbao.scheme.rules.shapes import Kind

MOST_EFFORT = 500_000  # steps of the solver (its rlimit, no clock) for one question: a second or two
WHOLE_EFFORT = 5_000_000  # and for all questions of one file
LEAST_EFFORT = 2_500  # what a question counts for at least, since to ask it takes time too
ORDINARY = 10**10  # cents: a firm below 1亿 USD looks like one
GRAINS = (1_000_000, 100)  # cents: whole 万美元 are easiest to read, then whole dollars


class Undecided(Exception):  # noqa: N818
    """The solver gave up within its effort."""


class Solver:
    """Answers questions about the firms of one scheme file."""

    def __init__(self, language: Language) -> None:
        import z3  # type: ignore[import-untyped]  # it takes 0.2 s to load, which only those who check a file spend

        self._z3, self._language, self._left = z3, language, WHOLE_EFFORT
        self._solver = z3.Solver(ctx=z3.Context())  # a context is for one thread
        self._solver.from_string(language.declarations())

    def firm(self, *conditions: Node) -> Given | None:
        """A firm, with every fact, for which all conditions hold; None when there can be none. Raises Undecided."""
        return self._firm(conditions, "")

    def readable(self, *conditions: Node) -> Given | None:
        """As `firm`, of ordinary size and in round figures if there is such a firm."""
        found = self.firm(*conditions)
        for grain in GRAINS if found else ():
            with suppress(Undecided):
                if simple := self._firm(conditions, self._language.simple(grain, ORDINARY)):
                    return simple
        return found

    def _firm(self, conditions: Sequence[Node], more: str) -> Given | None:
        if self._left <= 0:
            raise Undecided
        before = self._effort()
        self._solver.push()
        try:
            self._solver.from_string("\n".join((*map(self._language.asserted, conditions), more)))
            self._solver.set("rlimit", min(MOST_EFFORT, self._left))
            answer = self._solver.check()
            firm = self._read(self._solver.model()) if answer == self._z3.sat else None
        finally:
            self._solver.pop()
        self._left -= max(LEAST_EFFORT, self._effort() - before)
        if answer == self._z3.unknown:
            raise Undecided
        if firm is not None and not all(compile_condition(condition)(firm) for condition in conditions):
            raise Undecided  # beyond the digits that decisions count with; such a firm proves nothing
        return firm

    def _effort(self) -> int:
        statistics = self._solver.statistics()
        counted = "rlimit count" in statistics.keys()  # noqa: SIM118  they are no mapping
        return int(statistics.get_key_value("rlimit count")) if counted else 0

    def _read(self, model: Any) -> Given:
        """The firm of a model; what the model leaves open may be anything, so it is 0, no, or the first text."""
        values = {each.name(): model[each] for each in model.decls()}
        firm: Given = {}
        for id, fact in self._language.facts.items():
            value = values.get(id)
            if fact.type is Kind.BOOL:
                firm[id] = value is not None and bool(self._z3.is_true(value))
            elif fact.type is Kind.TEXT:
                firm[id] = self._language.texts[0 if value is None else value.as_long()]
            else:
                firm[id] = Decimal(0 if value is None else value.as_long()) / CENTS
        return firm
