"""Handing in: one transaction gives number, time and money, once."""

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tongbao import clock
from tongbao.funds.models import Account, Reservation
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.intake import actions, jobs, queries
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry.models import CoverInquiry, ExistingCover
from tongbao.scheme.models import Decision

pytestmark = pytest.mark.django_db


def submit(made: Application, key: str = "k1") -> Application:
    return actions.submit(application_id=made.pk, key=key, by=made.created_by)


def untouched(made: Application) -> bool:
    """Nothing half done: still a draft, no number taken, nobody asked, no decision kept."""
    return (
        Application.objects.get(pk=made.pk).state == State.DRAFT
        and not Reservation.objects.exists()
        and not CoverInquiry.objects.exists()
        and not Decision.objects.exists()
    )


def test_submission_gives_number_time_money_and_the_decision():
    lead, _ = factories.pools(allotted_fen=50_000_000)
    made = submit(factories.draft())
    reservation = made.reservation
    # 5,000,000.00 USD × 0.03 % = 1,500.00 USD, at 7.0729 × 1.03 = 10,927.63 (half up)
    assert (reservation.queue_number, reservation.amount_fen, reservation.state) == (
        1,
        1_092_763,
        ReservationState.RESERVED,
    )
    assert (made.state, made.submitted_at, reservation.pool) == (
        State.FIRST_REVIEW,
        reservation.received_at,
        lead,
    )
    assert (reservation.beneficiary_code, reservation.reference) == (made.exporter.code, made.reference)
    assert made.decision.result["eligible"] is True
    assert CoverInquiry.objects.filter(exporter=made.exporter).count() == 2
    assert Account.objects.get(pool=lead, kind=AccountKind.RESERVED).balance_fen == 1_092_763


def test_without_money_it_joins_the_waiting_list():
    factories.pools()
    made = submit(factories.draft())
    assert (made.state, made.reservation.state) == (State.SUBMITTED, ReservationState.WAITING)
    assert queries.waiting_position(made) == 1


@pytest.mark.parametrize("key", ["k1", "another tab"])
def test_submitting_twice_gives_the_same_receipt(key):
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    first, second = submit(made), submit(made, key)
    assert (first.reservation_id, Reservation.objects.count()) == (second.reservation_id, 1)


def test_the_other_insurer_is_taken_when_that_was_accepted():
    _, second = factories.pools()
    factories.allot(second, 50_000_000)
    made = factories.draft()
    insurer = factories.insurer("sinosure")
    actions.save_insurer(application_id=made.pk, insurer_id=insurer.pk, accepts_other_insurer=True, by=made.created_by)
    made = submit(made)
    assert (made.state, made.insurer.code, made.first_choice.code) == (State.FIRST_REVIEW, "picc", "sinosure")


def test_an_incomplete_draft_is_refused_with_what_is_missing():
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    actions.declare(application_id=made.pk, declares_uninsured=True, declares_truth=False, by=made.created_by)
    with pytest.raises(Refusal) as no:
        submit(made)
    assert (no.value.code, no.value.sentence) == ("intake.incomplete", "还不能提交：请逐条阅读并勾选声明。")
    assert untouched(made)


def test_a_conditional_plan_needs_its_fallback():
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft(factories.firm("6000000.00", us="5500000.00"), plan="C")
    with pytest.raises(Refusal) as no:
        submit(made)
    assert no.value.sentence == "还不能提交：方案C须由市商务局确认政策导向，请再选一个备选方案。"
    actions.save_plan(application_id=made.pk, plan="C", fallback_plan="B", by=made.created_by)
    assert submit(made).reservation.purpose == "方案C"


def test_a_firm_insured_elsewhere_cannot_submit():
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    officer = factories.user()
    ExistingCover.objects.create(
        exporter=made.exporter,
        insurer_name="别家保险",
        valid_from=clock.today(),
        valid_to=clock.today(),
        document_number="名单1",
        entered_by=officer,
        live=True,
        entered_at=clock.now(),
    )
    with pytest.raises(Refusal) as no:
        submit(made)
    assert no.value.code == "intake.not_eligible"
    assert no.value.sentence.startswith("目前不符合参保条件：")
    assert untouched(made)


def test_without_pools_nothing_is_taken():
    made = factories.draft()
    with pytest.raises(Refusal) as no:
        submit(made)
    assert no.value.code == "no_pool"
    assert untouched(made)


def test_after_the_cover_period_nothing_is_taken(set_clock):
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    set_clock("2020-09-01T09:00")
    with pytest.raises(Refusal) as no:
        submit(made)
    assert no.value.code == "intake.closed_edition"


def test_only_the_firm_submits():
    factories.pools(allotted_fen=50_000_000)
    made = factories.draft()
    with pytest.raises(Forbidden):
        actions.submit(application_id=made.pk, key="k", by=factories.firm())
    made = submit(made)
    with pytest.raises(Forbidden):
        actions.submit(application_id=made.pk, key="k", by=factories.firm())


def test_a_closed_application_is_not_submitted_again():
    made = factories.application(State.WITHDRAWN)
    with pytest.raises(Refusal) as no:
        submit(made, "late")
    assert no.value.code == "intake.closed"


def test_one_live_application_a_firm_and_edition():
    made = factories.application()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            edition=made.edition,
            exporter=made.exporter,
            area=made.area,
            reference="second",
            state=State.DRAFT,
            created_by=made.created_by,
            created_at=clock.now(),
        )
    assert actions.start(exporter_id=made.exporter_id, by=made.created_by).pk == made.pk


def test_money_that_comes_moves_the_firm_to_first_review_and_tells_it():
    lead, _ = factories.pools()
    made = submit(factories.draft())
    factories.allot(lead, 50_000_000)
    assert jobs.take_up() == 1
    assert jobs.take_up() == 0
    assert Application.objects.get(pk=made.pk).state == State.FIRST_REVIEW
    titles = [message.title for message in made.created_by.organisation.messages.all()]
    assert titles == [f"申请 {made.reference} 已有资金，进入审核"]
