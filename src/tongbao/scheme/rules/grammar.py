"""The condition grammar: standard SQL text to a small tree of our own (`nodes`).

Allowed: facts, literals, the scheme's thresholds by name, AND OR NOT, = <> < <= > >=, BETWEEN, IN (literals), + −, × by
a literal or threshold. All else is refused, so one text means the same in Python and in SQL.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tongbao.scheme.rules.nodes import (
    EXACT,
    Arithmetic,
    Compare,
    Constant,
    FactRef,
    Junction,
    Negation,
    Node,
    Value,
    Within,
    depth,
    names,
    size,
)
from tongbao.scheme.rules.shapes import Kind

__all__ = [
    "HINT",
    "Arithmetic",
    "Compare",
    "Constant",
    "FactRef",
    "Junction",
    "Negation",
    "Node",
    "Refused",
    "Value",
    "Within",
    "identifiers",
    "is_name",
    "names",
    "parse",
]

MAX_DIGITS = 14
MAX_LENGTH = 2000
MAX_PARENTHESES, MAX_DEPTH = 15, 50  # far from where Python's stack ends, so that a condition once read is always read
COUNTED = 28  # digits that decisions compute with: beyond them Python rounds, databases do not
Tree = Any  # a node of sqlglot: the name of its base class differs between releases


class Refused(ValueError):  # noqa: N818
    """Text outside the grammar; `sentence` and `hint` in Chinese; `fact` is the unknown name, if that is the reason."""

    def __init__(self, sentence: str, hint: str = "", fact: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.hint, self.fact = sentence, hint, fact


Names = Mapping[str, Kind | Decimal]  # what a condition may name: facts with their kind, thresholds with their value
Builder = Callable[[Tree, Names], Node]
COMPARISONS: dict[type, str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="
}  # fmt: skip
ARITHMETIC: dict[type, str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
NO_THRESHOLDS: Mapping[str, Decimal] = MappingProxyType({})
HINT = "只能用事实、门槛、常数、AND、OR、NOT、比较、BETWEEN、IN、加减和乘以常数"
HINTS: dict[type, str] = {  # what people write who know more SQL than is allowed
    exp.Div: "除法写成乘法，例如 us_exports_usd >= 0.9 * exports_usd",
    exp.Null: "缺少的事实自动按未知处理，不必也不能写 NULL",
    exp.Is: "缺少的事实自动按未知处理；是否类事实直接写名称，否定写 NOT",
    exp.Case: "分情况的写成几个用 AND、OR 连起来的条件",
    exp.Func: f"不能用函数；{HINT}",
    exp.Select: "条件里不能查询别的表",
    exp.Subquery: "条件里不能查询别的表",
}


def parse(text: str, kinds: Mapping[str, Kind], thresholds: Mapping[str, Decimal] = NO_THRESHOLDS) -> Node:
    """A condition as a tree; `kinds` are the facts that exist, `thresholds` the figures with a name.

    A fact goes before a threshold of the same name. Raises Refused, also when the text is no condition.
    """
    if len(text) > MAX_LENGTH:
        raise Refused(f"条件超过 {MAX_LENGTH} 个字符", "拆成几个条件")
    try:
        _check_writing(text)
        statements = sqlglot.parse(text)
        if len(statements) != 1 or statements[0] is None:
            raise Refused("应当只写一个条件", HINT)
        node = _build(statements[0], {**thresholds, **kinds})
    except SqlglotError:
        raise Refused("条件有语法错误", HINT) from None
    except RecursionError:
        raise Refused("条件嵌套过深", "拆成几个条件") from None
    if depth(node) > MAX_DEPTH:
        raise Refused("条件嵌套过深", "拆成几个条件")
    if node.kind is not Kind.BOOL:
        raise Refused("写的是一个值，不是条件", "写成比较，例如 exports_usd <= 500000")
    return node


def _check_writing(text: str) -> None:
    """No comments: on one line they swallow the conditions that follow. No more parentheses than anyone reads."""
    inside = 0
    for token in sqlglot.tokenize(text):
        if token.comments:
            raise Refused("条件里不能写注释", "注释之后的条件会被忽略；说明写在 note 里，或写在 # 之后")
        inside += (token.text == "(") - (token.text == ")")
        if inside > MAX_PARENTHESES:
            raise Refused("条件嵌套过深", "拆成几个条件")


def identifiers(text: str) -> frozenset[str]:
    """Every name that a condition within the grammar writes, of facts and of thresholds."""
    return frozenset(column.name for column in sqlglot.parse_one(text).find_all(exp.Column))


def is_name(word: str) -> bool:
    """Whether a condition can write a word as a name: not TRUE, NOT or CASE, which mean something already."""
    try:
        return names(parse(f"1 < {word} AND {word} > 1", {word: Kind.NUMBER})) == {word}
    except Refused:
        return False


def _build(e: Tree, known: Names) -> Node:
    build = BUILDERS.get(type(e))
    if build is None:
        raise _outside(e)
    return build(e, known)


def _outside(e: Tree) -> Refused:
    hint = next((hint for kind, hint in HINTS.items() if isinstance(e, kind)), HINT)
    return Refused(f"条件里不能写“{e.sql()[:60]}”", hint)


def _named(e: Tree, known: Names) -> Node:
    name = e.name
    if name not in known or e.sql() != name:
        raise Refused(f"没有名为“{e.sql()[:60]}”的事实", "先在 facts 中定义，或检查拼写", name)
    found = known[name]
    return FactRef(name, found) if isinstance(found, Kind) else Constant(found, Kind.NUMBER, name)


def _literal(e: Tree) -> Node:
    if e.is_string:
        return Constant(e.this, Kind.TEXT)
    digits = sum(character.isdigit() for character in e.this)
    if not set(e.this) <= set("0123456789.") or digits > MAX_DIGITS:
        raise Refused(f"数字“{e.this[:40]}”写法不对", f"写成普通小数，最多 {MAX_DIGITS} 位")
    if len(e.this) > 1 and e.this[0] == "0" and e.this[1] != ".":  # IN (1,000) is no thousand but 1 and 0
        raise Refused(f"数字“{e.this[:40]}”以 0 开头", "不写千分位逗号，例如 1000；也不在前面补 0")
    return Constant(Decimal(e.this), Kind.NUMBER)


def _of(kind: Kind, e: Tree, known: Names) -> Node:
    node = _build(e, known)
    if node.kind is not kind:
        wanted = {Kind.NUMBER: "数字", Kind.BOOL: "是或否的条件", Kind.TEXT: "文字"}[kind]
        raise Refused(f"“{e.sql()[:60]}”应为{wanted}", "检查两边的类型是否一致")
    return node


def _compare(e: Tree, known: Names) -> Node:
    left, right = _build(e.this, known), _build(e.expression, known)
    op = COMPARISONS[type(e)]
    if left.kind is not right.kind:
        raise Refused(f"“{e.sql()[:60]}”两边类型不同，无法比较", "数字只能与数字比，文字只能与文字比")
    if op not in ("=", "<>") and left.kind is not Kind.NUMBER:
        raise Refused(f"“{e.sql()[:60]}”不是数字，不能比大小", "文字和是否只能用 =、<> 或 IN")
    return Compare(op, left, right)


def _within(e: Tree, known: Names) -> Node:
    if not e.expressions or any(e.args.get(key) for key in ("query", "unnest", "field")):
        raise _outside(e)
    value = _build(e.this, known)
    options = tuple(_build(option, known) for option in e.expressions)
    constants = tuple(option for option in options if isinstance(option, Constant))
    if len(constants) != len(options):
        raise Refused(f"IN 的括号里只能写常数：“{e.sql()[:60]}”", "例如 area IN ('a', 'b')")
    if any(constant.kind is not value.kind for constant in constants):
        raise Refused(f"“{e.sql()[:60]}”括号内外类型不同", "文字加单引号，数字不加")
    return Within(value, tuple(constant.value for constant in constants))


def _arithmetic(op: str, left: Node, right: Node) -> Node:
    if isinstance(left, Constant) and isinstance(right, Constant):
        a, b = left.value, right.value
        assert isinstance(a, Decimal)
        assert isinstance(b, Decimal)
        return Constant({"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[op](a, b), Kind.NUMBER)
    node = Arithmetic(op, left, right)
    most, places = size(node)
    if len(str(most - 1)) + places > COUNTED:
        raise Refused("算式里的数字位数太多，无法精确计算", "减少常数或门槛的位数")
    return node


def _product(left: Node, right: Node) -> Node:
    if not isinstance(left, Constant) and not isinstance(right, Constant):
        raise Refused("两个事实不能相乘", "乘法的一边必须是常数，例如 0.9 * exports_usd")
    return _arithmetic("*", left, right)


def _junction(e: Tree, known: Names) -> Node:
    return Junction(isinstance(e, exp.Or), tuple(_of(Kind.BOOL, part, known) for part in e.flatten()))


def _negative(e: Tree, known: Names) -> Node:
    return _product(Constant(Decimal(-1), Kind.NUMBER), _of(Kind.NUMBER, e.this, known))


def _calculate(e: Tree, known: Names) -> Node:
    left, right = _of(Kind.NUMBER, e.this, known), _of(Kind.NUMBER, e.expression, known)
    return _product(left, right) if isinstance(e, exp.Mul) else _arithmetic(ARITHMETIC[type(e)], left, right)


def _between(e: Tree, known: Names) -> Node:
    if e.args.get("symmetric"):
        raise _outside(e)
    value, low, high = (_of(Kind.NUMBER, e.args[key], known) for key in ("this", "low", "high"))
    return Junction(False, (Compare(">=", value, low), Compare("<=", value, high)))


BUILDERS: dict[type, Builder] = {
    exp.Paren: lambda e, known: _build(e.this, known),
    exp.Column: _named,
    exp.Boolean: lambda e, known: Constant(bool(e.this), Kind.BOOL),
    exp.Literal: lambda e, known: _literal(e),
    exp.And: _junction,
    exp.Or: _junction,
    exp.Not: lambda e, known: Negation(_of(Kind.BOOL, e.this, known)),
    exp.Neg: _negative,
    exp.Between: _between,
    exp.In: _within,
    **dict.fromkeys(COMPARISONS, _compare),
    **dict.fromkeys(ARITHMETIC, _calculate),
}
