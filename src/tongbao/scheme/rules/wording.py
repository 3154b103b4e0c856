"""Chinese sentences of findings: which fact, which threshold, which gap, in the units people use."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.conditions import Facts, closure
from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within
from tongbao.scheme.rules.shapes import Bands, Fact, Kind, Span
from tongbao.scheme.rules.values import plain

USD = "美元"
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
WORDS = {"=": "等于", "<>": "不等于", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不低于"}


def wan(amount: Decimal) -> str:
    """USD in 万美元 with two decimals; where those would not be exact, the dollars themselves with theirs."""
    value, unit = (amount / 10_000, "万美元") if amount % 100 == 0 else (amount, "美元")
    digits = max(2, -int(plain(value).as_tuple().exponent))
    return f"{value:,.{digits}f} {unit}"


def quantity(value: Decimal, unit: str) -> str:
    """A number with its unit; USD in 万美元."""
    return wan(value) if unit == USD else f"{plain(value):,f}{' ' + unit if unit else ''}"


def missing(facts: list[Fact]) -> str:
    """Which facts are missing and who can supply them."""
    return "；".join(f"缺少“{fact.title}”，可由{fact.supplier}提供" for fact in facts)


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for the conditions of one scheme, by its facts."""

    facts: Mapping[str, Fact]

    def reasons(self, node: Node, values: Facts, holds: bool) -> list[tuple[str, str | None]]:
        """Why a condition holds (or does not): one (phrase, gap) for each comparison or fact that decides it."""
        match node:
            case Negation(part=Negation() | Junction() | Compare() as part):
                return self.reasons(negated(part), values, holds)
            case Negation(part=part):
                return self.reasons(part, values, not holds)
            case Junction(parts=parts):
                return [
                    reason
                    for part in parts
                    if closure(part)(values) is holds
                    for reason in self.reasons(part, values, holds)
                ]
            case Compare(left=left) if left.kind is Kind.NUMBER:
                return [self._comparison(node, values, holds)]
            case FactRef(name=name):
                fact = self.facts[name]
                return [((fact.yes if holds else fact.no) or f"{fact.title}：{'是' if holds else '否'}", None)]
            case Constant():
                return []
        return [(self._plain(node, values), None)]

    def unknown(self, node: Node, values: Facts) -> list[Fact]:
        """The missing facts on which an unknown condition hangs."""
        if isinstance(node, Junction):
            parts = [part for part in node.parts if closure(part)(values) is None]
            found = [fact for part in parts for fact in self.unknown(part, values)]
        elif isinstance(node, Negation):
            found = self.unknown(node.part, values)
        else:
            found = [self.facts[name] for name in grammar.names(node) if values.get(name) is None]
        return sorted(dict.fromkeys(found), key=list(self.facts.values()).index)

    def _comparison(self, node: Compare, values: Facts, holds: bool) -> tuple[str, str | None]:
        """A comparison that holds, or one that fails: then what it should be, and the gap."""
        left, right = closure(node.left)(values), closure(node.right)(values)
        unit = self._unit(node)
        here = f"{self._name(node.left, unit)} {quantity(left, unit)}"
        there = f" {quantity(right, unit)}"
        if not isinstance(node.right, Constant):
            there = f"{self._name(node.right, unit)}（{there.strip()}）"
        if holds:
            return f"{here}，{WORDS[node.op]}{there}", None
        gap = self._gap(node.op, left - right, unit)
        return f"{here}，须{WORDS[node.op]}{there}" + (f"，{gap}" if gap else ""), gap

    def _gap(self, op: str, over: Decimal, unit: str) -> str | None:
        if op not in ("<", "<=", ">", ">="):
            return None
        if over == 0:
            return f"恰好相等，尚未{'超过' if op == '>' else '低于'}"
        return f"{'还差' if op in ('>', '>=') else '超出'} {quantity(abs(over), unit)}"

    def _unit(self, node: Node) -> str:
        units = {self.facts[name].unit for name in grammar.names(node)}
        return units.pop() if len(units) == 1 else ""

    def _name(self, node: Node, unit: str) -> str:
        match node:
            case FactRef(name=name):
                return self.facts[name].title
            case Constant(value=value):
                return quantity(value, unit) if isinstance(value, Decimal) else str(value)
            case Arithmetic(op="*", left=Constant(value=Decimal() as share), right=other):
                return f"{self._name(other, unit)}的 {plain(share * 100):f}%"
            case Arithmetic(op="*", left=other, right=Constant(value=Decimal() as share)):
                return f"{self._name(other, unit)}的 {plain(share * 100):f}%"
            case Arithmetic(op=op, left=left, right=right):
                return f"{self._name(left, unit)}{'加' if op == '+' else '减'}{self._name(right, unit)}"
        return ""

    def _plain(self, node: Node, values: Facts) -> str:
        inner = node.value if isinstance(node, Within) else node.left if isinstance(node, Compare) else node
        return f"{self._name(inner, '')}为 {closure(inner)(values)}"


def negated(node: Node) -> Node:
    """NOT node, pushed one level down, so that sentences speak of what is wanted (De Morgan holds in Kleene logic)."""
    match node:
        case Negation(part=part):
            return part
        case Junction(any=any_, parts=parts):
            return Junction(not any_, tuple(Negation(part) for part in parts))
        case Compare(op=op, left=left, right=right):
            return Compare(OPPOSITE[op], left, right)
    return Negation(node)


def area(code: Any, names: Mapping[str, str], covered: list[str]) -> str:
    """Where a firm is registered against the areas covered."""
    here = names.get(code, "其他地区") if isinstance(code, str) else "其他地区"
    within = "、".join(covered)
    return f"注册地在{here}" if here in covered else f"注册地在{here}，不在本平台覆盖的{within}之内"


def span(stretch: Span) -> str:
    """A stretch in words, ends marked when they are not included."""
    low = "" if stretch.low is None else wan(stretch.low) + ("（不含）" if stretch.from_ is None else "")
    high = "" if stretch.high is None else wan(stretch.high) + ("（不含）" if stretch.to is None else "")
    return f"{low}至 {high}" if low and high else f"{low}以上" if low else f"{high}以下"


def outside(bands: Bands, fact: Fact, value: Decimal) -> tuple[str, str | None]:
    """Why a number is in no band: the declared hole with its reason, or beyond the ends; and the gap."""
    here = f"{fact.title} {quantity(value, fact.unit)}"
    hole = next((hole for hole in bands.holes if hole.holds(value)), None)
    lows = [band.low for band in bands.bands if band.low is not None and band.low > value]
    if hole is not None:
        gap = f"还差 {quantity(min(lows) - value, fact.unit)}" if lows else None
        tail = f"；距上一档起点{gap}" if gap else ""
        return f"{here}，落在 {span(hole)}的空档：{hole.reason}{tail}", gap
    if lows:
        gap = f"还差 {quantity(min(lows) - value, fact.unit)}"
        return f"{here}，低于起点 {quantity(min(lows), fact.unit)}，{gap}", gap
    high = max((band.high for band in bands.bands if band.high is not None), default=Decimal(0))
    gap = f"超出 {quantity(value - high, fact.unit)}"
    return f"{here}，高于上限 {quantity(high, fact.unit)}，{gap}", gap
