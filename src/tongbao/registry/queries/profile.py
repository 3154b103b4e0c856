"""One firm's page: facts, findings, figures and lists, in a constant number of queries."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.registry import rules
from tongbao.registry.models import CoverInquiry, Designation, ExistingCover, Exporter
from tongbao.registry.queries.cover import cover_answers
from tongbao.registry.queries.exporters import visible_to
from tongbao.registry.queries.facts import exports_by_country, exports_by_month, facts_of
from tongbao.registry.queries.lists import with_figures
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.rules import Scheme


@dataclass(frozen=True)
class FactInWords:
    """A fact for the eye: title, value, and the sentences that say where it comes from."""

    title: str
    shown: str
    known: bool
    sources: list[str]


@dataclass(frozen=True)
class Profile:
    """What the register and the current terms say of a firm today."""

    exporter: Exporter
    scheme: Scheme
    facts: rules.Facts
    outcome: scheme_rules.Outcome
    advice: scheme_rules.Advice | None
    facts_in_words: list[FactInWords]
    months: list[tuple[str, int]]
    countries: list[tuple[str, int]]
    designations: list[Designation]
    covers: list[ExistingCover]
    inquiries: list[CoverInquiry]

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
    terms = schemes.terms_of(edition, on=today)
    compiled = schemes.compiled(terms)
    scheme = compiled.scheme
    facts = facts_of(exporter, scheme, as_of=today)
    outcome = scheme_rules.decide(compiled, facts.values)
    return Profile(
        exporter=exporter,
        scheme=scheme,
        facts=facts,
        outcome=outcome,
        advice=scheme_rules.nearest(compiled, facts.values, outcome),
        facts_in_words=[
            FactInWords(fact.title, _shown(facts.values.get(fact.id), scheme), *_origin(facts, fact.id))
            for fact in scheme.facts
        ],
        months=exports_by_month(exporter),
        countries=exports_by_country(exporter, scheme.base_year),
        designations=list(exporter.designations.select_related("entered_by", "confirmed_by")),
        covers=list(exporter.existing_covers.all()),
        inquiries=list(cover_answers(edition, exporter)),
    )


def _origin(facts: rules.Facts, fact: str) -> tuple[bool, list[str]]:
    return facts.values.get(fact) is not None, facts.provenance.get(fact, [])


def _shown(value: Any, scheme: Scheme) -> str:
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{money.text(int(value * 100))} 美元"
    return scheme.area_names.get(value, str(value))


def listed(user: User, scheme: Scheme) -> QuerySet[Exporter]:
    """The firms a person sees with their figures and lists, for the list page."""
    return with_figures(visible_to(user), scheme).prefetch_related("designations")
