"""The condition grammar: what it accepts, what it refuses, and Kleene logic against brute force."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.conditions import compile_all, compile_condition
from tongbao.scheme.rules.shapes import Fact, Kind
from tongbao.scheme.rules.wording import Wording

KINDS = {"a": Kind.NUMBER, "b": Kind.NUMBER, "yes": Kind.BOOL, "sure": Kind.BOOL, "word": Kind.TEXT}
THRESHOLDS = {"half": Decimal("0.5"), "floor": Decimal(1)}
NUMBERS = [Decimal(0), Decimal("0.5"), Decimal(1), Decimal(2)]
WORDS = ["x", "y", "it's"]
DOMAINS: dict[str, list[Any]] = {
    "a": NUMBERS, "b": NUMBERS, "yes": [True, False], "sure": [True, False], "word": WORDS
}  # fmt: skip


def run(text: str, **facts: Any) -> bool | None:
    return compile_condition(grammar.parse(text, KINDS, THRESHOLDS))(facts)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("a >= 0.9 * b", {"a": Decimal("0.9"), "b": Decimal(1)}, True),
        ("a >= 0.9 * b", {"a": Decimal("0.9")}, None),
        ("yes AND a > 1", {"a": Decimal(1)}, False),
        ("yes OR a > 1", {"a": Decimal(2)}, True),
        ("yes AND a > 1", {"a": Decimal(2)}, None),
        ("NOT yes", {}, None),
        ("NOT yes", {"yes": False}, True),
        ("a BETWEEN 0 AND 1", {"a": Decimal(1)}, True),
        ("a NOT BETWEEN 0 AND b", {"a": Decimal(-1)}, True),
        ("a BETWEEN 0 AND b", {"a": Decimal(1)}, None),
        ("word IN ('x', 'y')", {"word": "y"}, True),
        ("word NOT IN ('x')", {"word": "y"}, True),
        ("word IN ('x')", {}, None),
        ("word = 'it''s'", {"word": "it's"}, True),
        ("word <> 'x'", {"word": "x"}, False),
        ("yes = sure", {"yes": True, "sure": False}, False),
        ("a - b + 1 > -2", {"a": Decimal(1), "b": Decimal(4)}, False),
        ("-a < 0", {"a": Decimal(1)}, True),
        ("(a > 1 OR yes) AND NOT sure", {"a": Decimal(0), "yes": True, "sure": False}, True),
        ("TRUE", {}, True),
        ("a >= half * b", {"a": Decimal(1), "b": Decimal(2)}, True),
        ("floor < a", {"a": Decimal(1)}, False),
        ("a = half + floor", {"a": Decimal("1.5")}, True),
        ("a * half * floor > 0", {}, None),
        ("a IN (half, 2)", {"a": Decimal("0.5")}, True),
    ],
)
def test_meaning(text: str, facts: dict[str, Any], expected: bool | None):
    assert run(text, **facts) is expected


@pytest.mark.parametrize(
    "text",
    [
        "", "a >", "a > 1 1", "a > 1; b > 1", "a", "1", "word", "a + b", "a / 2 > 1", "a * b > 1", "a % 2 = 1",
        "a > 'x'", "word > 'x'", "yes > sure", "a = yes", "yes AND a", "NOT a", "a < b < 1", "a = NULL", "a IS NULL",
        "abs(a) > 1", "CASE WHEN yes THEN TRUE ELSE FALSE END", "word LIKE 'x%'", "a IN (b)", "a IN ('x')",
        "a IN (SELECT 1)", "unknown > 1", "t.a > 1", "DELETE FROM a", "SELECT a > 1", "a > 1e5", "a > 123456789012345",
        "EXISTS (SELECT 1)", "a::int > 1", "CAST(a AS INT) > 1", "a || b = 'x'", "yes XOR sure", "a > (SELECT 1)",
        "a > @p", "a > ?", "a > :p", "word = \"x\"", "a BETWEEN SYMMETRIC 1 AND 0", "(a, b) IN ((1, 2))",
        "a > ALL (1)", "a <=> b", "COALESCE(yes, TRUE)", "a[1] > 1", "*", "a -> b", "(" * 3000 + "yes" + ")" * 3000,
        "NOT " * 490 + "a", "word = 'x", "yes = 1", "a ** 2 > 1", "a = ANY (1)", "yes ISNULL", "a & 1 = 1",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_sentence(text: str):
    with pytest.raises(grammar.Refused) as caught:
        grammar.parse(text, KINDS)
    assert caught.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("us > 1", "没有名为“us”的事实", "先在 facts 中定义，或检查拼写"),
        ("a / 2 > 1", "条件里不能写“a / 2”", "除法写成乘法，例如 us_exports_usd >= 0.9 * exports_usd"),
        ("a IS NULL", "条件里不能写“a IS NULL”", "缺少的事实自动按未知处理；是否类事实直接写名称，否定写 NOT"),
        ("a = NULL", "条件里不能写“NULL”", "缺少的事实自动按未知处理，不必也不能写 NULL"),
        ("abs(a) > 1", "条件里不能写“ABS(a)”", f"不能用函数；{grammar.HINT}"),
        ("a > (SELECT 1)", "条件里不能写“(SELECT 1)”", "条件里不能查询别的表"),
        ("CASE WHEN yes THEN sure END", "条件里不能写“CASE WHEN yes THEN sure END”",
         "分情况的写成几个用 AND、OR 连起来的条件"),
        ("a % 2 = 1", "条件里不能写“a % 2”", grammar.HINT),
        ("a * b > 1", "两个事实不能相乘", "乘法的一边必须是常数，例如 0.9 * exports_usd"),
        ("a > 'x'", "“a > 'x'”两边类型不同，无法比较", "数字只能与数字比，文字只能与文字比"),
        ("word > 'x'", "“word > 'x'”不是数字，不能比大小", "文字和是否只能用 =、<> 或 IN"),
        ("a + 1", "写的是一个值，不是条件", "写成比较，例如 exports_usd <= 500000"),
        ("a >", "条件有语法错误", grammar.HINT),
    ],
)  # fmt: skip
def test_sentences(text: str, sentence: str, hint: str):
    with pytest.raises(grammar.Refused) as caught:
        grammar.parse(text, KINDS)
    assert (caught.value.sentence, caught.value.hint) == (sentence, hint)


def test_a_threshold_is_a_constant_with_its_name():
    node = grammar.parse("a >= half", KINDS, THRESHOLDS)
    assert isinstance(node, grammar.Compare)
    assert node.right == grammar.Constant(Decimal("0.5"), Kind.NUMBER, "half")
    assert grammar.identifiers("a >= half * b AND NOT yes") == {"a", "half", "b", "yes"}
    with pytest.raises(grammar.Refused, match="没有名为“half”的事实"):
        grammar.parse("a >= half", KINDS)


def test_a_fact_goes_before_a_threshold_of_its_name():
    node = grammar.parse("a > 1", KINDS, {"a": Decimal(5)})
    assert grammar.names(node) == {"a"}


def test_the_facts_a_condition_reads():
    assert grammar.names(grammar.parse("a > 0.5 * b AND (yes OR word IN ('x'))", KINDS)) == {"a", "b", "yes", "word"}


# ── random conditions against brute force: unknown means that completions of the missing facts disagree is possible ──

numbers = st.recursive(
    st.sampled_from(["a", "b", "0", "0.5", "1", "2", "half", "floor"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["0.5", "2", "half"]), inner).map(lambda t: f"({t[0]} * {t[1]})"),
        inner.map(lambda e: f"(-{e})"),
    ),
    max_leaves=3,
)
leaves = st.one_of(
    st.sampled_from(["yes", "sure", "word = 'x'", "word <> 'y'", "word IN ('x', 'it''s')", "yes = sure", "TRUE"]),
    st.tuples(numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers).map(lambda t: " ".join(t)),
    st.tuples(numbers, numbers, numbers).map(lambda t: f"{t[0]} BETWEEN {t[1]} AND {t[2]}"),
)
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda e: f"NOT ({e})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda es: "(" + " AND ".join(f"({e})" for e in es) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda es: "(" + " OR ".join(f"({e})" for e in es) + ")"),
    ),
    max_leaves=5,
)
facts = st.fixed_dictionaries({name: st.sampled_from([*values, None]) for name, values in DOMAINS.items()})


@given(texts, facts)
def test_kleene_against_the_textbook(text: str, values: dict[str, Any]):
    node = grammar.parse(text, KINDS, THRESHOLDS)
    assert compile_condition(node)(values) is textbook(node, values)


@given(st.lists(texts, max_size=4), facts)
def test_many_at_once_say_what_each_says(texts: list[str], values: dict[str, Any]):
    nodes = [grammar.parse(text, KINDS, THRESHOLDS) for text in [*texts, *texts[:1]]]
    assert compile_all(nodes)(values) == [textbook(node, values) for node in nodes]


@pytest.mark.parametrize("name", ["get", "facts", "v0", "k0", "None", "__import__('os')", "a\n    return", "{}", "'"])
def test_no_name_or_word_becomes_code(name: str):
    fact, word = grammar.FactRef(name, Kind.BOOL), grammar.FactRef("word", Kind.TEXT)
    node = grammar.Junction(False, (fact, grammar.Compare("=", word, grammar.Constant(name, Kind.TEXT))))
    verdict = compile_condition(node)
    assert [verdict({name: True, "word": said}) for said in (name, "x", None)] == [True, False, None]


def test_the_longest_condition_can_be_asked():
    text = "a" + " + b" * 48 + " > 0"
    assert run(text, a=Decimal(-48), b=Decimal(1)) is False
    assert run(text, a=Decimal(-47), b=Decimal(1)) is True


@pytest.mark.parametrize(
    "text", ["NOT " * 49 + "yes", "(" * 15 + "yes" + ")" * 15, "yes" + " AND yes" * 200, "- " * 30 + "a > 1"]
)
def test_what_is_read_once_is_read_however_deep_the_caller_stands(text: str):
    def deep(levels: int) -> grammar.Node:
        return deep(levels - 1) if levels else grammar.parse(text, KINDS)

    assert deep(300) == grammar.parse(text, KINDS)


@pytest.mark.parametrize("text", ["a" + " + b" * 49 + " > 0", "NOT " * 50 + "yes", "(" * 16 + "yes" + ")" * 16])
def test_what_is_too_deep_is_refused_wherever_it_is_read(text: str):
    with pytest.raises(grammar.Refused, match="条件嵌套过深"):
        grammar.parse(text, KINDS)


@pytest.mark.parametrize(
    "text", ["yes -- AND sure", "yes /* x */ AND sure", "-- x\nyes", "yes; -- sure", "a /* + b */ > 1"]
)
def test_a_comment_would_swallow_what_follows_on_the_line(text: str):
    with pytest.raises(grammar.Refused, match="条件里不能写注释"):
        grammar.parse(text, KINDS)


def test_dashes_and_stars_within_a_text_are_no_comment():
    assert run("word = 'a -- b /* c */'", word="a -- b /* c */") is True


@pytest.mark.parametrize("text", ["a IN (1,000)", "a > 0500", "a = 00"])
def test_a_thousand_with_a_comma_is_not_read_as_two_numbers(text: str):
    with pytest.raises(grammar.Refused, match="以 0 开头"):
        grammar.parse(text, KINDS)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.99999999999 * a > b", True), ("0.9999999999999 * a > b", False), ("99999999999 * a > b", True),
        ("0.333333 * 0.333333 * 0.333333 * a > b", False), ("fine * a > b", False), ("a > fine", True),
        ("0.0000000001 * a + 9999999999 * b > 1", False), ("a IN (1.0000001 * 1.0000001)", True),
    ],
)  # fmt: skip
def test_sums_too_long_to_be_exact_are_refused(text: str, read: bool):
    thresholds = {"fine": Decimal("123456789012345.0123456789")}
    if read:
        grammar.parse(text, KINDS, thresholds)
    else:
        with pytest.raises(grammar.Refused, match="位数太多，无法精确计算"):
            grammar.parse(text, KINDS, thresholds)


def test_constants_are_put_together_exactly():
    node = grammar.parse("a > 1.0000000000001 * 1.0000000000001 * 1.0000000000001", KINDS)
    assert isinstance(node, grammar.Compare)
    assert node.right.value == Decimal("1.000000000000300000000000030000000000001")


@given(texts, facts)
def test_an_answer_never_changes_when_more_is_known(text: str, values: dict[str, Any]):
    verdict = compile_condition(grammar.parse(text, KINDS, THRESHOLDS))
    known = verdict(values)
    missing = [name for name, value in values.items() if value is None]
    for filling in product(*(DOMAINS[name] for name in missing)):
        full = verdict({**values, **dict(zip(missing, filling, strict=True))})
        assert full is not None
        assert known is None or known is full


def textbook(node: grammar.Node, values: dict[str, Any]) -> Any:
    """Kleene logic by its tables (False < unknown < True: AND is the least, OR the greatest), written anew."""
    rank = {False: 0, None: 1, True: 2}
    match node:
        case grammar.FactRef():
            return values[node.name]
        case grammar.Constant():
            return node.value
        case grammar.Negation():
            inner = textbook(node.part, values)
            return None if inner is None else not inner
        case grammar.Junction():
            parts = [textbook(part, values) for part in node.parts]
            return (max if node.any else min)(parts, key=rank.__getitem__)
        case grammar.Within():
            inner = textbook(node.value, values)
            return None if inner is None else any(inner == option for option in node.options)
    left, right = textbook(node.left, values), textbook(node.right, values)
    if left is None or right is None:
        return None
    return {
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "=": lambda: left == right,
        "<>": lambda: left != right, "<": lambda: left < right, "<=": lambda: left <= right,
        ">": lambda: left > right, ">=": lambda: left >= right,
    }[node.op]()  # fmt: skip


WORDING = Wording(
    {name: Fact(id=name, type=kind, title=name, supplier="企业", clause="一") for name, kind in KINDS.items()}, {}
)


@given(texts, facts)
def test_every_answer_has_words_and_only_a_no_has_a_gap(text: str, values: dict[str, Any]):
    node = grammar.parse(text, KINDS, THRESHOLDS)
    holds = compile_condition(node)(values)
    if holds is None:
        missing = {fact.id for fact in WORDING.unknown(node, values)}
        assert missing
        assert missing <= {name for name in grammar.names(node) if values[name] is None}
    else:
        says, gap = WORDING.why(node, values, holds)
        assert says.strip("。；，：")
        assert gap is None or not holds
