"""The register as one table: the facts the register gives one by one, and the decisions taken one by one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.studio import drafting
from tongbao import clock
from tongbao.registry import actions as registering
from tongbao.registry import queries as registry
from tongbao.registry.models import CompleteList, CoverInquiry, Designation, ExistingCover, Exporter
from tongbao.registry.rules import DesignationKind
from tongbao.scheme import rules as scheme_rules
from tongbao.studio import queries
from tongbao.studio.rules import Judged, Quote


@pytest.fixture
def subject(db) -> queries.Subject:
    """The first version of nantong-2019, and a register with one of everything."""
    terms = drafting.first_terms()
    officer = factories.user()
    small, large, insured, listed, asked = (factories.exporter() for _ in range(5))
    elsewhere = factories.exporter(factories.area("haian", "海安市"))
    factories.exporter()  # nothing on record
    factories.customs_export(small, 20_000_000)
    for month in (1, 2):
        factories.customs_export(large, 300_000_000, month=month, country="DE")
        factories.customs_export(large, 100_000_000, year=2017, month=month)
    factories.customs_export(insured, 700_000_000)
    factories.customs_export(listed, 1_000_000_000)
    factories.customs_export(asked, 500_000_000, country="ZZ")
    factories.customs_export(elsewhere, 30_000_000)
    ExistingCover.objects.create(
        exporter=insured, insurer_name="某公司", valid_from=date(2019, 1, 1), valid_to=date(2019, 12, 31),
        document_number="1", entered_by=officer, entered_at=clock.now(), live=True,
    )  # fmt: skip
    for kind in (DesignationKind.POLICY_DIRECTION, DesignationKind.FAMOUS_BRAND):
        Designation.objects.create(
            exporter=listed, kind=kind, document_number="2", valid_from=date(2019, 1, 1),
            entered_by=officer, entered_at=clock.now(), live=True,
        )  # fmt: skip
    CoverInquiry.objects.create(
        edition=terms.edition, exporter=asked, insurer=factories.insurer(), asked_at=clock.now(),
        insured=True, answered_by=officer, answered_at=clock.now(),
    )  # fmt: skip
    return queries.subject_of_terms(terms)


def test_the_facts_are_those_of_the_register(subject: queries.Subject):
    snapshot = queries.register(subject.scheme)
    alone = [
        registry.facts_of(firm, subject.scheme, as_of=clock.today(), declared_uninsured=True).values
        for firm in Exporter.objects.order_by("code")
    ]
    assert list(snapshot.facts) == alone
    assert snapshot.known == 6


def test_the_decisions_are_those_taken_one_by_one(subject: queries.Subject):
    snapshot = queries.register(subject.scheme)
    outcomes = [scheme_rules.decide(subject.compiled, facts) for facts in snapshot.facts]
    assert queries.effect(subject.compiled, snapshot).judged == [
        Judged(
            outcome.eligible,
            tuple(_quote(offer) for offer in outcome.offers if offer.available),
            tuple(offer.plan for offer in outcome.offers if offer.available is None),
        )
        for outcome in outcomes
    ]


def _quote(offer: scheme_rules.Offer) -> Quote:
    sums = (offer.premium_cents, offer.premium_fen, offer.subsidy_fen, offer.exporter_share_fen)
    return Quote(offer.plan, *sums, offer.limit_cents)


def _another_firm() -> None:
    factories.exporter()


def _another_amount() -> None:
    factories.customs_export(Exporter.objects.exclude(exports=None).first(), 1, country="FR")


def _a_confirmation() -> None:
    entry = Designation.objects.get(kind=DesignationKind.POLICY_DIRECTION)
    registering.confirm_designation(designation_id=entry.pk, by=factories.user())


def _a_complete_list() -> None:
    CompleteList.objects.create(year=2018, declared_by=factories.user(), declared_at=clock.now())


@pytest.mark.parametrize("change", [_another_firm, _another_amount, _a_confirmation, _a_complete_list])
def test_the_table_is_kept_until_the_register_changes(subject: queries.Subject, change: Callable[[], None]):
    first = queries.register(subject.scheme)
    assert queries.register(subject.scheme) is first
    change()
    second = queries.register(subject.scheme)
    assert second.facts != first.facts or len(second.codes) != len(first.codes)


def test_the_number_of_queries_does_not_grow_with_the_register(subject: queries.Subject):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            queries.register(subject.scheme)
        return len(seen)

    before = count()
    for _ in range(3):
        factories.customs_export(factories.exporter(), 20_000_000)
    assert count() == before


def test_a_base_year_without_data_says_so(subject: queries.Subject):
    text = drafting.HIGHER.replace("base_year: 2018", "base_year: 2016")
    draft = drafting.draft(text=text)
    pair = queries.pair(subject, queries.subject_of_draft(draft))
    assert pair.without_data == [2016]
    assert (pair.comparison.after.total.firms, pair.comparison.after.unknown) == (
        0,
        4,
    )  # the others are out for other reasons


def test_a_running_base_year_says_how_far_the_data_go(subject: queries.Subject):
    firm = Exporter.objects.first()
    factories.customs_export(firm, 1, year=2019, month=8)
    text = drafting.HIGHER.replace("base_year: 2018", "base_year: 2019").replace("from: 2019-09-01", "from: 2020-09-01")
    text = text.replace("to: 2020-08-31", "to: 2021-08-31").replace("value: 2019-09-01", "value: 2020-09-01")
    pair = queries.pair(subject, queries.subject_of_draft(drafting.draft(text=text)))
    assert pair.running == [(2019, 8)]


def test_who_gains_and_why(subject: queries.Subject):
    draft = drafting.draft(text=drafting.HIGHER.replace("to: 50万", "to: 10万").replace("above: 50万", "above: 10万"))
    pair = queries.pair(subject, queries.subject_of_draft(draft))
    (row,) = queries.changes(pair)
    assert row.change.turn.label == "不再覆盖"
    assert "20.00 万美元" in row.why or "200,000.00" in row.why
    assert queries.changes(pair, turn="gains") == []
    assert [one.change for one in queries.changes(pair, text=row.change.firm.name)] == [row.change]
    assert queries.changes(pair, area="tongzhou") == []
    assert queries.changes(pair, plan="A") == []


def test_a_firm_that_has_applied_keeps_its_plan_and_insurer(subject: queries.Subject):
    factories.pools(allotted_fen=40_000_000)
    application = factories.application()
    found = queries.effect(subject.compiled, queries.register(subject.scheme))
    place = [firm.code for firm in found.firms].index(application.exporter.code)
    firm = found.firms[place]
    assert (firm.plan, firm.insurer) == (application.plan, application.insurer.code)
    assert found.taken[place].plan == application.plan
    assert (
        found.taken[place].premium_cents
        == subject.scheme.premium(application.plan, firm.exports_cents, Decimal("7.0729")).premium_cents
    )
