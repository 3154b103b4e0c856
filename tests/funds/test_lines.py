"""Several lines at once: a firm that accepts both insurers, a change of insurer, corrections and refunds of charges."""

from collections.abc import Iterator

import pytest

from tests import factories
from tests.funds.test_actions import WAN, books, refused, states
from tongbao.funds import actions, queries, rules
from tongbao.funds.models import Queue, Reservation, Standing, Transfer


@pytest.fixture(autouse=True)
def _the_fund_stays_true(db) -> Iterator[None]:
    yield
    assert list(queries.faults()) == []


def release(place: Reservation) -> None:
    actions.release(reservation_id=place.pk, why="撤回", by=None)


def kept(place: Reservation) -> Reservation:
    return Reservation.objects.select_related("pool").get(pk=place.pk)


def charged(pool, fen: int) -> Reservation:
    place = factories.receive(pool, amount_fen=fen)
    return actions.charge(reservation_id=place.pk, amount_fen=fen, key=f"charge-{place.pk}", by=None)


# ── 服从调剂 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_accepts_both_stands_in_both_lines_and_takes_the_first_money_that_comes():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    holders = [factories.receive(pool, amount_fen=10 * WAN) for pool in (lead, second)]
    both, lead_only = factories.receive(lead, second, amount_fen=6 * WAN), factories.receive(lead, amount_fen=WAN)
    assert queries.positions(kept(both)) == [(lead.pk, 1), (second.pk, 1)]
    release(holders[1])  # of the second choice
    assert (kept(both).state, kept(both).pool, Standing.objects.filter(reservation=both).count()) == (
        "reserved",
        second,
        0,
    )
    assert (states(lead_only), queries.positions(kept(lead_only))) == (["waiting"], [(lead.pk, 1)])
    assert books(second) == {"allotted": 10 * WAN, "available": 4 * WAN, "reserved": 6 * WAN}


def test_who_leaves_a_line_for_another_pool_frees_those_behind():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    big = factories.receive(lead, amount_fen=8 * WAN)
    full = factories.receive(second, amount_fen=10 * WAN)
    both = factories.receive(lead, second, amount_fen=9 * WAN)  # blocks the first pool's line
    behind = factories.receive(lead, amount_fen=2 * WAN)
    assert states(big, both, behind) == ["reserved", "waiting", "waiting"]
    release(full)  # the second pool serves it, so the first pool's line moves on
    assert (kept(both).pool, states(both, behind)) == (second, ["reserved", "reserved"])


def test_a_second_choice_never_passes_those_who_wait_there():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead, amount_fen=10 * WAN), factories.receive(second, amount_fen=9 * WAN)
    first = factories.receive(second, amount_fen=2 * WAN)
    both = factories.receive(lead, second, amount_fen=WAN)  # one 万元 is there, but another firm waits for it
    assert states(first, both) == ["waiting", "waiting"]
    assert queries.positions(kept(both)) == [(lead.pk, 1), (second.pk, 2)]


def test_who_comes_first_by_class_is_served_with_what_the_head_could_not_use():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead, amount_fen=8 * WAN)
    large = factories.receive(lead, amount_fen=5 * WAN)  # two 万元 are left, too little for it
    later, first = factories.receive(lead, amount_fen=WAN), factories.receive(lead, amount_fen=WAN, priority_class=0)
    assert states(large, later, first) == ["waiting", "waiting", "reserved"]
    assert (first.state, books(lead)["available"]) == ("reserved", WAN)
    factories.receive(second, amount_fen=10 * WAN)
    both = factories.receive(second, lead, amount_fen=WAN, priority_class=0)
    assert (both.state, both.pool) == ("reserved", lead)


# ── a change of insurer ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_waiting_firm_changes_its_insurer_and_keeps_its_number():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead, amount_fen=10 * WAN)
    place = factories.receive(lead, amount_fen=4 * WAN)
    moved = actions.switch(reservation_id=place.pk, pool_ids=[second.pk], by=None)
    assert (kept(moved).queue_number, kept(moved).state, kept(moved).pool) == (2, "reserved", second)


def test_a_waiting_firm_stands_by_its_number_in_the_other_line():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead, amount_fen=10 * WAN)
    place = factories.receive(lead, amount_fen=WAN)
    factories.receive(second, amount_fen=10 * WAN)
    later = factories.receive(second, amount_fen=WAN)
    actions.switch(reservation_id=place.pk, pool_ids=[second.pk, lead.pk], by=None)
    assert queries.positions(kept(place)) == [(second.pk, 1), (lead.pk, 1)]
    assert queries.positions(kept(later)) == [(second.pk, 2)]


def test_a_funded_firm_changes_only_where_money_stands_by():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    place = factories.receive(lead, amount_fen=6 * WAN)
    waits = factories.receive(lead, amount_fen=9 * WAN)
    actions.switch(reservation_id=place.pk, pool_ids=[second.pk], by=None)
    assert (kept(place).pool, states(place, waits)) == (second, ["reserved", "reserved"])
    assert (books(lead)["reserved"], books(second)["reserved"]) == (9 * WAN, 6 * WAN)
    no = refused(lambda: actions.switch(reservation_id=waits.pk, pool_ids=[second.pk], by=None))
    assert no == ("switch_short", "insurer")


def test_no_one_changes_to_a_pool_that_is_not_there_or_after_the_end():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    place = factories.receive(lead, amount_fen=WAN)
    assert refused(lambda: actions.switch(reservation_id=place.pk, pool_ids=[0], by=None)) == ("no_pool", "insurer")
    release(place)
    again = refused(lambda: actions.switch(reservation_id=place.pk, pool_ids=[second.pk], by=None))
    assert again == ("reservation_state", None)


# ── corrections and refunds of charges ──────────────────────────────────────────────────────────────────────────────


def test_a_corrected_charge_is_reversed_in_full_and_booked_anew():
    lead, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = charged(lead, 4 * WAN)
    said = {"reservation_id": place.pk, "amount_fen": 5 * WAN, "why": "汇率更正", "key": "one", "by": None}
    assert actions.recharge(**said).amount_fen == 5 * WAN
    assert actions.recharge(**said).amount_fen == 5 * WAN  # a second click
    kinds = list(Transfer.objects.filter(reservation=place).order_by("pk").values_list("kind", "amount_fen"))
    assert kinds[-5:] == [
        ("reverse", 4 * WAN),
        ("reverse", 4 * WAN),
        ("charge", 4 * WAN),
        ("charge", 1 * WAN),
        ("charge", 5 * WAN),
    ]
    assert (books(lead)["charged"], books(lead)["earned"], books(lead)["available"]) == (5 * WAN, 5 * WAN, 5 * WAN)
    assert refused(lambda: actions.recharge(**{**said, "amount_fen": 6 * WAN})) == ("key_reused", None)
    assert refused(lambda: actions.recharge(**{**said, "key": "two"})) == ("charge_same", None)


def test_a_lower_charge_serves_those_who_wait():
    lead, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = charged(lead, 10 * WAN)
    waits = factories.receive(lead, amount_fen=2 * WAN)
    actions.recharge(reservation_id=place.pk, amount_fen=8 * WAN, why="汇率更正", key="one", by=None)
    assert (states(waits), books(lead)["charged"]) == (["reserved"], 8 * WAN)


def test_a_corrected_charge_stays_within_money_and_cash():
    lead, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=5 * WAN)
    place = charged(lead, 4 * WAN)

    def no(amount_fen: int) -> tuple[str, str | None]:
        said = {
            "reservation_id": place.pk,
            "amount_fen": amount_fen,
            "why": "更正",
            "by": None,
        }
        return refused(lambda: actions.recharge(key=f"k{amount_fen}", **said))

    assert no(11 * WAN) == ("charge_short", None)
    assert no(6 * WAN) == ("prepayment_short", None)
    assert no(0) == ("amount", None)


def test_a_refund_frees_the_money_in_both_books_and_serves_the_next():
    lead, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place, waits = charged(lead, 10 * WAN), factories.receive(lead, amount_fen=3 * WAN)
    said = {"reservation_id": place.pk, "amount_fen": 4 * WAN, "why": "退保", "key": "one", "by": None}
    assert actions.refund(**said).refunded_fen == 4 * WAN
    assert actions.refund(**said).refunded_fen == 4 * WAN  # a second click
    assert (states(waits), kept(place).state) == (["reserved"], "charged")
    assert books(lead) == {
        "allotted": 10 * WAN,
        "available": 1 * WAN,
        "reserved": 3 * WAN,
        "charged": 6 * WAN,
        "treasury": 10 * WAN,
        "received": 4 * WAN,
        "earned": 6 * WAN,
    }
    more = {**said, "amount_fen": 6 * WAN + 1, "key": "two"}
    assert refused(lambda: actions.refund(**more)) == ("over_charged", None)
    fix = {"reservation_id": place.pk, "amount_fen": 9 * WAN, "why": "更正", "key": "three", "by": None}
    assert refused(lambda: actions.recharge(**fix)) == ("refunded", None)


def test_only_what_was_charged_is_refunded_or_corrected():
    lead, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = factories.receive(lead, amount_fen=WAN)
    said = {"reservation_id": place.pk, "amount_fen": 1, "why": "退保", "key": "one", "by": None}
    assert refused(lambda: actions.refund(**said)) == ("not_charged", None)
    assert refused(lambda: actions.recharge(**said)) == ("not_charged", None)


# ── the public chain ────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_receipt_seals_those_before_it():
    lead, _ = factories.pools(allotted_fen=10 * WAN)
    for _n in range(3):
        factories.receive(lead, amount_fen=WAN)
    receipts = list(
        Reservation.objects.order_by("queue_number").values_list("queue_number", "received_at", "public_link")
    )
    assert rules.first_break(receipts) is None
    assert Queue.objects.get().public_head == receipts[-1][2]
    (one, at, link), *rest = receipts
    assert rules.first_break([(one, at.replace(year=2018), link), *rest]) == 1
    assert rules.first_break([receipts[0], receipts[2]]) == 3
