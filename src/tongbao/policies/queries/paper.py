"""What the certificate prints, and the countries an insurer does not cover."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.documents import queries as documents
from tongbao.policies import rules
from tongbao.policies.models import ExcludedCountries, Policy
from tongbao.registry import rules as registry
from tongbao.scheme import queries as schemes


def lookup_url() -> str:
    """The absolute address of the public verification page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("policies:verify")


def certificate_of(policy: Policy) -> rules.Certificate:
    """The facts that the certificate and schedule of an issued policy print."""
    terms, scheme = policy.terms, schemes.scheme_of(policy.terms)
    plan = scheme.plan(policy.plan)
    assert policy.issued_at is not None
    listed = policy.excluded
    since = rules.day(listed.valid_from) if listed else ""
    return rules.Certificate(
        edition=policy.edition.title,
        terms_version=terms.version,
        terms_hash=terms.hash,
        number=policy.number,
        reference=policy.application.reference,
        nominal_policyholder=policy.nominal_policyholder,
        insured=policy.insured.name,
        insured_code=policy.insured.code,
        insurer=policy.insurer.name,
        plan=plan.id,
        plan_title=plan.title,
        rate=plan.rate,
        subsidy_rate=plan.subsidy_rate,
        minimum_cents=plan.minimum_cents,
        limit_cents=policy.maximum_liability_cents,
        insured_percentage=policy.insured_percentage,
        cover_from=policy.cover_from,
        cover_to=policy.cover_to,
        base_year=scheme.base_year,
        base_exports_cents=policy.base_exports_cents,
        premium_cents=policy.premium_cents,
        premium_fen=policy.premium_fen,
        subsidy_fen=policy.subsidy_fen,
        exporter_share_fen=policy.exporter_share_fen,
        share_paid_on=policy.exporter_share_paid_on,
        cny_per_usd=policy.exchange_rate.cny_per_usd,
        rate_month=policy.exchange_rate.month,
        entry_date=policy.entry_date,
        issued_at=policy.issued_at,
        issued_on=clock.local_day(policy.issued_at),
        excluded=country_names(listed.countries) if listed else (),
        excluded_source=f"依据{listed.document_number}，自{since}起（四(二) 注）" if listed else "四(二) 注",
        code=policy.verification_code,
        lookup_url=lookup_url(),
    )


def paper_response(policy: Policy) -> HttpResponse:
    """The filed certificate as a download; the caller has seen to it that it exists."""
    assert policy.certificate is not None
    return documents.respond(policy.certificate)


def excluded_on(insurer: Organisation, day: date) -> ExcludedCountries | None:
    """The insurer's list of countries not covered that counts on a day (四(二) note); None when it has none."""
    return ExcludedCountries.objects.filter(insurer=insurer, valid_from__lte=day).first()


def excluded_lists(user: User) -> QuerySet[ExcludedCountries]:
    """The lists of the agent's own insurer; all insurers' for the city, finance and audit."""
    found = ExcludedCountries.objects.select_related("insurer", "entered_by")
    if user.role == Role.INSURER_AGENT:
        return found.filter(insurer=user.organisation)
    return found if user.role in {Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR} else found.none()


def countries() -> list[tuple[str, str]]:
    """Every country but our own: ISO alpha-2 and Chinese name, in the order of the names' sounds."""
    named = ((code, name) for code, name in registry.country_names().items() if code not in {"CN", registry.UNKNOWN})
    return sorted(named, key=lambda one: one[1].encode("gb18030"))  # the common characters stand there by sound


def country_names(codes: Iterable[str]) -> tuple[str, ...]:
    """Chinese names of ISO alpha-2 codes, in the order given."""
    return tuple(registry.country_name(code) for code in codes)
