"""The clock: one reader, Shanghai days, working days of the state council's calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao import clock

NOON = datetime(2019, 10, 1, 4, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.mark.parametrize(
    ("day", "count", "wanted"),
    [
        (date(2019, 9, 30), 1, date(2019, 10, 8)),  # National Day: 1 to 7 October
        (date(2019, 9, 27), 2, date(2019, 9, 30)),  # Sunday 29 September was worked
        (date(2019, 9, 27), 10, date(2019, 10, 16)),  # 29, 30, then 8 to 12 (Saturday 12 was worked), 14 to 16
        (date(2019, 10, 11), 1, date(2019, 10, 12)),
        (date(2019, 10, 15), 5, date(2019, 10, 22)),
        (date(2020, 1, 23), 1, date(2020, 2, 3)),  # the lengthened Spring Festival of 2020
        (date(2019, 10, 15), 0, date(2019, 10, 15)),
    ],
)
def test_working_days(day: date, count: int, wanted: date):
    assert clock.add_working_days(day, count) == (wanted, False)


def test_beyond_the_calendar_only_weekends_count_and_the_day_is_provisional():
    friday = date(2099, 10, 2)
    assert friday.weekday() == 4
    assert clock.add_working_days(friday, 1) == (date(2099, 10, 5), True)


@given(day=st.dates(date(2018, 1, 1), date(2020, 12, 1)), one=st.integers(0, 15), more=st.integers(0, 15))
def test_working_days_add_up(day: date, one: int, more: int):
    first, _ = clock.add_working_days(day, one)
    assert clock.add_working_days(first, more) == clock.add_working_days(day, one + more)


@given(day=st.dates(date(2018, 1, 1), date(2020, 12, 1)), count=st.integers(1, 30))
def test_a_deadline_is_a_working_day_that_far_away(day: date, count: int):
    due, _ = clock.add_working_days(day, count)
    assert clock.is_workday(due)
    assert sum(clock.is_workday(day + timedelta(days=n)) for n in range(1, (due - day).days + 1)) == count


def test_without_a_demo_clock_the_time_is_the_real_one(monkeypatch):
    monkeypatch.delenv("TONGBAO_CLOCK")
    assert (clock.is_demo(), clock.offset()) == (False, timedelta())


def test_the_demo_clock_shows_its_moment_at_the_anchor(monkeypatch):
    monkeypatch.setenv("TONGBAO_CLOCK", "2019-10-15T09:00")
    monkeypatch.setenv("TONGBAO_CLOCK_ANCHOR", "2026-01-01T00:00:00+00:00")
    assert clock.is_demo()
    assert clock.offset() == datetime(2019, 10, 15, 1, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)


def test_travelling_ends_with_its_block():
    before = clock.offset()
    with clock.at(NOON):
        assert abs(clock.now() - NOON) < timedelta(seconds=5)
        assert clock.today() == date(2019, 10, 1)
    assert clock.offset() == before


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2019, 9, 30, 15, 59, 59, tzinfo=UTC), date(2019, 9, 30)),
        (datetime(2019, 9, 30, 16, 0, tzinfo=UTC), date(2019, 10, 1)),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai(at: datetime, day: date):
    assert clock.local_day(at) == day


def test_local_hours():
    assert clock.local(date(2019, 10, 1), 12) == NOON
