"""What follows from a corrected exchange rate: quotes are made again, issued policies reversed and charged anew."""

from decimal import Decimal

import pytest

from tests import factories
from tests.policies import world as make
from tests.policies.test_actions import refusal
from tests.policies.world import World
from tongbao.audit import queries as audit
from tongbao.funds import queries as fund_queries
from tongbao.funds.models import ExchangeRate, Queue, Transfer
from tongbao.funds.rules import AccountKind
from tongbao.intake.rules import State as ApplicationState
from tongbao.notify.models import Message
from tongbao.policies import actions, queries
from tongbao.policies.models import Policy, Repricing
from tongbao.policies.rules import Step
from tongbao.refusal import Forbidden

pytestmark = pytest.mark.django_db
OLD_A, NEW_A = 1_060_935, 1_065_000  # 1,500 USD at 7.0729 and at 7.1, in fen
OLD_B, NEW_B = (3_536_450, 1_768_225), (3_550_000, 1_775_000)  # 5,000 USD: premium, subsidy
CHARGED, AVAILABLE = AccountKind.CHARGED, AccountKind.AVAILABLE


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


@pytest.fixture(autouse=True)
def _all_stays_true(db):
    yield
    assert [*fund_queries.faults(), *queries.faults(), *audit.faults()] == []


def correct_rate(world: World, rate: str = "7.1") -> ExchangeRate:
    """The rate of October is corrected."""
    wrong = fund_queries.confirmed_rate(world.sinosure, make.ENTRY)
    assert wrong is not None
    return factories.corrected_rate(wrong, Decimal(rate))


def sums(policy: Policy) -> tuple[int, int, int]:
    policy.refresh_from_db()
    return policy.premium_fen, policy.subsidy_fen, policy.exporter_share_fen


# ── issued ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_issued_policy_is_repriced_at_the_rate_that_stands(world: World):
    policy = make.issued(world)
    before = make.balance(world, AVAILABLE)
    rate = correct_rate(world)
    assert list(queries.to_reprice(world.agent)) == [policy]
    made = actions.reprice(policy_id=policy.pk, seen_rate_id=rate.pk, by=world.agent)
    assert sums(policy) == (NEW_A, NEW_A, 0)
    assert policy.exchange_rate == rate
    assert (made.old_rate.shown, made.new_rate, made.old_subsidy_fen, made.subsidy_more_fen) == (
        "7.0729", rate, OLD_A, NEW_A - OLD_A,
    )  # fmt: skip
    balances = [make.balance(world, kind) for kind in (CHARGED, AccountKind.EARNED, AVAILABLE)]
    assert balances == [NEW_A, NEW_A, before - (NEW_A - OLD_A)]
    assert list(queries.to_reprice(world.agent)) == []


def test_a_lower_rate_returns_money_to_the_pool(world: World):
    policy = make.issued(world)
    before = make.balance(world, AVAILABLE)
    correct_rate(world, "7")
    actions.reprice(policy_id=policy.pk, by=world.agent)
    assert (make.balance(world, CHARGED), make.balance(world, AVAILABLE)) == (1_050_000, before + OLD_A - 1_050_000)


def test_what_comes_back_serves_the_next_firm_and_its_review_begins(world: World):
    policy = make.issued(world, make.approved(world, "B", "9000000.00"))
    factories.receive(make.pool_of(world), amount_fen=make.balance(world, AVAILABLE))
    waits = factories.application(ApplicationState.SUBMITTED, by=factories.firm("300000.00"), plan="D")
    correct_rate(world, "6.9")
    actions.reprice(policy_id=policy.pk, by=world.agent)
    waits.refresh_from_db()
    assert waits.state == ApplicationState.FIRST_REVIEW


def test_the_firms_part_of_plan_b_is_recorded_for_firm_and_insurer_to_settle(world: World):
    policy = make.issued(world, make.approved(world, "B"))
    correct_rate(world)
    made = actions.reprice(policy_id=policy.pk, by=world.agent)
    assert (sums(policy), made.share_more_fen) == ((*NEW_B, NEW_B[0] - NEW_B[1]), 6_775)
    told = Message.objects.filter(organisation__code=policy.insured.code).latest("pk")
    assert told.title == "保单 SX-2019-0001 的保费因汇率更正重新计算"
    assert "由 35,364.50 元改为 35,500.00 元。贵公司应补缴 67.75 元，请与中国信保江苏分公司结清。" in told.body
    correct_rate(world, "7.0729")
    assert queries.repricing_shown(policy).due is not None
    again = actions.reprice(policy_id=policy.pk, by=world.agent)
    assert (sums(policy)[:2], again.share_more_fen) == (OLD_B, -6_775)
    assert [settle for *_, settle in queries.repricing_shown(policy).made] == ["应补缴 67.75 元", "应获退还 67.75 元"]


def test_a_second_click_changes_nothing(world: World):
    policy = make.issued(world)
    rate = correct_rate(world)
    first = actions.reprice(policy_id=policy.pk, seen_rate_id=rate.pk, by=world.agent)
    moved = Transfer.objects.count()
    assert actions.reprice(policy_id=policy.pk, seen_rate_id=rate.pk, by=world.second_agent) == first
    assert (Transfer.objects.count(), Repricing.objects.count()) == (moved, 1)


def test_a_rate_corrected_twice_is_followed_to_the_one_that_stands(world: World):
    policy = make.issued(world)
    seen = correct_rate(world, "7.2")
    correct_rate(world)
    stale = refusal(actions.reprice, policy_id=policy.pk, seen_rate_id=seen.pk, by=world.agent)
    assert stale.code == "rate_changed"
    made = actions.reprice(policy_id=policy.pk, by=world.agent)
    assert (made.old_rate.shown, made.new_rate.shown, sums(policy)[1]) == ("7.0729", "7.1000", NEW_A)


def test_a_correction_too_small_to_change_the_subsidy_moves_no_money(world: World):
    policy = make.issued(world, make.approved(world, "D", "0.00"))  # 100 USD
    moved = Transfer.objects.count()
    rate = correct_rate(world, "7.07294")
    made = actions.reprice(policy_id=policy.pk, by=world.agent)
    policy.refresh_from_db()
    assert (made.subsidy_more_fen, policy.exchange_rate, Transfer.objects.count()) == (0, rate, moved)


def test_the_paper_is_made_anew_and_tells_of_the_change(world: World):
    policy = make.issued(world)
    first = actions.file_certificate(policy_id=policy.pk, by=world.agent).certificate
    correct_rate(world)
    made = actions.reprice(policy_id=policy.pk, by=world.agent)
    assert (made.certificate, queries.earlier_paper(policy, made.pk)) == (first, first)
    second = actions.file_certificate(policy_id=policy.pk, by=world.agent).certificate
    assert second.sha256 != first.sha256
    facts = queries.certificate_of(Policy.objects.select_related(*queries.WHOLE).get(pk=policy.pk))
    said = (
        "2019年10月15日批改：2019年10月汇率更正，人民币保费由 10,609.35 元改为 10,650.00 元，"
        "其中财政扶持由 10,609.35 元改为 10,650.00 元（五(二)）。"
    )
    assert facts.endorsements == (said,)


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_corrected_or_not_issued_is_not_repriced(world: World):
    issued, application = make.issued(world), make.approved(world, name="另一家")
    assert refusal(actions.reprice, policy_id=issued.pk, by=world.agent).code == "rate_stands"
    open_one = make.quoted(world, application, "SX-2")
    correct_rate(world)
    assert refusal(actions.reprice, policy_id=open_one.pk, by=world.agent).sentence == (
        "这张保单还没有出单：请打开保单点“更正报价”，按更正后的汇率重新报价。"
    )
    actions.decline(application_id=application.pk, reason="不承保", by=world.agent)
    no = refusal(actions.reprice, policy_id=open_one.pk, by=world.agent)
    assert no.sentence == "这张保单已经注销，扶持资金已按原金额结清，不再更正。"


def test_only_the_policys_own_insurer_reprices(world: World):
    policy = make.issued(world)
    correct_rate(world)
    for person in (world.other_agent, world.city, world.finance, make.exporter_of(policy)):
        with pytest.raises(Forbidden):
            actions.reprice(policy_id=policy.pk, by=person)


def test_a_pool_without_money_refuses_and_everything_stays(world: World):
    policy = make.issued(world)
    correct_rate(world)
    factories.receive(make.pool_of(world), amount_fen=make.balance(world, AVAILABLE))
    no = refusal(actions.reprice, policy_id=policy.pk, by=world.agent)
    assert (no.code, sums(policy)[1], Repricing.objects.count()) == ("charge_short", OLD_A, 0)
    assert "还须补列 40.65 元" in no.sentence


def test_a_charge_never_passes_what_the_insurer_has_received():
    world = make.build()
    make.fill(world, 100_000_000, paid_fen=OLD_A)
    make.set_rate(world)
    policy = make.issued(world)
    correct_rate(world)
    no = refusal(actions.reprice, policy_id=policy.pk, by=world.agent)
    assert (no.code, sums(policy)[1], Repricing.objects.count()) == ("prepayment_short", OLD_A, 0)


def test_a_closed_year_is_not_opened_again(world: World):
    policy = make.issued(world)
    correct_rate(world)
    Queue.objects.update(closed_at=world.agent.date_joined)
    assert refusal(actions.reprice, policy_id=policy.pk, by=world.agent).code == "edition_closed"
    Queue.objects.update(closed_at=None)


# ── quoted ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quote_at_a_corrected_rate_is_made_again_before_the_issue(world: World):
    policy = make.quoted(world, make.approved(world))
    rate = correct_rate(world)
    assert [one.step for one in queries.underwriting(world.agent)] == [Step.REQUOTE]
    assert [(line.label, line.count) for line in queries.todo(world.agent)] == [("汇率更正后待重新报价的申请", 1)]
    no = refusal(actions.issue, policy_id=policy.pk, by=world.agent)
    assert (no.code, make.balance(world, CHARGED)) == ("rate_corrected", 0)
    said = {"number": policy.number, "entry_date": make.ENTRY, "insured_percentage": Decimal("0.8")}
    actions.correct(policy_id=policy.pk, by=world.agent, **said)
    assert [one.step for one in queries.underwriting(world.agent)] == [Step.ISSUE]
    actions.issue(policy_id=policy.pk, by=world.agent)
    policy.refresh_from_db()
    assert (policy.exchange_rate, make.balance(world, CHARGED)) == (rate, NEW_A)


def test_a_quote_the_firm_has_paid_for_is_issued_as_paid_and_then_repriced(world: World):
    policy = make.quoted(world, make.approved(world, "B"))
    actions.record_exporter_payment(policy_id=policy.pk, paid_on=make.ENTRY, voucher="HD-1", by=world.agent)
    correct_rate(world)
    assert [one.step for one in queries.underwriting(world.agent)] == [Step.ISSUE]
    actions.issue(policy_id=policy.pk, by=world.agent)
    assert [(line.label, line.count) for line in queries.todo(world.agent)] == [("汇率更正后需冲正的保单", 1)]
    assert actions.reprice(policy_id=policy.pk, by=world.agent).share_more_fen == 6_775


def test_a_charge_names_policy_and_day_of_entry(world: World):
    place = make.issued(world).reservation
    place.refresh_from_db()
    assert (place.policy_number, place.entry_date) == ("SX-2019-0001", make.ENTRY)
