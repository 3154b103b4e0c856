"""Where a firm's application stands: its place, its lines, how fast they move, and what a change would mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tongbao import clock
from tongbao.accounts.models import Organisation
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.funds.queries import InLine
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.models import Application
from tongbao.intake.queries.applications import insurers
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Edition


@dataclass(frozen=True)
class Standpoint:
    """A place and what it means: in which lines it waits (with what is known of when), who may pass it."""

    place: Reservation
    lines: Sequence[tuple[InLine, str]]
    may_pass: str

    @property
    def waits(self) -> bool:
        """Whether it has no money yet."""
        return self.place.state == ReservationState.WAITING

    @property
    def held(self) -> bool:
        """Whether part of its money is still to come."""
        return self.place.state == ReservationState.HELD

    @property
    def surrendered(self) -> bool:
        """Whether it was lost by a return for correction."""
        return self.place.state == ReservationState.SURRENDERED


def standpoint(application: Application) -> Standpoint | None:
    """Where an application stands; None before it is handed in."""
    place = application.reservation
    if place is None:
        return None
    since = clock.now() - timedelta(days=rules.PACE_DAYS)
    lines = [
        (line, rules.pace_says(funds.served_since(line.pool.pk, since), line.before)) for line in funds.lines_of(place)
    ]
    return Standpoint(place, lines, rules.may_pass(place.priority_class))


@dataclass(frozen=True)
class Choice:
    """An insurer the firm may change to, its entry in the scheme, and what the change would mean."""

    body: Organisation
    entry: Any
    line: InLine
    is_now: bool
    waits: bool

    @property
    def possible(self) -> bool:
        """Whether the change can be made now: one that waits may always, one that has its money only for money."""
        return self.is_now or self.waits or self.line.pays

    @property
    def says(self) -> str:
        """What it means."""
        if not self.waits:
            if self.is_now:
                return "现在的选择，资金已经预留"
            return "余额足够，可以换：资金改由这家预留" if self.line.pays else "余额不够，或已有企业候补，现在不能换"
        if self.line.pays:
            return "余额足够，前面没有企业：换过来当场预留资金，进入审核"
        return f"{'现在的选择，' if self.is_now else '换过来排'}{self.line.says}"


def choices(application: Application) -> list[Choice]:
    """The insurers of the edition with what it would mean to change to each, in the scheme's order."""
    place = application.reservation
    assert place is not None  # it was handed in
    lines = {line.pool.insurer_id: line for line in funds.lines_open_to(place)}
    waits = place.state == ReservationState.WAITING
    return [
        Choice(body, entry, lines[body.pk], body.pk == application.insurer_id, waits)
        for body, entry in insurers(application)
        if body.pk in lines
    ]


@dataclass(frozen=True)
class Window:
    """Whether an edition receives applications now, and the sentence that says so."""

    phase: rules.Phase
    says: str

    @property
    def is_open(self) -> bool:
        """Whether one can be handed in now."""
        return self.phase is rules.Phase.OPEN


def window(edition: Edition) -> Window:
    """When an edition receives applications, with the time left."""
    now = clock.now()
    scheme = schemes.scheme_of(schemes.terms_of(edition, on=clock.local_day(now)))
    local = now.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    return Window(rules.phase(scheme, local), rules.window_says(scheme, local))
