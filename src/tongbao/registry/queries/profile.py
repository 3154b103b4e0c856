"""What a firm's pages show of the register, each part in one query; the facts with what the terms say of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.registry import rules
from tongbao.registry.models import CoverInquiry, Designation, ExistingCover, Exporter, Particulars, YearTotal
from tongbao.registry.queries.exporters import visible_to
from tongbao.registry.queries.facts import facts_of
from tongbao.registry.queries.lists import with_figures
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Edition
from tongbao.scheme.rules import Scheme


@dataclass(frozen=True)
class FactInWords:
    """A fact for the eye: title, value, and the sentences that say where it comes from; `id` as the scheme names it."""

    title: str
    shown: str
    known: bool
    sources: list[str]
    id: str = ""


@dataclass(frozen=True)
class Profile:
    """What the register and the current terms say of a firm today."""

    exporter: Exporter
    edition: Edition
    scheme: Scheme
    facts: rules.Facts
    outcome: scheme_rules.Outcome
    advice: scheme_rules.Advice | None
    facts_in_words: list[FactInWords]

    def cents(self, fact: str) -> int | None:
        """A fact in USD as cents; None when unknown."""
        value = self.facts.values[fact]
        return None if value is None else int(value * 100)

    @property
    def base_cents(self) -> int | None:
        """Exports of the base year in cents; None when unknown."""
        return self.cents("exports_usd")

    @property
    def prior_cents(self) -> int | None:
        """Exports of the year before in cents; None when unknown."""
        return self.cents("exports_prior_usd")


def profile(exporter: Exporter) -> Profile:
    """A firm as of today under the current edition."""
    edition, today = schemes.current_edition(), clock.today()
    compiled = schemes.compiled(schemes.terms_of(edition, on=today))
    scheme = compiled.scheme
    facts = facts_of(exporter, scheme, as_of=today)
    outcome = scheme_rules.decide(compiled, facts.values)
    return Profile(
        exporter=exporter,
        edition=edition,
        scheme=scheme,
        facts=facts,
        outcome=outcome,
        advice=scheme_rules.nearest(compiled, facts.values, outcome),
        facts_in_words=[_in_words(facts, fact.id, fact.title, scheme) for fact in scheme.facts],
    )


def _in_words(facts: rules.Facts, fact: str, title: str, scheme: Scheme) -> FactInWords:
    value = facts.values.get(fact)
    return FactInWords(title, in_words(value, scheme), value is not None, facts.provenance.get(fact, []), fact)


def particulars_of(exporter: Exporter) -> Particulars | None:
    """What counts of what is said of a firm itself, with its origin; None while nothing does."""
    said = exporter.particulars.filter(live=True)
    return said.select_related("area", "source", "entered_by").first()


def years_of(exporter: Exporter) -> list[YearTotal]:
    """A firm's years, newest first."""
    return list(exporter.years.order_by("-year"))


def lists_of(exporter: Exporter) -> list[Designation]:
    """The lists that name a firm, with who entered and who confirmed it."""
    return list(exporter.designations.filter(live=True).select_related("entered_by", "confirmed_by", "source"))


def covers_of(exporter: Exporter) -> list[ExistingCover]:
    """Policies that a firm holds elsewhere, the latest first."""
    return list(exporter.existing_covers.filter(live=True).select_related("entered_by", "source"))


def inquiries_of(exporter: Exporter) -> list[CoverInquiry]:
    """What insurers were asked about a firm in every edition, newest first, with the answers there are."""
    asked = exporter.cover_inquiries.select_related("edition", "insurer", "answered_by")
    return list(asked.order_by("-asked_at", "insurer__name"))


def in_words(value: Any, scheme: Scheme) -> str:
    """A fact's value for the eye."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{money.text(int(value * 100))} 美元"
    return scheme.area_names.get(value, str(value))


def listed(user: User, scheme: Scheme) -> QuerySet[Exporter]:
    """The firms a person sees with their figures and lists, for the list page."""
    return with_figures(visible_to(user), scheme).prefetch_related(
        Prefetch("designations", Designation.objects.filter(live=True))
    )
