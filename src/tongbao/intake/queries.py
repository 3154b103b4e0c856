"""What can be asked about applications; everything is scoped to the person who asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit import queries as log
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.models import Application, Paper, Question, Review
from tongbao.registry import queries as registry
from tongbao.registry.models import Exporter
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Edition
from tongbao.ui.menu import Todo

_SEES_ALL = (Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)  # administrators run the machine, no more


def visible_to(user: User) -> QuerySet[Application]:
    """The applications a person may see: a firm its own, officers what was submitted (districts: in their areas),
    insurers what was approved for them."""
    every = Application.objects.select_related("exporter", "area", "insurer", "reservation", "edition")
    if user.role == Role.EXPORTER:
        return every.filter(exporter__code=user.organisation.code)
    submitted = every.filter(submitted_at__isnull=False)
    if user.role in _SEES_ALL:
        return submitted
    if user.role == Role.DISTRICT_OFFICER:
        return submitted.filter(area__in=user.organisation.areas.all())
    if user.role == Role.INSURER_AGENT:
        return submitted.filter(insurer=user.organisation_id).filter(_approved_once())
    return every.none()


def _approved_once() -> Q:
    approved = Review.objects.filter(
        application=OuterRef("pk"), level=rules.Level.SECOND, verdict=rules.Verdict.APPROVE
    )
    return Q(state__in=rules.AFTER_APPROVAL) | Q(Exists(approved), state=rules.State.LAPSED)


def by_reference(user: User, reference: str) -> Application:
    """One application by its number; Http404 when it is not there or not this person's to see."""
    return get_object_or_404(visible_to(user), reference=reference)


def lock_application(pk: int) -> Application:
    """The row, locked for a change; `Application.DoesNotExist` when it is not there."""
    return Application.objects.select_for_update().get(pk=pk)


def live_of(exporter: Exporter, edition: Edition) -> Application | None:
    """The one application of a firm in an edition that is still alive, or None."""
    return Application.objects.filter(exporter=exporter, edition=edition, state__in=rules.LIVE).first()


def past_of(user: User) -> QuerySet[Application]:
    """A firm's applications, newest first."""
    return visible_to(user).order_by("-created_at")


def edition(pk: int) -> Edition:
    """An edition by its row number."""
    return Edition.objects.get(pk=pk)


def firm_of(application: Application) -> Organisation | None:
    """The firm as a body whose people sign in; None when nobody of it ever has."""
    return Organisation.objects.filter(code=application.exporter.code).first()


# ── one application ─────────────────────────────────────────────────────────────────────────────────────────────────


def scheme_for(application: Application, day: date | None = None) -> scheme_rules.Scheme:
    """The scheme of an application's edition as it stands on a day (default: today)."""
    return schemes.scheme_of(schemes.terms_of(application.edition, on=day or clock.today()))


def facts_now(application: Application, at: datetime) -> registry.Facts:
    """The firm's facts from the register at an instant, with what the firm itself declared.

    Existing cover is that of the day of receipt (clause 二(一)): one that ends during the reviews still counts.
    """
    return registry.facts_of(
        application.exporter,
        scheme_for(application, clock.local_day(at)),
        as_of=clock.local_day(at),
        received_on=_received_on(application),
        declared_uninsured=application.declares_uninsured,
    )


def _received_on(application: Application) -> date | None:
    """The day of the receipt that counts; None while there is none (a draft, a file returned for correction)."""
    if application.submitted_at is None or application.return_kind == rules.ReturnKind.CORRECTION:
        return None
    return clock.local_day(application.submitted_at)


def current_outcome(application: Application, at: datetime) -> scheme_rules.Outcome:
    """What the terms say of the firm at an instant, recomputed from the register (nothing is stored)."""
    terms = schemes.terms_of(application.edition, on=clock.local_day(at))
    return scheme_rules.decide(schemes.compiled(terms), facts_now(application, at).values)


def draft_of(application: Application, outcome: scheme_rules.Outcome) -> rules.Draft:
    """What the firm has given so far, for the task list and the check before submission."""
    return rules.Draft(
        plan=application.plan,
        fallback_plan=application.fallback_plan,
        needs_fallback=application.plan in rules.conditional_plans(outcome),
        insurer=application.insurer.code if application.insurer else "",
        contact_name=application.contact_name,
        contact_phone=application.contact_phone,
        address=application.address,
        data_confirmed=application.data_confirmed,
        declares_uninsured=application.declares_uninsured,
        declares_truth=application.declares_truth,
        needs_proof=rules.exported_nothing(outcome),
        papers=frozenset(paper.kind for paper in papers(application)),
    )


def insurers(application: Application) -> list[tuple[Organisation, Any]]:
    """The edition's insurers: the organisation and its entry in the scheme, in the scheme's order."""
    bodies = {body.code: body for body in Organisation.objects.filter(kind=OrganisationKind.INSURER)}
    return [(bodies[entry.id], entry) for entry in scheme_for(application).insurers if entry.id in bodies]


def papers(application: Application) -> QuerySet[Paper]:
    """The papers that count: the newest of each kind, and every supplement."""
    return application.papers.filter(replaced_at=None).select_related("document")


def paper(application: Application, pk: int) -> Paper:
    """One paper of an application, replaced or not; Http404 when it is another's."""
    return get_object_or_404(application.papers.select_related("document"), pk=pk)


def open_questions(application: Application) -> QuerySet[Question]:
    """Questions not answered yet."""
    return application.questions.filter(answered_at=None)


def reviews(application: Application) -> QuerySet[Review]:
    """Reviews, oldest first, with their people and questions."""
    return application.reviews.select_related("reviewer", "body").prefetch_related("questions")


def waiting_position(application: Application) -> int | None:
    """The 1-based place on the waiting list of the pool, or None when money stands by (or no place is held)."""
    reservation = application.reservation
    if reservation is None or reservation.state != ReservationState.WAITING:
        return None
    return funds.position(reservation)


# ── what pages show ──────────────────────────────────────────────────────────────────────────────────────────────────


NOT_KNOWN = "企业名册中没有记录"


@dataclass(frozen=True)
class FactRow:
    """One fact of a firm in words: title, what the register says, and where that comes from."""

    title: str
    says: str
    sources: Sequence[str]


def fact_rows(application: Application, at: datetime) -> list[FactRow]:
    """The firm's facts as the register knows them (existing cover aside, which the firm declares itself).

    What the register does not know comes last, in one row.
    """
    scheme = scheme_for(application, clock.local_day(at))
    facts = facts_now(application, at)
    shown = [fact for fact in scheme.facts if fact.id != "insured"]
    rows = [
        FactRow(fact.title, _says(fact, facts.values[fact.id], scheme), facts.provenance.get(fact.id, ()))
        for fact in shown
        if facts.values.get(fact.id) is not None
    ]
    unknown = "；".join(fact.title for fact in shown if facts.values.get(fact.id) is None)
    return [*rows, FactRow(NOT_KNOWN, unknown, ())] if unknown else rows


def _says(fact: Any, value: Any, scheme: scheme_rules.Scheme) -> str:
    if isinstance(value, bool):
        return (fact.yes if value else fact.no) or ("是" if value else "否")
    if isinstance(value, Decimal):
        return f"{value:,.2f} {fact.unit}".strip()
    return scheme.area_names.get(str(value), str(value))


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


def overdue(today: date) -> QuerySet[Application]:
    """Returned applications whose days have run out."""
    return Application.objects.filter(state=rules.State.RETURNED, return_due__lt=today).order_by("pk")


_MONEY = {
    rules.State.SUBMITTED: {ReservationState.WAITING, ReservationState.RESERVED},  # or about to be taken up
    rules.State.FIRST_REVIEW: {ReservationState.RESERVED},
    rules.State.SECOND_REVIEW: {ReservationState.RESERVED},
    rules.State.APPROVED: {ReservationState.RESERVED, ReservationState.HELD},
    rules.State.RETURNED: {ReservationState.RESERVED, ReservationState.SURRENDERED},
    rules.State.ISSUED: {ReservationState.CHARGED},
}


def faults() -> Iterator[str]:
    """A Chinese sentence for each application whose place does not fit its state, and each place without one."""
    given_up = {ReservationState.RELEASED, ReservationState.SURRENDERED}
    for application in Application.objects.select_related("reservation").order_by("pk").iterator(chunk_size=2000):
        place, state = application.reservation, rules.State(application.state)
        if (place and place.received_at) != application.submitted_at:
            yield f"申请 {application.reference} 的提交时间与资金预占不符"
        elif place is not None and place.state not in _MONEY.get(state, given_up):
            label = ReservationState(place.state).label
            yield f"申请 {application.reference} 是“{state.label}”，资金却是“{label}”"
    lost = Reservation.objects.filter(application=None).exclude(state__in=given_up)
    yield from (f"序号 {place.queue_number}（{place.reference}）没有申请，却仍占用资金" for place in lost)


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
