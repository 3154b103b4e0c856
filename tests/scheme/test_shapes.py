"""Every shape a policy may take: the documented examples load, and say what their golden cases say."""

from decimal import Decimal
from typing import Any

import pytest

from tests.scheme import examples, judging
from tongbao import money
from tongbao.scheme import actions, queries, rules
from tongbao.scheme.rules.values import read_percent

EVERY = pytest.mark.parametrize("name", examples.names())


def each(section: str) -> Any:
    cases = [pytest.param(name, case, id=f"{name}-{case['名称']}") for name, case in examples.cases(section)]
    return pytest.mark.parametrize(("name", "case"), cases)


def test_every_example_has_golden_cases_and_the_other_way_round():
    assert examples.names() == sorted(path.stem for path in (examples.GOLDEN / "shapes").glob("*.yaml"))


@pytest.mark.parametrize("name", [examples.BASE, *examples.names()])
def test_every_example_loads(name: str):
    assert [str(fault) for fault in rules.faults_of(examples.text(name), name)] == []


@EVERY
def test_every_example_says_something_the_base_does_not(name: str):
    base, example = examples.compiled(examples.BASE).scheme, examples.compiled(name).scheme
    assert (example.body() == base.body()) is (name == "period-common")  # what is meant when nothing is written


@EVERY
def test_golden_content(name: str):
    judging.expect_content(examples.golden(name).get("方案内容", {}), examples.compiled(name).scheme)


@each("算例")
def test_golden_decisions(name: str, case: judging.Case):
    judging.expect_decision(examples.compiled(name), case)


@each("赔付")
def test_golden_indemnities(name: str, case: judging.Case):
    judging.expect_indemnity(examples.compiled(name).scheme, case)


@each("承保")
def test_golden_cover(name: str, case: judging.Case):
    judging.expect_cover(examples.compiled(name).scheme, case)


@pytest.mark.parametrize("name", [name for name in examples.names() if name.startswith("insurers")])
def test_golden_pools(name: str):
    assert judging.pools(examples.compiled(name).scheme) == examples.golden(name)["资金池"]


def test_golden_versions(db: None):
    first = actions.load_edition(text=examples.text(examples.BASE), name="base.yaml", by=None)
    actions.load_edition(text=examples.text("versions"), name="versions.yaml", by=None)
    found = examples.cases("版本")
    assert len(found) == 2
    for _, case in found:
        terms = queries.terms_of(first.edition, case["日期"])
        scheme = queries.scheme_of(terms)
        premium = scheme.premium("A", 100_000_000, Decimal(7))
        assert scheme.plan("A").rate == read_percent(case["方案A费率"])
        assert (terms.version, money.text(premium.subsidy_fen)) == (case["第几版"], case["财政元"])
