"""Fifty firms submit at the same moment: nobody overspends, no number is lost or given twice."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from tests import factories
from tongbao.funds import queries as funds
from tongbao.funds.models import Account, Pool, Reservation
from tongbao.funds.rules import AccountKind, ReservationState
from tongbao.intake import actions
from tongbao.intake.models import Application
from tongbao.intake.rules import State

FIRMS = 50
ONE_FEN = 1_092_763  # what a firm with 5,000,000.00 USD reserves under plan A


def test_fifty_at_once(committed_db):
    lead, _ = factories.pools()
    factories.allot(lead, 20 * ONE_FEN + 1)  # money for twenty and one fen
    drafts = [factories.draft() for _ in range(FIRMS)]

    def submit(made: Application) -> Application:
        try:
            return actions.submit(application_id=made.pk, key=f"k{made.pk}", by=made.created_by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=FIRMS) as crowd:
        list(crowd.map(submit, [*drafts, *drafts[:5]]))  # five click twice
    numbers = list(Reservation.objects.order_by("queue_number").values_list("queue_number", "state"))
    assert [number for number, _ in numbers] == list(range(1, FIRMS + 1))
    assert [state for _, state in numbers] == [ReservationState.RESERVED] * 20 + [ReservationState.WAITING] * 30
    balances = dict(Account.objects.filter(pool=lead).values_list("kind", "balance_fen"))
    assert (balances[AccountKind.RESERVED], balances[AccountKind.AVAILABLE]) == (20 * ONE_FEN, 1)
    assert Application.objects.filter(state=State.FIRST_REVIEW).count() == 20
    assert Application.objects.filter(state=State.SUBMITTED).count() == 30
    assert list(funds.faults()) == []
    assert Pool.objects.count() == 2
