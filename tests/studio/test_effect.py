"""What terms do to firms: the plan each takes, the sums, who gains and who loses."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheme.nantong import TEXT
from tongbao.scheme import rules as scheme_rules
from tongbao.studio import rules
from tongbao.studio.rules import Firm, Judged, Quote, Sums, Turn, Use
from tongbao.studio.rules.effect import apportion

SCHEME = scheme_rules.load(TEXT, "nantong-2019.yaml")
A = Quote("A", 300_00, 2121_87, 2121_87, 0, 100_000_00)
B = Quote("B", 1000_00, 7072_90, 3536_45, 3536_45, 250_000_00)
C = Quote("C", 1000_00, 7072_90, 7072_90, 0, 250_000_00)


def firm(code: str = "1", **more: str) -> Firm:
    return Firm(code, f"企业{code}", "chongchuan", 1_000_000_00, **more)


def test_a_firm_takes_what_costs_it_least_then_what_pays_most():
    assert rules.choose((A, B)) == A
    assert rules.choose((A, B, C)) == C
    assert rules.choose(()) is None


def test_a_firm_that_has_applied_keeps_its_plan_where_it_is_open():
    assert rules.choose((A, B, C), "B") == B
    assert rules.choose((A, C), "B") == C


def test_no_yearly_limit_is_more_than_any():
    endless = Quote("E", 1, 1, 1, 0, None)
    assert rules.choose((C, endless)) == endless


@given(total=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_what_is_shared_out_is_whole_and_in_proportion(total: int, weights: list[int]):
    parts = apportion(total, weights)
    whole = sum(weights) or len(weights)
    fair = weights if sum(weights) else [1] * len(weights)
    assert sum(parts) == total
    assert [
        part for part, weight in zip(parts, fair, strict=True) if abs(part - Fraction(total * weight, whole)) >= 1
    ] == []


def test_sums_by_plan_area_insurer_and_pool_agree():
    firms = [firm("1", insurer="picc"), firm("2"), firm("3"), firm("4", plan="B"), firm("5"), firm("6")]
    judged = [Judged(True, (A,)), Judged(True, (A, C)), Judged(False), Judged(True, (A, B)), Judged(None), Judged(True)]
    found = rules.effect(SCHEME, firms, judged)
    total = Sums(3, 3_000_000_00, 2121_87 + 2 * 7072_90, 2121_87 + 7072_90 + 3536_45, 3536_45)
    assert (found.total, found.unknown, found.refused) == (total, 1, 2)
    assert {plan: sums.firms for plan, sums in found.by_plan.items()} == {"A": 1, "B": 1, "C": 1, "D": 0}
    assert found.by_area["chongchuan"] == total
    assert sum((sums for sums in found.by_insurer.values()), Sums()) == total
    assert {pool: use.subsidy_fen for pool, use in found.by_pool.items()} == {
        insurer: sums.subsidy_fen for insurer, sums in found.by_insurer.items()
    }
    assert found.by_insurer["picc"].firms == 1  # its own; a tenth of two others is less than half a firm


def test_a_pool_says_what_is_missing():
    assert (Use(100, 150).percent, Use(100, 150).short_fen) == (150, 50)
    assert (Use(300, 100).percent, Use(300, 100).short_fen) == (34, 0)
    assert (Use(None, 100).percent, Use(None, 100).short_fen) == (None, 0)


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        (None, None, Turn.OUTSIDE),
        (None, A, Turn.JOINS),
        (A, None, Turn.LEAVES),
        (A, A, Turn.SAME),
        (A, C, Turn.GAINS),
        (C, A, Turn.LOSES),
        (A, B, Turn.MIXED),
        (B, C, Turn.GAINS),
    ],
)
def test_what_a_change_means_for_a_firm(before: Quote | None, after: Quote | None, turn: Turn):
    firms = [firm()]
    effects = [rules.effect(SCHEME, firms, [Judged(True, (quote,) if quote else ())]) for quote in (before, after)]
    compared = rules.compare(*effects)
    assert [change.turn for change in compared.changes] == [turn]
    assert compared.counts == {one: int(one is turn) for one in Turn}


def test_changes_read_with_their_sign():
    assert [rules.signed(number) for number in (12, -3, 0, 1200)] == ["+12", "−3", "不变", "+1,200"]
    assert [rules.signed_wan(fen) for fen in (1_060_935, -3_000_000, 0)] == ["+1.06 万元", "−3.00 万元", "不变"]
