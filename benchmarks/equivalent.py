"""The rules of an edition as plain trees that any engine can be given: the same questions, asked of every peer.

A tree is a list: ["fact", id], ["ref", name of an earlier answer], ["const", value], [op, part, …] with op one of
and or not = <> < <= > >= + - * max floor, or ["in", tree, [values]]. Numbers are text, so that each engine reads them
in its own way. Peers have no "unknown": fallbacks for missing facts are left out, and every firm has all its facts.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules import Scheme
from tongbao.scheme.rules.decisions import Check, CompiledPlan, CompiledTerms
from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within

Tree = list[Any]
Answer = tuple[str, str, Tree]  # name, kind (bool or number), tree
HALF: Tree = ["const", "0.5"]


def rules_of(terms: CompiledTerms) -> dict[str, Any]:
    """{"facts": {id: kind}, "answers": [[name, kind, tree], …]}, each answer after those it refers to."""
    scheme = terms.scheme
    assert scheme.parameters.round_usd_first.value, "the trees below round to the cent first"
    return {"facts": {fact.id: fact.type.value for fact in scheme.facts}, "answers": list(_answers(terms))}


def plan_answer(plan: str, check: str) -> str:
    """How the answer to one of a plan's checks is named."""
    return f"plan_{plan}_{check.removeprefix(plan + '.')}"


def _answers(terms: CompiledTerms) -> Iterator[Answer]:
    yield from (_of(check, f"criterion_{check.id}") for check in terms.criteria)
    yield "eligible", "bool", ["and", *(["ref", f"criterion_{check.id}"] for check in terms.criteria)]
    yield from (_of(check, f"priority_{check.id}") for check in terms.priorities)
    yield "priority", "bool", ["or", *(["ref", f"priority_{check.id}"] for check in terms.priorities)]
    for plan in terms.plans:
        yield from _plan(plan, terms.scheme)


def _of(check: Check, name: str) -> Answer:
    return name, "bool", tree(check.node)


def _plan(compiled: CompiledPlan, scheme: Scheme) -> Iterator[Answer]:
    plan = compiled.plan
    names = [plan_answer(plan.id, check.id) for check in compiled.checks]
    yield from (_of(check, name) for check, name in zip(compiled.checks, names, strict=True))
    yield f"plan_{plan.id}_available", "bool", ["and", ["ref", "eligible"], *(["ref", name] for name in names)]
    (payer,) = plan.payers
    plain = not (payer.cap_yuan or payer.band_caps or plan.minimum_subsidy_yuan)
    assert plan.rate is not None and plain, "a shape that the trees below leave out"  # noqa: PT018
    cents, fen, subsidy = (f"plan_{plan.id}_{name}" for name in ("premium_cents", "premium_fen", "subsidy_fen"))
    base = ["*", ["fact", "exports_usd"], ["const", str(plan.rate * (1 - plan.discount) * 100)]]
    least = ["max", base, ["const", str(plan.minimum_cents)]] if plan.minimum_cents else base
    yield cents, "number", _half_up(least)
    yield fen, "number", _half_up(["*", ["ref", cents], ["const", str(scheme.reference_rate)]])
    yield subsidy, "number", ["floor", ["*", ["ref", fen], ["const", str(payer.share)]]]
    yield f"plan_{plan.id}_exporter_share_fen", "number", ["-", ["ref", fen], ["ref", subsidy]]


def _half_up(part: Tree) -> Tree:
    return ["floor", ["+", part, HALF]]


def tree(node: Node) -> Tree:
    """A condition of our own grammar as a plain tree."""
    match node:
        case FactRef(name=name):
            return ["fact", name]
        case Constant(value=value):
            return ["const", _plain(value)]
        case Within(value=value, options=options):
            return ["in", tree(value), [_plain(option) for option in options]]
        case Negation(part=part):
            return ["not", tree(part)]
        case Junction(any=any_, parts=parts):
            return ["or" if any_ else "and", *map(tree, parts)]
        case Compare(op=op, left=left, right=right) | Arithmetic(op=op, left=left, right=right):
            return [op, tree(left), tree(right)]
    raise AssertionError(node)


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else {"text": value} if isinstance(value, str) else value
