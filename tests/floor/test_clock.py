"""The one clock: Shanghai's days, the state council's working days, the demo clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tongbao import clock


def test_a_day_begins_at_midnight_in_shanghai():
    assert clock.local_day(datetime(2019, 10, 14, 16, 0, tzinfo=UTC)) == date(2019, 10, 15)
    assert clock.local_day(datetime(2019, 10, 14, 15, 59, tzinfo=UTC)) == date(2019, 10, 14)
    assert clock.local(date(2019, 10, 15), 9, 30) == datetime(2019, 10, 15, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "count", "expected", "provisional"),
    [
        (date(2019, 10, 15), 5, date(2019, 10, 22), False),
        (date(2019, 9, 27), 3, date(2019, 10, 8), False),  # Sunday 29 September was worked, 1 to 7 October were not
        (date(2019, 10, 11), 1, date(2019, 10, 12), False),  # a Saturday that was worked
        (date(2019, 10, 15), 0, date(2019, 10, 15), False),
        (date(2090, 3, 3), 5, date(2090, 3, 10), True),  # no calendar yet: only weekends count
    ],
)
def test_working_days(day: date, count: int, expected: date, provisional: bool):
    assert clock.add_working_days(day, count) == (expected, provisional)


def test_the_demo_clock_shows_its_start_and_runs_on(set_clock):
    set_clock("2019-12-02T09:00")
    first = clock.now()
    assert timedelta() <= first - datetime(2019, 12, 2, 1, 0, tzinfo=UTC) < timedelta(minutes=1)
    assert clock.now() >= first
    assert (clock.is_demo(), clock.today()) == (True, date(2019, 12, 2))


def test_without_it_the_time_is_real(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TONGBAO_CLOCK")
    assert (clock.is_demo(), clock.offset()) == (False, timedelta())
