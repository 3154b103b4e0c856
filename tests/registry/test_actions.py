"""The register's verbs: firms, designations, existing cover, and the facts that come from them."""

from datetime import date
from decimal import Decimal

import pytest

from tests import factories
from tests.registry.lists import A
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry import actions, queries, rules
from tongbao.registry.models import CoverInquiry, Designation, Exporter
from tongbao.scheme import queries as schemes


def refusal(verb, **said) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as no:
        verb(**said)
    return no.value.code, no.value.field


# ── exporters and lists ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_firm_is_entered_once(db):
    officer = factories.user(Role.CITY_OFFICER)
    said = {"name": "南通新公司", "area": factories.area(), "by": officer}
    made = actions.register_exporter(code=f" {A.lower()} ", **said)
    assert (made.code, made.name_initials) == (A, "ntxgs")
    assert refusal(actions.register_exporter, code=A, **said) == ("exporter.known", "code")
    assert refusal(actions.register_exporter, code=A[:-1] + "0", **said) == ("exporter.code", "code")


def designate(kind: str = "policy_direction", **said) -> Designation:
    given = {
        "exporter_id": (said.pop("firm", None) or factories.exporter()).pk,
        "kind": kind,
        "document_number": "通商发〔2019〕88号",
        "valid_from": date(2019, 1, 1),
        "valid_to": None,
        "by": factories.user(Role.CITY_OFFICER),
        **said,
    }
    return actions.add_designation(**given)


def test_policy_direction_needs_a_second_person(db):
    entered = designate()
    assert refusal(actions.confirm_designation, designation_id=entered.pk, by=entered.entered_by) == (
        "designation.same_person",
        None,
    )
    second = factories.user(Role.CITY_OFFICER)
    assert actions.confirm_designation(designation_id=entered.pk, by=second).confirmed_by == second
    assert refusal(actions.confirm_designation, designation_id=entered.pk, by=second) == (
        "designation.confirmed_already",
        None,
    )


def test_designations_that_are_refused(db):
    entered = designate()
    assert refusal(designate, firm=entered.exporter) == ("designation.known", "document_number")
    assert refusal(designate, document_number=" ") == ("designation.document", "document_number")
    assert refusal(designate, valid_to=date(2018, 1, 1)) == ("designation.days", "valid_to")
    with pytest.raises(Forbidden):
        designate(by=factories.user(Role.DISTRICT_OFFICER))


# ── cover ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(edition, firm, *codes: str):
    """The insurers with these codes have an organisation here."""
    scheme = schemes.scheme_of(schemes.terms_of(edition))
    bodies = {code: factories.insurer(code) for code in codes}
    return actions.ask_cover(edition=edition, scheme=scheme, bodies=bodies, exporter=firm, by=None)


def asked():
    edition, firm = factories.nantong(), factories.exporter()
    return edition, firm, ask(edition, firm, "sinosure", "picc")


def test_an_insurer_without_an_organisation_cannot_be_asked(db):
    edition, firm = factories.nantong(), factories.exporter()
    assert refusal(ask, edition=edition, firm=firm) == ("cover.no_insurer", None)
    assert not CoverInquiry.objects.exists()


def test_each_insurer_is_asked_once(db):
    edition, firm, first = asked()
    again = ask(edition, firm, "picc", "sinosure")
    assert [one.insurer.code for one in first] == ["sinosure", "picc"]
    assert [one.pk for one in again] == [one.pk for one in first]


def test_insurers_answer_their_own_inquiry_once(db):
    edition, firm, (lead, second) = asked()
    agent = factories.user(Role.INSURER_AGENT, lead.insurer)
    answer = {"inquiry_id": lead.pk, "note": "", "by": agent}
    with pytest.raises(Forbidden):
        actions.answer_cover(**(answer | {"inquiry_id": second.pk}), insured=False)
    assert refusal(actions.answer_cover, insured=True, **answer) == ("cover.note", "note")
    actions.answer_cover(insured=False, **answer)
    assert refusal(actions.answer_cover, insured=False, **answer) == ("cover.answered_already", None)
    assert not queries.cover_answered(edition, firm)
    actions.answer_cover(
        inquiry_id=second.pk, insured=False, note="", by=factories.user(Role.INSURER_AGENT, second.insurer)
    )
    assert queries.cover_answered(edition, firm)


def test_existing_cover_is_recorded_once(db):
    said = {
        "exporter_id": factories.exporter().pk,
        "insurer_name": "中国信保",
        "valid_from": date(2019, 1, 1),
        "valid_to": date(2019, 12, 31),
        "document_number": "在保名单",
        "by": factories.user(Role.CITY_OFFICER),
    }
    actions.record_existing_cover(**said)
    assert refusal(actions.record_existing_cover, **said) == ("existing_cover.known", "insurer_name")
    assert refusal(actions.record_existing_cover, **(said | {"valid_to": date(2018, 1, 1)})) == (
        "existing_cover.days",
        "valid_to",
    )


# ── facts and lists from the rows ───────────────────────────────────────────────────────────────────────────────────


def scheme():
    from tongbao.scheme import queries as schemes

    return schemes.scheme_of(schemes.terms_of(factories.nantong()))


def test_facts_come_from_the_rows_in_a_constant_number_of_queries(db, django_assert_num_queries):
    firm, terms = factories.exporter(), scheme()
    for month in range(1, 13):
        factories.customs_export(firm, 100_00, month=month)
        factories.customs_export(firm, 50_00, year=2017, month=month, country="BR")
    with django_assert_num_queries(7):
        found = queries.facts_of(firm, terms, as_of=date(2019, 10, 15))
    assert {fact: found.values[fact] for fact in ("exports_usd", "exports_prior_usd", "us_exports_usd", "insured")} == {
        "exports_usd": Decimal("1200.00"),
        "exports_prior_usd": Decimal("600.00"),
        "us_exports_usd": Decimal("1200.00"),
        "insured": None,
    }
    assert found.provenance["exports_usd"] == ["2018 年出口额 1,200.00 美元，来自 出口额.xlsx（12 行）。"]
    assert queries.exports_by_country(firm, 2018) == [("US", 1200_00)]


def test_an_answered_inquiry_is_a_fact(db):
    _, firm, inquiries = asked()
    for inquiry in inquiries:
        agent = factories.user(Role.INSURER_AGENT, inquiry.insurer)
        actions.answer_cover(inquiry_id=inquiry.pk, insured=False, note="", by=agent)
    found = queries.facts_of(firm, scheme(), as_of=date(2019, 10, 15))
    assert found.values["insured"] is False
    assert found.provenance["insured"][0].endswith("答复未投保（2019-10-15）。")


def test_the_list_shows_the_same_figures_as_the_facts(db):
    firm, other, terms = factories.exporter(), factories.exporter(), scheme()
    factories.customs_export(firm, 900_00)  # a whole year beside months: only the months count
    factories.customs_export(firm, 10_00, month=1)
    factories.customs_export(firm, 20_00, month=2, country="BR")
    factories.customs_export(firm, 30_00, month=2, country="ZZ")
    factories.customs_export(firm, 70_00, year=2017)
    listed = queries.with_figures(Exporter.objects.all(), terms)
    first, second = listed.order_by("pk")
    base, prior = queries.year_of(first, 2018), queries.year_of(first, 2017)
    assert base
    assert prior
    assert (base.total_cents, prior.total_cents, queries.year_of(second, 2018)) == (60_00, 70_00, None)
    markets = ({"US"}, queries.emerging_markets(terms))
    assert [queries.market_cents(base.markets, some) for some in markets] == [10_00, 20_00]
    facts = queries.facts_of(firm, terms, as_of=date(2019, 10, 15)).values
    assert facts["exports_usd"] == Decimal("60.00")
    choices = dict(queries.band_choices())
    assert list(choices.values()) == [
        "0–50 万美元",
        "50–300 万美元",
        "300–3,000 万美元",
        "3,000 万美元以上",
        "没有数据",
    ]
    assert list(queries.in_band(listed, "0")) == [firm]
    assert list(queries.in_band(listed, "4")) == [other]


def test_who_sees_which_firms(db):
    here = factories.exporter()
    there = factories.exporter(factories.area("tongzhou", "通州区"))
    seen = {role: set(queries.visible_to(factories.user(role))) for role in Role}
    assert seen == {
        Role.EXPORTER: set(),
        Role.DISTRICT_OFFICER: {here},
        Role.CITY_OFFICER: {here, there},
        Role.INSURER_AGENT: set(),
        Role.FINANCE_OFFICER: {here, there},
        Role.AUDITOR: {here, there},
        Role.ADMINISTRATOR: {here, there},
    }
    assert queries.exporter_of(factories.user_of(there)) == there


def test_a_firm_of_an_area_that_was_merged_is_of_the_other_from_that_day_on(db, set_clock):
    chongchuan = factories.area()
    gangzha = factories.area("gangzha", "港闸区")
    gangzha.valid_to, gangzha.merged_into = date(2020, 7, 2), chongchuan
    gangzha.save()
    firm, terms = factories.exporter(gangzha), scheme()
    areas = [queries.facts_of(firm, terms, as_of=day).values["area"] for day in (date(2020, 7, 2), date(2020, 7, 3))]
    assert areas == ["gangzha", "chongchuan"]
    officer = factories.user(Role.DISTRICT_OFFICER)
    assert list(queries.visible_to(officer)) == []
    set_clock("2020-07-03T09:00")
    assert list(queries.visible_to(officer)) == [firm]
    assert rules.read_area("海门区", {"haimen": "海门市", "etdz": "经济技术开发区"}) == "haimen"
