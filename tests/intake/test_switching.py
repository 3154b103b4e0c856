"""The firm changes its insurer and keeps its number; with 服从调剂 whichever pool can first serves it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.accounts.models import User
from tongbao.audit.models import Record
from tongbao.funds import actions as funds
from tongbao.funds import queries as pools
from tongbao.funds.models import Pool, Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions, jobs, queries
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.notify.models import Message
from tongbao.refusal import Forbidden, Refusal

pytestmark = pytest.mark.django_db
NEEDED = 1_092_763  # what a firm of factories.firm() asks for, in fen


@pytest.fixture
def both() -> tuple[Pool, Pool]:
    return factories.pools()


def handed_in(*, accepts: bool = False, insurer: str = "sinosure", by: User | None = None) -> Application:
    made = factories.draft(by, insurer_code=insurer)
    if accepts:
        save(made, insurer, accepts=True)
    return actions.submit(application_id=made.pk, key="k", by=made.created_by)


def save(made: Application, insurer: str, *, accepts: bool) -> None:
    body = factories.insurer(insurer)
    actions.save_insurer(application_id=made.pk, insurer_id=body.pk, accepts_other_insurer=accepts, by=made.created_by)


def switch(made: Application, insurer: str, *, accepts: bool = False, by: User | None = None) -> Application:
    body = factories.insurer(insurer)
    return actions.switch_insurer(
        application_id=made.pk, insurer_id=body.pk, accepts_other_insurer=accepts, by=by or made.created_by
    )


def now(made: Application) -> tuple[str, str, str, int]:
    """State, insurer, state of the money, number."""
    found = Application.objects.select_related("insurer", "reservation__pool__insurer").get(pk=made.pk)
    place = found.reservation
    if place.state == ReservationState.RESERVED and found.state != State.SUBMITTED:
        assert place.pool.insurer == found.insurer
    return found.state, found.insurer.code, place.state, place.queue_number


def lines(made: Application) -> list[tuple[str, int]]:
    """The lines it stands in, first choice first: insurer and position."""
    place = Reservation.objects.get(application=made)
    return [(line.pool.insurer.code, line.position) for line in pools.lines_of(place)]


def test_a_waiting_firm_changes_the_line_and_keeps_its_number(both):
    first = handed_in()
    later = handed_in(insurer="picc")
    received_at = first.submitted_at
    switched = switch(first, "picc")
    assert now(first) == (State.SUBMITTED, "picc", ReservationState.WAITING, 1)
    assert (lines(first), lines(later)) == ([("picc", 1)], [("picc", 2)])  # the earlier number stands before
    assert (switched.first_choice.code, switched.submitted_at) == ("picc", received_at)
    assert Record.objects.filter(verb="intake.switch_insurer").get().detail["before"] == "sinosure"


def test_accepting_the_other_stands_in_both_lines_and_leaves_them_together(both):
    handed_in(insurer="picc")
    made = handed_in()
    switch(made, "sinosure", accepts=True)
    assert lines(made) == [("sinosure", 1), ("picc", 2)]
    switch(made, "sinosure", accepts=False)
    assert lines(made) == [("sinosure", 1)]


def test_a_switch_to_a_pool_with_money_is_served_at_once(both):
    factories.allot(both[1], NEEDED)
    made = handed_in()
    switched = switch(made, "picc")
    assert now(made) == (State.FIRST_REVIEW, "picc", ReservationState.RESERVED, 1)
    assert (switched.state, switched.insurer.code) == (State.FIRST_REVIEW, "picc")
    told = Message.objects.filter(organisation=made.created_by.organisation)
    assert [message.title for message in told] == [f"申请 {made.reference} 已有资金，进入审核"]


def test_a_funded_firm_moves_when_the_other_pool_can_pay_and_the_next_gets_its_money(both):
    factories.allot(both[0], NEEDED)
    factories.allot(both[1], NEEDED)
    made = handed_in()
    waits = handed_in()
    assert now(waits) == (State.SUBMITTED, "sinosure", ReservationState.WAITING, 2)
    switch(made, "picc")
    assert now(made) == (State.FIRST_REVIEW, "picc", ReservationState.RESERVED, 1)
    assert now(waits) == (State.FIRST_REVIEW, "sinosure", ReservationState.RESERVED, 2)


@pytest.mark.parametrize("why", ["nothing there", "somebody waits there"])
def test_a_funded_firm_never_loses_its_money_by_a_switch(both, why: str):
    factories.allot(both[0], NEEDED)
    made = handed_in()
    if why == "somebody waits there":
        handed_in(insurer="picc", by=factories.firm("30000000.00"))  # asks for more than the pool will have
        factories.allot(both[1], NEEDED)
    with pytest.raises(Refusal) as no:
        switch(made, "picc")
    assert (no.value.code, no.value.field) == ("switch_short", "insurer")
    assert now(made) == (State.FIRST_REVIEW, "sinosure", ReservationState.RESERVED, 1)
    assert Application.objects.get(pk=made.pk).first_choice.code == "sinosure"


def test_a_second_click_changes_nothing(both):
    made = handed_in()
    switch(made, "picc", accepts=True)
    before = Record.objects.filter(verb="funds.switch").count()
    assert switch(made, "picc", accepts=True).insurer.code == "picc"
    assert Record.objects.filter(verb="funds.switch").count() == before
    assert Record.objects.filter(verb="intake.switch_again").count() == 1


@pytest.mark.parametrize("state", [State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.RETURNED])
def test_it_may_change_until_the_approval(state: State):
    factories.pools(allotted_fen=0 if state == State.SUBMITTED else 50_000_000)
    made = factories.application(state)
    assert switch(made, "picc").insurer.code == "picc"
    assert now(made)[0] == state


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.DRAFT, "intake.not_in_line"),
        (State.APPROVED, "intake.too_late_to_switch"),
        (State.WITHDRAWN, "intake.closed"),
        (State.REJECTED, "intake.closed"),
    ],
)
def test_otherwise_it_is_told_what_to_do(state: State, code: str):
    made = factories.application(state)
    with pytest.raises(Refusal) as no:
        switch(made, "picc")
    assert (no.value.code, Application.objects.get(pk=made.pk).insurer.code) == (code, "sinosure")


def test_one_returned_for_correction_chooses_on_its_own_page():
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    with pytest.raises(Refusal) as no:
        switch(made, "picc")
    assert no.value.code == "intake.not_in_line"


def test_one_that_is_held_for_money_stays_where_it_is(both):
    factories.allot(both[0], NEEDED)
    made = handed_in()
    funds.adjust(reservation_id=made.reservation_id, amount_fen=2 * NEEDED, why="更正", by=None)
    with pytest.raises(Refusal) as no:
        switch(made, "picc")
    assert (no.value.code, now(made)[1:3]) == ("reservation_state", ("sinosure", ReservationState.HELD))


def test_nobody_switches_for_another_firm(both):
    made = handed_in()
    for other in (factories.firm(), factories.user()):
        with pytest.raises(Forbidden):
            switch(made, "picc", by=other)
    with pytest.raises(Refusal) as no:
        actions.switch_insurer(
            application_id=made.pk, insurer_id=2**62, accepts_other_insurer=False, by=made.created_by
        )
    assert (no.value.code, no.value.field) == ("intake.insurer_unknown", "insurer")


# ── 服从调剂: whichever pool can first ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["sinosure", "picc"])
def test_the_pool_that_can_first_serves_and_becomes_the_insurer(both, code: str):
    made = handed_in(accepts=True)
    assert lines(made) == [("sinosure", 1), ("picc", 1)]
    factories.allot(both[0] if code == "sinosure" else both[1], NEEDED)
    assert jobs.take_up() == 1
    assert now(made) == (State.FIRST_REVIEW, code, ReservationState.RESERVED, 1)
    assert Application.objects.get(pk=made.pk).first_choice.code == "sinosure"
    assert (lines(made), jobs.take_up()) == ([], 0)


def test_a_withdrawal_serves_the_firm_that_accepts_that_pool_in_the_order_of_numbers(both):
    factories.allot(both[1], NEEDED)
    funded = handed_in(insurer="picc")
    accepts = handed_in(accepts=True)
    only = handed_in(insurer="picc")
    actions.withdraw(application_id=funded.pk, why="", by=funded.created_by)
    assert now(accepts) == (State.FIRST_REVIEW, "picc", ReservationState.RESERVED, 2)
    assert now(only) == (State.SUBMITTED, "picc", ReservationState.WAITING, 3)


def test_plan_c_s_fallback_keeps_number_and_insurer_and_says_its_plan(both):
    by = factories.firm("6000000.00", us="5500000.00")  # plan C: its direction is not known, A is the fallback
    made = factories.draft(by, plan="C", fallback="A")
    save(made, "sinosure", accepts=True)
    made = actions.submit(application_id=made.pk, key="k", by=by)
    factories.allot(both[1], 50_000_000)
    jobs.take_up()
    factories.review(made, "first")
    factories.answer_cover(made)
    factories.review(made, "second")
    kept = Application.objects.select_related("reservation").get(pk=made.pk)
    assert (kept.state, kept.plan, kept.insurer.code) == (State.APPROVED, "A", "picc")
    place = kept.reservation
    assert (place.queue_number, place.purpose, place.received_at) == (1, "方案A", made.submitted_at)


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(made: Application, name: str = "switch") -> tuple[Client, str]:
    return signed_in(made.created_by), reverse(f"intake:{name}", args=[made.reference])


def text(response: Any) -> str:
    return response.content.decode()


def test_the_page_says_before_the_click_what_a_change_means(both):
    for _ in range(3):
        handed_in(insurer="picc")
    made = handed_in()
    client, address = page(made)
    says = {choice.body.code: choice.says for choice in client.get(address).context["choices"]}
    assert says == {
        "sinosure": "现在的选择，第 1 位，前面没有企业",
        "picc": "换过来排第 4 位，前面 3 家，其中优先 3 家",
    }
    picc = factories.insurer("picc")
    sent = client.post(address, {"insurer": picc.pk, "accepts_other_insurer": "on"})
    assert (sent.status_code, lines(made)) == (302, [("picc", 4), ("sinosure", 1)])


def test_a_funded_firm_sees_which_pool_could_pay(both):
    factories.allot(both[0], NEEDED)
    made = handed_in()
    client, address = page(made)
    shown = client.get(address)
    assert [(choice.body.code, choice.possible) for choice in shown.context["choices"]] == [
        ("sinosure", True),
        ("picc", False),
    ]
    assert "accepts_other_insurer" not in text(shown)
    refused = client.post(address, {"insurer": factories.insurer("picc").pk})
    assert refused.context["form"].errors["insurer"][0].startswith("所选保险人的资金池目前没有足够的可用额度")
    factories.allot(both[1], NEEDED)
    assert [choice.possible for choice in client.get(address).context["choices"]] == [True, True]


@pytest.mark.parametrize("typed", ["²", "99999999999999999999", "", "0"])
def test_an_insurer_that_is_none_is_refused_at_its_field(both, typed: str):
    made = handed_in()
    client, address = page(made)
    assert list(client.post(address, {"insurer": typed}).context["form"].errors) == ["insurer"]


def test_the_application_page_offers_it_while_it_is_possible(both):
    made = handed_in()
    client, address = page(made, "application")
    assert reverse("intake:switch", args=[made.reference]) in text(client.get(address))
    actions.withdraw(application_id=made.pk, why="", by=made.created_by)
    assert reverse("intake:switch", args=[made.reference]) not in text(client.get(address))
    assert client.get(reverse("intake:switch", args=[made.reference])).status_code == 409


def test_waiting_says_where_and_what_for(both):
    first = handed_in(accepts=True)
    made = handed_in(accepts=True)
    client, address = page(made, "application")
    shown = text(client.get(address))
    for wanted in (
        "第 2 位，前面 1 家，其中优先 1 家",
        "服从调剂",
        "近 4 周没有候补企业得到资金",
        made.reservation.public_link,
        "/queue-log/nantong-2019/?q=2",
        "候补到 2020-08-31 为止",
    ):
        assert wanted in shown
    assert [line.position for line, _ in queries.standpoint(first).lines] == [1, 1]


def test_after_a_surrender_it_says_why_and_what_to_do():
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    client, address = page(made, "application")
    shown = text(client.get(address))
    assert ("原来的序号 1 已让出" in shown, "补正后重新提交" in shown, "第 1 位" in shown) == (True, True, False)
