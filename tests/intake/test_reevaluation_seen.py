"""Reviews that find changed facts, and the pages that show what changed."""

from django.test import Client

from tests import factories
from tests.intake.corrections import (
    LESS,
    LESS_FEN,
    SMALL,
    TWICE,
    TWO_FEN,
    correct,
    fresh,
    money_of,
    no_faults,
    told,
)
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds.rules import ReservationState
from tongbao.intake import jobs
from tongbao.intake.rules import State
from tongbao.notify.models import Message
from tongbao.registry import actions as registry

# ── reviews ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_review_that_finds_something_new_leaves_nothing_to_the_job(db):
    made = factories.application()
    correct(made, TWICE)
    review = factories.review(made, "first")
    now = fresh(made)
    assert (now.state, now.latest_decision) == (State.SECOND_REVIEW, review.decision)
    assert money_of(made) == (ReservationState.RESERVED, TWO_FEN, 0)
    (message,) = Message.objects.filter(organisation=made.created_by.organisation)
    assert "已预留的扶持资金相应调整为 21,855.26 元，排队序号不变。审核以新的判定为准。" in message.body
    assert (jobs.re_evaluate(), no_faults()) == (0, True)


def test_a_review_that_finds_nothing_new_moves_the_version(db):
    made = factories.application(State.SECOND_REVIEW)
    factories.answer_cover(made)
    factories.review(made, "second")
    now = fresh(made)
    assert (now.facts_version, now.latest_decision) == (now.exporter.facts_version, None)
    assert jobs.re_evaluate() == 0


def test_the_approval_is_what_the_premium_stands_on(db):
    made = factories.application(State.SECOND_REVIEW)
    factories.answer_cover(made)
    correct(made, LESS)
    review = factories.review(made, "second")
    now = fresh(made)
    assert (now.state, now.latest_decision) == (State.APPROVED, review.decision)
    assert money_of(made) == (ReservationState.RESERVED, LESS_FEN, 0)
    assert jobs.re_evaluate() == 0
    titles = [message.title for message in made.created_by.organisation.messages.order_by("pk")]
    assert titles == [f"申请 {made.reference} 已通过审核", f"申请 {made.reference} 的资料有变化，已重新判定"]
    assert told(made.insurer) == []


def test_a_rejection_tells_its_reason_only(db):
    made = factories.application()
    correct(made, SMALL)
    factories.review(made, "first", verdict="reject", reason="outside_band")
    assert [m.title for m in Message.objects.filter(organisation=made.created_by.organisation)] == [
        f"申请 {made.reference} 未通过审核"
    ]
    assert (jobs.re_evaluate(), no_faults()) == (0, True)


def test_questions_asked_on_new_facts_keep_the_place(db):
    made = factories.application()
    correct(made, LESS)
    factories.review(made, "first", verdict="return", return_kind="clarification", questions={"data": "请核对"})
    assert (fresh(made).state, money_of(made)) == (State.RETURNED, (ReservationState.RESERVED, LESS_FEN, 0))
    assert no_faults()


def test_the_city_confirms_plan_c(db):
    made = factories.application(
        State.SECOND_REVIEW, factories.firm("6000000.00", us="5500000.00"), plan="C", fallback="A"
    )
    listed = registry.add_designation(
        exporter_id=made.exporter_id,
        kind="policy_direction",
        document_number="通商发〔2019〕88号",
        valid_from=clock.today(),
        valid_to=None,
        by=factories.user(),
    )
    assert jobs.re_evaluate() == 1  # entered, but one person is not enough
    assert told(made.created_by.organisation) == []
    registry.confirm_designation(designation_id=listed.pk, by=factories.user())
    assert jobs.re_evaluate() == 1
    body = made.created_by.organisation.messages.get(title__contains="资料有变化").body
    assert "所选方案C的条件已核实，符合。" in body
    assert money_of(made) == (ReservationState.RESERVED, 4_371_052, 0)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_pages_show_what_changed_and_lead_to_the_decision(db):
    made = factories.application()
    mine, case = f"/applications/{made.reference}/", f"/cases/{made.reference}/"
    officer = factories.user(Role.AUDITOR)
    assert [("资料有变化" in page(*one)) for one in ((made.created_by, mine), (officer, case))] == [False, False]
    correct(made, SMALL)
    jobs.re_evaluate()
    latest = fresh(made).latest_decision_id
    for user, address in ((made.created_by, mine), (made.created_by, case), (officer, case)):
        text = page(user, address)
        assert "资料有变化：2019-10-15 重新判定" in text
        assert "2018年海关出口额由“5,000,000.00 美元”变为“1,000,000.00 美元”" in text
        assert "不再符合参保条件" in text
    assert "企业名册中的资料有变化，按条款重新判定" in page(made.created_by, mine)
    assert f"{case}decisions/{latest}/" in page(officer, case)
    assert "资料变化后" in page(officer, f"{case}?tab=grounds")
    assert "资料变化后的判定" in page(officer, f"{case}decisions/{latest}/")
    assert "企业资料有变化，重新判定了申请" in page(officer, f"{case}?tab=trail")


def test_money_that_followed_a_change_leads_to_the_decision_that_moved_it(db, set_clock):
    made = factories.application()
    set_clock("2019-10-16T09:00")
    correct(made, TWICE)
    jobs.re_evaluate()
    transfer = made.reservation.transfers.order_by("pk").last()
    text = page(factories.user(Role.AUDITOR), f"/cases/{made.reference}/trace/{transfer.pk}/")
    assert "资料变化后" in text
    assert f"/cases/{made.reference}/decisions/{fresh(made).latest_decision_id}/" in text


def test_what_came_back_is_said_too(db):
    made = factories.application()
    for usd in (SMALL, "5000000.00"):
        correct(made, usd)
        jobs.re_evaluate()
    text = page(made.created_by, f"/applications/{made.reference}/")
    assert "资料几经变化，现在的判定与提交申请时相同。" in text
