"""The register's verbs: customs lists, designations, existing cover."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from tests import factories
from tests.batch.books import book
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.batch.models import Chunk, Import
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry import actions, queries
from tongbao.registry.models import CompleteList, CustomsExport, Designation, Exporter

HEAD = ("统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）")
A, B = factories.code(9000001), factories.code(9000002)


def row(code: str = A, country: str = "美国", amount: float | str = 100, *, year: int = 2018, month: int | None = None):
    return (code, f"公司{code[-4:]}", "崇川区", year, month, country, amount)


def previewed(*rows, by=None, name: str = "出口额.xlsx") -> Import:
    factories.area()
    examined = queries.examine_exports(file_name=name, content=book(rows, head=HEAD, sheet="出口额"))
    return actions.preview_import(examined=examined, by=by or factories.user(Role.CITY_OFFICER))


def imported(*rows, **said) -> Import:
    pending = previewed(*rows)
    return actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by, **said)


def figures() -> list[tuple[str, int, int, str, int]]:
    keys = ("exporter__code", "year", "month", "country", "amount_cents")
    return list(CustomsExport.objects.order_by("pk").values_list(*keys))


def refusal(verb, **said) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as no:
        verb(**said)
    return no.value.code, no.value.field


def last_record() -> Record:
    return Record.objects.order_by("-number")[0]


# ── imports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_is_previewed_then_written(db):
    pending = previewed(row(), row(country="502", year=2017, amount=50.5), row(B, "日本", month=3))
    assert (pending.state, pending.row_count, pending.fault_count, figures()) == ("previewed", 3, 0, [])
    assert pending.summary["firms"] == 2
    done = actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by)
    assert figures() == [(A, 2017, 0, "US", 5050), (A, 2018, 0, "US", 10000), (B, 2018, 3, "JP", 10000)]
    assert [(one.code, one.name_initials, one.source_id) for one in Exporter.objects.all()] == [
        (code, f"gs{code[-4:].lower()}", done.pk) for code in (A, B)
    ]
    assert (done.state, done.result["new"], done.result["new_firms"], Chunk.objects.count()) == ("confirmed", 3, 2, 0)


def test_confirming_twice_writes_once(db):
    done = imported(row())
    assert refusal(actions.confirm_import, import_id=done.pk, by=done.uploaded_by) == ("import.confirmed_already", None)
    assert len(figures()) == 1


def test_a_second_list_replaces_what_changed_and_the_record_names_both_sums(db):
    imported(row(), row(country="日本"))
    pending = previewed(row(amount=120), row(country="日本"), row(country="德国", amount=1))
    assert [pending.summary[key] for key in ("new", "changed", "same")] == [1, 1, 1]
    actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by)
    assert sorted(figures()) == [(A, 2018, 0, "DE", 100), (A, 2018, 0, "JP", 10000), (A, 2018, 0, "US", 12000)]
    detail = last_record().detail
    assert (last_record().verb, detail["replaced_old_usd"], detail["replaced_new_usd"]) == (
        "registry.import",
        "100.00",
        "120.00",
    )
    assert detail["replaced"] == [
        {"code": A, "name": f"公司{A[-4:]}", "year": 2018, "figures": 1, "old_cents": 10000, "new_cents": 12000}
    ]
    assert detail["totals"] == {"2018": "221.00"}


def test_faulty_rows_are_left_out_only_when_asked(db):
    pending = previewed(row(), row(B, "火星"))
    said = {"import_id": pending.pk, "by": pending.uploaded_by}
    assert (pending.faulty_row_count, pending.rejected[0][1][5]) == (1, "火星")
    assert refusal(actions.confirm_import, **said) == ("import.faults", "only_good")
    assert refusal(actions.confirm_import, only_good=True, complete=[2018], **said) == (
        "import.not_complete",
        "complete",
    )
    actions.confirm_import(only_good=True, **said)
    assert [figure[0] for figure in figures()] == [A]


def test_a_list_without_a_good_row_cannot_be_confirmed(db):
    pending = previewed(row(country="火星"))
    assert refusal(actions.confirm_import, import_id=pending.pk, only_good=True, by=pending.uploaded_by) == (
        "import.nothing",
        None,
    )


def test_a_complete_list_is_declared_with_its_import(db):
    done = imported(row(), complete=[2018])
    assert list(CompleteList.objects.values_list("year", "source")) == [(2018, done.pk)]
    pending = previewed(row(year=2016))
    assert refusal(actions.confirm_import, import_id=pending.pk, complete=[2018], by=pending.uploaded_by) == (
        "import.not_complete",
        "complete",
    )
    actions.declare_complete(year=2018, by=pending.uploaded_by)
    assert CompleteList.objects.count() == 1


def test_a_discarded_list_cannot_be_confirmed(db):
    pending = previewed(row())
    actions.discard_import(import_id=pending.pk, by=pending.uploaded_by)
    said = {"import_id": pending.pk, "by": pending.uploaded_by}
    assert refusal(actions.confirm_import, **said) == ("import.discarded_already", None)
    assert (figures(), Chunk.objects.count()) == ([], 0)


def test_a_refused_confirmation_leaves_nothing(db, monkeypatch):
    pending = previewed(row(), row(B))
    monkeypatch.setattr(actions.imports, "_replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by)
    assert (figures(), Exporter.objects.count(), Import.objects.get().state) == ([], 0, "previewed")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITY_OFFICER])
def test_only_the_city_imports(db, role: Role):
    pending = previewed(row())
    stranger = factories.user(role)
    for verb in (actions.confirm_import, actions.discard_import):
        with pytest.raises(Forbidden):
            verb(import_id=pending.pk, by=stranger)


def test_an_import_asks_few_questions(db, django_assert_max_num_queries):
    pending = previewed(*(row(factories.code(8_000_000 + number)) for number in range(300)))
    with django_assert_max_num_queries(60):
        actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by)


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


def asked():
    edition = factories.nantong()
    factories.insurer("sinosure"), factories.insurer("picc")
    firm = factories.exporter()
    return edition, firm, actions.ask_cover(edition=edition, exporter=firm, by=None)


def test_each_insurer_is_asked_once(db):
    edition, firm, first = asked()
    again = actions.ask_cover(edition=edition, exporter=firm, by=None)
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
    assert queries.annual_cents(firm, 2018) == 1200_00
    assert queries.annual_cents(firm, 2016) is None
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
    keys = ("base_cents", "prior_cents", "us_cents", "emerging_cents")
    listed = queries.with_figures(Exporter.objects.all(), terms)
    assert list(listed.order_by("pk").values_list(*keys)) == [(60_00, 70_00, 10_00, 20_00), (None,) * 4]
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


def test_two_imports_of_new_firms_at_once_write_each_figure_once(committed_db):
    officer = factories.user(Role.CITY_OFFICER)
    codes = [factories.code(7_000_000 + number) for number in range(40)]
    first = previewed(*(row(code, amount=1) for code in codes), by=officer)
    second = previewed(*(row(code, amount=1) for code in reversed(codes)), by=officer)
    failures: list[BaseException] = []

    def confirm(pk: int) -> None:
        try:
            actions.confirm_import(import_id=pk, by=officer)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(pk,)) for pk in (first.pk, first.pk, second.pk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.code for error in failures] == ["import.confirmed_already"]
    assert (Exporter.objects.count(), len(figures())) == (40, 40)
