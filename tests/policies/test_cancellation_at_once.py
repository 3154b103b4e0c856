"""Two people at once end a policy: real commits, one outcome, the money returns once (SQLite and PostgreSQL)."""

from tests import factories
from tests.funds.test_concurrency import at_once
from tests.policies import world as make
from tests.policies.test_cancellation import BACK_FEN, approve, ask, build, consented, state_of
from tongbao.accounts.rules import Role
from tongbao.funds.rules import AccountKind
from tongbao.policies import actions, queries
from tongbao.policies.models import Cancellation
from tongbao.policies.rules import CancellationState, State
from tongbao.refusal import Refusal


def test_two_officers_at_once_refund_once(committed_db):
    world = build()
    policy = make.issued(world)
    cancellation = consented(world, policy)
    second = factories.user(Role.CITY_OFFICER)
    results = at_once([lambda by=by: approve(cancellation, by) for by in (world.city, second, world.city)])
    refused = [one for one in results if isinstance(one, Refusal)]
    assert {one.code for one in refused} <= {"cancellation_over"}
    assert [one for one in results if not isinstance(one, (Refusal, Cancellation))] == []
    assert (len(refused) in (1, 2), make.balance(world, AccountKind.CHARGED)) == (True, 1_060_935 - BACK_FEN)
    assert list(queries.faults()) == []


def test_approved_and_taken_back_at_once_one_of_them_counts(committed_db):
    world = build()
    policy = make.issued(world)
    cancellation, firm = consented(world, policy), make.exporter_of(policy)
    results = at_once(
        [
            lambda: approve(cancellation, world.city),
            lambda: actions.withdraw_cancellation(cancellation_id=cancellation.pk, by=firm),
        ]
    )
    assert [type(one) for one in results].count(Refusal) == 1
    ended = {CancellationState.APPROVED: State.CANCELLED, CancellationState.WITHDRAWN: State.IN_FORCE}
    assert state_of(policy) == ended[CancellationState(state_of(cancellation))]
    assert list(queries.faults()) == []


def test_both_parties_ask_at_once_one_request_stands(committed_db):
    world = build()
    policy = make.issued(world)
    results = at_once([lambda by=by: ask(policy, by) for by in (world.agent, make.exporter_of(policy))])
    assert sorted(type(one).__name__ for one in results) == ["Cancellation", "Refusal"]
    assert Cancellation.objects.count() == 1
