"""What a cancellation gives back and which days it may name: no database."""

from datetime import date

import pytest

from tongbao.policies import rules
from tongbao.refusal import Refusal

FIRST, LAST = date(2019, 9, 1), date(2020, 8, 31)  # 366 days: 2020 has a 29 February
TODAY = date(2019, 10, 15)


def refund(last_day: date, *, subsidy_fen: int = 1_768_228, share_fen: int = 1_768_229, pro_rata: bool = True):
    return rules.refund(
        subsidy_fen=subsidy_fen,
        exporter_share_fen=share_fen,
        cover_from=FIRST,
        cover_to=LAST,
        last_day=last_day,
        pro_rata=pro_rata,
    )


@pytest.mark.parametrize(
    ("last_day", "left", "fund_fen", "firm_fen"),
    [
        (date(2019, 10, 15), 321, 1_550_823, 1_550_824),
        (date(2019, 10, 31), 305, 1_473_523, 1_473_524),
        (date(2020, 2, 29), 184, 888_945, 888_946),
        (date(2020, 8, 30), 1, 4_831, 4_831),
        (LAST, 0, 0, 0),
    ],
)
def test_each_payer_gets_back_the_days_not_covered(last_day: date, left: int, fund_fen: int, firm_fen: int):
    found = refund(last_day)
    assert (found.days, found.days_left, found.fund_fen, found.firm_fen) == (366, left, fund_fen, firm_fen)


def test_a_half_fen_goes_up():
    assert refund(date(2019, 10, 31), subsidy_fen=1_060_935, share_fen=0).fund_fen == 884_113  # 884,112.5 fen


def test_the_arithmetic_is_shown():
    found = refund(date(2019, 10, 31))
    assert (found.fund_how, found.firm_how) == (
        "17,682.28 × 305 ÷ 366 ＝ 14,735.23 元",
        "17,682.29 × 305 ÷ 366 ＝ 14,735.24 元",
    )


def test_an_edition_may_give_nothing_back():
    found = refund(date(2019, 10, 31), pro_rata=False)
    assert (found.fund_fen, found.firm_fen, found.fund_how) == (0, 0, "按本年度方案，注销不退保费")


@pytest.mark.parametrize(
    ("last_day", "code"),
    [
        (date(2019, 10, 14), "last_day"),
        (TODAY, None),
        (date(2020, 8, 30), None),
        (LAST, "last_day"),
        (date(9999, 12, 31), "last_day"),
    ],
)
def test_the_last_day_lies_between_today_and_the_end(last_day: date, code: str | None):
    found = None
    try:
        rules.check_last_day(last_day, today=TODAY, cover_from=FIRST, cover_to=LAST)
    except Refusal as no:
        found = no.code
    assert found == code


def test_cover_that_has_not_begun_ends_on_its_first_day_at_the_earliest():
    with pytest.raises(Refusal) as no:
        rules.check_last_day(TODAY, today=TODAY, cover_from=date(2019, 11, 1), cover_to=LAST)
    assert no.value.sentence == "最后保障日不能早于 2019-11-01：此前的出运已经在保障之内"


@pytest.mark.parametrize("state", [state for state in rules.State if state is not rules.State.IN_FORCE])
def test_only_a_policy_in_force_is_cancelled(state: rules.State):
    rules.check_in_force(rules.State.IN_FORCE, cover_to=LAST, today=LAST)
    with pytest.raises(Refusal) as no:
        rules.check_in_force(state, cover_to=LAST, today=TODAY)
    assert no.value.code == "policy_state"


def test_a_policy_whose_cover_is_over_is_not_cancelled_before_the_job_has_noticed():
    with pytest.raises(Refusal) as no:
        rules.check_in_force(rules.State.IN_FORCE, cover_to=LAST, today=date(2020, 9, 1))
    assert no.value.sentence == "这张保单的保障期限已经结束，不能再注销，也没有保费可退。"


@pytest.mark.parametrize(
    ("reason", "text", "field"),
    [
        ("no_exports", " \n　", "text"),
        ("no_exports", "字" * 501, "text"),
        ("because", "说明", "reason"),
        ("", "说明", "reason"),
    ],
)
def test_a_reason_is_one_of_the_list_and_explained(reason: str, text: str, field: str):
    with pytest.raises(Refusal) as no:
        rules.check_reason(reason, text)
    assert (no.value.code, no.value.field) == (field, field)


def test_an_explanation_is_kept_without_blanks_around_it():
    assert rules.check_reason("other", "  不再做外贸了\n") == "不再做外贸了"


def test_every_end_of_a_cancellation_is_final():
    ends = set(rules.CancellationState) - set(rules.UNDER_WAY)
    assert {state for state, onward in rules.CANCELLATION_TRANSITIONS.items() if not onward} == ends
