"""The only reader of the wall clock.

`TONGBAO_CLOCK=2019-10-15T09:00` (Asia/Shanghai) starts a demo clock: it shows that moment at `TONGBAO_CLOCK_ANCHOR`
(a UTC instant, kept with the demo data so that a restart does not go back in time) and runs on from there. Without an
anchor it starts with the process.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
_STARTED = datetime.now(UTC)
_travelled: ContextVar[timedelta | None] = ContextVar("travelled", default=None)


@lru_cache(maxsize=8)
def _offset(demo: str, anchor: str) -> timedelta:
    shown = datetime.fromisoformat(demo)
    if shown.tzinfo is None:
        shown = shown.replace(tzinfo=SHANGHAI)
    return shown - (datetime.fromisoformat(anchor) if anchor else _STARTED)


def is_demo() -> bool:
    """Whether a demo clock runs; the ribbon on every page says so."""
    return bool(os.environ.get("TONGBAO_CLOCK"))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Show `moment` (aware) and run on from it while the block lasts: for demo data and tests only."""
    token = _travelled.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)


def offset() -> timedelta:
    """How far the shown time is from the real one; zero outside demo mode."""
    if (travelled := _travelled.get()) is not None:
        return travelled
    demo = os.environ.get("TONGBAO_CLOCK", "")
    return _offset(demo, os.environ.get("TONGBAO_CLOCK_ANCHOR", "")) if demo else timedelta()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + offset()


def pause(milliseconds: int) -> None:
    """Let others go first."""
    time.sleep(milliseconds / 1000)


def today() -> date:
    """The present day in Shanghai."""
    return local_day(now())


def local_day(at: datetime) -> date:
    """The Shanghai day of an instant."""
    return at.astimezone(SHANGHAI).date()


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The UTC instant of a Shanghai day and hour."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def add_working_days(day: date, count: int) -> tuple[date, bool]:
    """The day that is `count` working days after `day`, and whether it is provisional.

    Working days follow the state council's calendar; beyond its last published year only weekends count and the result
    is provisional.
    """
    provisional = False
    while count > 0:
        day += timedelta(days=1)
        try:
            working = is_workday(day)
        except NotImplementedError:
            working, provisional = day.weekday() < 5, True
        count -= working
    return day, provisional
