"""Exchange rates by insurer and month, and what they are held against."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.documents.models import Document
from tongbao.funds import rules
from tongbao.funds.models import ExchangeRate, Parity
from tongbao.funds.permissions import WHOLE_FUND
from tongbao.scheme import queries as scheme

RATE_PAPER = "fund_rate_correction"  # the kind of document that a correction rests on


def rates(user: User) -> QuerySet[ExchangeRate]:
    """The rates this person may see: an insurer's agent its own, those who watch the whole fund all."""
    found = ExchangeRate.objects.select_related("insurer", "entered_by", "confirmed_by", "correction", "corrects")
    if user.role in WHOLE_FUND:
        return found
    return found.filter(insurer=user.organisation_id) if user.role == Role.INSURER_AGENT else found.none()


def open_rates(user: User) -> QuerySet[ExchangeRate]:
    """The rates of those this person may see that nobody has confirmed yet."""
    return rates(user).filter(confirmed_at=None)


def in_state(found: QuerySet[ExchangeRate], state: rules.RateState) -> QuerySet[ExchangeRate]:
    """Those of some rates that are in a state."""
    if state is rules.RateState.OPEN:
        return found.filter(confirmed_at=None)
    confirmed, stands = found.filter(confirmed_at__isnull=False), _stands()
    return confirmed.filter(stands) if state is rules.RateState.STANDING else confirmed.exclude(stands)


def _stands() -> Q:
    """No confirmed correction has taken its place."""
    return Q(correction=None) | Q(correction__confirmed_at=None)


def rate(user: User, pk: int) -> ExchangeRate | None:
    """One rate with its paper, or None when this person may not see it."""
    return rates(user).select_related("document").filter(pk=pk).first()


def chain_of(one: ExchangeRate) -> list[ExchangeRate]:
    """All rates of an insurer and month, from the first to the last correction."""
    found = ExchangeRate.objects.filter(insurer=one.insurer_id, month=one.month).order_by("pk")
    return list(found.select_related("insurer", "entered_by", "confirmed_by", "correction", "document"))


def rate_of(insurer: Organisation, day: date) -> ExchangeRate | None:
    """The rate of a day's month: the standing one, or while nobody has confirmed any, the one that was entered."""
    return (
        ExchangeRate.objects.filter(insurer=insurer, month=rules.first_of_month(day))
        .filter(_stands())
        .order_by("pk")  # a correction under way comes after what it corrects
        .first()
    )


def confirmed_rate(insurer: Organisation, day: date) -> ExchangeRate | None:
    """The rate that counts on a day: the standing one of its month, confirmed by a second person (五(二))."""
    found = rate_of(insurer, day)
    return found if found is not None and found.confirmed_at is not None else None


def standing_rates(insurer_ids: set[int]) -> dict[tuple[int, date], ExchangeRate]:
    """The rates of some insurers that stand, by insurer and month: one question for a whole list."""
    found = in_state(ExchangeRate.objects.filter(insurer__in=insurer_ids), rules.RateState.STANDING)
    return {(one.insurer_id, one.month): one for one in found}


def lock_rate(pk: int) -> ExchangeRate:
    """A rate that nobody else changes or corrects until the transaction ends."""
    found = ExchangeRate.objects.select_for_update(of=("self",)).select_related("insurer", "entered_by", "corrects")
    return found.get(pk=pk)


def insurers(user: User) -> QuerySet[Organisation]:
    """The insurers whose rates this person may see."""
    found = Organisation.objects.filter(kind=OrganisationKind.INSURER)
    if user.role in WHOLE_FUND:
        return found
    return found.filter(pk=user.organisation_id) if user.role == Role.INSURER_AGENT else found.none()


def rate_paper(user: User, pk: int) -> Document | None:
    """The paper of a correction this person may see, or None."""
    found = rate(user, pk)
    return found.document if found else None


# ── what rates are held against ─────────────────────────────────────────────────────────────────────────────────────


def reference_rate() -> tuple[Decimal, Decimal] | None:
    """The newest edition's reference rate and the share a month's rate may differ from it; None without an edition."""
    edition = scheme.editions().filter(versions__isnull=False).first()
    if edition is None:
        return None
    terms = scheme.scheme_of(scheme.terms_of(edition))
    return terms.reference_rate, terms.parameters.fx_tolerance.value


def yardstick(month: date) -> rules.Yardstick | None:
    """What a rate of a month is held against; None without an edition, which says how far it may differ."""
    reference = reference_rate()
    if reference is None or month < rules.EARLIEST:
        return None
    near = Parity.objects.filter(day__gte=month - rules.PARITY_REACH, day__lt=month + timedelta(days=31))
    return rules.yardstick(month, map(_of, near), *reference)


def yardsticks() -> Callable[[ExchangeRate], rules.HeldRate | None]:
    """How far rates are from what they are held against, for a whole list: parities are asked once."""
    reference = reference_rate()
    known = list(map(_of, Parity.objects.all()))

    def held(one: ExchangeRate) -> rules.HeldRate | None:
        if reference is None:
            return None
        return rules.HeldRate(rules.yardstick(one.month, known, *reference), one.cny_per_usd)

    return held


def held(one: ExchangeRate) -> rules.HeldRate | None:
    """How far one rate is from what it is held against."""
    against = yardstick(one.month)
    return rules.HeldRate(against, one.cny_per_usd) if against else None


def _of(row: Parity) -> rules.ParityDay:
    return rules.ParityDay(row.day, row.cny_per_usd, row.source, row.checked)


def parities() -> QuerySet[Parity]:
    """中间价, newest first; everybody who sees the rates sees them."""
    return Parity.objects.select_related("entered_by")


def known_days(days: set[date]) -> set[date]:
    """Those of these days whose parity is known already."""
    return set(Parity.objects.filter(day__in=days).values_list("day", flat=True))


def lock_parity(pk: int) -> Parity:
    """A parity that nobody else corrects until the transaction ends."""
    return Parity.objects.select_for_update().get(pk=pk)
