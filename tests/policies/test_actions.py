"""What can happen to a policy: worked figures, refusals, money, locks of the state."""

from datetime import date
from decimal import Decimal

import pytest

from tests import factories
from tests.policies import world as make
from tests.policies.world import World
from tongbao.accounts.rules import Role
from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.funds import queries as fund_queries
from tongbao.funds.models import Reservation
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.intake.models import Application
from tongbao.intake.rules import State as ApplicationState
from tongbao.notify.models import Message
from tongbao.policies import actions, jobs, queries
from tongbao.policies.models import Policy
from tongbao.policies.rules import State
from tongbao.refusal import Forbidden, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


def refusal(call, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as no:
        call(*args, **kwargs)
    return no.value


# ── worked figures ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("plan", "exports", "limit_cents", "sums"),
    [
        ("A", "5000000.00", 10_000_000, (150_000, 1_060_935, 1_060_935, 0)),
        ("B", "5000000.00", 25_000_000, (500_000, 3_536_450, 1_768_225, 1_768_225)),
        ("B", "5000010.00", 25_000_000, (500_001, 3_536_457, 1_768_228, 1_768_229)),
        ("C", "6000000.00", 25_000_000, (600_000, 4_243_740, 4_243_740, 0)),
        ("D", "300000.00", 5_000_000, (10_000, 70_729, 70_729, 0)),
        ("D", "0.00", 5_000_000, (10_000, 70_729, 70_729, 0)),
    ],
)
def test_a_quote_fixes_premium_and_shares(world: World, plan, exports, limit_cents, sums):
    policy = make.quoted(world, make.approved(world, plan, exports))
    policy.refresh_from_db()
    assert sums == (policy.premium_cents, policy.premium_fen, policy.subsidy_fen, policy.exporter_share_fen)
    assert (policy.maximum_liability_cents, policy.cover_from, policy.cover_to) == (
        limit_cents,
        date(2019, 9, 1),
        date(2020, 8, 31),
    )
    waits = policy.exporter_share_fen > 0
    assert policy.state == (State.AWAITING_EXPORTER_SHARE if waits else State.QUOTED)
    assert policy.exporter_share_due == (date(2019, 10, 28) if waits else None)


def test_parties_terms_and_code_stand_in_the_policy(world: World):
    application = make.approved(world)
    policy = make.quoted(world, application, "  SX  2019 ")
    assert (policy.number, policy.nominal_policyholder, policy.insured, policy.insurer, policy.terms) == (
        "SX 2019",
        "南通市商务局",
        application.exporter,
        world.sinosure,
        world.terms,
    )
    assert len(policy.verification_code) == 16


def test_the_firm_is_told_to_pay_its_half(world: World):
    policy = make.quoted(world, make.approved(world, "B"))
    told = Message.objects.filter(organisation__code=policy.insured.code).get()
    assert told.title == "请在 2019-10-28 前缴纳保费 17,682.25 元"
    assert told.url == f"/policies/{policy.pk}/"


# ── what a quote is refused for ─────────────────────────────────────────────────────────────────────────────────────


def test_without_a_confirmed_rate_nothing_is_quoted():
    world = make.build()
    make.fill(world)
    application = make.approved(world)
    no = refusal(make.quoted, world, application)
    assert (no.code, no.field) == ("no_rate", "entry_date")
    assert no.sentence == "2019年10月的汇率尚未录入。请先在“汇率”页录入，并由另一人确认。"
    make.set_rate(world, confirmed=False)
    no = refusal(make.quoted, world, application)
    assert no.sentence == "2019年10月的汇率已录入，尚待第二人确认。请同事在“汇率”页确认后再报价。"
    assert Policy.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"entry_date": date(2019, 10, 11)}, "entry_date", "entry_date"),
        ({"entry_date": date(2019, 10, 16)}, "entry_date", "entry_date"),
        ({"insured_percentage": Decimal("0.99")}, "percentage", "insured_percentage"),
        ({"insured_percentage": Decimal("80")}, "percentage", "insured_percentage"),
        ({"number": "   "}, "number", "number"),
    ],
)
def test_a_quote_with_a_slip_is_refused_at_its_field(world: World, change, code, field):
    said = {"number": "1", "entry_date": make.ENTRY, "insured_percentage": Decimal("0.8"), **change}
    no = refusal(actions.quote, application_id=make.approved(world).pk, by=world.agent, **said)
    assert (no.code, no.field, Policy.objects.count()) == (code, field, 0)


def test_a_policy_number_is_used_once_by_an_insurer(world: World):
    make.quoted(world, make.approved(world), "SX-1")
    no = refusal(make.quoted, world, make.approved(world, name="另一家"), "SX-1")
    assert (no.code, no.field) == ("number_taken", "number")


def test_only_the_chosen_insurers_agents_quote(world: World):
    application = make.approved(world)
    for person in (world.other_agent, world.city, world.finance):
        with pytest.raises(Forbidden):
            actions.quote(
                application_id=application.pk,
                number="1",
                entry_date=make.ENTRY,
                insured_percentage=Decimal("0.8"),
                by=person,
            )


def test_only_an_approved_application_is_quoted(world: World):
    application = make.approved(world)
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.SECOND_REVIEW)
    assert refusal(make.quoted, world, application).code == "not_approved"


def test_the_same_quote_again_changes_nothing_another_one_is_refused(world: World):
    application = make.approved(world)
    first = make.quoted(world, application)
    assert make.quoted(world, application) == first
    no = refusal(make.quoted, world, application, "SX-2")
    assert (no.code, Policy.objects.count()) == ("already_quoted", 1)
    assert "SX-2019-0001" in no.sentence


def test_a_day_of_entry_whose_time_to_pay_is_over_is_refused(world: World, set_clock):
    application = make.approved(world, "B")
    set_clock("2019-11-04T09:00")
    no = refusal(make.quoted, world, application)
    assert (no.code, no.field) == ("entry_date", "entry_date")
    assert "2019-10-28" in no.sentence


# ── correction ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quote_is_corrected_until_it_is_issued(world: World):
    policy = make.quoted(world, make.approved(world))
    change = {"number": "SX-9", "entry_date": date(2019, 10, 15), "insured_percentage": Decimal("0.7")}
    actions.correct(policy_id=policy.pk, by=world.second_agent, **change)
    policy.refresh_from_db()
    assert {name: getattr(policy, name) for name in change} == change
    actions.issue(policy_id=policy.pk, by=world.agent)
    assert refusal(actions.correct, policy_id=policy.pk, by=world.agent, **change).code == "policy_state"


def test_a_quote_that_was_paid_for_is_not_corrected(world: World):
    policy = make.quoted(world, make.approved(world, "B"))
    actions.record_exporter_payment(policy_id=policy.pk, paid_on=make.ENTRY, voucher="HD-1", by=world.agent)
    change = {"number": "SX-9", "entry_date": make.ENTRY, "insured_percentage": Decimal("0.7")}
    assert refusal(actions.correct, policy_id=policy.pk, by=world.agent, **change).code == "share_paid"


# ── payment, issue ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_issuing_charges_the_subsidy_and_returns_the_difference(world: World):
    application = make.approved(world)
    reserved = application.reservation.amount_fen
    assert reserved == 1_092_763  # 1,500.00 USD at 7.0729 × 1.03
    before = make.balance(world, AccountKind.AVAILABLE)
    policy = make.issued(world, application)
    policy.refresh_from_db()
    application.refresh_from_db()
    assert (policy.state, policy.issued_by, application.state) == (
        State.IN_FORCE,
        world.agent,
        ApplicationState.ISSUED,
    )
    assert policy.reservation.state == ReservationState.CHARGED
    assert {kind: make.balance(world, kind) for kind in (AccountKind.AVAILABLE, AccountKind.RESERVED)} == {
        AccountKind.AVAILABLE: before + reserved - 1_060_935,
        AccountKind.RESERVED: 0,
    }
    assert (make.balance(world, AccountKind.CHARGED), make.balance(world, AccountKind.EARNED)) == (1_060_935, 1_060_935)
    assert [*fund_queries.faults(), *audit.faults()] == []


def test_only_the_fiscal_half_of_plan_b_is_charged_and_only_after_payment(world: World):
    policy = make.quoted(world, make.approved(world, "B", "5000010.00"))
    no = refusal(actions.issue, policy_id=policy.pk, by=world.agent)
    assert (no.code, make.balance(world, AccountKind.CHARGED)) == ("share_unpaid", 0)
    actions.record_exporter_payment(policy_id=policy.pk, paid_on=make.ENTRY, voucher=" HD-1 ", by=world.agent)
    again = {"policy_id": policy.pk, "paid_on": make.ENTRY, "voucher": "HD-2", "by": world.agent}
    assert refusal(actions.record_exporter_payment, **again).code == "share_paid"
    policy = actions.issue(policy_id=policy.pk, by=world.agent)
    assert (policy.state, policy.exporter_share_voucher) == (State.IN_FORCE, "HD-1")
    assert make.balance(world, AccountKind.CHARGED) == 1_768_228


@pytest.mark.parametrize(
    ("paid_on", "voucher", "code"),
    [(date(2019, 10, 13), "HD", "paid_on"), (date(2019, 10, 16), "HD", "paid_on"), (make.ENTRY, " ", "voucher")],
)
def test_a_payment_with_a_slip_is_refused(world: World, paid_on, voucher, code):
    policy = make.quoted(world, make.approved(world, "B"))
    said = {"policy_id": policy.pk, "paid_on": paid_on, "voucher": voucher, "by": world.agent}
    assert refusal(actions.record_exporter_payment, **said).code == code


def test_a_fully_subsidised_policy_takes_no_payment(world: World):
    policy = make.quoted(world, make.approved(world))
    said = {"policy_id": policy.pk, "paid_on": make.ENTRY, "voucher": "HD", "by": world.agent}
    assert refusal(actions.record_exporter_payment, **said).code == "no_share"


def test_issuing_twice_is_refused_in_words_and_charges_once(world: World):
    policy = make.issued(world)
    no = refusal(actions.issue, policy_id=policy.pk, by=world.second_agent)
    assert no.sentence == "这张保单已经出单，不能再改动。请刷新页面查看最新状态。"
    assert make.balance(world, AccountKind.CHARGED) == 1_060_935


def test_another_insurers_agent_does_not_issue(world: World):
    policy = make.quoted(world, make.approved(world))
    with pytest.raises(Forbidden):
        actions.issue(policy_id=policy.pk, by=world.other_agent)


def test_when_the_pool_is_short_the_policy_is_held_and_issued_later():
    world = make.build()
    make.fill(world, 1_092_763)  # exactly one reservation at the reference rate
    make.set_rate(world, rate=Decimal("7.29"))  # dearer than the buffer
    application = make.approved(world)
    policy = make.quoted(world, application)
    held = actions.issue(policy_id=policy.pk, by=world.agent)
    assert (held.state, make.balance(world, AccountKind.CHARGED)) == (State.QUOTED, 0)
    reservation = Reservation.objects.get(pk=policy.reservation_id)
    assert (reservation.state, reservation.shortfall_fen) == (ReservationState.HELD, 1_093_500 - 1_092_763)
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
    factories.allot(make.pool_of(world), 10_000)
    factories.prepay(make.pool_of(world), 10_000, document_number="追加1号")
    assert actions.issue(policy_id=policy.pk, by=world.agent).state == State.IN_FORCE
    assert make.balance(world, AccountKind.CHARGED) == 1_093_500


def test_charges_never_pass_what_the_insurer_has_received():
    world = make.build()
    make.fill(world, 100_000_000, paid_fen=0)
    make.set_rate(world)
    policy = make.quoted(world, make.approved(world))
    no = refusal(actions.issue, policy_id=policy.pk, by=world.agent)
    policy.refresh_from_db()
    assert (no.code, policy.state, policy.issued_at) == ("prepayment_short", State.QUOTED, None)


# ── paper ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_certificate_is_filed_once(world: World):
    policy = make.issued(world)
    filed = actions.file_certificate(policy_id=policy.pk, by=world.agent)
    again = actions.file_certificate(policy_id=policy.pk, by=make.exporter_of(policy))
    assert filed.certificate == again.certificate
    assert (filed.certificate.name, filed.certificate.kind) == ("保险凭证-SX-2019-0001.pdf", "certificate")
    assert queries.paper_response(again).headers["Content-Type"] == "application/pdf"


def test_before_issue_there_is_no_certificate(world: World):
    policy = make.quoted(world, make.approved(world))
    assert refusal(actions.file_certificate, policy_id=policy.pk, by=world.agent).code == "not_issued"


def test_the_paper_shows_the_countries_of_the_day_of_entry(world: World):
    listed = {"document_number": "国别清单", "by": world.agent}
    actions.list_excluded(countries=["SY", "IR", "IR"], valid_from=date(2019, 9, 1), **listed)
    actions.list_excluded(countries=["KP"], valid_from=date(2019, 10, 15), **listed)
    policy = make.issued(world)
    policy = Policy.objects.select_related(*queries.WHOLE).get(pk=policy.pk)
    assert policy.excluded is not None
    assert policy.excluded.countries == ["IR", "SY"]
    facts = queries.certificate_of(policy)
    assert (facts.excluded, facts.premium_fen, facts.subsidy_rate, facts.base_year) == (
        queries.country_names(["IR", "SY"]),
        1_060_935,
        Decimal(1),
        2018,
    )


def test_only_insurers_list_countries(world: World):
    with pytest.raises(Forbidden):
        actions.list_excluded(countries=[], valid_from=make.ENTRY, document_number="1", by=world.city)


# ── other ends ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_declining_releases_the_money_and_tells_the_firm(world: World):
    application = make.approved(world)
    policy = make.quoted(world, application)
    before = make.balance(world, AccountKind.AVAILABLE)
    actions.decline(application_id=application.pk, reason="买方集中在不予承保国别", by=world.agent)
    application.refresh_from_db()
    policy.refresh_from_db()
    assert (application.state, policy.state) == (ApplicationState.DECLINED, State.CANCELLED)
    assert make.balance(world, AccountKind.AVAILABLE) == before + application.reservation.amount_fen
    assert refusal(actions.issue, policy_id=policy.pk, by=world.agent).code == "policy_state"
    assert refusal(actions.decline, application_id=application.pk, reason="再次", by=world.agent).code == "not_approved"
    assert Message.objects.filter(organisation__code=application.exporter.code).exists()


def test_declining_needs_a_reason_and_no_payment(world: World):
    application = make.approved(world, "B")
    no = refusal(actions.decline, application_id=application.pk, reason="  ", by=world.agent)
    assert (no.code, no.field) == ("reason", "reason")
    policy = make.quoted(world, application)
    actions.record_exporter_payment(policy_id=policy.pk, paid_on=make.ENTRY, voucher="HD", by=world.agent)
    assert refusal(actions.decline, application_id=application.pk, reason="x", by=world.agent).code == "share_paid"


def test_an_unpaid_share_lapses_after_ten_working_days(world: World, set_clock):
    application = make.approved(world, "B")
    policy = make.quoted(world, application)
    before = make.balance(world, AccountKind.AVAILABLE)
    set_clock("2019-10-28T23:00")
    assert jobs.lapse_unpaid() == 0
    assert refusal(actions.lapse_unpaid, policy_id=policy.pk).code == "not_due"
    set_clock("2019-10-29T00:30")
    assert (jobs.lapse_unpaid(), jobs.lapse_unpaid()) == (1, 0)
    application.refresh_from_db()
    policy.refresh_from_db()
    assert (application.state, policy.state) == (ApplicationState.LAPSED, State.CANCELLED)
    assert make.balance(world, AccountKind.AVAILABLE) == before + application.reservation.amount_fen


def test_a_policy_expires_the_day_after_its_cover(world: World, set_clock):
    policy = make.issued(world)
    set_clock("2020-08-31T23:00")
    assert jobs.expire() == 0
    set_clock("2020-09-01T00:30")
    assert (jobs.expire(), jobs.expire()) == (1, 0)
    policy.refresh_from_db()
    assert policy.state == State.EXPIRED
    assert queries.by_verification_code(policy.verification_code) == policy


# ── who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_everyone_sees_the_own_policies(world: World):
    policy = make.issued(world)
    stranger = factories.user(Role.EXPORTER)
    other_district = factories.user(Role.DISTRICT_OFFICER)
    other_district.organisation.areas.set([factories.area("tongzhou", "通州区")])
    sees = [make.exporter_of(policy), world.agent, world.district, world.city, world.finance]
    sees_not = [stranger, world.other_agent, other_district, factories.user(Role.ADMINISTRATOR)]
    assert [list(queries.visible_to(person)) for person in sees] == [[policy]] * len(sees)
    assert [list(queries.visible_to(person)) for person in sees_not] == [[]] * len(sees_not)


def test_the_worklist_says_what_is_next(world: World):
    first, second, third = (make.approved(world, plan, name=f"企业{plan}") for plan in ("A", "B", "A"))
    make.quoted(world, second, "SX-2")
    make.quoted(world, third, "SX-3")
    assert [(one.pk, one.step) for one in queries.underwriting(world.agent)] == [
        (first.pk, "quote"),
        (second.pk, "pay"),
        (third.pk, "issue"),
    ]
    assert [(line.label, line.count) for line in queries.todo(world.agent)] == [
        ("待报价的申请", 1),
        ("待登记企业缴费", 1),
        ("待出单的申请", 1),
    ]
    assert list(queries.underwriting(world.other_agent)) == []
    assert queries.todo(world.other_agent) == []


def test_a_code_finds_issued_policies_only(world: World):
    policy = make.quoted(world, make.approved(world))
    assert queries.by_verification_code(policy.verification_code) is None
    actions.issue(policy_id=policy.pk, by=world.agent)
    assert queries.by_verification_code(policy.verification_code.lower()) == policy
    assert queries.by_verification_code("") is None
    assert queries.by_verification_code("0000-0000-0000-0000") is None


def test_every_act_is_recorded_with_its_case(world: World):
    policy = make.issued(world, make.approved(world, "B"))
    verbs = Record.objects.filter(reference=policy.application.reference, verb__startswith="policies.")
    assert list(verbs.order_by("number").values_list("verb", flat=True)) == [
        "policies.quote",
        "policies.record_payment",
        "policies.issue",
    ]
