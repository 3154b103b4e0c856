"""Two reviews, returns, answers, rejections, withdrawals."""

from datetime import date

import pytest

from tests import factories
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit.models import Record
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions, jobs, queries
from tongbao.intake.models import Application, Review
from tongbao.intake.rules import State
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry import actions as registry
from tongbao.registry.models import CustomsExport

pytestmark = pytest.mark.django_db


def state_of(made: Application) -> str:
    return Application.objects.get(pk=made.pk).state


def money_of(made: Application) -> tuple[str, int]:
    return Reservation.objects.values_list("state", "amount_fen").get(pk=made.reservation_id)


def notices(made: Application) -> list[str]:
    return [message.title for message in made.created_by.organisation.messages.order_by("pk")]


def test_the_way_from_submission_to_the_insurer():
    made = factories.application()
    factories.review(made, "first")
    assert state_of(made) == State.SECOND_REVIEW
    factories.answer_cover(made)
    factories.review(made, "second")
    assert state_of(made) == State.APPROVED
    assert notices(made) == [f"申请 {made.reference} 已通过审核"]
    levels = [(review.level, review.verdict, review.decision.result["eligible"]) for review in Review.objects.all()]
    assert levels == [("first", "approve", True), ("second", "approve", True)]


def test_the_second_review_waits_for_both_insurers():
    made = factories.application(State.SECOND_REVIEW)
    with pytest.raises(Refusal) as no:
        factories.review(made, "second")
    assert no.value.code == "intake.cover_unanswered"
    assert no.value.sentence.startswith("两家保险人还没有全部答复")
    assert state_of(made) == State.SECOND_REVIEW


def test_a_firm_that_proves_insured_cannot_be_approved_but_rejected():
    made = factories.application(State.SECOND_REVIEW)
    factories.answer_cover(made, insured=True)
    with pytest.raises(Refusal) as no:
        factories.review(made, "second")
    assert no.value.code == "intake.not_eligible"
    factories.review(made, "second", verdict="reject", reason="already_insured")
    assert (state_of(made), money_of(made)[0]) == (State.REJECTED, ReservationState.RELEASED)


def test_cover_in_force_at_receipt_counts_though_it_ends_before_the_review(set_clock):
    made = factories.application()
    keeper = factories.user()
    registry.record_existing_cover(
        exporter_id=made.exporter_id,
        insurer_name="平安财险",
        valid_from=date(2019, 1, 1),
        valid_to=date(2019, 10, 16),
        document_number="保单 PA-1",
        by=keeper,
    )
    set_clock("2019-10-18T09:00")
    with pytest.raises(Refusal) as no:
        factories.review(made, "first")
    assert no.value.code == "intake.not_eligible"


def test_cover_that_begins_after_the_receipt_does_not_count(set_clock):
    made = factories.application()
    registry.record_existing_cover(
        exporter_id=made.exporter_id,
        insurer_name="平安财险",
        valid_from=date(2019, 10, 16),
        valid_to=date(2020, 10, 15),
        document_number="保单 PA-1",
        by=factories.user(),
    )
    set_clock("2019-10-18T09:00")
    factories.review(made, "first")
    assert state_of(made) == State.SECOND_REVIEW


def test_a_no_is_asked_anew_at_the_next_receipt():
    made = factories.application(State.SECOND_REVIEW)
    factories.answer_cover(made)
    factories.review(made, "second", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    actions.resubmit(application_id=made.pk, key="again", by=made.created_by)
    factories.review(made, "first")
    with pytest.raises(Refusal) as no:
        factories.review(made, "second")
    assert no.value.code == "intake.cover_unanswered"
    factories.answer_cover(made)
    factories.review(made, "second")
    assert state_of(made) == State.APPROVED


def test_figures_corrected_after_submission_stop_the_approval():
    made = factories.application()
    CustomsExport.objects.filter(exporter=made.exporter, year=2018).update(amount_cents=100_000_000)  # 100 万美元
    with pytest.raises(Refusal) as no:
        factories.review(made, "first")
    assert no.value.code == "intake.not_eligible"


def test_another_district_does_not_review():
    made = factories.application()
    stranger = factories.user(
        Role.DISTRICT_OFFICER,
        factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area("tongzhou", "通州区")]),
    )
    with pytest.raises(Forbidden) as no:
        factories.review(made, "first", by=stranger)
    assert no.value.sentence == "这家企业属于崇川区，不在贵单位的审核范围内。"
    assert list(queries.visible_to(stranger)) == []


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_district_gives_the_first_review(role):
    made = factories.application()
    with pytest.raises(Forbidden):
        factories.review(made, "first", by=factories.user(role))


def test_the_two_reviewers_are_different_people():
    made = factories.application()
    officer = factories.user(Role.DISTRICT_OFFICER)
    factories.review(made, "first", by=officer)
    User.objects.filter(pk=officer.pk).update(role=Role.CITY_OFFICER, organisation=factories.organisation())
    with pytest.raises(Refusal) as no:
        factories.review(made, "second", by=User.objects.get(pk=officer.pk))
    assert no.value.code == "intake.same_person"


def test_the_two_reviewers_are_of_different_bodies():
    made = factories.application()
    officer = factories.user(Role.DISTRICT_OFFICER)
    factories.review(made, "first", by=officer)
    with pytest.raises(Refusal) as no:
        factories.review(made, "second", by=factories.user(Role.CITY_OFFICER, officer.organisation))
    assert no.value.code == "intake.same_body"


def test_a_file_that_somebody_else_just_decided():
    made = factories.application()
    first, second = factories.user(Role.DISTRICT_OFFICER), factories.user(Role.DISTRICT_OFFICER)
    factories.review(made, "first", by=first)
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", by=second)
    assert no.value.code == "intake.already_decided"
    assert no.value.sentence.startswith(
        f"{first.organisation}的{first}已于 2019-10-15 09:00 作出决定（区级初审：通过）"
    )
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", by=first)
    assert no.value.sentence == "您已于 2019-10-15 09:00 作出决定（区级初审：通过），不需要再次提交。"
    assert Review.objects.count() == 1


def test_a_page_older_than_the_last_decision_decides_nothing():
    made = factories.application(State.RETURNED)
    answer_all(made)
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", seen=0)
    assert no.value.code == "intake.already_decided"
    factories.review(made, "first", seen=1)
    assert state_of(made) == State.SECOND_REVIEW


def answer_all(made: Application, text: str = "已重新盖章") -> Application:
    answers = {question.pk: text for question in queries.open_questions(made)}
    return actions.answer(application_id=made.pk, answers=answers, by=made.created_by)


def test_a_question_keeps_the_number_and_comes_back_to_where_it_was():
    made = factories.application(State.SECOND_REVIEW)
    number = made.reservation.queue_number
    factories.review(
        made, "second", verdict="return", return_kind="clarification", questions={"data": "地址不全", "plan": " "}
    )
    made.refresh_from_db()
    assert (made.state, made.return_due) == (State.RETURNED, date(2019, 10, 22))  # 5 working days
    assert [(question.section, question.text) for question in made.questions.all()] == [("data", "地址不全")]
    assert notices(made) == [f"申请 {made.reference} 需要您补充"]
    answer_all(made)
    made.refresh_from_db()
    assert (made.state, made.return_due, made.reservation.queue_number) == (State.SECOND_REVIEW, None, number)
    assert made.reservation.state == ReservationState.RESERVED


def test_every_question_wants_an_answer():
    made = factories.application(State.RETURNED)
    question = made.questions.get()
    with pytest.raises(Refusal) as no:
        actions.answer(application_id=made.pk, answers={question.pk: "  "}, by=made.created_by)
    assert (no.value.code, no.value.field) == ("intake.unanswered", f"answer_{question.pk}")
    assert state_of(made) == State.RETURNED


def test_an_answer_brings_its_paper_or_nothing():
    made = factories.application(State.RETURNED)
    question = made.questions.get()
    bad = factories.upload("说明.pdf", b"MZ")
    with pytest.raises(Refusal) as no:
        actions.answer(application_id=made.pk, answers={question.pk: "见附件"}, upload=bad, by=made.created_by)
    assert (no.value.field, state_of(made)) == ("answer", State.RETURNED)
    actions.answer(
        application_id=made.pk, answers={question.pk: "见附件"}, upload=factories.upload(), by=made.created_by
    )
    assert sorted(paper.kind for paper in queries.papers(made)) == ["answer", "form", "licence"]


def test_answers_are_refused_after_the_deadline_and_the_application_lapses(set_clock):
    made = factories.application(State.RETURNED)
    set_clock("2019-10-23T09:00")
    with pytest.raises(Refusal) as no:
        answer_all(made)
    assert no.value.code == "intake.answered_late"
    assert jobs.lapse_overdue() == 1
    assert jobs.lapse_overdue() == 0
    made.refresh_from_db()
    assert (made.state, made.closed_reason) == (State.LAPSED, "未在 2019-10-22 前回答审核人员的问题")
    assert money_of(made)[0] == ReservationState.RELEASED


def test_an_application_does_not_lapse_while_its_days_run():
    returned, corrected = factories.application(State.RETURNED), factories.application()
    factories.review(corrected, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    for made in (returned, corrected):
        with pytest.raises(Refusal) as no:
            actions.lapse(application_id=made.pk, why="逾期")
        assert (no.value.code, state_of(made)) == ("intake.not_overdue", State.RETURNED)


def test_a_correction_goes_back_to_the_insurer_chosen_first():
    lead, second = factories.pools()
    factories.allot(second, 50_000_000)
    made = factories.draft()
    actions.save_insurer(
        application_id=made.pk, insurer_id=lead.insurer_id, accepts_other_insurer=True, by=made.created_by
    )
    made = actions.submit(application_id=made.pk, key="first", by=made.created_by)
    assert made.insurer == second.insurer
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    factories.allot(lead, 50_000_000)
    made = actions.resubmit(application_id=made.pk, key="again", by=made.created_by)
    assert (made.first_choice, made.insurer) == (lead.insurer, lead.insurer)
    assert (list(funds.faults()), list(queries.faults())) == ([], [])


def test_money_that_does_not_fit_the_state_is_found():
    made = factories.application()
    assert list(queries.faults()) == []
    Application.objects.filter(pk=made.pk).update(state=State.WITHDRAWN)
    assert list(queries.faults()) == [f"申请 {made.reference} 是“已撤回”，资金却是“已预占”"]
    Application.objects.filter(pk=made.pk).update(state=State.DRAFT, reservation=None, submitted_at=None)
    assert list(queries.faults()) == [f"序号 1（{made.reference}）没有申请，却仍占用资金"]


def test_a_correction_costs_the_number():
    made = factories.application()
    by = made.created_by
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    made.refresh_from_db()
    assert (made.state, made.return_due, made.reservation.state) == (
        State.RETURNED,
        None,
        ReservationState.SURRENDERED,
    )
    with pytest.raises(Refusal) as no:
        answer_all(made)
    assert no.value.code == "intake.resubmit_instead"
    actions.add_paper(application_id=made.pk, kind="form", upload=factories.upload(), by=by)
    again = actions.resubmit(application_id=made.pk, key="again", by=by)
    assert (again.state, again.reservation.queue_number, Reservation.objects.count()) == (State.FIRST_REVIEW, 2, 2)
    assert actions.resubmit(application_id=made.pk, key="tab 2", by=by).reservation_id == again.reservation_id
    assert not queries.open_questions(again).exists()


def test_the_first_submission_s_key_does_not_bring_the_old_number_back():
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    made = actions.submit(application_id=made.pk, key="first", by=made.created_by)
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    with pytest.raises(Refusal) as no:
        actions.resubmit(application_id=made.pk, key="first", by=made.created_by)
    assert no.value.code == "intake.stale_key"
    assert state_of(made) == State.RETURNED


def test_a_return_says_why():
    made = factories.application()
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", verdict="return", return_kind="clarification", questions={"papers": ""})
    assert no.value.code == "intake.no_questions"
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", verdict="return", questions={"papers": "缺公章"})
    assert (no.value.code, no.value.field) == ("intake.return_kind", "return_kind")
    assert not Review.objects.exists()


def test_a_rejection_has_a_coded_reason():
    made = factories.application()
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", verdict="reject")
    assert no.value.field == "reason"
    with pytest.raises(Refusal) as no:
        factories.review(made, "first", verdict="reject", reason="other")
    assert no.value.field == "note"
    factories.review(made, "first", verdict="reject", reason="other", note="企业已注销")
    made.refresh_from_db()
    assert (made.state, made.closed_reason) == (State.REJECTED, "其他（须写明）：企业已注销")
    assert notices(made) == [f"申请 {made.reference} 未通过审核"]


def test_a_rejection_serves_the_next_in_line_at_once():
    lead, _ = factories.pools()
    factories.allot(lead, 1_092_763)
    first = factories.application(State.FIRST_REVIEW)
    second = factories.draft()
    second = actions.submit(application_id=second.pk, key="s", by=second.created_by)
    assert second.state == State.SUBMITTED
    factories.review(first, "first", verdict="reject", reason="not_exporter")
    second.refresh_from_db()
    assert (second.state, second.reservation.state) == (State.FIRST_REVIEW, ReservationState.RESERVED)
    assert list(funds.faults()) == []


def test_who_made_room_is_not_told_to_the_next_in_line():
    lead, _ = factories.pools()
    factories.allot(lead, 1_092_763)
    first = factories.application(State.FIRST_REVIEW)
    second = factories.draft()
    second = actions.submit(application_id=second.pk, key="s", by=second.created_by)
    actions.withdraw(application_id=first.pk, why="", by=first.created_by)
    told = Record.objects.filter(reference=second.reference, verb__in=["funds.promote", "intake.take_up"])
    assert list(told.values_list("verb", "actor_name", "actor_body")) == [
        ("funds.promote", "系统", ""),
        ("intake.take_up", "系统", ""),
    ]
    assert set(second.reservation.transfers.values_list("by_id", "by_name")) == {(None, "系统")}


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.RETURNED]
)
def test_the_firm_withdraws_and_the_money_returns(state):
    made = factories.application(state)
    actions.withdraw(application_id=made.pk, why="改投别家", by=made.created_by)
    actions.withdraw(application_id=made.pk, why="再点一次", by=made.created_by)
    made.refresh_from_db()
    assert (made.state, made.closed_reason) == (State.WITHDRAWN, "改投别家")
    assert not Reservation.objects.exclude(state=ReservationState.RELEASED).exists()
    assert actions.start(exporter_id=made.exporter_id, by=made.created_by).pk != made.pk


def test_an_approved_application_is_not_withdrawn_here():
    made = factories.application(State.APPROVED)
    with pytest.raises(Refusal) as no:
        actions.withdraw(application_id=made.pk, why="", by=made.created_by)
    assert no.value.code == "intake.too_late_to_withdraw"
    with pytest.raises(Forbidden):
        actions.withdraw(application_id=made.pk, why="", by=factories.firm())


def test_the_insurer_declines_or_issues():
    declined, issued = factories.application(State.APPROVED), factories.application(State.APPROVED)
    agent = factories.user(Role.INSURER_AGENT, factories.insurer())
    actions.mark_declined(application_id=declined.pk, reason="买方风险过高", by=agent)
    actions.mark_issued(application_id=issued.pk, by=agent)
    assert (state_of(declined), state_of(issued)) == (State.DECLINED, State.ISSUED)
    assert (money_of(declined)[0], money_of(issued)[0]) == (ReservationState.RELEASED, ReservationState.RESERVED)
    with pytest.raises(Refusal) as no:
        actions.mark_issued(application_id=declined.pk, by=agent)
    assert no.value.code == "intake.wrong_state"


# ── plan C ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def conditional() -> Application:
    by = factories.firm("6000000.00", us="5500000.00")
    made = factories.application(State.SECOND_REVIEW, by, plan="C", fallback="A")
    factories.answer_cover(made)
    return made


def test_plan_c_reserves_its_own_sum(conditional):
    # 6,000,000.00 USD × 0.1 % = 6,000.00 USD, at 7.0729 × 1.03 = 43,710.52
    assert money_of(conditional) == (ReservationState.RESERVED, 4_371_052)


def test_plan_c_stands_once_the_city_has_listed_the_firm(conditional):
    listed = registry.add_designation(
        exporter_id=conditional.exporter_id,
        kind="policy_direction",
        document_number="通商发〔2019〕88号",
        valid_from=clock.today(),
        valid_to=None,
        by=factories.user(),
    )
    registry.confirm_designation(designation_id=listed.pk, by=factories.user())
    factories.review(conditional, "second")
    conditional.refresh_from_db()
    assert (conditional.state, conditional.plan) == (State.APPROVED, "C")
    assert money_of(conditional) == (ReservationState.RESERVED, 4_371_052)


def test_plan_c_falls_back_with_the_same_number(conditional):
    number = conditional.reservation.queue_number
    factories.review(conditional, "second")
    conditional.refresh_from_db()
    assert (conditional.state, conditional.plan, conditional.reservation.queue_number) == (
        State.APPROVED,
        "A",
        number,
    )
    # 6,000,000.00 USD × 0.03 % = 1,800.00 USD, at 7.0729 × 1.03 = 13,113.16
    assert money_of(conditional) == (ReservationState.RESERVED, 1_311_316)
    assert conditional.reservation.purpose == "方案A"
    assert list(funds.faults()) == []
