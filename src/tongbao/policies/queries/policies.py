"""Policies: who sees which, one locked, one by its code, what happened to it, which are due."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.funds.rules import ReservationState
from tongbao.intake import queries as intake
from tongbao.intake.models import Application
from tongbao.policies import rules
from tongbao.policies.models import Policy
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import Plan, PlanWords, in_words

WHOLE = (
    "edition", "terms", "application", "reservation", "insured", "insured__area", "insurer", "exchange_rate",
    "excluded", "certificate", "quoted_by", "issued_by",
)  # fmt: skip


def visible_to(user: User) -> QuerySet[Policy]:
    """A firm's own, an insurer's own, a district's areas; all of them for city, finance and audit."""
    found = Policy.objects.select_related("application", "insured", "insurer", "insured__area", "edition")
    if user.role == Role.EXPORTER:
        return found.filter(insured__code=user.organisation.code)
    if user.role == Role.INSURER_AGENT:
        return found.filter(insurer=user.organisation)
    if user.role == Role.DISTRICT_OFFICER:
        return found.filter(application__area__in=user.organisation.areas.all())
    if user.role in {Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR}:
        return found
    return found.none()


def of_application(application: Application) -> Policy | None:
    """The policy an application led to, in whatever state."""
    return Policy.objects.filter(application=application).select_related(*WHOLE).first()


def lock_case(policy_id: int) -> tuple[Application, Policy]:
    """The application, then the policy, locked in that order (the order of every verb)."""
    application_id = Policy.objects.values_list("application_id", flat=True).get(pk=policy_id)
    application = intake.lock_application(application_id)
    return application, Policy.objects.select_for_update(of=("self",)).select_related(*WHOLE).get(pk=policy_id)


def by_verification_code(typed: str) -> Policy | None:
    """The issued policy (also one expired or cancelled since) with this code, as typed; None when there is none."""
    code = rules.plain_code(typed)
    found = Policy.objects.filter(verification_code=code, issued_at__isnull=False) if code else Policy.objects.none()
    return found.select_related("insured", "insurer", "edition").first()


def plan_of(policy: Policy) -> Plan:
    """A policy's plan as its terms hold it."""
    return schemes.scheme_of(policy.terms).plan(policy.plan)


def plan_words(policy: Policy) -> PlanWords:
    """A policy's plan in words."""
    return in_words(plan_of(policy), schemes.scheme_of(policy.terms))


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why a policy cannot be issued yet: what its pool lacks, and what the money that stands by was reckoned on."""

    short_fen: int
    kept_fen: int
    reference: Decimal  # RMB per USD
    buffer: Decimal  # a share


def held_back(policy: Policy) -> HeldBack | None:
    """What is lacking for a policy whose issue was tried in vain (五(二)); None when nothing is."""
    place, scheme = policy.reservation, schemes.scheme_of(policy.terms)
    if place.state != ReservationState.HELD:
        return None
    return HeldBack(place.shortfall_fen, place.amount_fen, scheme.reference_rate, scheme.fx_buffer)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a policy's history: what happened, who did it, when."""

    label: str
    who: str
    at: datetime


def history(policy: Policy, user: User) -> list[Event]:
    """What happened to a policy, oldest first; a firm reads the body that acted, officers the person too."""
    found = Record.objects.filter(
        subject_type=policy._meta.label_lower, subject_id=str(policy.pk), verb__in=rules.HAPPENED
    )
    person = user.role != Role.EXPORTER
    return [
        Event(
            rules.HAPPENED[record.verb],
            f"{record.actor_body} {record.actor_name}".strip() if person else record.actor_body or record.actor_name,
            record.at,
        )
        for record in found.order_by("number")
    ]


def due_unpaid(today: date) -> list[int]:
    """Policies whose exporter let the last day for its share pass (plan B, 四(二))."""
    found = Policy.objects.filter(
        state=rules.State.AWAITING_EXPORTER_SHARE, exporter_share_due__lt=today, exporter_share_paid_on=None
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def past_cover(today: date) -> list[int]:
    """Policies in force whose cover has ended."""
    found = Policy.objects.filter(state=rules.State.IN_FORCE, cover_to__lt=today)
    return list(found.order_by("pk").values_list("pk", flat=True))


def page_of(policy: Policy) -> str:
    """The address of a policy's page."""
    return reverse("policies:policy", args=[policy.pk])


def organisation_of(policy: Policy) -> Organisation | None:
    """The body through which the insured firm signs in; None when it never did."""
    return Organisation.objects.filter(code=policy.insured.code).first()
