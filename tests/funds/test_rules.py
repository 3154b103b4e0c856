"""The fund's arithmetic: nothing is lost between accounts, and a charge takes what it needs in the right order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao.funds import rules
from tongbao.funds.rules import AccountKind as A
from tongbao.funds.rules import Move
from tongbao.funds.rules import ReservationState as S
from tongbao.funds.rules import TransferKind as K
from tongbao.refusal import Refusal

sums = st.integers(min_value=1, max_value=10**12)
TODAY = date(2019, 10, 15)


def test_sources_show_what_they_gave_out():
    assert rules.balance_changes(rules.allotting(100)) == {A.ALLOTTED: 100, A.AVAILABLE: 100}
    assert rules.balance_changes(rules.prepaying(100)) == {A.TREASURY: 100, A.RECEIVED: 100}
    assert rules.balance_changes(rules.reserving(40)) == {A.AVAILABLE: -40, A.RESERVED: 40}


def test_a_charge_below_the_reservation_returns_the_difference():
    assert rules.charging(1_092_764, 1_060_935) == [
        Move(K.CHARGE, A.RESERVED, A.CHARGED, 1_060_935),
        Move(K.RELEASE, A.RESERVED, A.AVAILABLE, 31_829),
        Move(K.CHARGE, A.RECEIVED, A.EARNED, 1_060_935),
    ]


def test_a_charge_above_the_reservation_draws_on_the_available():
    assert rules.charging(1_000, 1_200) == [
        Move(K.CHARGE, A.RESERVED, A.CHARGED, 1_000),
        Move(K.CHARGE, A.AVAILABLE, A.CHARGED, 200),
        Move(K.CHARGE, A.RECEIVED, A.EARNED, 1_200),
    ]


@pytest.mark.parametrize(
    ("reserved", "amount", "available", "missing"),
    [(100, 90, 0, 0), (100, 100, 0, 0), (100, 130, 30, 0), (100, 130, 29, 30)],
)
def test_shortfall_is_all_or_nothing(reserved: int, amount: int, available: int, missing: int):
    assert rules.shortfall(reserved, amount, available) == missing


@given(reserved=sums, amount=sums)
def test_a_charge_settles_the_reservation_in_both_books(reserved: int, amount: int):
    moves = rules.charging(reserved, amount)
    wanted = {A.RESERVED: -reserved, A.AVAILABLE: reserved - amount, A.CHARGED: amount}
    wanted |= {A.RECEIVED: -amount, A.EARNED: amount}
    changes = rules.balance_changes(moves)
    assert {kind: fen for kind, fen in changes.items() if fen} == {kind: fen for kind, fen in wanted.items() if fen}
    assert min(move.amount_fen for move in moves) > 0


@given(before=sums, after=sums)
def test_an_adjustment_moves_the_difference(before: int, after: int):
    changes = rules.balance_changes(rules.adjusting(before, after))
    assert changes == ({} if before == after else {A.RESERVED: after - before, A.AVAILABLE: before - after})


@given(reserved=sums, amount=sums)
def test_every_move_takes_a_way_that_its_kind_allows(reserved: int, amount: int):
    moves = [
        *rules.allotting(amount),
        *rules.prepaying(amount),
        *rules.reserving(amount),
        *rules.releasing(amount),
        *rules.adjusting(reserved, amount),
        *rules.charging(reserved, amount),
        *rules.reversing(amount),
        *rules.refunding(amount),
        *rules.moving_out(amount),
        *rules.moving_in(amount),
        *(move for closed in (False, True) for move in rules.returning(amount, rules.held_in(closed=closed))),
        *rules.closing(reserved, amount),
    ]
    assert [move for move in moves if (move.source, move.target) not in rules.WAYS[move.kind]] == []


def test_every_kind_of_transfer_names_its_clause():
    assert {kind: clause for kind, (clause, _) in rules.GROUNDS.items()} == {
        K.ALLOT: "五(一)",
        K.PREPAY: "五(二)",
        K.RESERVE: "二(三)",
        K.RELEASE: "二(三)",
        K.ADJUST: "二(三)",
        K.CHARGE: "五(二)",
        K.REVERSE: "五(二)",
        K.REFUND: "五(二)",
        K.MOVE: "五(一)",
        K.RETURN: "五(二)",
        K.CLOSE: "五(二)",
    }


def test_states_have_no_way_back_once_closed():
    assert {state for state in S if not rules.TRANSITIONS[state]} == {S.CHARGED, S.RELEASED, S.SURRENDERED}
    with pytest.raises(Refusal) as no:
        rules.check_change(S.CHARGED, S.RELEASED)
    assert (no.value.code, no.value.sentence) == (
        "reservation_state",
        "这笔资金目前是“已列支”，不能改为“已释放”。请刷新页面查看最新情况。",
    )


@pytest.mark.parametrize("rate", ["5.0001", "7.0729", "7.072901", "9.9999"])
def test_plausible_rates(rate: str):
    rules.check_rate(Decimal(rate), date(2019, 10, 1), TODAY)


@pytest.mark.parametrize(
    ("rate", "month", "code"),
    [
        ("5", date(2019, 10, 1), "rate_implausible"),
        ("10", date(2019, 10, 1), "rate_implausible"),
        ("707.29", date(2019, 10, 1), "rate_implausible"),
        ("-7", date(2019, 10, 1), "rate_implausible"),
        ("NaN", date(2019, 10, 1), "rate_implausible"),
        ("7.0729001", date(2019, 10, 1), "rate_digits"),
        ("7.0729", date(2019, 11, 1), "month_ahead"),
        ("7.0729", date(1919, 10, 1), "month_early"),
    ],
)
def test_implausible_rates(rate: str, month: date, code: str):
    with pytest.raises(Refusal) as no:
        rules.check_rate(Decimal(rate), month, TODAY)
    assert no.value.code == code


def check_deviation(rate: str, *, checked: bool) -> None:
    rules.check_deviation(Decimal(rate), rules.Yardstick(Decimal("7.0729"), Decimal("0.03")), checked=checked)


@pytest.mark.parametrize("rate", ["7.28", "6.87"])
def test_a_rate_near_the_reference_needs_no_tick(rate: str):
    check_deviation(rate, checked=False)


@pytest.mark.parametrize("rate", ["7.29", "6.86"])
def test_a_rate_far_from_the_reference_needs_a_tick(rate: str):
    check_deviation(rate, checked=True)
    with pytest.raises(Refusal) as no:
        check_deviation(rate, checked=False)
    assert (no.value.code, no.value.field) == ("rate_unusual", "checked")


def parity(day: date, rate: str = "7.1", *, checked: bool = True) -> rules.ParityDay:
    return rules.ParityDay(day, Decimal(rate), "某报", checked)


@pytest.mark.parametrize(
    ("known", "day"),
    [
        ([date(2019, 10, 8), date(2019, 10, 31), date(2019, 11, 1)], date(2019, 10, 31)),
        ([date(2019, 10, 1), date(2019, 9, 30)], date(2019, 10, 1)),
        ([date(2019, 8, 30), date(2019, 9, 24), date(2019, 11, 1)], date(2019, 9, 24)),
        ([date(2019, 8, 17)], date(2019, 8, 17)),
        ([date(2019, 8, 16), date(2019, 11, 29)], None),
        ([], None),
    ],
)
def test_a_month_is_held_against_its_last_parity_else_the_last_of_45_days_else_the_reference(
    known: list[date], day: date | None
):
    found = rules.yardstick(date(2019, 10, 15), map(parity, known), Decimal("7.0729"), Decimal("0.03"))
    assert (found.parity.day if found.parity else None) == day
    assert found.cny_per_usd == Decimal("7.1" if day else "7.0729")


def test_a_yardstick_says_which_it_is_and_whether_somebody_checked_it():
    share, day = Decimal("0.03"), date(2019, 9, 24)
    named = [
        rules.Yardstick(Decimal("7.0729"), share).named,
        rules.Yardstick(Decimal("7.1"), share, parity(day)).named,
        rules.Yardstick(Decimal("7.1"), share, parity(day, checked=False)).named,
    ]
    assert named == ["年度方案参考汇率 7.0729", "2019-09-24 中间价 7.1000", "2019-09-24 中间价 7.1000（待核对）"]


def test_a_deviation_is_said_with_its_sign_and_the_figure_it_is_from():
    against = rules.Yardstick(Decimal("7.0729"), Decimal("0.03"), parity(date(2019, 9, 24), "7.0729", checked=False))
    with pytest.raises(Refusal) as no:
        rules.check_deviation(Decimal("6.86"), against, checked=False)
    assert no.value.sentence == (
        "与对照的汇率相差 -3.01%，超过 ±3%。对照：2019-09-24 中间价 7.0729（待核对）。"
        "如已与系统汇率核对无误，请勾选“已核对”后再提交。"
    )


def test_exactly_the_tolerance_needs_no_tick():
    held = rules.HeldRate(rules.Yardstick(Decimal(7), Decimal("0.03")), Decimal("7.21"))
    assert (held.percent, held.beyond) == ("+3.00%", False)


def test_rates_are_shown_with_at_least_four_decimals():
    assert [rules.rate_text(Decimal(rate)) for rate in ("7.072900", "7", "7.123456")] == [
        "7.0729",
        "7.0000",
        "7.123456",
    ]
