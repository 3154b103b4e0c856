"""The tree of a condition: what it is made of, which facts it reads, how deep it is and how large its numbers get."""

from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

from tongbao.scheme.rules.shapes import Kind

EXACT = Context(prec=2000)  # constants are put together without rounding
LARGEST_FACT, FACT_PLACES = 10**15, 2
Value = Decimal | bool | str


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the firm."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or the value of the threshold `name`."""

    value: Value
    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left op right, op one of + - *; a product has a constant side."""

    op: str
    left: "Node"
    right: "Node"
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Compare:
    """left op right, op one of = <> < <= > >=."""

    op: str
    left: "Node"
    right: "Node"
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Within:
    """value IN (options)."""

    value: "Node"
    options: tuple[Value, ...]
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Junction:
    """Parts joined by AND, or by OR when `any` is true."""

    any: bool
    parts: tuple["Node", ...]
    kind: Kind = Kind.BOOL


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT part."""

    part: "Node"
    kind: Kind = Kind.BOOL


Node = FactRef | Constant | Arithmetic | Compare | Within | Junction | Negation


@lru_cache(maxsize=4096)
def names(node: Node) -> frozenset[str]:
    """The facts a tree reads."""
    return frozenset({node.name}) if isinstance(node, FactRef) else frozenset().union(*map(names, parts(node)))


def parts(node: Node) -> tuple[Node, ...]:
    """The trees a tree is made of."""
    match node:
        case FactRef() | Constant():
            return ()
        case Within(value=part) | Negation(part=part):
            return (part,)
        case Junction(parts=several):
            return several
    return (node.left, node.right)


def depth(node: Node) -> int:
    """How many trees stand one inside the other."""
    return 1 + max(map(depth, parts(node)), default=0)


def size(node: Node) -> tuple[int, int]:
    """What a number always stays below, sign aside, and its decimals."""
    match node:
        case FactRef():
            return LARGEST_FACT, FACT_PLACES
        case Constant(value=Decimal() as value):
            places = value.normalize(EXACT).as_tuple().exponent
            return int(abs(value)) + 1, max(-int(places), 0)
        case Arithmetic(op="*", left=left, right=right):
            (most, places), (times, more) = size(left), size(right)
            return most * times, places + more
        case Arithmetic(left=left, right=right):
            (most, places), (other, more) = size(left), size(right)
            return most + other, max(places, more)
    raise TypeError(node)
