"""Corrections by two officers, objections of firms, identities that change."""

from datetime import date
from uuid import uuid4

import pytest

from tests import factories
from tests.registry.lists import A, B, figures, imported, row
from tests.registry.test_actions import refusal
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.intake import actions as intake
from tongbao.notify.models import Message
from tongbao.refusal import Forbidden
from tongbao.registry import actions, queries
from tongbao.registry.actions import Ground, Why
from tongbao.registry.models import Correction, CustomsExport, Dispute, Exporter

pytestmark = pytest.mark.django_db


def why(**said) -> Why:
    return Why(**{"reason": "海关更正报关单", "evidence": None, "dispute_id": None, "key": uuid4(), **said})


def officers() -> tuple[User, User]:
    first = factories.user(Role.CITY_OFFICER)
    return first, factories.user(Role.CITY_OFFICER, first.organisation)


def firm() -> Exporter:
    factories.nantong()
    imported(row(), row(country="日本", amount=40), row(year=2017, amount=50))
    return Exporter.objects.get(code=A)


def corrected(exporter: Exporter, by: User, **said) -> Correction:
    given = {"year": 2018, "month": 0, "country": "US", "cents": 777, "why": why(), **said}
    return actions.correct_figure(exporter_id=exporter.pk, by=by, **given)


US, JP = (A, 2018, 0, "US"), (A, 2018, 0, "JP")


def amounts() -> dict:
    return {key: cents for *key, cents in ((*one[:4], one[4]) for one in figures()) for key in [tuple(key)]}


def test_a_correction_counts_once_a_second_officer_has_approved_it():
    one, (first, second) = firm(), officers()
    entered = corrected(one, first)
    assert (amounts()[US], entered.before, entered.after) == (
        10000,
        {"2018 年全年美国出口额": "100.00 美元"},
        {"2018 年全年美国出口额": "7.77 美元"},
    )
    assert refusal(actions.approve_correction, correction_id=entered.pk, by=first) == ("import.same_person", None)
    version = Exporter.objects.get(pk=one.pk).facts_version
    actions.approve_correction(correction_id=entered.pk, by=second)
    assert (amounts()[US], amounts()[JP]) == (777, 4000)
    assert Exporter.objects.get(pk=one.pk).facts_version == version + 1
    assert one.years.get(year=2018).total_cents == 4777
    assert refusal(actions.approve_correction, correction_id=entered.pk, by=second) == (
        "import.confirmed_already",
        None,
    )
    assert Record.objects.filter(verb="registry.correction_approved").get().detail["before"] == entered.before


def test_an_approved_correction_stands_against_later_imports_but_not_against_a_later_correction():
    one, (first, second) = firm(), officers()
    actions.approve_correction(correction_id=corrected(one, first).pk, by=second)
    later = imported(row(amount=999), row(country="日本", amount=1))
    assert (amounts()[US], amounts()[JP]) == (777, 100)
    assert later.notices[0] == "1 行对应的资料已有经两人批准的更正，导入后仍以更正为准。"
    actions.approve_correction(correction_id=corrected(one, second, cents=5).pk, by=first)
    assert amounts()[US] == 5


def test_a_rejected_correction_changes_nothing_and_stays_on_record():
    one, (first, second) = firm(), officers()
    entered = corrected(one, first)
    said = {"correction_id": entered.pk, "by": second}
    assert refusal(actions.reject_correction, opinion=" ", **said) == ("correction.opinion", "opinion")
    actions.reject_correction(opinion="报关单不符", **said)
    entered.refresh_from_db()
    assert (entered.source.state, entered.opinion, amounts()[US]) == ("discarded", "报关单不符", 10000)
    assert not CustomsExport.objects.filter(source=entered.source_id).exists()
    assert refusal(actions.approve_correction, **said) == ("import.discarded_already", None)


def test_corrections_that_are_refused():
    one, (first, _) = firm(), officers()
    assert refusal(corrected, exporter=one, by=first, why=why(reason=" ")) == ("correction.reason", "reason")
    assert refusal(corrected, exporter=one, by=first, cents=10000) == ("correction.same", "amount")
    assert refusal(corrected, exporter=one, by=first, month=3) == ("correction.month", "month")
    for year, cents, code in ((1999, 1, "day"), (999_999, 1, "day"), (2018, 10**20, "amount"), (2018, -1, "amount")):
        assert refusal(corrected, exporter=one, by=first, year=year, cents=cents)[0] == f"correction.{code}"
    assert refusal(corrected, exporter=one, by=first, why=why(dispute_id=999)) == ("correction.dispute", None)
    assert Correction.objects.count() == 0
    with pytest.raises(Forbidden):
        corrected(one, factories.user(Role.DISTRICT_OFFICER))
    imported(row(B, month=3))
    other = Exporter.objects.get(code=B)
    assert refusal(corrected, exporter=other, by=first) == ("correction.month", "month")
    assert corrected(other, first, month=4).after == {"2018 年 4 月美国出口额": "7.77 美元"}
    assert corrected(other, first, year=2016).before == {"2016 年全年美国出口额": "没有记录"}


def test_a_second_click_enters_one_correction():
    one, (first, _) = firm(), officers()
    ground = why()
    assert corrected(one, first, why=ground) == corrected(one, first, why=ground)
    assert Correction.objects.count() == 1


def test_name_and_area_are_corrected_too():
    one, (first, second) = firm(), officers()
    there = factories.area("tongzhou", "通州区")
    said = {"exporter_id": one.pk, "by": first}
    assert refusal(actions.correct_particulars, name=one.name, area=one.area, why=why(), **said) == (
        "correction.same", "name",
    )  # fmt: skip
    entered = actions.correct_particulars(name="更正后的名称", area=there, why=why(), **said)
    actions.approve_correction(correction_id=entered.pk, by=second)
    one.refresh_from_db()
    assert (one.name, one.area, one.name_initials) == ("更正后的名称", there, "gzhdmc")
    imported((A, "主数据名", "崇川区", "", "", "", ""), kind="master_data")
    one.refresh_from_db()
    assert one.name == "更正后的名称"


# ── objections ──────────────────────────────────────────────────────────────────────────────────────────────────────


def objection(one: Exporter, by: User, **said) -> Dispute:
    given = {
        "fact": "exports_usd",
        "statement": "少了三月的报关单",
        "evidence": factories.upload(),
        "key": uuid4(),
        **said,
    }
    return actions.raise_dispute(exporter_id=one.pk, by=by, **given)


def test_a_firm_objects_and_an_officer_answers():
    one, (first, second) = firm(), officers()
    person = factories.user_of(one)
    raised = objection(one, person)
    assert (raised.fact_title, raised.shown, raised.state) == ("2018年海关出口额", "140.00 美元", "open")
    assert Message.objects.filter(organisation=first.organisation, url=f"/registry/disputes/{raised.pk}/").count() == 1
    entered = corrected(one, first, why=why(dispute_id=raised.pk))
    said = {"dispute_id": raised.pk, "upheld": True, "by": second}
    assert refusal(actions.answer_dispute, answer="已核对", **said) == ("dispute.correction_waits", "upheld")
    actions.approve_correction(correction_id=entered.pk, by=second)
    assert refusal(actions.answer_dispute, answer="", **said) == ("dispute.answer", "answer")
    actions.answer_dispute(answer="已核对更正", **said)
    assert refusal(actions.answer_dispute, answer="再答", **said) == ("dispute.answered_already", None)
    told = Message.objects.filter(organisation=person.organisation).order_by("pk").values_list("title", flat=True)
    assert list(told) == ["企业资料已更正", "您对“2018年海关出口额”的异议已答复：已采纳"]


def test_objections_that_are_refused():
    one, other = firm(), factories.exporter()
    person = factories.user_of(one)
    with pytest.raises(Forbidden):
        objection(other, person)
    with pytest.raises(Forbidden):
        objection(one, factories.user(Role.CITY_OFFICER))
    assert refusal(objection, one=one, by=person, fact="weather") == ("dispute.fact", None)
    assert refusal(objection, one=one, by=person, statement=" ") == ("dispute.statement", "statement")
    bad = factories.upload("脚本.exe", b"MZ")
    assert refusal(objection, one=one, by=person, evidence=bad) == ("document.ending", "evidence")
    key = uuid4()
    assert objection(one, person, key=key) == objection(one, person, key=key)
    assert refusal(objection, one=one, by=person) == ("dispute.open", "statement")
    assert Dispute.objects.count() == 1


# ── identities ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ground(**said) -> Ground:
    return Ground(**{"changed_on": date(2019, 9, 1), "document_number": "准予变更1号", "evidence": None, **said})


def found(text: str) -> list[str]:
    return [one.code for one in queries.matching(queries.visible_to(factories.user(Role.CITY_OFFICER)), text)]


def test_a_renamed_firm_is_found_under_both_names():
    one, (first, _) = firm(), officers()
    person, old = factories.user_of(one), one.name
    actions.rename(exporter_id=one.pk, name="南通新名纺织有限公司", ground=ground(), by=first)
    assert [found(text) for text in (old, "新名纺织", "ntxmfz")] == [[A]] * 3
    person.organisation.refresh_from_db()
    assert person.organisation.name == "南通新名纺织有限公司"
    later = imported((A, old, "崇川区", 2016, None, "美国", 1))
    assert Exporter.objects.get(code=A).name == "南通新名纺织有限公司"
    assert "名称与登记不同" in later.notices[0]
    assert refusal(actions.rename, exporter_id=one.pk, name="南通新名纺织有限公司", ground=ground(), by=first) == (
        "identity.same",
        "name",
    )


def test_lists_under_a_former_code_find_the_firm():
    one, (first, _) = firm(), officers()
    person, new = factories.user_of(one), factories.code(9_000_777)
    actions.recode(exporter_id=one.pk, code=new, ground=ground(), by=first)
    imported(row(A, "德国", amount=3))
    assert (new, 2018, 0, "DE", 300) in figures()
    assert (found(A), found(new)) == ([new], [new])
    assert queries.exporter_of(User.objects.get(pk=person.pk)) == one
    said = {"name": "甲", "area": one.area, "by": first}
    assert refusal(actions.register_exporter, code=A, **said) == ("exporter.known", "code")
    assert refusal(actions.recode, exporter_id=one.pk, code=A, ground=ground(), by=first) == ("identity.taken", "code")


def test_a_merged_firm_keeps_its_figures_and_is_found_with_the_other():
    one, (first, _) = firm(), officers()
    imported(row(B))
    other = Exporter.objects.get(code=B)
    said = {"exporter_id": one.pk, "ground": ground(), "by": first}
    assert refusal(actions.merge, into=factories.code(9_000_778), **said) == ("identity.no_such", "into")
    assert refusal(actions.merge, into=A, **said) == ("identity.same", "into")
    actions.merge(into=B, **said)
    assert (sorted(found(one.name)), Exporter.objects.get(code=A).merged_into) == (sorted([A, B]), other)
    assert refusal(actions.merge, into=B, **said) == ("identity.merged_already", None)
    assert (A, 2018, 0, "US", 10000) in figures()
    assert refusal(intake.start, exporter_id=one.pk, by=factories.user_of(one)) == ("intake.merged", None)


def test_identities_need_a_document_and_a_day_that_has_come():
    one, (first, _) = firm(), officers()
    said = {"exporter_id": one.pk, "name": "新名", "by": first}
    assert refusal(actions.rename, ground=ground(document_number=" "), **said) == (
        "identity.document",
        "document_number",
    )
    assert refusal(actions.rename, ground=ground(changed_on=date(2030, 1, 1)), **said) == ("identity.day", "changed_on")
    with pytest.raises(Forbidden):
        actions.rename(exporter_id=one.pk, name="新名", ground=ground(), by=factories.user(Role.AUDITOR))


def test_a_genuine_code_that_fails_its_check_is_accepted_on_evidence():
    code = "91350211M0000XUF46"  # a real one whose check digit does not fit
    (first, _), area = officers(), factories.area()
    said = {"code": code, "name": "真实企业", "area": area, "by": first}
    assert refusal(actions.register_exporter, **said) == ("exporter.code", "code")
    accept = {"code": code, "reason": "已核对执照", "by": first}
    assert refusal(actions.accept_code, **{**accept, "code": A}, evidence=factories.upload()) == ("code.fits", "code")
    assert refusal(actions.accept_code, **{**accept, "code": "123"}, evidence=factories.upload()) == (
        "code.form",
        "code",
    )
    assert refusal(actions.accept_code, **{**accept, "reason": " "}, evidence=factories.upload()) == (
        "code.reason",
        "reason",
    )
    first_time = actions.accept_code(**accept, evidence=factories.upload())
    assert actions.accept_code(**accept, evidence=factories.upload()) == first_time
    assert actions.register_exporter(**said).code == code
    assert imported(row(code)).faulty_row_count == 0


def test_the_correction_page_survives_what_nobody_should_type(client):
    one, (first, _) = firm(), officers()
    client.force_login(first)
    address = f"/registry/{one.pk}/correct/"
    assert [client.get(f"{address}?year={year}").status_code for year in ("²", "9" * 30, "x", "2018")] == [200] * 4
    exports = f"/enterprises/{one.code}/exports/"
    assert [client.get(f"{exports}?year={year}").status_code for year in ("²", "9" * 30, "2018")] == [200] * 3
    typed = {"year": "9" * 30, "month": "0", "country": "US", "amount": "9" * 30, "reason": "x", "key": str(uuid4())}
    assert client.post(address, typed).status_code == 200
    assert client.post(address, {**typed, "dispute": "999"}).status_code == 200
    assert Correction.objects.count() == 0
