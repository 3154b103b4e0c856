"""The queue as officers see it, and where a place stands in every line it is in."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries, rules, tables
from tongbao.funds.models import Pool
from tongbao.funds.rules import BookingKind, Day

WAN = 10_000_00
START = date(2019, 10, 1)


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def days(*stands: tuple[int, int]) -> list[Day]:
    """Day after day: available and used."""
    return [
        Day(START + timedelta(days=place), available, reserved) for place, (available, reserved) in enumerate(stands)
    ]


def test_every_day_is_there_also_those_on_which_nothing_moved():
    moved = {START: {"available": 100}, START + timedelta(days=2): {"available": -30, "reserved": 30}}
    assert rules.through(moved, START + timedelta(days=3)) == [
        Day(START, 100),
        Day(START + timedelta(days=1), 100),
        Day(START + timedelta(days=2), 70, 30),
        Day(START + timedelta(days=3), 70, 30),
    ]
    assert rules.through({}, START) == []


@pytest.mark.parametrize(
    ("stands", "ends"),
    [
        ([(100, 0), (90, 10)], date(2019, 10, 20)),  # 10 in two days, 90 left: 18 days more
        ([(100, 0), (100, 0)], None),  # nothing was used
        ([(90, 10), (100, 0)], None),  # given back within the time looked at
        ([(50, 50), (0, 100)], None),  # used up
        ([(10_000_000, 0), (9_999_999, 1)], None),  # too far to tell
    ],
)
def test_when_the_money_ends_at_the_pace_of_the_last_days(stands: list[tuple[int, int]], ends: date | None):
    assert rules.exhausted_on(days(*stands)) == ends


def test_only_the_last_thirty_days_count():
    long = days(*[(100, 0)] * 5, *[(60, 40)] * 31, (59, 41))
    assert (rules.pace(long), rules.pace(long[:36])) == ((1, 30), (0, 30))


@pytest.mark.parametrize(
    ("stands", "since"),
    [
        ([(5, 0), (0, 5), (0, 5)], date(2019, 10, 2)),
        ([(0, 5), (5, 0), (0, 5)], date(2019, 10, 3)),
        ([(0, 5), (5, 0)], None),
        ([(0, 0), (0, 0)], None),
    ],
)
def test_since_when_nothing_is_left(stands: list[tuple[int, int]], since: date | None):
    assert rules.empty_since(days(*stands)) == since


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (90, 90), (91, 46), (400, 80)])
def test_a_picture_shows_at_most_ninety_days_and_the_last_always(count: int, shown: int):
    found = rules.thinned(days(*[(1, 0)] * count))
    assert (len(found), found[-1].day) == (shown, START + timedelta(days=count - 1))


# ── the picture ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=3 * WAN, prepaid_fen=3 * WAN)


def drawn(role: Role = Role.FINANCE_OFFICER) -> list[queries.PoolPicture]:
    return queries.picture(factories.user(role))


def test_the_layers_are_the_allotment_day_by_day(pools, set_clock):
    first = factories.receive(pools[0], amount_fen=2 * WAN)
    set_clock("2019-10-17T09:00")
    actions.charge(reservation_id=first.pk, amount_fen=WAN, key="policy", by=None)
    lead = drawn()[0]
    assert lead.days == [
        Day(date(2019, 10, 15), WAN, 2 * WAN),
        Day(date(2019, 10, 16), WAN, 2 * WAN),
        Day(date(2019, 10, 17), 2 * WAN, 0, WAN),
    ]
    chart = tables.money_chart(lead)
    assert chart["xAxis"]["data"] == ["2019-10-15", "2019-10-16", "2019-10-17"]
    assert [one["data"] for one in chart["series"]] == [[0, 0, 10_000], [20_000, 20_000, 0], [10_000, 10_000, 20_000]]


def test_a_day_is_one_of_shanghai(pools, set_clock):
    set_clock("2019-10-16T00:30")  # still the 15th in UTC
    factories.receive(pools[0], amount_fen=WAN)
    assert [(day.day, day.reserved) for day in drawn()[0].days] == [(date(2019, 10, 15), 0), (date(2019, 10, 16), WAN)]


def test_the_line_is_in_order_with_what_it_needs_together(pools):
    lead, second = pools
    factories.receive(lead, amount_fen=2 * WAN)
    factories.receive(lead, amount_fen=2 * WAN, priority_class=1)
    factories.receive(lead, amount_fen=2 * WAN, priority_class=0)
    factories.booking(BookingKind.ALLOTMENT, lead, amount_fen=WAN, document_number="文1")  # not confirmed yet
    factories.receive(second, amount_fen=4 * WAN)
    factories.receive(second, lead, amount_fen=4 * WAN, priority_class=0)
    found = drawn()[0]
    assert [(one.number, one.grade, one.needed_fen, one.total_fen, one.served) for one in found.strip] == [
        (3, "优先", 2 * WAN, 2 * WAN, True),
        (5, "优先", 4 * WAN, 6 * WAN, False),
        (2, "一般", 2 * WAN, 8 * WAN, False),
    ]
    assert (found.firms, found.elsewhere, found.needed_fen, found.reaches) == (3, 1, 8 * WAN, 1)


def test_held_ones_come_first_with_the_rest_they_need(pools):
    held = factories.receive(pools[0], amount_fen=3 * WAN)
    factories.receive(pools[0], amount_fen=WAN, priority_class=0)
    actions.adjust(reservation_id=held.pk, amount_fen=5 * WAN, why="更正", by=None)
    assert [(one.number, one.grade, one.needed_fen) for one in drawn()[0].strip] == [
        (1, "待补足", 2 * WAN),
        (2, "优先", WAN),
    ]


def test_announced_allotments_show_how_far_they_will_reach(pools):
    for _ in range(3):
        factories.receive(pools[0], amount_fen=3 * WAN)
    factories.booking(BookingKind.ALLOTMENT, pools[0], amount_fen=3 * WAN, document_number="通财〔2019〕99号")
    found = drawn()[0]
    assert (found.announced_fen, [one.served for one in found.strip], found.empty_since) == (
        3 * WAN,
        [True, False],
        date(2019, 10, 15),
    )


def test_at_most_twenty_are_shown(pools):
    for _ in range(25):
        factories.receive(pools[0], amount_fen=4 * WAN)
    found = drawn()[0]
    assert (found.firms, len(found.strip), found.strip[-1].position) == (25, 20, 20)


@pytest.mark.parametrize("role", [Role.INSURER_AGENT, Role.EXPORTER, Role.DISTRICT_OFFICER])
def test_others_see_no_picture(pools, role: Role):
    assert drawn(role) == []


def test_it_takes_as_many_queries_for_many_as_for_few(pools, django_assert_num_queries):
    officer = factories.user(Role.CITY_OFFICER)
    factories.receive(pools[0], amount_fen=4 * WAN)
    factories.receive(pools[1], amount_fen=4 * WAN)
    with django_assert_num_queries(7):
        queries.picture(officer)
    for _ in range(20):
        factories.receive(pools[0], pools[1], amount_fen=4 * WAN)
    with django_assert_num_queries(7):
        queries.picture(officer)


def opened(address: str, role: Role = Role.FINANCE_OFFICER, **asked: Any) -> Any:
    client = Client()
    client.force_login(factories.user(role))
    return client.get(address, asked)


def test_the_queue_page_shows_it_above_the_whole_list_only(pools):
    factories.receive(pools[0], amount_fen=4 * WAN)
    page = opened(reverse("funds:queue"))
    assert [picture["one"].pool for picture in page.context["pictures"]] == list(pools)
    text = page.content.decode()
    for wanted in (
        'data-chart="money-',
        "候补次序的表格",
        "自 2019-10-15 起有企业候补",
        "剩下的可用额度不够排在最前的企业",
    ):
        assert wanted in text
    assert opened(reverse("funds:queue"), state="waiting").context["pictures"] == []


def test_the_queue_page_opens_before_there_is_an_edition(db):
    assert opened(reverse("funds:queue")).context["pictures"] == []


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_place_stands_in_every_line_it_accepts_and_knows_who_comes_first(pools):
    lead, second = pools
    held = factories.receive(lead, amount_fen=3 * WAN)
    actions.adjust(reservation_id=held.pk, amount_fen=4 * WAN, why="更正", by=None)
    factories.receive(second, amount_fen=3 * WAN)
    factories.receive(lead, priority_class=1)
    mine = factories.receive(lead, second, priority_class=1)
    factories.receive(lead, priority_class=0)
    factories.receive(lead, priority_class=1)
    found = queries.lines_of(mine)
    assert [(line.pool, line.position, line.says) for line in found] == [
        (lead, 4, "第 4 位，前面 3 家，其中优先 1 家、待补足资金 1 家"),
        (second, 1, "第 1 位，前面没有企业"),
    ]
    assert [(line.pool.pk, line.position) for line in found] == queries.positions(mine)
    assert queries.lines_of(held)[0].says == "第 1 位，前面没有企业"


def test_a_place_that_is_in_no_line_stands_nowhere(pools):
    place = factories.receive(pools[0])
    assert queries.lines_of(place) == []
    assert [(line.pool, line.stands, line.pays) for line in queries.lines_open_to(place)] == [
        (pools[0], False, True),
        (pools[1], False, True),
    ]


def test_served_lately_counts_those_who_had_waited(pools, set_clock):
    first = factories.receive(pools[0], amount_fen=3 * WAN)
    factories.receive(pools[0], amount_fen=WAN)
    factories.receive(pools[0], amount_fen=WAN)
    before = first.received_at
    actions.release(reservation_id=first.pk, why="撤回", by=None)
    set_clock("2019-11-15T09:00")
    factories.receive(pools[0], amount_fen=WAN)  # served at once: it never waited
    since = [queries.served_since(pools[0].pk, moment) for moment in (before, before + timedelta(days=20))]
    assert since == [2, 0]


def test_the_place_page_shows_its_lines(pools):
    factories.receive(pools[0], amount_fen=4 * WAN)
    place = factories.receive(pools[0], pools[1], amount_fen=4 * WAN)
    text = opened(reverse("funds:place", args=[place.pk])).content.decode()
    assert ("第 2 位，前面 1 家" in text, "第 1 位，前面没有企业" in text, place.public_link in text) == (
        True,
        True,
        True,
    )
