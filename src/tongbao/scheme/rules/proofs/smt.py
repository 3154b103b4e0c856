"""Conditions in the language of solvers (SMT-LIB 2), over firms of which everything is known.

An amount is a whole number of cents, so that whatever a solver finds is a firm that could exist. A text is the place of
its value in a list. All conditions of the grammar are linear, hence the solver's answers are exact.
"""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within
from tongbao.scheme.rules.shapes import Fact, Kind
from tongbao.scheme.rules.values import MOST

CENTS = 100
SORTS = {Kind.NUMBER: "Int", Kind.BOOL: "Bool", Kind.TEXT: "Int"}


def texts(node: Node) -> frozenset[str]:
    """The texts that a condition writes."""
    match node:
        case Constant(value=str() as value):
            return frozenset({value})
        case Within(value=value, options=options):
            return texts(value) | {option for option in options if isinstance(option, str)}
        case Negation(part=part):
            return texts(part)
        case Junction(parts=parts):
            return frozenset().union(*map(texts, parts))
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return texts(left) | texts(right)
    return frozenset()


class Language:
    """The facts of a scheme and the texts its rules know, as a solver reads them.

    Every text fact has one text more that no rule knows, to stand for all the others.
    """

    def __init__(self, facts: Mapping[str, Fact], known: Iterable[str]) -> None:
        self.facts = facts
        others = (f"其他（{fact.title}）" for fact in facts.values() if fact.type is Kind.TEXT)
        self.texts = tuple(dict.fromkeys((*sorted(known), *others)))

    def declarations(self) -> str:
        """Every fact with its sort, and what holds of any firm: no amount is below 0 unless signed, no part above its
        whole, none so large that nobody writes it.
        """
        lines = [f"(declare-const {_symbol(fact.id)} {SORTS[fact.type]})" for fact in self.facts.values()]
        most = int(MOST) * CENTS
        for fact in self.facts.values():
            name = _symbol(fact.id)
            if fact.type is Kind.NUMBER:
                lines.append(f"(assert (<= {_whole(-most if fact.signed else 0)} {name} {most}))")
            if fact.type is Kind.NUMBER and fact.part_of and fact.part_of in self.facts:
                lines.append(f"(assert (<= {name} {_symbol(fact.part_of)}))")
            if fact.type is Kind.TEXT:
                lines.append(f"(assert (<= 0 {name} {len(self.texts) - 1}))")
        return "\n".join(lines)

    def simple(self, grain: int, most: int) -> str:
        """All amounts are multiples of `grain` cents and at most `most`: a firm that is easier to read."""
        numbers = [_symbol(fact.id) for fact in self.facts.values() if fact.type is Kind.NUMBER]
        return "\n".join(f"(assert (and (= 0 (mod {name} {grain})) (<= (- {most}) {name} {most})))" for name in numbers)

    def asserted(self, condition: Node) -> str:
        """That a condition holds."""
        return f"(assert {self.term(condition)})"

    def term(self, node: Node) -> str:
        """A condition, or a text or yes/no value, as a term."""
        match node:
            case FactRef(name=name):
                return _symbol(name)
            case Constant(value=bool() as value):
                return "true" if value else "false"
            case Constant(value=str() as value):
                return str(self.texts.index(value))
            case Negation(part=part):
                return f"(not {self.term(part)})"
            case Junction(any=any_, parts=parts):
                return _joined("or" if any_ else "and", [self.term(part) for part in parts])
            case Within(value=value, options=options):
                return _joined("or", [self._compared("=", value, Constant(one, value.kind)) for one in options])
            case Compare(op=op, left=left, right=right):
                return self._compared(op, left, right)
        raise TypeError(node)

    def _compared(self, op: str, left: Node, right: Node) -> str:
        if op == "<>":
            return f"(not {self._compared('=', left, right)})"
        if left.kind is not Kind.NUMBER:
            return f"(= {self.term(left)} {self.term(right)})"
        sum_ = weights(Arithmetic("-", left, right))
        scale = math.lcm(*(weight.denominator for weight in sum_.values()))
        terms = [f"(* {_whole(int(weight * scale))} {_symbol(name)})" for name, weight in sum_.items() if name]
        return f"({op} (+ {_whole(int(sum_.get('', 0) * scale))} {' '.join(terms)}) 0)"


def weights(node: Node) -> dict[str, Fraction]:
    """A number as a sum of facts in cents, each with its weight; the rest, in cents too, stands under ''."""
    match node:
        case FactRef(name=name):
            return {name: Fraction(1)}
        case Constant(value=Decimal() as value):
            return {"": Fraction(value) * CENTS}
        case Arithmetic(op="*", left=Constant(value=Decimal() as factor), right=other):
            return {name: weight * Fraction(factor) for name, weight in weights(other).items()}
        case Arithmetic(op="*", left=other, right=Constant(value=Decimal() as factor)):
            return {name: weight * Fraction(factor) for name, weight in weights(other).items()}
        case Arithmetic(op=op, left=left, right=right):
            a, b, sign = weights(left), weights(right), -1 if op == "-" else 1
            return {name: a.get(name, Fraction(0)) + sign * b.get(name, Fraction(0)) for name in a | b}
    raise TypeError(node)


def _joined(word: str, terms: list[str]) -> str:
    """Terms joined; none at all are what such a word says of nothing."""
    return f"({word} {' '.join(terms)})" if terms else str(word == "and").lower()


def _symbol(name: str) -> str:
    return f"|{name}|"


def _whole(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"
