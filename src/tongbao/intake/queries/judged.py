"""What the terms say of an application now: facts, outcome, head counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongbao import clock
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.models import Application
from tongbao.registry import queries as registry
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules


def scheme_for(application: Application, day: date | None = None) -> scheme_rules.Scheme:
    """The scheme of an application's edition as it stands on a day (default: today)."""
    return schemes.scheme_of(schemes.terms_of(application.edition, on=day or clock.today()))


def facts_now(application: Application, at: datetime, scheme: scheme_rules.Scheme | None = None) -> registry.Facts:
    """The firm's facts from the register at an instant, with what the firm itself declared, for the scheme of that day.

    Existing cover is that of the day of receipt (clause 二(一)): one that ends during the reviews still counts.
    """
    return registry.facts_of(
        application.exporter,
        scheme or scheme_for(application, clock.local_day(at)),
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
    terms = schemes.compiled(schemes.terms_of(application.edition, on=clock.local_day(at)))
    return scheme_rules.decide(terms, facts_now(application, at, terms.scheme).values)


def full_quota(application: Application, scheme: scheme_rules.Scheme) -> scheme_rules.Quota | None:
    """The first head count of the scheme that others fill already; every place in line or funded counts."""
    if not scheme.quotas:
        return None
    others = Application.objects.filter(edition=application.edition, state__in=rules.LIVE).exclude(pk=application.pk)
    others = others.exclude(reservation__state__in=(ReservationState.RELEASED, ReservationState.SURRENDERED))
    for quota in scheme.quotas:
        if (quota.plans and application.plan not in quota.plans) or (
            quota.areas and application.exporter.area.code not in quota.areas
        ):
            continue
        taken = others.filter(reservation__isnull=False)
        taken = taken.filter(plan__in=quota.plans) if quota.plans else taken
        taken = taken.filter(area__code__in=quota.areas) if quota.areas else taken
        if taken.count() >= quota.firms:
            return quota
    return None


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
    facts = facts_now(application, at, scheme)
    shown, areas = [fact for fact in scheme.facts if fact.id != "insured"], scheme.area_names
    rows = [
        FactRow(fact.title, rules.said(fact, facts.values[fact.id], areas), facts.provenance.get(fact.id, ()))
        for fact in shown
        if facts.values.get(fact.id) is not None
    ]
    unknown = "；".join(fact.title for fact in shown if facts.values.get(fact.id) is None)
    return [*rows, FactRow(NOT_KNOWN, unknown, ())] if unknown else rows
