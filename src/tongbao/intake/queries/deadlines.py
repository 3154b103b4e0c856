"""Until when applications may stay as they are: those that are overdue, and those whose day is near."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tongbao import clock
from tongbao.intake import rules
from tongbao.intake.models import Application, Review
from tongbao.intake.queries.judged import scheme_for
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Edition
from tongbao.scheme.rules import Scheme

_RUNNING = (rules.State.SUBMITTED, rules.State.RETURNED, rules.State.APPROVED)  # nobody's review: a day ends them


def due_of(application: Application) -> rules.Due | None:
    """Until when an application may stay as it is, by the terms of today; None while it waits for the authorities."""
    return _due(_with_approval(Application.objects.filter(pk=application.pk)).get(), scheme_for(application))


def overdue(today: date) -> list[tuple[int, rules.Due]]:
    """Those that wait or were returned and whose last day is over: row number and deadline."""
    running = _running_out(today - timedelta(days=1))
    return [(one.pk, due) for one, due in running if one.state != rules.State.APPROVED]


def unissued(today: date) -> list[int]:
    """Approved ones that no insurer has issued in its days."""
    running = _running_out(today - timedelta(days=1))
    return [one.pk for one, _ in running if one.state == rules.State.APPROVED]


def near(today: date) -> list[int]:
    """Those whose last day is near, or today, and who have not been reminded of it."""
    until, _ = clock.add_working_days(today, rules.REMIND_DAYS)
    return [one.pk for one, due in _running_out(until) if today <= due.day and one.reminded_of != due.day]


def _running_out(until: date) -> Iterator[tuple[Application, rules.Due]]:
    """The applications whose last day is not after a day, edition by edition, in the order of receipt."""
    for edition in Edition.objects.filter(pk__in=Application.objects.filter(state__in=_RUNNING).values("edition")):
        scheme = schemes.scheme_of(schemes.terms_of(edition, on=clock.today()))
        found = _with_approval(Application.objects.filter(_may_be_due(scheme, until), edition=edition))
        for one in found.order_by("submitted_at", "pk"):
            due = _due(one, scheme)
            if due is not None and due.day <= until:
                yield one, due


def _may_be_due(scheme: Scheme, until: date) -> Q:
    """What can be told without looking at each: thousands may wait, and their day is the same."""
    which = Q(state=rules.State.RETURNED, return_due__lte=until)
    if scheme.waits_until <= until:
        which |= Q(state=rules.State.SUBMITTED)
    if scheme.closes_on <= until:
        which |= Q(state=rules.State.RETURNED, return_kind=rules.ReturnKind.CORRECTION)
    if scheme.issue_days is not None or scheme.cover_to <= until:
        which |= Q(state=rules.State.APPROVED)
    return which


def _with_approval(found: QuerySet[Application]) -> QuerySet[Application]:
    """With `approved_at`, the moment of the last approval by the city."""
    approved = Review.objects.filter(
        application=OuterRef("pk"), level=rules.Level.SECOND, verdict=rules.Verdict.APPROVE
    )
    return found.annotate(approved_at=Subquery(approved.order_by("-at").values("at")[:1]))


def _due(application: Application, scheme: Scheme) -> rules.Due | None:
    approved_at, issue_by = application.approved_at, None  # type: ignore[attr-defined]  # annotated
    if scheme.issue_days is not None and approved_at is not None:
        issue_by, _ = clock.add_working_days(clock.local_day(approved_at), scheme.issue_days)
    return rules.due(
        application.state,
        scheme,
        return_kind=application.return_kind,
        return_due=application.return_due,
        issue_by=issue_by,
    )
