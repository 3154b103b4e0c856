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
from tongbao.policies.queries.cancellations import cancelled, refund_of
from tongbao.policies.queries.policies import plan_of
from tongbao.policies.queries.repricing import endorsements
from tongbao.registry import rules as registry
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import in_words, premium_how


def lookup_url() -> str:
    """The absolute address of the public verification page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("policies:verify")


def certificate_of(policy: Policy) -> rules.Certificate:
    """The facts that the certificate and schedule of an issued policy print."""
    plan, listed, issued_at = plan_of(policy), policy.excluded, policy.issued_at
    scheme = schemes.scheme_of(policy.terms)
    assert issued_at is not None
    return rules.Certificate(
        edition=policy.edition.title,
        terms_version=policy.terms.version,
        terms_hash=policy.terms.hash,
        reference=policy.application.reference,
        insured=policy.insured.name,
        insured_code=policy.insured.code,
        insurer=policy.insurer.name,
        plan_title=plan.title,
        rate=in_words(plan, scheme).premium,
        computed=premium_how(plan, scheme, policy.base_exports_cents),
        subsidy_rate=plan.subsidy_rate,
        limit_cents=policy.maximum_liability_cents,
        base_year=scheme.base_year,
        share_paid_on=policy.exporter_share_paid_on,
        cny_per_usd=policy.exchange_rate.cny_per_usd,
        rate_month=policy.exchange_rate.month,
        issued_at=issued_at,
        issued_on=clock.local_day(issued_at),
        excluded=country_names(listed.countries) if listed else (),
        excluded_source=_source(listed),
        code=policy.verification_code,
        lookup_url=lookup_url(),
        cancelled=_cancelled(policy),
        endorsements=endorsements(policy),
        **{name: getattr(policy, name) for name in _AS_KEPT},
    )


def _cancelled(policy: Policy) -> rules.Cancelled | None:
    one = cancelled(policy)
    if one is None:
        return None
    refund, side, city, at = refund_of(policy, one.last_day), rules.Side(one.side), one.decided_by, one.decided_at
    assert city is not None  # an approved one has both
    assert at is not None
    return rules.Cancelled(
        last_day=one.last_day,
        approved_on=clock.local_day(at),
        asked_by=side.label,
        consented_by=side.other.label,
        approved_by=str(city.organisation),
        reason=rules.CancellationReason(one.reason).label,
        fund_fen=one.fund_fen,
        fund_how=refund.fund_how,
        firm_fen=one.firm_fen,
        firm_how=refund.firm_how,
    )


# Facts of the certificate that have the name of the policy's own field.
_AS_KEPT = (
    "number", "nominal_policyholder", "plan", "insured_percentage", "cover_from", "cover_to", "entry_date",
    "base_exports_cents", "premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen",
)  # fmt: skip


def _source(listed: ExcludedCountries | None) -> str:
    if listed is None:
        return "四(二) 注"
    return f"依据{listed.document_number}，自{rules.day(listed.valid_from)}起（四(二) 注）"


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
