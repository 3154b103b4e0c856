"""A policy ends before its time: who asks, consents, approves; what goes back; who is served next; what proves it."""

import re
from datetime import UTC, date, datetime

import pytest

from tests import factories
from tests.policies import world as make
from tests.policies.test_repricing import correct_rate
from tests.policies.world import World
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.funds.models import Reservation, Transfer
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.intake import actions as intake
from tongbao.intake.models import Application
from tongbao.intake.rules import State as ApplicationState
from tongbao.notify.models import Message
from tongbao.policies import actions, jobs, permissions, queries
from tongbao.policies.models import Cancellation, Policy
from tongbao.policies.rules import CancellationState, Side, State
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry.models import Exporter
from tongbao.scheme.rules import Scheme

pytestmark = pytest.mark.django_db
LAST_DAY = date(2019, 10, 31)  # 305 of 366 days are left
BACK_FEN = 884_113  # 10,609.35 × 305 ÷ 366
LONG_AGO = datetime(2019, 9, 1, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return build()


def build() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


def refusal(call, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as no:
        call(*args, **kwargs)
    return no.value


def ask(policy: Policy, by: User, **said) -> Cancellation:
    given = {"last_day": LAST_DAY, "reason": "no_exports", "text": "今年不再出口", **said}
    return actions.ask_cancellation(policy_id=policy.pk, by=by, **given)


def consented(world: World, policy: Policy) -> Cancellation:
    asked = ask(policy, make.exporter_of(policy))
    return actions.consent_cancellation(cancellation_id=asked.pk, by=world.agent)


def approve(cancellation: Cancellation, by: User, seen_fen: int = BACK_FEN) -> Cancellation:
    return actions.approve_cancellation(cancellation_id=cancellation.pk, seen_fen=seen_fen, by=by)


def books(world: World) -> dict[str, int]:
    kinds = (AccountKind.AVAILABLE, AccountKind.CHARGED, AccountKind.RECEIVED, AccountKind.EARNED)
    return {kind.value: make.balance(world, kind) for kind in kinds}


def titles(to: User) -> list[str]:
    return list(Message.objects.filter(organisation=to.organisation).order_by("pk").values_list("title", flat=True))


def state_of(row: Policy | Cancellation) -> str:
    return type(row).objects.get(pk=row.pk).state


# ── the whole way ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_moves_before_the_approval_then_the_money_returns_in_both_books(world: World):
    policy = make.issued(world)
    before = books(world)
    cancellation = consented(world, policy)
    assert (books(world), state_of(policy)) == (before, State.IN_FORCE)
    approve(cancellation, world.city)
    assert books(world) == {
        "available": before["available"] + BACK_FEN,
        "charged": before["charged"] - BACK_FEN,
        "received": before["received"] + BACK_FEN,
        "earned": before["earned"] - BACK_FEN,
    }
    cancellation.refresh_from_db()
    assert (state_of(policy), cancellation.state, cancellation.fund_fen, cancellation.firm_fen) == (
        State.CANCELLED,
        CancellationState.APPROVED,
        BACK_FEN,
        0,
    )
    assert Reservation.objects.get(pk=policy.reservation_id).refunded_fen == BACK_FEN
    assert [list(found) for found in (queries.faults(), audit.faults())] == [[], []]


def test_the_firm_gets_its_half_back_from_the_insurer(world: World):
    policy = make.issued(world, make.approved(world, "B", "5000010.00"))
    done = approve(consented(world, policy), world.city, seen_fen=1_473_523)
    assert (done.fund_fen, done.firm_fen) == (1_473_523, 1_473_524)
    assert titles(world.agent)[-1] == f"保单 {policy.number} 已注销"
    told = Message.objects.filter(organisation=make.exporter_of(policy).organisation).latest("pk")
    assert told.body == (
        "保障到 2019-10-31 为止，此前的出运仍可报告可能损失和索赔。"
        "财政扶持 14,735.23 元退回资金池。企业承担的保费 14,735.24 元由保险人退还企业。"
    )


def test_the_insurer_may_ask_and_the_firm_consents(world: World):
    policy = make.issued(world)
    firm = make.exporter_of(policy)
    asked = ask(policy, world.agent, reason="false_papers")
    assert titles(firm)[-1] == f"保险公司申请注销保单 {policy.number}，请答复"
    assert [(line.label, line.urgent) for line in queries.todo(firm)] == [("保险公司申请注销您的保单，请答复", True)]
    actions.consent_cancellation(cancellation_id=asked.pk, by=firm)
    assert (titles(world.city)[-1], titles(world.agent)[-1]) == (
        f"保单 {policy.number} 待批准注销",
        f"被保险人已同意注销保单 {policy.number}",
    )
    assert approve(asked, world.city).state == CancellationState.APPROVED


def test_whoever_waits_has_a_line_in_the_worklist(world: World):
    policy = make.issued(world)
    people = (make.exporter_of(policy), world.agent, world.other_agent, world.city, world.finance)

    def lines() -> list[list[str]]:
        return [[line.label for line in queries.todo(one)] for one in people]

    asked = ask(policy, people[0])
    assert lines() == [[], ["待答复的注销申请"], [], [], []]
    actions.consent_cancellation(cancellation_id=asked.pk, by=world.agent)
    assert lines() == [[], [], [], ["待批准的保单注销"], []]
    approve(asked, world.city)
    assert lines() == [[], [], [], [], []]


def test_the_next_in_line_is_served_and_its_review_begins():
    world = make.build()
    make.fill(world, 1_092_763)  # exactly one reservation at the reference rate
    make.set_rate(world)
    policy = make.issued(world)
    next_firm = make.approved(world, "A", "3300000.00", name="候补企业")
    Application.objects.filter(pk=next_firm.pk).update(state=ApplicationState.SUBMITTED)
    assert next_firm.reservation.state == ReservationState.WAITING
    approve(consented(world, policy), world.city)
    next_firm.refresh_from_db()
    assert (next_firm.state, next_firm.reservation.state) == (ApplicationState.FIRST_REVIEW, ReservationState.RESERVED)
    assert list(queries.faults()) == []


def test_an_edition_without_refunds_moves_no_money(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Scheme, "refunds_pro_rata", property(lambda _: False))
    policy = make.issued(world)
    before = books(world)
    done = approve(consented(world, policy), world.city, seen_fen=0)
    assert (done.state, done.fund_fen, books(world)) == (CancellationState.APPROVED, 0, before)
    assert list(queries.faults()) == []


# ── who may what ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_two_parties_ask(world: World):
    policy = make.issued(world)
    stranger = factories.user(Role.EXPORTER)
    for person in (world.city, world.finance, world.district, world.other_agent, stranger):
        with pytest.raises(Forbidden):
            ask(policy, person)
    assert Cancellation.objects.count() == 0


@pytest.mark.parametrize("side", list(Side))
def test_nobody_consents_to_what_the_own_side_asked_for(world: World, side: Side):
    policy = make.issued(world)
    sides = {Side.FIRM: make.exporter_of(policy), Side.INSURER: world.agent}
    asked = ask(policy, sides[side])
    for person in (sides[side], world.other_agent, world.city, factories.user(Role.EXPORTER)):
        with pytest.raises(Forbidden):
            actions.consent_cancellation(cancellation_id=asked.pk, by=person)
    assert permissions.may(sides[side], asked) == {
        "consent": False,
        "approve": False,
        "refuse": False,
        "withdraw": True,
    }
    assert permissions.may(sides[side.other], asked) == {
        "consent": True,
        "approve": False,
        "refuse": True,
        "withdraw": False,
    }


def test_the_city_alone_approves_and_not_before_the_consent(world: World):
    policy = make.issued(world)
    asked = ask(policy, make.exporter_of(policy))
    assert refusal(approve, asked, world.city).code == "not_your_turn"
    actions.consent_cancellation(cancellation_id=asked.pk, by=world.agent)
    for person in (world.agent, make.exporter_of(policy), world.finance, world.district):
        with pytest.raises(Forbidden):
            approve(asked, person)
    assert state_of(policy) == State.IN_FORCE


def test_a_policy_that_is_not_in_force_is_not_cancelled(world: World, set_clock):
    policy = make.quoted(world, make.approved(world))
    no = refusal(ask, policy, world.agent)
    assert (no.code, no.sentence) == (
        "policy_state",
        "这张保单还没有出单，不需要注销。不再投保的，请联系保险公司。",
    )
    actions.issue(policy_id=policy.pk, by=world.agent)
    set_clock("2020-09-01T00:30")
    assert refusal(ask, policy, world.agent).code == "policy_state"


@pytest.mark.parametrize("last_day", [date(2019, 10, 14), date(2020, 8, 31), date(9999, 12, 31)])
def test_a_last_day_that_is_none_is_refused_at_its_field(world: World, last_day: date):
    policy = make.issued(world)
    no = refusal(ask, policy, world.agent, last_day=last_day)
    assert (no.code, no.field, Cancellation.objects.count()) == ("last_day", "last_day", 0)


# ── refused, taken back, too late ───────────────────────────────────────────────────────────────────────────────────


def test_the_other_party_refuses_with_a_reason(world: World):
    policy = make.issued(world)
    firm = make.exporter_of(policy)
    asked = ask(policy, firm)
    no = refusal(actions.refuse_cancellation, cancellation_id=asked.pk, answer=" 　", by=world.agent)
    assert (no.code, no.field) == ("answer", "answer")
    actions.refuse_cancellation(cancellation_id=asked.pk, answer="已有索赔在办", by=world.agent)
    told = Message.objects.filter(organisation=firm.organisation).latest("pk")
    assert (told.title, told.body) == (
        f"保单 {policy.number} 没有注销，继续有效",
        "中国信保江苏分公司不同意注销：已有索赔在办",
    )
    assert (state_of(asked), state_of(policy)) == (CancellationState.REFUSED, State.IN_FORCE)
    assert ask(policy, firm).pk != asked.pk  # it may be asked for again


def test_the_city_refuses_and_both_are_told(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    actions.refuse_cancellation(cancellation_id=cancellation.pk, answer="请先核实出口情况", by=world.city)
    title = f"保单 {policy.number} 没有注销，继续有效"
    assert [titles(one)[-1] for one in (world.agent, make.exporter_of(policy))] == [title, title]
    assert refusal(approve, cancellation, world.city).sentence.startswith("这份注销申请已由您于 2019-10-15")
    assert make.balance(world, AccountKind.CHARGED) == 1_060_935


@pytest.mark.parametrize("after_consent", [False, True])
def test_who_asked_takes_it_back_until_the_approval(world: World, after_consent: bool):
    policy = make.issued(world)
    firm = make.exporter_of(policy)
    asked = consented(world, policy) if after_consent else ask(policy, firm)
    with pytest.raises(Forbidden):
        actions.withdraw_cancellation(cancellation_id=asked.pk, by=world.agent)
    actions.withdraw_cancellation(cancellation_id=asked.pk, by=firm)
    assert (state_of(asked), state_of(policy)) == (CancellationState.WITHDRAWN, State.IN_FORCE)
    title = f"保单 {policy.number} 的注销申请已撤回"
    assert (titles(world.agent)[-1], title in titles(world.city)) == (title, after_consent)
    assert refusal(approve, asked, world.city).code == "cancellation_over"


def test_consent_never_comes_after_the_last_day(world: World, set_clock):
    policy = make.issued(world)
    asked = ask(policy, make.exporter_of(policy))
    set_clock("2019-10-31T23:00")
    assert jobs.lapse_cancellations() == 0
    assert refusal(actions.lapse_cancellation, cancellation_id=asked.pk).code == "not_due"
    set_clock("2019-11-01T00:30")
    no = refusal(actions.consent_cancellation, cancellation_id=asked.pk, by=world.agent)
    assert no.code == "last_day_passed"
    assert (jobs.lapse_cancellations(), jobs.lapse_cancellations()) == (1, 0)
    assert (state_of(asked), state_of(policy)) == (CancellationState.LAPSED, State.IN_FORCE)


def test_the_approval_may_come_after_the_last_day_that_both_agreed_on(world: World, set_clock):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    set_clock("2019-11-20T09:00")
    assert jobs.lapse_cancellations() == 0
    assert approve(cancellation, world.city).fund_fen == BACK_FEN  # as agreed, not as late as approved


def test_the_end_of_cover_ends_what_was_never_approved(world: World, set_clock):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    set_clock("2020-09-01T00:30")
    assert refusal(approve, cancellation, world.city).code == "policy_state"
    assert (jobs.expire(), jobs.lapse_cancellations()) == (1, 1)
    assert (state_of(cancellation), state_of(policy)) == (CancellationState.LAPSED, State.EXPIRED)


# ── once only ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_click_changes_nothing(world: World):
    policy = make.issued(world)
    firm = make.exporter_of(policy)
    asked = ask(policy, firm)
    assert ask(policy, firm, text="  今年不再出口 ").pk == asked.pk
    for _ in range(2):
        actions.consent_cancellation(cancellation_id=asked.pk, by=world.agent)
    for _ in range(2):
        assert approve(asked, world.city).state == CancellationState.APPROVED
    assert (Cancellation.objects.count(), Transfer.objects.filter(kind="refund").count()) == (1, 2)  # two books
    assert len([title for title in titles(firm) if title.endswith("已注销")]) == 1
    verbs = Record.objects.filter(subject_type="policies.policy", verb__contains="cancellation").order_by("number")
    assert [verb.removeprefix("policies.") for verb in verbs.values_list("verb", flat=True)] == [
        "ask_cancellation",
        "cancellation_again",
        "consent_cancellation",
        "cancellation_again",
        "approve_cancellation",
        "cancellation_again",
    ]


def test_another_request_while_one_waits_is_refused_in_words(world: World):
    policy = make.issued(world)
    ask(policy, make.exporter_of(policy))
    for said in ({"by": world.agent}, {"by": make.exporter_of(policy), "last_day": date(2019, 11, 30)}):
        no = refusal(ask, policy, **said)
        assert (no.code, no.sentence) == (
            "cancellation_open",
            "这张保单已有一份注销申请（2019-10-15 提出，待对方同意）。请先办完或撤回那一份。",
        )


def test_a_colleague_who_comes_too_late_reads_who_was_first(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    approve(cancellation, world.city)
    late = refusal(approve, cancellation, factories.user(Role.CITY_OFFICER))
    assert re.fullmatch(
        rf"这份注销申请已由{world.city.organisation}于 2019-10-15 \d\d:\d\d 办结（已批准注销），您的操作没有生效。",
        late.sentence,
    )
    assert refusal(ask, policy, world.agent).sentence == "这张保单已经注销。请刷新页面查看注销的情况。"


def test_a_page_older_than_the_figures_approves_nothing(world: World):
    cancellation = consented(world, make.issued(world))
    no = refusal(approve, cancellation, world.city, seen_fen=BACK_FEN - 1)
    assert no.sentence == "保费在您打开页面后有更正，应退回资金池 8,841.13 元。请按新的金额核对后再批准。"
    assert state_of(cancellation) == CancellationState.CONSENTED


# ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_charged_too_much_at_a_corrected_rate_goes_back_before_the_end(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    correct_rate(world, "7.0")
    no = refusal(approve, cancellation, world.city)
    assert (no.code, "已更正为 7.0000" in no.sentence, state_of(policy)) == ("rate_corrected", True, "in_force")
    actions.reprice(policy_id=policy.pk, by=world.agent)
    policy.refresh_from_db()
    seen_fen = queries.refund_of(policy, LAST_DAY).fund_fen
    assert approve(cancellation, world.city, seen_fen).fund_fen == seen_fen < BACK_FEN
    assert list(queries.faults()) == []


def test_a_rate_corrected_upwards_never_holds_an_end_up(world: World):
    """The insurer that asks or consents gives up what it has not charged; the pool may be too short to charge it."""
    cancellation = consented(world, make.issued(world))
    correct_rate(world, "7.1")
    assert approve(cancellation, world.city).state == CancellationState.APPROVED


def test_the_firm_cannot_apply_again_in_the_edition(world: World):
    policy = make.issued(world)
    approve(consented(world, policy), world.city)
    exporter, firm = Exporter.objects.get(pk=policy.insured_id), make.exporter_of(policy)
    assert intake.start(exporter_id=exporter.pk, by=firm) == policy.application


def test_the_paper_says_so_and_the_earlier_one_is_kept(world: World):
    policy = actions.file_certificate(policy_id=make.issued(world).pk, by=world.agent)
    earlier = policy.certificate
    cancellation = approve(consented(world, policy), world.city)
    again = actions.file_certificate(policy_id=policy.pk, by=make.exporter_of(policy))
    assert (cancellation.issued_certificate, again.certificate.name) == (
        earlier,
        "保险凭证-SX-2019-0001（已注销）.pdf",
    )
    facts = queries.certificate_of(again).cancelled
    assert facts is not None
    assert (facts.last_day, facts.fund_fen, facts.fund_how, facts.asked_by, facts.consented_by) == (
        LAST_DAY,
        BACK_FEN,
        "10,609.35 × 305 ÷ 366 ＝ 8,841.13 元",
        "被保险人",
        "保险人",
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            {"fund_fen": BACK_FEN - 1},
            ["注销退费按条款重新计算，结果不同", "注销退费与退回资金池的金额不符"],
        ),
        ({"firm_fen": 1}, ["注销退费按条款重新计算，结果不同"]),
        ({"last_day": date(2019, 11, 1)}, ["注销退费按条款重新计算，结果不同"]),
        ({"state": "withdrawn", "fund_fen": 0}, ["扶持资金退回过，却没有批准的注销"]),
        ({"reason": "closed"}, []),
        ({"side": "insurer"}, []),
        ({"text": "别的原因"}, []),
        ({"answer": "不同意"}, []),
        ({"asked_at": LONG_AGO}, []),
        ({"consented_at": LONG_AGO}, []),
        ({"decided_at": LONG_AGO}, []),
        ({"issued_certificate": None}, []),
    ],
)
def test_a_tampered_cancellation_is_found_and_named(world: World, change, what):
    policy = make.issued(world)
    actions.file_certificate(policy_id=policy.pk, by=None)
    cancellation = approve(consented(world, policy), world.city)
    Cancellation.objects.filter(pk=cancellation.pk).update(**change)
    what = [*what, f"注销申请（{cancellation.pk}）与审计记录不符"]
    assert list(queries.faults()) == [f"保单 {policy.number} 的{one}" for one in what]


@pytest.mark.parametrize("person", ["asked_by", "consented_by", "decided_by"])
def test_a_cancellation_laid_at_somebody_elses_door_is_found(world: World, person: str):
    policy = make.issued(world)
    cancellation = approve(consented(world, policy), world.city)
    Cancellation.objects.filter(pk=cancellation.pk).update(**{person: world.other_agent})
    assert list(queries.faults()) == [f"保单 {policy.number} 的注销申请（{cancellation.pk}）与审计记录不符"]


def test_a_cancellation_that_vanished_or_was_made_up_is_found(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    actions.withdraw_cancellation(cancellation_id=cancellation.pk, by=cancellation.asked_by)
    Cancellation.objects.filter(pk=cancellation.pk).delete()
    made_up = Cancellation.objects.create(
        policy=policy, state="asked", side="firm", reason="other", text="编造", last_day=LAST_DAY,
        asked_by=world.agent, asked_at=LONG_AGO,
    )  # fmt: skip
    assert list(queries.faults()) == [
        f"保单 {policy.number} 的注销申请（{made_up.pk}）与审计记录不符",
        f"提出过的注销申请 {cancellation.pk} 不见了",
    ]


def test_a_cancelled_policy_that_was_revived_is_found(world: World):
    policy = make.issued(world)
    approve(consented(world, policy), world.city)
    Policy.objects.filter(pk=policy.pk).update(state=State.IN_FORCE)
    assert list(queries.faults()) == [f"保单 {policy.number} 的状态与审计记录不符"]


def test_a_refund_behind_the_policys_back_is_found(world: World):
    policy = make.issued(world)
    Reservation.objects.filter(pk=policy.reservation_id).update(refunded_fen=1)
    assert list(queries.faults()) == [f"保单 {policy.number} 的扶持资金退回过，却没有批准的注销"]
