"""The rules that peers are given in benchmarks/ say what the edition says; their answers are read off as ours are."""

from decimal import ROUND_FLOOR, Decimal
from functools import reduce

import pytest

from benchmarks import decide, equivalent
from benchmarks.engines import ours
from benchmarks.firms import firms

JOINED = {
    "and": lambda parts: all(parts),
    "or": lambda parts: any(parts),
    "max": max,
    "*": lambda parts: reduce(lambda a, b: a * b, parts),
    "+": sum,
    "-": lambda parts: parts[0] - parts[1],
    "not": lambda parts: not parts[0],
    "floor": lambda parts: parts[0].to_integral_value(ROUND_FLOOR),
    "=": lambda parts: parts[0] == parts[1],
    "<>": lambda parts: parts[0] != parts[1],
    "<": lambda parts: parts[0] < parts[1],
    "<=": lambda parts: parts[0] <= parts[1],
    ">": lambda parts: parts[0] > parts[1],
    ">=": lambda parts: parts[0] >= parts[1],
}


def value(tree, facts, known):
    """A tree's value, the plainest way."""
    op, *parts = tree
    if op == "fact":
        return facts[parts[0]]
    if op == "ref":
        return known[parts[0]]
    if op == "const":
        return constant(parts[0])
    if op == "in":
        return value(parts[0], facts, known) in [constant(option) for option in parts[1]]
    return JOINED[op]([value(part, facts, known) for part in parts])


def constant(written):
    if isinstance(written, dict):
        return written["text"]
    return Decimal(written) if isinstance(written, str) else written


def all_answers(answers, facts):
    known = {}
    for name, _, tree in answers:
        known[name] = value(tree, facts, known)
    return known


@pytest.fixture(scope="module")
def task():
    return decide.task_of(300)


def test_the_equivalent_rules_answer_as_the_engine_does(task):
    engine = ours.Engine(task)
    expected = [all_answers(task["rules"]["answers"], firm) for firm in engine.firms]
    assert engine.answers() == expected


def test_the_firms_reach_every_answer(task):
    answers = ours.Engine(task).answers()
    verdicts = [name for name, kind, _ in task["rules"]["answers"] if kind == "bool"]
    assert {name: {one[name] for one in answers} for name in verdicts} == {name: {True, False} for name in verdicts}


def test_firms_are_the_same_every_time():
    assert firms(20) == firms(20)
    assert firms(20) != firms(20, seed=1)


def test_both_modes_take_time(task):
    engine = ours.Engine(task)
    assert engine.run("decide") > 0
    assert engine.run("say") > 0


def test_differences_are_named_and_single_precision_is_forgiven_only_for_money():
    ours_, theirs = [{"eligible": True, "x_fen": 20_000_001}], [{"eligible": True, "x_fen": 20_000_000.0}]
    assert decide.differences(ours_, theirs, exact=False) == []
    assert decide.differences(ours_, theirs, exact=True) == ["firm 0, x_fen: 20000001 here, 20000000.0 there"]
    assert decide.differences([{"eligible": True}], [{"eligible": False}], exact=False) == [
        "firm 0, eligible: True here, False there"
    ]


def test_a_fact_that_a_firm_lacks_is_noticed(task):
    facts = set(equivalent.rules_of(ours.Engine(task).terms)["facts"])
    assert {frozenset(firm) for firm in task["firms"]} == {frozenset(facts)}
