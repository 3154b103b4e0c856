"""What happened to applications and what waits: history, deadlines, faults, worklist."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import queries as log
from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.models import Application
from tongbao.intake.queries.applications import visible_to
from tongbao.ui.menu import Todo


@dataclass(frozen=True)
class Event:
    """Something that happened to an application, in the enterprise's words."""

    at: datetime
    says: str


def history(application: Application) -> list[Event]:
    """What happened so far, oldest first, from the log."""
    entries = log.of_reference(application.reference)
    told = ((entry.at, rules.told(entry.verb, entry.detail.get("verdict", ""))) for entry in entries)
    return [Event(at, says) for at, says in told if says]


# ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────────


def funded_since(edition_id: int | None = None) -> QuerySet[Application]:
    """Applications on the waiting list whose money has come meanwhile, in the order of receipt."""
    found = Application.objects.filter(
        state=rules.State.SUBMITTED, reservation__state=ReservationState.RESERVED
    ).order_by("reservation__queue_number")
    return found.filter(edition=edition_id) if edition_id else found


def outdated() -> QuerySet[Application]:
    """Open applications judged on facts that the register has changed since, in the order of receipt."""
    newer = Q(exporter__facts_version__gt=F("facts_version"))
    return Application.objects.filter(newer, state__in=rules.OPEN).order_by("submitted_at", "pk")


_FUNDED = {ReservationState.RESERVED, ReservationState.HELD}  # held: a corrected fact asks for more than there was
_MONEY = {
    rules.State.SUBMITTED: {ReservationState.WAITING, *_FUNDED},  # or about to be taken up
    rules.State.FIRST_REVIEW: _FUNDED,
    rules.State.SECOND_REVIEW: _FUNDED,
    rules.State.APPROVED: _FUNDED,
    rules.State.RETURNED: {*_FUNDED, ReservationState.SURRENDERED},
    rules.State.ISSUED: {ReservationState.CHARGED},
}


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each application whose place does not fit its state, and each place without one; returns
    how many applications there are."""
    given_up = {ReservationState.RELEASED, ReservationState.SURRENDERED}
    count = 0
    applications = Application.objects.select_related("reservation").order_by("pk").iterator(chunk_size=2000)
    for application in applications:
        count += 1
        place, state = application.reservation, rules.State(application.state)
        if (place and place.received_at) != application.submitted_at:
            yield f"申请 {application.reference} 的提交时间与资金预占不符"
        elif place is not None and place.state not in _MONEY.get(state, given_up):
            label = ReservationState(place.state).label
            yield f"申请 {application.reference} 是“{state.label}”，资金却是“{label}”"
    lost = Reservation.objects.filter(application=None).exclude(state__in=given_up)
    yield from (f"序号 {place.queue_number}（{place.reference}）没有申请，却仍占用资金" for place in lost)
    return count


_WAITS_FOR: dict[str, Sequence[tuple[rules.State, str, bool]]] = {
    Role.EXPORTER: (
        (rules.State.RETURNED, "申请需要您补充", True),
        (rules.State.DRAFT, "申请还没有提交", False),
    ),
    Role.DISTRICT_OFFICER: ((rules.State.FIRST_REVIEW, "申请待初审", False),),
    Role.CITY_OFFICER: ((rules.State.SECOND_REVIEW, "申请待复审", False),),
}


def todo(user: User) -> list[Todo]:
    """What waits for this person here."""
    lines = []
    for state, label, urgent in _WAITS_FOR.get(user.role, ()):
        count = visible_to(user).filter(state=state).count()
        if count:
            own = user.role == Role.EXPORTER
            url = reverse("intake:mine") if own else f"{reverse('intake:list')}?state={state.value}"
            lines.append(Todo(label, count, url, urgent))
    return lines
