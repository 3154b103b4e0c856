"""Exchange rates by insurer and month."""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.funds import rules
from tongbao.funds.models import ExchangeRate
from tongbao.funds.permissions import WHOLE_FUND
from tongbao.scheme import queries as scheme


def rates(user: User) -> QuerySet[ExchangeRate]:
    """The rates this person may see: an insurer's agent its own, those who watch the whole fund all."""
    found = ExchangeRate.objects.select_related("insurer", "entered_by", "confirmed_by")
    if user.role in WHOLE_FUND:
        return found
    return found.filter(insurer=user.organisation_id) if user.role == Role.INSURER_AGENT else found.none()


def rate_of(insurer: Organisation, day: date) -> ExchangeRate | None:
    """The rate of a day's month, confirmed or not."""
    return ExchangeRate.objects.filter(insurer=insurer, month=rules.first_of_month(day)).first()


def confirmed_rate(insurer: Organisation, day: date) -> ExchangeRate | None:
    """The rate that counts on a day: that of its month, once a second person confirmed it (五(二))."""
    rate = rate_of(insurer, day)
    return rate if rate is not None and rate.confirmed_at is not None else None


def lock_rate(pk: int) -> ExchangeRate:
    """A rate that nobody else changes until the transaction ends."""
    return ExchangeRate.objects.select_for_update(of=("self",)).select_related("insurer", "entered_by").get(pk=pk)


def reference_rate() -> tuple[Decimal, Decimal] | None:
    """The newest edition's reference rate and the share a month's rate may differ from it; None without an edition."""
    edition = scheme.editions().filter(versions__isnull=False).first()
    if edition is None:
        return None
    terms = scheme.scheme_of(scheme.terms_of(edition))
    return terms.reference_rate, terms.parameters.fx_tolerance.value


def insurers(user: User) -> QuerySet[Organisation]:
    """The insurers whose rates this person may see."""
    found = Organisation.objects.filter(kind=OrganisationKind.INSURER)
    if user.role in WHOLE_FUND:
        return found
    return found.filter(pk=user.organisation_id) if user.role == Role.INSURER_AGENT else found.none()
