"""Every clause of the policy has its row, and no row names a function, test, page or part that does not exist."""

import ast
from functools import cache
from importlib import import_module

import pytest

from tests.architecture.source import ROOT
from tests.permissions.rows import addresses
from tongbao.desk import rules
from tongbao.desk.queries import policy_coverage
from tongbao.scheme.rules import load

SCHEMES = ROOT / "schemes"
COVERAGE = policy_coverage()
DUTIES = list(COVERAGE.duties)


def of_rows(kind: str) -> list[str]:
    """What the rows name, each once, in the order of the clauses."""
    return list(dict.fromkeys(name for _, duty in DUTIES for name in getattr(duty, kind)))


def test_every_clause_of_the_policy_has_its_row_and_every_row_a_clause():
    path = SCHEMES / f"{COVERAGE.edition}.yaml"
    scheme = load(path.read_text(), path.name)
    assert [(row.id, row.title) for row in COVERAGE.clauses] == [(one.id, one.title) for one in scheme.clauses]
    assert COVERAGE.title == scheme.edition.title


def test_every_row_says_what_is_done_or_which_part_brings_it():
    assert rules.coverage_faults(COVERAGE) == []


def test_functions_that_are_named_exist():
    assert [name for name in of_rows("code") if not _is_function(name)] == []


def test_tests_that_are_named_exist():
    assert [name for name in of_rows("tests") if not _is_test(name)] == []


def test_pages_that_are_named_exist():
    pages = {name for _, duty in DUTIES for name in duty.pages.values()}
    assert pages - set(addresses()) == set()


def _is_function(name: str) -> bool:
    module, _, function = name.partition(":")
    try:
        return callable(getattr(import_module(module), function, None))
    except ModuleNotFoundError:
        return False


def _is_test(name: str) -> bool:
    file, _, function = name.partition("::")
    return function.startswith("test_") and function in _tests_of(file)


@cache
def _tests_of(file: str) -> set[str]:
    path = ROOT / "tests" / file
    if not path.exists():
        return set()
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


# ── that the checks above can fail ──────────────────────────────────────────────────────────────────────────────────


DONE = {"does": "做了", "code": ["a:b"], "tests": ["c::d"], "pages": {"页面": "e:f"}}
LATER = {"later": "claims", "missing": "赔款"}


@pytest.mark.parametrize(
    ("duty", "said"),
    [
        (DONE, []),
        (LATER, []),
        ({**DONE, **LATER}, []),
        ({}, ["：要写明做了什么，或由哪一部分实现"]),
        ({**DONE, "tests": []}, ["：写了 does 就要写 tests，没写就不要"]),
        (
            {**DONE, "code": [], "pages": {}},
            ["：写了 does 就要写 code，没写就不要", "：写了 does 就要写 pages，没写就不要"],
        ),
        ({**LATER, "code": ["a:b"]}, ["：写了 does 就要写 code，没写就不要"]),
        ({"later": "claims"}, ["：later 和 missing 要一起写"]),
        ({**DONE, "missing": "赔款"}, ["：later 和 missing 要一起写"]),
        ({"later": "tomorrow", "missing": "赔款"}, ["：没有名为“tomorrow”的部分"]),
    ],
)
def test_a_row_that_does_not_say_enough_is_named(duty: dict, said: list[str]):
    row = {"id": "三", "title": "流程", "duties": [{"says": "宣讲", **duty}]}
    coverage = rules.Coverage.model_validate({"edition": "x", "title": "x", "clauses": [row]})
    assert rules.coverage_faults(coverage) == [f"三“宣讲”{fault}" for fault in said]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("tongbao.money:half_up", True),
        ("tongbao.money:half_down", False),
        ("tongbao.nowhere:half_up", False),
        ("tongbao.money", False),
    ],
)
def test_a_function_is_looked_up(name: str, there: bool):
    assert _is_function(name) is there


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("architecture/test_coverage.py::test_a_test_is_looked_up", True),
        ("architecture/test_coverage.py::test_of_tomorrow", False),
        ("architecture/test_nothing.py::test_a_test_is_looked_up", False),
        ("architecture/test_coverage.py::_is_test", False),
    ],
)
def test_a_test_is_looked_up(name: str, there: bool):
    assert _is_test(name) is there


def test_the_states_follow_from_what_is_done_and_what_is_missing():
    built, part, later = ({"says": "x", **duty} for duty in (DONE, {**DONE, **LATER}, LATER))
    rows = ([built], [part], [later], [built, built], [built, later], [later, later])
    clauses = [rules.Clause.model_validate({"id": "一", "title": "x", "duties": duties}) for duties in rows]
    assert [clause.state.value for clause in clauses] == ["built", "part", "later", "built", "part", "later"]
