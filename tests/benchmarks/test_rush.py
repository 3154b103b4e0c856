"""The firms of the opening minute are complete, and the queue that is made up for measuring is true in every row."""

from collections import Counter

import pytest

from benchmarks import rush_firms, rush_page, rush_queue
from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.intake import queries as intake

FIRMS = 20


@pytest.fixture
def visitors(db):
    return rush_firms.prepare(FIRMS)


def faults():
    return [*audit.faults(), *funds.faults(), *intake.faults()]


def test_every_firm_finds_its_place_with_one_press_of_the_button(visitors, client):
    for one in visitors:
        client.cookies["sessionid"] = one.session
        answer = client.post(f"/applications/{one.reference}/check/", {"key": one.key})
        assert (answer.status_code, answer["Location"]) == (302, f"/applications/{one.reference}/receipt/")
    states = Counter(Reservation.objects.values_list("state", flat=True))
    assert states == {"reserved": FIRMS * 85 // 100 + FIRMS * 5 // 100, "waiting": FIRMS * 10 // 100}
    assert faults() == []


def test_a_submission_makes_few_statements(visitors, django_assert_max_num_queries):
    first, second = zip(visitors[:2], rush_page.people(visitors[:2]), strict=True)
    rush_page.submit(*first)
    with django_assert_max_num_queries(27 + 2):  # and the transaction of the test itself
        rush_page.submit(*second)


def test_a_queue_that_was_made_up_is_true_and_goes_on(visitors):
    rush_queue.fund()
    rush_queue.fill(30)
    for one, by in zip(visitors[:3], rush_page.people(visitors[:3]), strict=True):
        rush_page.submit(one, by)
    rush_queue.fill(20)
    states = Counter(Reservation.objects.values_list("state", flat=True))
    assert states == {"reserved": 25 + 3, "charged": 10, "released": 5, "surrendered": 5, "waiting": 5}
    assert list(Reservation.objects.values_list("queue_number", flat=True)) == list(range(1, 54))
    assert faults() == []


def test_what_is_changed_in_it_is_found(visitors):
    rush_queue.fund()
    rush_queue.fill(10)
    Reservation.objects.filter(state="waiting").update(priority_class=0)
    assert faults() != []
    assert Record.objects.filter(verb="funds.receive").count() == 10
