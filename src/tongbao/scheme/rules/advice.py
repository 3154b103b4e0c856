"""What would qualify: the plan nearest to a firm that has none, and the steps that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tongbao.scheme.rules import wording
from tongbao.scheme.rules.conditions import Facts, closure
from tongbao.scheme.rules.decisions import Check, CompiledPlan, CompiledTerms, base_cents
from tongbao.scheme.rules.edition import EXPORTS
from tongbao.scheme.rules.grammar import Compare, Junction, Negation, Node
from tongbao.scheme.rules.outcome import Finding, Outcome
from tongbao.scheme.rules.shapes import Kind


@dataclass(frozen=True, slots=True)
class Advice:
    """What a firm lacks for a plan: the findings not met, then those unknown; `sentence` sums them up in Chinese.

    `plan` and `title` are empty when no plan can be named yet, because what premiums rest on is unknown.
    """

    plan: str
    title: str
    steps: tuple[Finding, ...]
    sentence: str


def nearest(terms: CompiledTerms, facts: Facts, outcome: Outcome) -> Advice | None:
    """The plan that takes the least for a firm to get; None for a firm that has one.

    A yes or no that should be otherwise counts 1, a figure the part of itself by which it is off (0 … 1), what is
    unknown nothing; the fewest steps, then the edition's order break ties.
    """
    if any(offer.available for offer in outcome.offers) or not terms.plans:
        return None
    if base_cents(terms.scheme, facts) is None:
        return _without_base(terms, facts, outcome)

    def effort(plan: CompiledPlan) -> tuple[Decimal, int]:
        steps = _steps(terms, plan, facts)
        return sum((distance(_node(step), facts) for step in steps), Decimal(0)), len(steps)

    return _advice(terms, min(terms.plans, key=effort), facts, "最接近的是")


def for_plan(terms: CompiledTerms, facts: Facts, plan: str) -> Advice | None:
    """What a firm lacks for one plan; None when it lacks nothing. KeyError when the edition has no such plan."""
    return _advice(terms, {one.plan.id: one for one in terms.plans}[plan], facts, "要选")


def distance(node: Node, facts: Facts) -> Decimal:
    """How far a condition is from being met: 0 when it is, or may be; 1 for each yes or no that should be otherwise;
    for a figure the part by which it is off. Of alternatives the nearest counts.
    """
    if closure(node)(facts) is not False:
        return Decimal(0)
    match node:
        case Negation(part=Negation() | Junction() | Compare() as part):
            return distance(wording.negated(part), facts)
        case Junction(any=any_, parts=parts):
            each = [distance(part, facts) for part in parts]
            return min(each) if any_ else sum(each, Decimal(0))
        case Compare(left=left, right=right) if left.kind is Kind.NUMBER:
            here, wanted = closure(left)(facts), closure(right)(facts)
            most = max(abs(here), abs(wanted))
            return min(abs(here - wanted) / most, Decimal(1)) if most else Decimal(0)
    return Decimal(1)


def _advice(terms: CompiledTerms, chosen: CompiledPlan, facts: Facts, lead: str) -> Advice | None:
    plan, steps = chosen.plan, _steps(terms, chosen, facts)
    return Advice(plan.id, plan.title, steps, f"{lead}{plan.title}：{_summary(steps)}。") if steps else None


def _steps(terms: CompiledTerms, plan: CompiledPlan, facts: Facts) -> tuple[Finding, ...]:
    """What a firm does not surely meet. Where the plan's own bands are missed, the general ones add nothing."""
    missed = [finding for finding in (check.ask(facts) for check in plan.checks) if finding.met is not True]
    said = {check.bands.fact for check in plan.checks if check.bands and check.verdict(facts) is not True}
    general = [check.ask(facts) for check in terms.criteria if check.bands is None or check.bands.fact not in said]
    return _in_order([finding for finding in (*general, *missed) if finding.met is not True])


def _node(finding: Finding) -> Node:
    assert isinstance(finding.question, Check)  # asked just now
    return finding.question.node


def _without_base(terms: CompiledTerms, facts: Facts, outcome: Outcome) -> Advice:
    steps = _in_order(finding for finding in outcome.findings if finding.met is not True)
    imputed = terms.scheme.imputation
    id = imputed.fact if imputed and facts.get(EXPORTS) is not None else EXPORTS
    lacking = wording.missing([terms.scheme.fact(id)])
    also = f"；{_summary(steps)}" if any(step.met is False for step in steps) else ""
    return Advice("", "", steps, f"暂时算不出适用哪个方案：{lacking}{also}。")


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.met is None))


def _summary(steps: tuple[Finding, ...]) -> str:
    """Short: what is missed with its gap, what is unknown."""
    failed = [f"“{step.title}”" + (f"（{step.gap}）" if step.gap else "") for step in steps if step.met is False]
    unknown = [f"“{step.title}”" for step in steps if step.met is None]
    parts = (
        f"有 {len(failed)} 项不符合：{'、'.join(failed)}" if failed else "",
        f"{'另有' if failed else '有'} {len(unknown)} 项待核实：{'、'.join(unknown)}" if unknown else "",
    )
    return "；".join(part for part in parts if part)
