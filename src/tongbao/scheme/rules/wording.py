"""Chinese sentences of findings: which fact, which threshold, which gap, in the units people use."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.conditions import Facts, closure
from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within
from tongbao.scheme.rules.shapes import Area, Bands, Fact, Kind, Span
from tongbao.scheme.rules.values import plain

USD = "美元"
MOST_AREAS = 10  # named one by one
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
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


Reason = tuple[str, str | None]  # a phrase, and how far off it is


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for the conditions of one scheme, by its facts and areas."""

    facts: Mapping[str, Fact]
    areas: Mapping[str, Area]

    def unanswered(self, node: Node, instead: Node | None, values: Facts) -> str:
        """Which facts are missing and who can supply them; which others would do instead."""
        facts = self.unknown(instead, values) if instead else []
        other = f"；没有的，也可用“{'”“'.join(fact.title for fact in facts)}”判断" if facts else ""
        return f"暂无法判断：{missing(self.unknown(node, values))}{other}。"

    def area(self, code: Any) -> str:
        """Where a firm is registered against the areas covered; why one is left out, where the scheme says so."""
        here = self.areas.get(code or "")
        name = here.name if here else "其他地区"
        if here and here.covered:
            return f"注册地在{name}。"
        if here and here.reason:
            return f"注册地在{name}，不在本平台覆盖范围内：{here.reason}。"
        covered = [area.name for area in self.areas.values() if area.covered]
        more = f"等 {len(covered)} 个区域" if len(covered) > MOST_AREAS else ""
        return f"注册地在{name}，不在本平台覆盖的{'、'.join(covered[:MOST_AREAS])}{more}之内。"

    def band(self, bands: Bands, values: Facts) -> tuple[str, str | None]:
        """In which band a known number lies, or why in none; and the gap."""
        fact, value = self.facts[bands.fact], values[bands.fact]
        assert isinstance(value, Decimal)  # known, or the verdict would be unknown
        band = next((band for band in bands.bands if band.holds(value)), None)
        if band is not None:
            return f"{fact.title} {quantity(value, fact.unit)}，在“{band.title}”档内。", None
        says, gap = outside(bands, fact, value)
        return says + "。", gap

    def why(self, node: Node, values: Facts, holds: bool) -> tuple[str, str | None]:
        """Why a condition holds (or does not) in a sentence, and how far off it is."""
        phrase, gap = self.reason(node, values, holds)
        return f"{phrase or '无须另行判断'}。", gap

    def reason(self, node: Node, values: Facts, holds: bool) -> Reason:
        """What decides a condition that holds (or does not): a phrase, and the gap."""
        match node:
            case Negation(part=Negation() | Junction() | Compare() as part):
                return self.reason(negated(part), values, holds)
            case Negation(part=Within() as part):
                return self._within(part, values, holds, "不得为")
            case Negation(part=part):
                return self.reason(part, values, not holds)
            case Junction(any=any_, parts=parts):
                decisive = [part for part in parts if closure(part)(values) is holds]
                return _joined([self.reason(part, values, holds) for part in decisive], either=any_ and not holds)
            case Compare(left=left) if left.kind is Kind.NUMBER:
                return self._comparison(_turned(node), values, holds)
            case Compare(op=op, left=left, right=right):
                here = f"{self._name(left, '')}为{self._value(closure(left)(values))}"
                wanted = f"，{'须' if op == '=' else '不得'}为{self._value(closure(right)(values))}"
                return here + ("" if holds else wanted), None
            case Within():
                return self._within(node, values, holds, "须为")
            case FactRef(name=name):
                fact = self.facts[name]
                return (fact.yes if holds else fact.no) or f"{fact.title}：{'是' if holds else '否'}", None
        return "", None  # TRUE or FALSE

    def unknown(self, node: Node, values: Facts) -> list[Fact]:
        """The missing facts on which an unknown condition hangs."""
        if isinstance(node, Junction):
            parts = [part for part in node.parts if closure(part)(values) is None]
            found = [fact for part in parts for fact in self.unknown(part, values)]
        elif isinstance(node, Negation):
            found = self.unknown(node.part, values)
        else:
            found = [self.facts[name] for name in grammar.names(node) if values.get(name) is None]
        wanted = {fact.id for fact in found}
        return [fact for name, fact in self.facts.items() if name in wanted]

    def _within(self, node: Within, values: Facts, holds: bool, must: str) -> Reason:
        unit = self._unit(node)
        here = f"{self._name(node.value, unit)}为{self._value(closure(node.value)(values), unit)}"
        options = "、".join(self._value(option, unit) for option in node.options).replace("、 ", "、")
        return here + ("" if holds else f"，{must}{options}{'之一' if len(node.options) > 1 else ''}"), None

    def _comparison(self, node: Compare, values: Facts, holds: bool) -> Reason:
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
                return self._value(value, unit).strip()
            case Arithmetic(op="*", left=Constant(value=Decimal() as times), right=other):
                return self._times(other, times, unit)
            case Arithmetic(op="*", left=other, right=Constant(value=Decimal() as times)):
                return self._times(other, times, unit)
            case Arithmetic(op=op, left=left, right=right):
                return f"{self._name(left, unit)}{'加' if op == '+' else '减'}{self._term(right, unit)}"
        return "条件成立与否"

    def _times(self, node: Node, times: Decimal, unit: str) -> str:
        share = 0 < times <= 1
        return f"{self._term(node, unit)}的 {f'{plain(times * 100):f}%' if share else f'{plain(times):f} 倍'}"

    def _term(self, node: Node, unit: str) -> str:
        """A name that may stand beside others: a sum or difference in brackets."""
        name = self._name(node, unit)
        return f"（{name}）" if isinstance(node, Arithmetic) and node.op != "*" else name

    def _value(self, value: Any, unit: str = "") -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f" {quantity(value, unit)}"
        return self.areas[value].name if value in self.areas else f"“{value}”"


def _joined(reasons: list[Reason], either: bool) -> Reason:
    """Reasons that count together; of `either`, one put right would do."""
    phrases = "；".join(phrase for phrase, _ in reasons if phrase)
    gaps = [gap for _, gap in reasons if gap]
    if not either or len(reasons) == 1:
        return phrases, "；".join(gaps) or None
    return f"以下有一项符合即可：{phrases}", "，或".join(gaps) or None


def _turned(node: Compare) -> Compare:
    """With the constant on the right, as one would say it."""
    if isinstance(node.left, Constant):
        return Compare(TURNED[node.op], node.right, node.left)
    return node


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


def span(stretch: Span) -> str:
    """A stretch in words, ends marked when they are not included."""
    low = "" if stretch.low is None else wan(stretch.low) + ("（不含）" if stretch.from_ is None else "")
    high = "" if stretch.high is None else wan(stretch.high) + ("（不含）" if stretch.to is None else "")
    return f"{low}至 {high}" if low and high else f"{low}以上" if low else f"{high}以下"


def outside(bands: Bands, fact: Fact, value: Decimal) -> tuple[str, str | None]:
    """Why a number is in no band: the declared hole with its reason, or beyond the ends; and the gap."""
    here = f"{fact.title} {quantity(value, fact.unit)}"
    hole = next((hole for hole in bands.holes if hole.holds(value)), None)
    up = min((first for band in bands.bands if (first := band.first) is not None and first > value), default=None)
    if hole is not None:
        gap = f"还差 {quantity(up - value, fact.unit)}" if up is not None else None
        tail = f"；距上一档起点{gap}" if gap else ""
        return f"{here}，落在 {span(hole)}的空档：{hole.reason}{tail}", gap
    if up is not None:
        gap = f"还差 {quantity(up - value, fact.unit)}"
        return f"{here}，低于起点 {quantity(up, fact.unit)}，{gap}", gap
    high = max((last for band in bands.bands if (last := band.last) is not None), default=Decimal(0))
    gap = f"超出 {quantity(value - high, fact.unit)}"
    return f"{here}，高于上限 {quantity(high, fact.unit)}，{gap}", gap
