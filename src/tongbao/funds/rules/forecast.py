"""How long the money of a pool lasts at the pace of the last days: an estimate for officers, never a promise."""

from dataclasses import dataclass
from datetime import date, timedelta

PACE_DAYS = 30
FARTHEST = 3650  # days; what lasts longer has no end worth telling


@dataclass(frozen=True)
class Day:
    """How a pool stood at the end of a day, in fen."""

    day: date
    available: int = 0
    reserved: int = 0
    charged: int = 0

    @property
    def allotted(self) -> int:
        """All there is."""
        return self.available + self.reserved + self.charged

    @property
    def used(self) -> int:
        """What is reserved or charged."""
        return self.reserved + self.charged


def through(moved: dict[date, dict[str, int]], today: date) -> list[Day]:
    """Every day from the first movement to today, from what each day added to each account (by its name)."""
    if not moved:
        return []
    days, at = [], Day(min(moved))
    while at.day <= today:
        change = moved.get(at.day, {})
        at = Day(
            at.day, **{name: getattr(at, name) + change.get(name, 0) for name in ("available", "reserved", "charged")}
        )
        days.append(at)
        at = Day(at.day + timedelta(days=1), at.available, at.reserved, at.charged)
    return days


def pace(days: list[Day]) -> tuple[int, int]:
    """What was used on balance in the last days, in fen, and over how many days; nothing for a pool that is new."""
    if not days:
        return 0, 0
    span = min(PACE_DAYS, len(days))
    before = days[-span - 1].used if len(days) > span else 0
    return days[-1].used - before, span


def exhausted_on(days: list[Day]) -> date | None:
    """The day on which the available would be used up at the pace of the last days; None when it is not to be told."""
    used, span = pace(days)
    if used <= 0 or not days[-1].available:
        return None
    left = -(-days[-1].available * span // used)  # begun days count
    return days[-1].day + timedelta(days=left) if left <= FARTHEST else None


def empty_since(days: list[Day]) -> date | None:
    """The first of the days, up to today, on which nothing is available; None while there is something, or ever was
    nothing."""
    since = None
    for day in reversed(days):
        if day.available or not day.allotted:
            break
        since = day.day
    return since


def thinned(days: list[Day], most: int = 90) -> list[Day]:
    """At most so many of the days, evenly, the last always among them: what a picture can show."""
    step = -(-len(days) // most) if days else 1
    return days[::-1][::step][::-1]
