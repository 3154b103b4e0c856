"""A rate dearer than the buffer: drawn from the available before any waiting firm, else held, topped up, charged."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.policies import world as make
from tests.policies.test_repricing_views import page
from tongbao.accounts.rules import Role
from tongbao.audit import queries as audit
from tongbao.funds import actions as funds
from tongbao.funds import queries as fund_queries
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.policies import actions, queries

pytestmark = pytest.mark.django_db
CHARGED, AVAILABLE = AccountKind.CHARGED, AccountKind.AVAILABLE


@pytest.fixture(autouse=True)
def _all_stays_true(db):
    yield
    assert [*fund_queries.faults(), *queries.faults(), *audit.faults()] == []


def test_a_shortfall_is_drawn_from_the_available_before_any_waiting_firm():
    world = make.build()
    make.fill(world, 1_092_763 + 1_000)
    make.set_rate(world, rate=Decimal("7.29"))  # dearer than the buffer
    policy = make.quoted(world, make.approved(world))
    waits = factories.receive(make.pool_of(world), amount_fen=1_001)
    assert waits.state == ReservationState.WAITING
    actions.issue(policy_id=policy.pk, by=world.agent)
    waits.refresh_from_db()
    assert (make.balance(world, CHARGED), make.balance(world, AVAILABLE)) == (1_093_500, 263)
    assert waits.state == ReservationState.WAITING


def test_still_short_it_is_held_topped_up_before_the_waiting_and_charged():
    world = make.build()
    make.fill(world, 1_092_763 + 500)
    make.set_rate(world, rate=Decimal("7.29"))
    other = factories.receive(make.pool_of(world), amount_fen=400)
    policy = make.quoted(world, make.approved(world))
    waits = factories.receive(make.pool_of(world), amount_fen=300)
    assert (actions.issue(policy_id=policy.pk, by=world.agent).issued_at, waits.state) == (None, "waiting")
    place = policy.reservation
    place.refresh_from_db()
    assert (place.state, place.shortfall_fen) == (ReservationState.HELD, 737)
    assert fund_queries.position(place) == 1
    shown = page(world.agent, "policy", policy.pk)
    assert "资金池还缺 7.37 元" in shown
    assert "按录入当月汇率 7.2900 计算，需要 10,935.00 元；已预占 10,927.63 元" in shown
    assert "参考汇率 7.0729 加 3% 余量" in shown
    funds.release(reservation_id=other.pk, why="撤回", by=None)  # 500 in all: too little for who is held, so for all
    waits.refresh_from_db()
    assert waits.state == ReservationState.WAITING
    factories.allot(make.pool_of(world), 237)
    place.refresh_from_db()
    waits.refresh_from_db()
    assert (place.state, place.amount_fen, waits.state) == (ReservationState.RESERVED, 1_093_500, "waiting")
    factories.prepay(make.pool_of(world), 237, document_number="追加1号")
    assert "资金待补足" not in page(world.agent, "policy", policy.pk)
    actions.issue(policy_id=policy.pk, by=world.agent)
    assert make.balance(world, CHARGED) == 1_093_500


def test_the_case_says_why_money_is_held(client: Client):
    world = make.build()
    make.fill(world, 1_092_763)
    make.set_rate(world, rate=Decimal("7.29"))
    application = make.approved(world)
    actions.issue(policy_id=make.quoted(world, application).pk, by=world.agent)
    client.force_login(factories.user(Role.FINANCE_OFFICER))
    shown = client.get(f"{reverse('case', args=[application.reference])}?tab=money").content.decode()
    assert "财政扶持超过了受理时的预占" in shown
