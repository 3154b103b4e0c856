"""Which applications there are, for whom, and what belongs to each."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from tongbao import once
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.funds import queries as funds
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.models import Application, Paper, Question, Review
from tongbao.intake.queries.judged import scheme_for
from tongbao.refusal import Refusal
from tongbao.registry.models import Exporter
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Edition

_SEES_ALL = (Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)  # administrators run the machine, no more


def visible_to(user: User) -> QuerySet[Application]:
    """The applications a person may see: a firm its own, officers what was submitted (districts: in their areas),
    insurers what was approved for them."""
    if user.role == Role.EXPORTER:
        return _of_firm(user.organisation.code)
    submitted = _every().filter(submitted_at__isnull=False)
    if user.role in _SEES_ALL:
        return submitted
    if user.role == Role.DISTRICT_OFFICER:
        return submitted.filter(area__in=user.organisation.areas.all())
    if user.role == Role.INSURER_AGENT:
        return submitted.filter(insurer=user.organisation_id).filter(_approved_once())
    return submitted.none()


def _every() -> QuerySet[Application]:
    return Application.objects.select_related("exporter", "area", "insurer", "reservation", "edition")


def _of_firm(code: str) -> QuerySet[Application]:
    return _every().filter(exporter__code=code)


@once.compiled
def _of_firm_by_reference(code: str, reference: str) -> QuerySet[Application]:
    return _of_firm(code).filter(reference=reference)


def _approved_once() -> Q:
    approved = Review.objects.filter(
        application=OuterRef("pk"), level=rules.Level.SECOND, verdict=rules.Verdict.APPROVE
    )
    return Q(state__in=rules.AFTER_APPROVAL) | Q(Exists(approved), state=rules.State.LAPSED)


def by_reference(user: User, reference: str) -> Application:
    """One application by its number; Http404 when it is not there or not this person's to see."""
    if user.role != Role.EXPORTER:
        return get_object_or_404(visible_to(user), reference=reference)
    for application in _of_firm_by_reference(user.organisation.code, reference):
        return application
    raise Http404(reference)


def lock_application(pk: int) -> Application:
    """The row, locked for a change; `Application.DoesNotExist` when it is not there."""
    for application in _locked(pk):
        return application
    raise Application.DoesNotExist(pk)


@once.compiled
def _locked(pk: int) -> QuerySet[Application]:
    """With what never changes of it. A row that had to be waited for would come without what has changed meanwhile: the
    database joins what there was before the wait."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("exporter__area", "edition")
    return rows.filter(pk=pk)


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
        papers=frozenset(_kinds_of_papers(application.pk)),
    )


@once.compiled
def _kinds_of_papers(application_id: int) -> QuerySet[Paper, str]:
    return Paper.objects.filter(application=application_id, replaced_at=None).values_list("kind", flat=True)


def insurers(application: Application, scheme: scheme_rules.Scheme | None = None) -> list[tuple[Organisation, Any]]:
    """The edition's insurers: the organisation and its entry in the scheme (today's), in the scheme's order."""
    bodies = {body.code: body for body in _insurers()}
    scheme = scheme or scheme_for(application)
    return [(bodies[entry.id], entry) for entry in scheme.insurers if entry.id in bodies]


@once.compiled
def _insurers() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=OrganisationKind.INSURER)


def insurer_of(application: Application, pk: int) -> Organisation:
    """One of the edition's insurers; Refusal `intake.insurer_unknown` for any other body."""
    body = next((body for body, _ in insurers(application) if body.pk == pk), None)
    if body is None:
        raise Refusal("intake.insurer_unknown", "请从本年度的保险公司中选择。", "insurer")
    return body


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
