"""Acts as sentences, figures as charts."""

import ast
import re

import pytest

from tests.architecture.source import in_rooms, modules, tree, where
from tongbao.batch.rules import ImportState
from tongbao.desk import rules
from tongbao.intake.rules import Level

VERB = re.compile(r"[a-z]+\.[a-z_]+")
# Verbs that an action puts together: the expression, and all it can become.
COMPOSED = {
    "f'batch.{source.state}'": {f"batch.{state.value}" for state in (ImportState.CONFIRMED, ImportState.UNDONE)},
    "f'intake.{kept.level}_review'": {f"intake.{level}_review" for level in Level},
}


def verbs_in_source() -> tuple[set[str], list[str]]:
    """Every verb that can be recorded, and the places that put one together in a way nobody has listed."""
    found, unlisted = set(), []
    for path in modules():
        if path.parts[-2] != "audit":
            for call in _calls(path, lambda name: name.split(".")[-1] == "record"):
                first = call.args[0] if call.args else call
                found |= _verbs_of(first) | COMPOSED.get(ast.unparse(first), set())
                if isinstance(first, ast.JoinedStr) and ast.unparse(first) not in COMPOSED:
                    unlisted.append(where(path, call))
    for path in in_rooms("actions"):
        takers = {
            node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef) and _takes_a_verb(node)
        }
        for call in _calls(path, takers.__contains__):
            found |= {argument.value for argument in call.args if _is_verb(argument)}
        for named in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Assign)):
            if ast.unparse(named.targets[0]) == "verb":
                found |= _verbs_of(named.value)
    return found, unlisted


def _calls(path, is_wanted) -> list[ast.Call]:
    return [n for n in ast.walk(tree(path)) if isinstance(n, ast.Call) and is_wanted(ast.unparse(n.func))]


def _verbs_of(expression: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(expression) if _is_verb(node)}


def _takes_a_verb(function: ast.FunctionDef) -> bool:
    return "verb" in {argument.arg for argument in function.args.args + function.args.kwonlyargs}


def _is_verb(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(VERB.fullmatch(node.value))


def test_every_verb_has_a_sentence_and_every_sentence_a_verb():
    found, unlisted = verbs_in_source()
    assert unlisted == []
    assert (sorted(found - set(rules.SENTENCES)), sorted(set(rules.SENTENCES) - found)) == ([], [])


def test_outward_acts_are_acts():
    assert rules.OUTWARD - set(rules.SENTENCES) == frozenset()


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ({}, []),
        ({"amount_fen": 1060935}, [("金额", "10,609.35 元")]),
        (
            {"verdict": "return", "return_kind": "clarification"},
            [("结论", "退回"), ("退回类型", "退回说明（保留序号）")],
        ),
        ({"eligible": None, "insured": False}, [("已投保", "否")]),
        ({"countries": ["IR", "SY"]}, [("国别", "IR、SY")]),
        ({"unheard_of": {"amount_fen": 100}}, [("unheard_of", "金额：1.00 元")]),
    ],
)
def test_facts_of_a_record_in_words(detail, told):
    assert rules.details(detail) == told


def test_a_case_does_not_tell_hashes():
    assert rules.known_details({"sha256": "ab", "plan": "A"}) == [("方案", "A")]


def test_a_verb_of_another_version_reads_as_itself():
    assert rules.sentence("claims.open") == "claims.open"


def test_charts_show_whole_yuan():
    chart = rules.pools([("中国信保", 17_682_28, 150, 49)])
    assert [series["data"] for series in chart["series"]] == [[17_682], [2], [0]]


def test_funnel_keeps_the_order_of_the_work():
    chart = rules.funnel([("提交申请", 3), ("通过初审", 1)])
    assert (chart["yAxis"]["data"], chart["series"][0]["data"]) == (["提交申请", "通过初审"], [3, 1])
