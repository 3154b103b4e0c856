"""What is claimed of a scheme file, and the firm that shows a claim is broken."""

from collections.abc import Collection
from itertools import combinations

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.checks.sections import Found, Sections
from tongbao.scheme.rules.grammar import Negation, Node
from tongbao.scheme.rules.proofs import rulebook
from tongbao.scheme.rules.proofs.rulebook import PlanRules, Rulebook
from tongbao.scheme.rules.proofs.smt import Language, texts
from tongbao.scheme.rules.proofs.solver import Solver, Undecided
from tongbao.scheme.rules.proofs.witness import firm_in_words
from tongbao.scheme.rules.source import Path

GROUND = {"facts", "bands"}  # while these have faults, every proof would only repeat them
FIRMS = {"areas", "criteria", "plans", "exclusive"}  # what a firm rests on that is shown to exist
TOO_HARD = ("这里的条件太复杂，在限定的计算量内不能证明没有问题", "把条件写得简单些，或分成几个方案")


def all_of(s: Sections, faulty: Collection[str]) -> Found:
    """Every fault of a file that shows only over all firms; `faulty` are the sections with faults already found."""
    if GROUND & set(faulty) or not s.of("facts"):
        return
    book = rulebook.read(s)
    prover = _Prover(s, book)
    yield from prover.always()
    yield from prover.criteria()
    yield from prover.priorities()
    yield from prover.plans()
    if not FIRMS & set(faulty) and s.whole("thresholds"):
        yield from prover.exclusive()
        yield from prover.priced()
    yield from ((path, *TOO_HARD) for path in prover.undecided)


class _Prover:
    """Makes the claims of one file. `firms` are the conditions of every eligible firm, as far as they fit together."""

    def __init__(self, s: Sections, book: Rulebook) -> None:
        self.s, self.book = s, book
        self.areas = {area.id: area.name for _, area in s.of("areas")}
        self.solver = Solver(Language(s.facts, {*self.areas}.union(*map(texts, book.nodes()))))
        self.undecided: dict[Path, None] = {}
        self.firms: tuple[Node, ...] = tuple(rule.node for rule in book.criteria)

    def always(self) -> Found:
        """A criterion or plan condition written out keeps somebody out; one that holds for every firm is a slip."""
        written = [rule for rule in self.book.criteria if rule.written]
        for rule in (*written, *(rule for plan in self.book.plans for rule in plan.conditions)):
            if not self.possible(rule.path, Negation(rule.node)):
                yield rule.path, f"“{rule.title}”永远成立，挡不住任何企业", "检查条件写反或写错了数字，或删去这一条"

    def criteria(self) -> Found:
        """Some firm meets all criteria; otherwise say which is at fault, and go on without them."""
        if not self.book.criteria or self.possible(("criteria",), *self.firms):
            return
        never = [rule for rule in self.book.criteria if not self.possible(rule.path, rule.node)]
        for rule in never:
            yield rule.path, f"“{rule.title}”永远不能满足，没有一家企业符合", "检查条件写反或写错了数字"
        for place, rule in enumerate(self.book.criteria, 1):
            if never or self.possible(rule.path, *self.firms[:place]):
                continue
            yield rule.path, f"“{rule.title}”与前面的参保条件不能同时满足，没有一家企业符合", "检查这几条是否矛盾"
            break
        self.firms = ()

    def priorities(self) -> Found:
        """Some eligible firm has each priority, and each fallback can hold."""
        for rule in (*self.book.priorities, *self.book.fallbacks):
            if grammar.names(rule.node) and not self.possible(rule.path, *self.firms, rule.node):
                yield rule.path, f"“{rule.title}”：没有一家符合参保条件的企业能满足", "检查条件写反或写错了数字"

    def plans(self) -> Found:
        """Some eligible firm can get each plan, in each of its bands."""
        for plan in self.book.plans:
            conditions = [rule.node for rule in plan.conditions]
            empty = [band for band in plan.bands if not self.possible(band.path, *self.firms, band.node, *conditions)]
            if len(empty) == len(plan.bands) and plan.bands:
                yield from self._unreachable(plan)
                continue
            for band in empty:
                sentence = f"方案 {plan.plan.id} 的分档“{band.title}”里没有一家企业能得到这个方案"
                yield band.path, sentence, "检查参保条件和方案条件，或删去这一档"

    def _unreachable(self, plan: PlanRules) -> Found:
        bands, *conditions = plan.nodes
        if not self.possible(plan.path, *self.firms, bands):
            sentence = f"没有一家企业能得到方案 {plan.plan.id}：适用的分档里没有符合参保条件的企业"
            yield (*plan.path, "bands"), sentence, "检查 bands 和参保条件"
            return
        for place, rule in enumerate(plan.conditions, 1):
            if not self.possible(rule.path, *self.firms, bands, *conditions[:place]):
                sentence = (
                    f"没有一家企业能得到方案 {plan.plan.id}：“{rule.title}”与参保条件、分档或前面的条件不能同时满足"
                )
                yield rule.path, sentence, "检查条件写反或写错了数字"
                return

    def exclusive(self) -> Found:
        """No eligible firm qualifies for two plans declared exclusive."""
        plans = {plan.plan.id: plan for plan in self.book.plans}
        for i, exclusion in self.s.of("exclusive"):
            for one, other in combinations(exclusion.plans, 2):
                nodes = (*self.firms, *plans[one].nodes, *plans[other].nodes)
                if firm := self.example(("exclusive", i), *nodes):
                    sentence = f"方案 {one} 与 {other} 声明为互斥，但有企业同时符合两者，例如：{firm}"
                    yield ("exclusive", i), sentence, "给其中一个方案加条件，使两者不能同时符合，或删去这一条"

    def priced(self) -> Found:
        """Where money goes by the band, no eligible firm is in two bands of its plan."""
        for plan in self.book.plans:
            for one, other in combinations(plan.bands if plan.plan.needs_band else (), 2):
                if firm := self.example(other.path, *self.firms, one.node, other.node):
                    both = f"“{one.title}”和“{other.title}”"
                    sentence = f"方案 {plan.plan.id} 按分档定费率或封顶，但有企业同在{both}，例如：{firm}"
                    yield other.path, sentence, "让这个方案的分档互不重叠"

    def possible(self, path: Path, *conditions: Node) -> bool:
        """Whether there can be a firm that meets all; where the solver gives up, that is a fault at `path`."""
        try:
            return self.solver.firm(*conditions) is not None
        except Undecided:
            self.undecided[path] = None
            return True

    def example(self, path: Path, *conditions: Node) -> str | None:
        """A firm that meets all, in words; None when there is none (or, with a fault, when the solver gives up)."""
        try:
            firm = self.solver.readable(*conditions)
        except Undecided:
            self.undecided[path] = None
            return None
        shown = frozenset().union(*map(grammar.names, conditions))
        return None if firm is None else firm_in_words(firm, self.s.facts, shown, self.areas)
