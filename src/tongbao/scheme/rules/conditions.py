"""Condition trees as Python closures over a mapping of facts, in Kleene logic: unknown (None) in, unknown out,
except where the known part already decides.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within

Facts = Mapping[str, Decimal | bool | str | None]
Run = Callable[[Facts], Any]
Verdict = Callable[[Facts], bool | None]
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def compile_condition(node: Node) -> Verdict:
    """A tree as a function of the facts: True, False, or None when a missing fact decides."""
    return closure(node)


def closure(node: Node) -> Run:
    """A tree of any kind as a function of the facts; None when it cannot be known."""
    match node:
        case FactRef(name=name):
            return lambda facts: facts.get(name)
        case Constant(value=value):
            return lambda facts: value
        case Arithmetic() | Compare():
            return _binary(OPERATORS[node.op], node.left, node.right)
        case Within(value=inner, options=options):
            return _unary(frozenset(options).__contains__, closure(inner))
        case Negation(part=part):
            return _unary(operator.not_, closure(part))
        case Junction(any=any_, parts=parts):
            return _junction(any_, [closure(part) for part in parts])


def _unary(function: Callable[[Any], Any], inner: Run) -> Run:
    def run(facts: Facts) -> Any:
        value = inner(facts)
        return None if value is None else function(value)

    return run


def _binary(function: Callable[[Any, Any], Any], left: Node, right: Node) -> Run:
    a, b = closure(left), closure(right)
    if isinstance(right, Constant):  # the common case, one call less
        constant = right.value

        def against(facts: Facts) -> Any:
            value = a(facts)
            return None if value is None else function(value, constant)

        return against

    def run(facts: Facts) -> Any:
        x, y = a(facts), b(facts)
        return None if x is None or y is None else function(x, y)

    return run


def _junction(decisive: bool, parts: list[Run]) -> Run:
    """AND stops at the first False, OR at the first True; else one unknown makes the whole unknown."""

    def run(facts: Facts) -> Any:
        unknown = False
        for part in parts:
            value = part(facts)
            if value is decisive:
                return decisive
            if value is None:
                unknown = True
        return None if unknown else not decisive

    return run
