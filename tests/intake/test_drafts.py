"""Filling in: every page's verb and its refusals."""

import pytest

from tests import factories
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit.models import Record
from tongbao.intake import actions
from tongbao.intake.models import Application, Paper
from tongbao.intake.rules import State
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry.models import Exporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    factories.nantong(), factories.insurer("sinosure"), factories.insurer("picc")
    return factories.firm()


@pytest.fixture
def pk(by):
    return actions.start(exporter_id=exporter_of(by).pk, by=by).pk


def exporter_of(user) -> Exporter:
    return Exporter.objects.get(code=user.organisation.code)


def test_starting_twice_gives_the_same_application(by):
    exporter = exporter_of(by)
    first = actions.start(exporter_id=exporter.pk, by=by)
    again = actions.start(exporter_id=exporter.pk, by=by)
    assert (again.pk, first.state, Application.objects.count()) == (first.pk, State.DRAFT, 1)
    assert first.reference == f"TB2019-{first.pk:06d}"


@pytest.mark.parametrize("role", [Role.INSURER_AGENT, Role.CITY_OFFICER, Role.DISTRICT_OFFICER])
def test_nobody_applies_in_a_firm_s_place(by, role):
    body = factories.insurer() if role == Role.INSURER_AGENT else None
    with pytest.raises(Forbidden) as no:
        actions.start(exporter_id=exporter_of(by).pk, by=factories.user(role, body))
    assert no.value.sentence == "申请只能由企业自己的账号填写和提交，请用本企业账号登录。"


def test_another_firm_neither_starts_nor_edits(by, pk):
    other = factories.firm()
    with pytest.raises(Forbidden):
        actions.start(exporter_id=exporter_of(by).pk, by=other)
    with pytest.raises(Forbidden):
        actions.declare(application_id=pk, declares_uninsured=True, declares_truth=True, by=other)


def test_nothing_is_started_after_the_cover_period(by, set_clock):
    set_clock("2020-09-01T09:00")
    with pytest.raises(Refusal) as no:
        actions.start(exporter_id=exporter_of(by).pk, by=by)
    assert no.value.code == "intake.closed_edition"


def test_plans_come_from_the_register(by, pk):
    actions.save_plan(application_id=pk, plan="B", by=by)
    assert Application.objects.get(pk=pk).plan == "B"
    for plan, code in (("D", "intake.plan_not_offered"), ("X", "intake.plan_unknown")):
        with pytest.raises(Refusal) as no:
            actions.save_plan(application_id=pk, plan=plan, by=by)
        assert (no.value.code, no.value.field) == (code, "plan")
    assert Application.objects.get(pk=pk).plan == "B"


def test_a_firm_in_the_hole_gets_no_plan():
    factories.nantong(), factories.insurer("sinosure"), factories.insurer("picc")
    by = factories.firm("500000.01")
    pk = actions.start(exporter_id=exporter_of(by).pk, by=by).pk
    with pytest.raises(Refusal) as no:
        actions.save_plan(application_id=pk, plan="D", by=by)
    assert no.value.code == "intake.not_eligible"


def test_a_firm_whose_exports_are_unknown_is_sent_to_its_district():
    factories.nantong(), factories.insurer("sinosure"), factories.insurer("picc")
    by = factories.firm("")
    pk = actions.start(exporter_id=exporter_of(by).pk, by=by).pk
    with pytest.raises(Refusal) as no:
        actions.save_plan(application_id=pk, plan="D", by=by)
    assert no.value.code == "intake.no_exports"


def test_a_conditional_plan_keeps_its_fallback_and_a_settled_one_drops_it():
    factories.nantong(), factories.insurer("sinosure"), factories.insurer("picc")
    by = factories.firm("6000000.00", us="5500000.00")
    pk = actions.start(exporter_id=exporter_of(by).pk, by=by).pk
    actions.save_plan(application_id=pk, plan="C", fallback_plan="A", by=by)
    assert Application.objects.values_list("plan", "fallback_plan").get(pk=pk) == ("C", "A")
    with pytest.raises(Refusal) as no:
        actions.save_plan(application_id=pk, plan="C", fallback_plan="C", by=by)
    assert (no.value.code, no.value.field) == ("intake.fallback", "fallback_plan")
    actions.save_plan(application_id=pk, plan="B", fallback_plan="A", by=by)
    assert Application.objects.values_list("plan", "fallback_plan").get(pk=pk) == ("B", "")


def test_only_the_edition_s_insurers_may_be_chosen(by, pk):
    stranger = factories.organisation(OrganisationKind.INSURER, code="other", name="别家")
    with pytest.raises(Refusal) as no:
        actions.save_insurer(application_id=pk, insurer_id=stranger.pk, accepts_other_insurer=True, by=by)
    assert (no.value.code, no.value.field) == ("intake.insurer_unknown", "insurer")
    actions.save_insurer(application_id=pk, insurer_id=factories.insurer("picc").pk, accepts_other_insurer=True, by=by)
    kept = Application.objects.get(pk=pk)
    assert (kept.insurer.code, kept.accepts_other_insurer) == ("picc", True)


def test_contact_data_are_kept_but_not_logged(by, pk):
    actions.confirm_data(
        application_id=pk, contact_name="张海燕", contact_phone="138 1234 5678", address="", confirmed=False, by=by
    )
    kept = Application.objects.get(pk=pk)
    assert (kept.contact_name, kept.contact_phone, kept.address, kept.data_confirmed) == (
        "张海燕",
        "13812345678",
        "",
        False,
    )
    logged = str(Record.objects.filter(verb="intake.confirm_data").get().detail)
    assert "张海燕" not in logged
    assert "13812345678" not in logged


def test_a_number_that_is_none_is_refused(by, pk):
    with pytest.raises(Refusal) as no:
        actions.confirm_data(
            application_id=pk, contact_name="张", contact_phone="12345", address="", confirmed=False, by=by
        )
    assert (no.value.code, no.value.field) == ("intake.phone", "contact_phone")


def test_a_newer_paper_replaces_the_old_one_which_is_kept(by, pk):
    old = actions.add_paper(application_id=pk, kind="form", upload=factories.upload("旧.pdf"), by=by)
    new = actions.add_paper(application_id=pk, kind="form", upload=factories.upload("新.pdf", b"%PDF-2"), by=by)
    assert [(paper.pk, paper.replaced_at is None) for paper in Paper.objects.order_by("pk")] == [
        (old.pk, False),
        (new.pk, True),
    ]


def test_an_exe_named_pdf_is_refused_beside_its_field(by, pk):
    with pytest.raises(Refusal) as no:
        actions.add_paper(
            application_id=pk, kind="licence", upload=factories.upload("执照.pdf", b"MZ\x90\x00 program"), by=by
        )
    assert (no.value.code, no.value.field) == ("document.not_what_it_says", "licence")
    assert Paper.objects.count() == 0


def test_a_submitted_application_is_not_edited_any_more():
    made = factories.application()
    with pytest.raises(Refusal) as no:
        actions.save_plan(application_id=made.pk, plan="B", by=made.created_by)
    assert no.value.sentence == f"申请 {made.reference} 已经提交，现在是“区商务部门审核中”，内容不能再修改。"
