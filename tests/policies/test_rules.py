"""States, checks of what an insurer enters, and the written form of a verification code."""

from datetime import date
from decimal import Decimal

import pytest

from tongbao.policies import rules
from tongbao.policies.rules import State
from tongbao.refusal import Refusal

OCTOBER = date(2019, 10, 15)


@pytest.mark.parametrize("percentage", ["0.5", "0.8", "0.95"])
def test_a_plausible_indemnity_ratio_is_taken(percentage: str):
    rules.check_percentage(Decimal(percentage))


@pytest.mark.parametrize("percentage", ["0", "0.08", "0.4999", "0.9501", "1", "80", "-0.8"])
def test_an_implausible_indemnity_ratio_is_refused(percentage: str):
    with pytest.raises(Refusal) as no:
        rules.check_percentage(Decimal(percentage))
    assert (no.value.code, no.value.field) == ("percentage", "insured_percentage")


@pytest.mark.parametrize("day", [date(2019, 10, 10), date(2019, 10, 15)])
def test_the_day_of_entry_lies_between_approval_and_today(day: date):
    rules.check_entry_date(day, approved_on=date(2019, 10, 10), today=OCTOBER, cover_to=date(2020, 8, 31))


@pytest.mark.parametrize(
    ("day", "approved_on", "cover_to", "sentence"),
    [
        (date(2019, 10, 16), date(2019, 10, 10), date(2020, 8, 31), "不能晚于今天（2019-10-15）"),
        (date(2019, 10, 9), date(2019, 10, 10), date(2020, 8, 31), "不能早于市商务局审核通过的日期（2019-10-10）"),
        (date(2019, 10, 14), date(2019, 10, 10), date(2019, 10, 13), "已于 2019-10-13 结束"),
    ],
)
def test_another_day_of_entry_is_refused(day: date, approved_on: date, cover_to: date, sentence: str):
    with pytest.raises(Refusal) as no:
        rules.check_entry_date(day, approved_on=approved_on, today=OCTOBER, cover_to=cover_to)
    assert (no.value.code, no.value.field) == ("entry_date", "entry_date")
    assert sentence in no.value.sentence


def test_a_payment_lies_between_entry_and_the_last_day_allowed():
    rules.check_payment(OCTOBER, entry_date=OCTOBER, due=OCTOBER, today=OCTOBER)
    for paid_on, due, today in [
        (date(2019, 10, 16), date(2019, 10, 28), OCTOBER),
        (date(2019, 10, 13), date(2019, 10, 28), OCTOBER),
        (date(2019, 10, 29), date(2019, 10, 28), date(2019, 11, 1)),
    ]:
        with pytest.raises(Refusal) as no:
            rules.check_payment(paid_on, entry_date=date(2019, 10, 14), due=due, today=today)
        assert (no.value.code, no.value.field) == ("paid_on", "paid_on")


def test_the_rate_is_that_of_the_month_of_entry():
    assert rules.rate_month(date(2019, 10, 31)) == date(2019, 10, 1)


def test_every_state_has_its_ways_and_an_end_has_none():
    assert set(rules.TRANSITIONS) == set(State)
    assert [state for state in State if not rules.TRANSITIONS[state]] == [State.EXPIRED, State.CANCELLED]
    assert {state for state in State if rules.is_valid(state)} == {State.IN_FORCE, State.EXPIRED}


def test_a_step_that_the_states_do_not_allow_is_refused_in_words():
    rules.check_transition(State.QUOTED, State.IN_FORCE)
    with pytest.raises(Refusal) as no:
        rules.check_transition(State.IN_FORCE, State.QUOTED)
    assert (no.value.code, no.value.sentence) == (
        "policy_state",
        "这张保单已经出单，不能再改动。请刷新页面查看最新状态。",
    )


@pytest.mark.parametrize(
    "typed", ["K7QF2M9XWTRA8D3H", "k7qf-2m9x-wtra-8d3h", " K7QF 2M9X WTRA 8D3H ", "Ｋ７ＱＦ－2M9X－WTRA－8D3H"]
)
def test_a_code_is_read_however_it_is_typed(typed: str):
    assert rules.plain_code(typed) == "K7QF2M9XWTRA8D3H"


def test_letters_that_look_like_figures_are_read_as_figures():
    assert rules.plain_code("OIL0") == "0110"
    assert rules.shown_code("K7QF2M9XWTRA8D3H") == "K7QF-2M9X-WTRA-8D3H"
