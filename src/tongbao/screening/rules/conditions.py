"""Condition trees as SQL: three-valued logic is SQL's own, sums are compared as whole numbers.

Every number of the grammar is linear in the facts (a product has a constant side), so a comparison is written as whole
multiples of hundredths against a whole number, exactly what the closures of `scheme` compute.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from tongbao.refusal import Refusal
from tongbao.scheme.rules.grammar import (
    Arithmetic,
    Compare,
    Constant,
    FactRef,
    Junction,
    Negation,
    Node,
    Value,
    Within,
)
from tongbao.scheme.rules.shapes import Kind
from tongbao.screening.rules.writing import DIGITS, WIDEST, every, name, text

FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
BIGINT = 2**63


@dataclass(frozen=True, slots=True)
class Sum:
    """Multiples of facts, and a constant. A fact may count zero times: it must still be known."""

    multiples: dict[str, Fraction]
    constant: Fraction

    def plus(self, other: "Sum", times: Fraction) -> "Sum":
        """This sum and so many times the other."""
        multiples = dict(self.multiples)
        for fact, factor in other.multiples.items():
            multiples[fact] = multiples.get(fact, Fraction(0)) + times * factor
        return Sum(multiples, self.constant + times * other.constant)


NOTHING = Sum({}, Fraction(0))


def condition_sql(node: Node) -> str:
    """A condition as SQL over columns named as the facts: numbers in hundredths (BIGINT), BOOLEAN and text.

    NULL is unknown and comes out as the closures' None. Raises Refusal `condition_too_big` when its numbers are beyond
    38 digits.
    """
    match node:
        case Compare(op=op, left=left, right=right) if left.kind is Kind.NUMBER:
            return _comparison(op, linear(left).plus(linear(right), Fraction(-1)))
        case Compare(op=op, left=left, right=right):
            return f"({condition_sql(left)} {op} {condition_sql(right)})"
        case Within(value=value, options=options):
            return _within(value, options)
        case Junction(any=True, parts=parts):
            return every([condition_sql(part) for part in parts], "OR", "FALSE")
        case Junction(parts=parts):
            return every([condition_sql(part) for part in parts], "AND", "TRUE")
        case Negation(part=part):
            return f"(NOT {condition_sql(part)})"
        case FactRef(name=fact):
            return name(fact)
        case Constant(value=constant):
            return _constant(constant)
    raise TypeError(f"not a condition: {node}")


def linear(node: Node) -> Sum:
    """A number of the grammar as multiples of facts and a constant."""
    match node:
        case FactRef(name=fact):
            return Sum({fact: Fraction(1)}, Fraction(0))
        case Constant(value=value):
            return Sum({}, Fraction(value))
        case Arithmetic(op="*", left=left, right=right):
            factor, other = (linear(left), right) if isinstance(left, Constant) else (linear(right), left)
            return NOTHING.plus(linear(other), factor.constant)
        case Arithmetic(op=op, left=left, right=right):
            return linear(left).plus(linear(right), Fraction(1 if op == "+" else -1))
    raise TypeError(f"not a number: {node}")


def _constant(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    assert isinstance(value, str)
    return text(value)


def _comparison(op: str, difference: Sum) -> str:
    """`difference` op 0."""
    whole, (limit,) = _whole(difference, [-difference.constant])
    if whole and next((factor for factor in whole.values() if factor), 0) < 0:
        whole, limit, op = {fact: -factor for fact, factor in whole.items()}, -limit, FLIPPED[op]
    return f"({_multiples(whole, [limit])} {op} {_number(limit)})"


def _within(value: Node, options: tuple[Value, ...]) -> str:
    if not options:  # nothing is among nothing; unknown stays unknown
        return f"({condition_sql(value)} <> {condition_sql(value)})"
    if value.kind is not Kind.NUMBER:
        return f"({condition_sql(value)} IN ({', '.join(_constant(option) for option in options)}))"
    total = linear(value)
    whole, limits = _whole(total, [Fraction(option) - total.constant for option in options])
    return f"({_multiples(whole, limits)} IN ({', '.join(map(_number, limits))}))"


def _whole(total: Sum, limits: list[Fraction]) -> tuple[dict[str, int], list[int]]:
    """The same comparison in whole numbers: multiples of hundredths, and what they are compared with."""
    hundredths = [limit * 100 for limit in limits]
    unit = lcm(*(number.denominator for number in (*total.multiples.values(), *hundredths)))
    factors = {fact: int(factor * unit) for fact, factor in total.multiples.items()}
    compared = [int(limit * unit) for limit in hundredths]
    common = gcd(*factors.values(), *compared) or 1
    return {fact: factor // common for fact, factor in factors.items()}, [limit // common for limit in compared]


def _multiples(whole: dict[str, int], limits: list[int]) -> str:
    largest = sum(map(abs, whole.values())) * 10**DIGITS
    if max(largest, *map(abs, limits)) >= 10**WIDEST:
        raise Refusal("condition_too_big", "条件里的数字位数太多，无法在名册上一次算完，请减少小数位数或拆成几个条件。")
    if largest < BIGINT:
        terms = [name(fact) if factor == 1 else f"{factor} * {name(fact)}" for fact, factor in whole.items()]
    else:
        terms = [
            f"CAST({factor} AS DECIMAL(38, 0)) * CAST({name(fact)} AS DECIMAL(38, 0))" for fact, factor in whole.items()
        ]
    return " + ".join(terms) or "0"


def _number(value: int) -> str:
    return str(value) if abs(value) < BIGINT else f"CAST({value} AS DECIMAL(38, 0))"
