"""Firms switch while money comes and goes, with real commits: nobody is overtaken, and the proof still holds."""

import pytest

from tests import factories
from tests.funds.test_concurrency import at_once
from tests.intake.test_switching import NEEDED, handed_in, switch
from tongbao.funds import queries as funds
from tongbao.funds.models import Pool, Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions, jobs, queries
from tongbao.intake.models import Application


def faults() -> list[str]:
    return [*funds.faults(), *funds.replay_faults(), *queries.faults()]


@pytest.mark.django_db
def test_the_proof_knows_that_a_place_came_from_another_line():
    """Number 1 waits for a pool without money, number 2 is funded by the other; then 1 comes over and waits there."""
    factories.pools()
    factories.allot(Pool.objects.get(insurer__code="picc"), NEEDED)
    first = handed_in()
    handed_in(insurer="picc")
    switch(first, "picc", accepts=True)
    assert faults() == []
    factories.allot(Pool.objects.get(insurer__code="picc"), NEEDED)
    jobs.take_up()
    assert Reservation.objects.get(application=first).state == ReservationState.RESERVED
    assert faults() == []


def test_twelve_at_once(committed_db):
    _, second = factories.pools()
    factories.allot(second, 3 * NEEDED)
    made = [handed_in(insurer=("sinosure", "picc")[place % 2]) for place in range(10)]
    switches = [
        lambda one=one, to=("picc", "sinosure")[place % 2]: switch(one, to, accepts=place_accepts(one))
        for place, one in enumerate(made)
    ]
    leaving = [lambda one=one: actions.withdraw(application_id=one.pk, why="", by=one.created_by) for one in made[:2]]
    failed = [type(result).__name__ for result in at_once([*switches, *leaving]) if isinstance(result, Exception)]
    assert set(failed) <= {"Refusal"}  # a funded one without room, or one withdrawn meanwhile
    jobs.take_up()
    numbers = Reservation.objects.order_by("queue_number").values_list("queue_number", flat=True)
    assert (list(numbers), faults()) == (list(range(1, 11)), [])
    for one in Application.objects.select_related("reservation__pool__insurer").filter(state="first_review"):
        assert one.insurer == one.reservation.pool.insurer


def place_accepts(one: Application) -> bool:
    return one.reservation.queue_number % 3 == 0
