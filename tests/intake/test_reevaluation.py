"""The register changes: open applications are judged anew, their money follows, those affected are told once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from tests import factories, tampering
from tests.intake.corrections import (
    IN_PLACE,
    LESS,
    LESS_FEN,
    ONE_FEN,
    SMALL,
    TWICE,
    TWO_FEN,
    correct,
    district,
    fresh,
    money_of,
    no_faults,
    told,
    verbs,
)
from tongbao.accounts.rules import OrganisationKind
from tongbao.audit.models import Record
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions, jobs, queries
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.notify.models import Message
from tongbao.refusal import Refusal
from tongbao.registry import actions as registry
from tongbao.registry.models import Exporter
from tongbao.scheme.models import Decision

# ── nothing that matters ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_submission_notes_the_version_it_was_judged_on(db):
    made = factories.application()
    assert made.facts_version == made.exporter.facts_version > 0
    assert made.latest_decision is None
    assert jobs.re_evaluate() == 0


def test_only_the_version_moves_when_nothing_changes_that_matters(db):
    made = factories.application()
    factories.answer_cover(made)  # not insured, as the firm had declared
    decisions, records = Decision.objects.count(), Record.objects.count()
    assert list(queries.outdated()) == [made]
    assert (jobs.re_evaluate(), jobs.re_evaluate()) == (1, 0)
    now = fresh(made)
    assert (now.facts_version, now.latest_decision) == (now.exporter.facts_version, None)
    assert (Decision.objects.count(), Message.objects.count()) == (decisions, 0)
    assert Record.objects.count() == records + 1
    assert (verbs(made), money_of(made)) == (["intake.re_evaluate_same"], IN_PLACE)


def test_what_was_handed_in_before_there_were_versions_is_looked_at_once_and_silently(db):
    made = [factories.application(state) for state in (State.FIRST_REVIEW, State.APPROVED, State.RETURNED)]
    Application.objects.update(facts_version=0)
    said = Message.objects.count()
    assert (jobs.re_evaluate(), jobs.re_evaluate()) == (3, 0)
    assert [verbs(one) for one in made] == [["intake.re_evaluate_same"]] * 3
    assert Message.objects.count() == said


def test_what_is_not_handed_in_or_has_ended_is_left_alone(db):
    draft, gone = factories.application(State.DRAFT), factories.application(State.WITHDRAWN)
    for made in (draft, gone):
        correct(made, SMALL)
        with pytest.raises(Refusal) as no:
            actions.re_evaluate(application_id=made.pk)
        assert no.value.code == "intake.not_open"
    assert (jobs.re_evaluate(), Message.objects.count()) == (0, 0)


# ── whether the firm may take part ──────────────────────────────────────────────────────────────────────────────────


def test_eligibility_lost_is_told_and_decided_by_people(db):
    body = district()
    made = factories.application()
    correct(made, SMALL)
    assert jobs.re_evaluate() == 1
    now = fresh(made)
    assert (now.state, now.decision, money_of(made)) == (State.FIRST_REVIEW, made.decision, IN_PLACE)
    assert now.latest_decision.result["eligible"] is False
    firm = Message.objects.get(organisation=made.created_by.organisation)
    assert firm.url == f"/applications/{made.reference}/"
    assert firm.body.startswith("资料变化：2018年海关出口额由“5,000,000.00 美元”变为“1,000,000.00 美元”；")
    assert "重新判定：不再符合参保条件：2018年海关出口额 100.00 万美元，落在" in firm.body
    assert "申请不会自动取消，由审核人员核实后决定。" in firm.body
    officers = Message.objects.get(organisation=body)
    assert officers.url == f"/cases/{made.reference}/"
    assert officers.title == f"申请 {made.reference}（{made.exporter.name}）资料有变化"
    assert officers.body.endswith("申请没有自动处理，请在审核时核实，退回或不予支持。")
    assert no_faults()


def test_cover_found_after_the_receipt_is_that_of_the_receipt(db, set_clock):
    made = factories.application()
    set_clock("2019-10-18T09:00")
    given = {"exporter_id": made.exporter_id, "document_number": "保单 PA-1", "by": factories.user()}
    registry.record_existing_cover(
        insurer_name="平安财险", valid_from=date(2019, 10, 16), valid_to=date(2020, 10, 15), **given
    )
    assert jobs.re_evaluate() == 1
    assert verbs(made) == ["intake.re_evaluate_same"]
    registry.record_existing_cover(
        insurer_name="太平财险", valid_from=date(2019, 1, 1), valid_to=date(2019, 10, 16), **given
    )
    assert jobs.re_evaluate() == 1
    assert fresh(made).latest_decision.result["eligible"] is False


def test_what_was_lost_can_come_back(db):
    made = factories.application()
    for usd in (SMALL, "5000000.00"):
        correct(made, usd)
        jobs.re_evaluate()
    now = fresh(made)
    assert now.latest_decision.result["eligible"] is True
    assert (len(told(made.created_by.organisation)), money_of(made)) == (2, IN_PLACE)
    assert [one.result["eligible"] for one in queries.reevaluations(now)] == [False, True]
    assert not queries.reevaluated(now).changes


def test_the_plan_that_is_not_offered_any_more(db):
    body = district()
    made = factories.application()
    correct(made, "30000.00")
    jobs.re_evaluate()
    for message in Message.objects.filter(organisation__in=[made.created_by.organisation, body]):
        assert "所选方案A现在不能办理：2018年海关出口额 3.00 万美元" in message.body
    assert (told(body) != [], fresh(made).plan, money_of(made)) == (True, "A", IN_PLACE)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_more_is_drawn_while_there_is_money(db):
    factories.pools(allotted_fen=TWO_FEN)
    made = factories.application()
    correct(made, TWICE)
    jobs.re_evaluate()
    assert money_of(made) == (ReservationState.RESERVED, TWO_FEN, 0)
    body = Message.objects.get(organisation=made.created_by.organisation).body
    assert "预计财政扶持由 10,927.63 元变为 21,855.26 元" in body
    assert "已预留的扶持资金相应调整为 21,855.26 元，排队序号不变。" in body
    assert no_faults()


def test_more_than_the_pool_has_is_held_and_topped_up_first(db):
    lead, _ = factories.pools(allotted_fen=ONE_FEN)
    made = factories.application()
    waiting = factories.application(State.SUBMITTED)
    assert waiting.state == State.SUBMITTED
    correct(made, TWICE)
    jobs.re_evaluate()
    assert money_of(made) == (ReservationState.HELD, ONE_FEN, TWO_FEN - ONE_FEN)
    body = Message.objects.get(organisation=made.created_by.organisation).body
    assert "资金池余额不足，还差 10,927.63 元，有资金时最先补足，排队序号不变。" in body
    assert no_faults()
    factories.allot(lead, ONE_FEN)
    assert (money_of(made), money_of(waiting)[0]) == ((ReservationState.RESERVED, TWO_FEN, 0), ReservationState.WAITING)
    factories.review(fresh(made), "first")
    assert no_faults()


def test_a_held_one_that_needs_less_again_is_whole(db):
    factories.pools(allotted_fen=ONE_FEN)
    made = factories.application()
    for usd in (TWICE, "5000000.00"):
        correct(made, usd)
        jobs.re_evaluate()
    assert (money_of(made), no_faults()) == (IN_PLACE, True)


def test_less_goes_back_and_serves_the_next_in_line(db):
    factories.pools(allotted_fen=ONE_FEN + LESS_FEN)
    made, following, last = factories.application(), *(factories.application(State.SUBMITTED) for _ in range(2))
    assert [one.state for one in (made, following, last)] == [State.FIRST_REVIEW, State.SUBMITTED, State.SUBMITTED]
    correct(made, LESS)
    jobs.re_evaluate()
    assert money_of(made) == (ReservationState.RESERVED, LESS_FEN, 0)
    assert (fresh(following).state, money_of(following)) == (State.FIRST_REVIEW, IN_PLACE)
    assert (fresh(last).state, money_of(last)[0]) == (State.SUBMITTED, ReservationState.WAITING)
    (notice,) = following.created_by.organisation.messages.all()
    assert notice.title == f"申请 {following.reference} 已有资金，进入审核"
    assert no_faults()


def test_one_in_line_that_needs_less_is_served_by_it(db):
    body = district()
    factories.pools(allotted_fen=LESS_FEN)
    made = factories.application(State.SUBMITTED)
    assert money_of(made) == (ReservationState.WAITING, ONE_FEN, 0)
    correct(made, LESS)
    jobs.re_evaluate()
    now = fresh(made)
    assert (now.state, money_of(made)) == (State.FIRST_REVIEW, (ReservationState.RESERVED, LESS_FEN, 0))
    assert (now.latest_decision is None, len(told(body))) == (False, 1)
    assert no_faults()


def test_one_in_line_keeps_number_and_class(db):
    factories.pools()
    made = factories.application(State.SUBMITTED)
    before = made.reservation.queue_number, made.reservation.priority_class
    correct(made, LESS)  # less than the year before: no ground of priority any more
    jobs.re_evaluate()
    reservation = fresh(made).reservation
    assert (reservation.queue_number, reservation.priority_class) == before == (1, 0)
    assert money_of(made) == (ReservationState.WAITING, LESS_FEN, 0)
    assert Message.objects.count() == 1  # nobody's turn but the money's
    assert no_faults()


def test_a_place_given_up_has_no_money_to_follow(db):
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    correct(made, TWICE)
    assert jobs.re_evaluate() == 1
    assert money_of(made)[0] == ReservationState.SURRENDERED
    assert told(made.created_by.organisation) != []
    again = actions.resubmit(application_id=made.pk, key="again", by=made.created_by)
    assert (again.latest_decision, money_of(made)) == (None, (ReservationState.RESERVED, TWO_FEN, 0))
    assert again.facts_version == Exporter.objects.get(pk=made.exporter_id).facts_version
    assert no_faults()


@pytest.mark.parametrize("usd", [LESS, TWICE, SMALL])
def test_an_approved_one_is_only_told(db, usd: str):
    made = factories.application(State.APPROVED)
    correct(made, usd)
    assert jobs.re_evaluate() == 1
    assert (fresh(made).state, money_of(made)) == (State.APPROVED, IN_PLACE)
    stays = "不过复审已经通过，保费仍按复审时的资料计算，已预留的扶持资金不变。"
    bodies = (made.created_by.organisation, made.insurer)
    assert [stays in body.messages.get(title__contains="资料有变化").body for body in bodies] == [True, True]
    assert (
        Message.objects.filter(organisation__kind__in=[OrganisationKind.CITY, OrganisationKind.DISTRICT]).count() == 0
    )
    assert no_faults()


def test_every_city_body_is_told_at_the_second_review(db):
    made = factories.application(State.SECOND_REVIEW)
    cities = [factories.organisation(), factories.organisation()]
    correct(made, TWICE)
    jobs.re_evaluate()
    assert [len(told(body)) for body in cities] == [1, 1]
    assert money_of(made) == (ReservationState.RESERVED, TWO_FEN, 0)


# ── once, and whatever else happens at the same time ────────────────────────────────────────────────────────────────


def test_twice_tells_once(db):
    body = district()
    made = factories.application()
    correct(made, TWICE)
    for _ in range(2):
        actions.re_evaluate(application_id=made.pk)
    assert verbs(made) == ["intake.re_evaluate", "intake.re_evaluate_again"]
    assert (len(told(made.created_by.organisation)), len(told(body))) == (1, 1)


def test_a_correction_between_the_version_and_the_facts_is_not_missed(db, monkeypatch):
    made = factories.application()
    correct(made, TWICE)
    facts_of = queries.found_now

    def overtaken(*given):
        monkeypatch.setattr(queries, "found_now", facts_of)
        correct(made, LESS)
        return facts_of(*given)

    monkeypatch.setattr(queries, "found_now", overtaken)
    assert (jobs.re_evaluate(), list(queries.outdated())) == (1, [made])
    assert money_of(made) == (ReservationState.RESERVED, LESS_FEN, 0)
    assert (jobs.re_evaluate(), jobs.re_evaluate()) == (1, 0)
    assert verbs(made) == ["intake.re_evaluate", "intake.re_evaluate_same"]


def test_a_firm_read_before_its_correction_is_read_again(db):
    made = factories.draft(factories.firm(LESS))
    factories.pools(allotted_fen=50_000_000)
    assert made.exporter.facts_version  # in the row's memory from now on
    correct(made, "5000000.00")
    made = actions.submit(application_id=made.pk, key="s", by=made.created_by)
    assert made.facts_version == Exporter.objects.get(pk=made.exporter_id).facts_version
    assert money_of(made) == IN_PLACE


def test_workers_side_by_side_and_a_correction_among_them(committed_db):
    body = district()
    factories.pools(allotted_fen=50_000_000)
    firms = [factories.application() for _ in range(6)]
    for made in firms:
        correct(made, TWICE)

    def work(number: int) -> None:
        try:
            if number == 2:
                correct(firms[-1], LESS)
            jobs.re_evaluate()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as crowd:
        list(crowd.map(work, range(4)))
    jobs.re_evaluate()
    assert [money_of(made)[1] for made in firms] == [TWO_FEN] * 5 + [LESS_FEN]
    assert [len(told(made.created_by.organisation)) for made in firms[:-1]] == [1] * 5
    assert len(told(body)) == 5 + len(told(firms[-1].created_by.organisation))
    assert (list(queries.outdated()), no_faults()) == ([], True)


def test_one_that_cannot_be_read_holds_nobody_up(committed_db):
    district()
    broken, made = factories.application(), factories.application()
    for one in (broken, made):
        correct(one, TWICE)
    tampering.run(
        "scheme_decision", f"UPDATE scheme_decision SET facts = '{{\"planet\": 1}}' WHERE id = {broken.decision_id}"
    )
    with pytest.raises(Refusal) as no:
        actions.re_evaluate(application_id=broken.pk)
    assert no.value.code == "intake.damaged_decision"
    assert jobs.re_evaluate() == 1
    assert (fresh(made).latest_decision is None, list(queries.outdated())) == (False, [broken])


def test_the_oldest_receipt_is_judged_first(db):
    first, second, third = (factories.application() for _ in range(3))
    for made in (third, first, second):
        correct(made, TWICE)
    assert list(queries.outdated()) == [first, second, third]
