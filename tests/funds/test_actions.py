"""Every verb of the fund: what it does to the books, what it refuses, what a retry does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tongbao import clock
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.funds import actions, queries
from tongbao.funds.models import Account, Allotment, Pool, Prepayment, Reservation, Transfer
from tongbao.refusal import Forbidden, Refusal

YUAN = 100
WAN = 10_000 * YUAN


def books(pool: Pool) -> dict[str, int]:
    """Every balance that is not zero."""
    return {kind: fen for kind, fen in pool.accounts.values_list("kind", "balance_fen") if fen}


def states(*reservations: Reservation) -> list[str]:
    return [Reservation.objects.get(pk=one.pk).state for one in reservations]


def charge(reservation: Reservation, amount_fen: int, key: str = "charge-1") -> Reservation:
    return actions.charge(reservation_id=reservation.pk, amount_fen=amount_fen, key=key, by=None)


def refused(verb: Callable[[], Any]) -> tuple[str, str | None]:
    """Code and field of the refusal, after which nothing has changed."""
    before = list(Account.objects.order_by("pk").values()), Transfer.objects.count(), Record.objects.count()
    with pytest.raises(Refusal) as no:
        verb()
    assert (list(Account.objects.order_by("pk").values()), Transfer.objects.count(), Record.objects.count()) == before
    return no.value.code, no.value.field


@pytest.fixture(autouse=True)
def _the_fund_stays_true(db) -> Any:
    """After every story here the books, the queue and the order are still true."""
    yield
    assert list(queries.faults()) == []


# ── pools ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pools_are_opened_once_for_each_insurer_of_the_edition():
    lead, second = factories.pools()
    assert [lead.insurer.code, second.insurer.code] == ["sinosure", "picc"]
    assert actions.open_pools(edition=lead.edition, by=factories.user(Role.CITY_OFFICER)) == [lead, second]
    assert (Pool.objects.count(), Account.objects.count()) == (2, 16)


def test_pools_need_their_insurers():
    edition = factories.nantong()
    assert refused(lambda: actions.open_pools(edition=edition, by=None)) == ("no_insurer", None)


def test_an_allotment_opens_the_pool():
    pool, _ = factories.pools()
    allotment = factories.allot(pool, 450 * WAN, document_number=" 通财〔2019〕1号 ", key="one")
    assert books(pool) == {"allotted": 450 * WAN, "available": 450 * WAN}
    assert (allotment.document_number, [move.kind for move in allotment.transfers.all()]) == (
        "通财〔2019〕1号",
        ["allot"],
    )


def test_the_same_allotment_again_is_booked_once():
    pool, _ = factories.pools()
    officer = factories.user(Role.FINANCE_OFFICER)
    said = {"document_number": "通财〔2019〕1号", "key": "one", "by": officer}
    assert factories.allot(pool, 100 * WAN, **said) == factories.allot(pool, 100 * WAN, **said)
    assert (books(pool)["allotted"], Allotment.objects.count()) == (100 * WAN, 1)
    assert refused(lambda: factories.allot(pool, 200 * WAN, **said)) == ("key_reused", None)
    assert refused(lambda: factories.allot(pool, 100 * WAN, **{**said, "key": "two"})) == (
        "document_known",
        "document_number",
    )


def test_what_an_allotment_may_not_be():
    pool, second = factories.pools(allotted_fen=40 * WAN)
    officer, tomorrow = factories.user(Role.FINANCE_OFFICER), clock.today() + timedelta(days=1)

    def no(amount_fen: int = 1, pool: Pool = pool, **said: Any) -> tuple[str, str | None]:
        return refused(lambda: factories.allot(pool, amount_fen, by=officer, **said))

    assert no(0) == ("amount", "amount_fen")
    assert no(-1) == ("amount", "amount_fen")
    assert no(day=tomorrow) == ("future_day", "day")
    assert no(document_number=" ") == ("document_number_needed", "document_number")
    assert no(key="") == ("key", None)
    assert no(key="x" * 81) == ("key", None)
    assert no(410 * WAN + 1) == ("over_fund", "amount_fen")
    assert no(10 * WAN + 1, pool=second) == ("over_fund", "amount_fen")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FINANCE_OFFICER])
def test_only_finance_books_money(role: Role):
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    person = factories.user(role)
    with pytest.raises(Forbidden):
        factories.allot(pool, WAN, by=person)
    with pytest.raises(Forbidden):
        factories.prepay(pool, WAN, by=person)


def test_a_prepayment_is_cash_beside_the_allotment():
    pool, _ = factories.pools(allotted_fen=40 * WAN)
    factories.prepay(pool, 40 * WAN)
    assert books(pool) == {"allotted": 40 * WAN, "available": 40 * WAN, "treasury": 40 * WAN, "received": 40 * WAN}


def test_a_second_prepayment_needs_a_document():
    pool, _ = factories.pools(allotted_fen=40 * WAN, prepaid_fen=20 * WAN)
    officer = factories.user(Role.FINANCE_OFFICER)
    assert refused(lambda: factories.prepay(pool, WAN, by=officer)) == ("document_number_needed", "document_number")
    factories.prepay(pool, 20 * WAN, document_number="通财追〔2020〕3号", by=officer)
    assert books(pool)["treasury"] == 40 * WAN


def test_the_same_prepayment_again_is_booked_once():
    pool, _ = factories.pools(allotted_fen=40 * WAN)
    said = {"voucher_number": "PZ1", "receipt_number": "SJ1", "key": "one", "by": factories.user(Role.FINANCE_OFFICER)}
    assert factories.prepay(pool, 10 * WAN, **said) == factories.prepay(pool, 10 * WAN, **said)
    assert (books(pool)["received"], Prepayment.objects.count()) == (10 * WAN, 1)
    assert refused(lambda: factories.prepay(pool, 11 * WAN, **said)) == ("key_reused", None)
    again = {**said, "key": "two", "document_number": "通财追〔2020〕3号"}
    assert refused(lambda: factories.prepay(pool, 10 * WAN, **again)) == ("voucher_known", "voucher_number")


def test_what_a_prepayment_may_not_be():
    pool, _ = factories.pools(allotted_fen=40 * WAN)
    officer, tomorrow = factories.user(Role.FINANCE_OFFICER), clock.today() + timedelta(days=1)

    def no(amount_fen: int = 1, **said: Any) -> tuple[str, str | None]:
        return refused(lambda: factories.prepay(pool, amount_fen, by=officer, **said))

    assert no(0) == ("amount", "amount_fen")
    assert no(day=tomorrow) == ("future_day", "day")
    assert no(payer="") == ("payer_needed", "payer")
    assert no(voucher_number=" ") == ("voucher_number_needed", "voucher_number")
    assert no(40 * WAN + 1) == ("over_allotted", "amount_fen")


def test_what_is_booked_cannot_be_changed():
    pool, _ = factories.pools(allotted_fen=WAN)
    for rows in (Transfer.objects.all(), Allotment.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(amount_fen=1)
    assert books(pool) == {"allotted": WAN, "available": WAN}


# ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_place_takes_number_time_and_money():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    first, second = factories.receive(pool, amount_fen=3 * WAN), factories.receive(pool, amount_fen=2 * WAN)
    assert [(one.queue_number, one.state) for one in (first, second)] == [(1, "reserved"), (2, "reserved")]
    assert first.received_at <= second.received_at
    assert abs(second.received_at - clock.now()) < timedelta(minutes=1)
    assert books(pool) == {"allotted": 10 * WAN, "available": 5 * WAN, "reserved": 5 * WAN}


def test_receipt_time_never_goes_back(set_clock):
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    first = factories.receive(pool)
    set_clock("2019-09-01T09:00")
    assert factories.receive(pool).received_at == first.received_at


def test_the_same_receipt_again_gives_the_first():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    said = {"reference": "NT1", "beneficiary_code": "9" * 18, "beneficiary_name": "甲", "key": "one"}
    first = factories.receive(pool, amount_fen=WAN, **said)
    assert factories.receive(pool, amount_fen=WAN, **said) == first
    assert refused(lambda: factories.receive(pool, amount_fen=2 * WAN, **said)) == ("key_reused", None)
    assert (Reservation.objects.count(), books(pool)["reserved"], first.queue_number) == (1, WAN, 1)


def test_when_money_is_short_a_place_waits_and_the_head_blocks_the_rest():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    factories.receive(pool, amount_fen=8 * WAN)
    large, small = factories.receive(pool, amount_fen=5 * WAN), factories.receive(pool, amount_fen=1 * WAN)
    assert states(large, small) == ["waiting", "waiting"]
    assert [queries.position(one) for one in (large, small)] == [1, 2]
    assert books(pool)["available"] == 2 * WAN


def test_the_other_pool_serves_those_who_accept_it():
    lead, second = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead, amount_fen=10 * WAN)
    stays, moves = factories.receive(lead, amount_fen=WAN), factories.receive(lead, second, amount_fen=WAN)
    assert [(one.state, one.pool) for one in (stays, moves)] == [("waiting", lead), ("reserved", second)]
    factories.receive(second, amount_fen=9 * WAN)
    last = factories.receive(second, lead, amount_fen=WAN)
    assert (last.state, last.pool, last.queue_number) == ("waiting", second, 5)


def test_promotion_is_by_class_then_number():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    holder = factories.receive(pool, amount_fen=10 * WAN)
    plain = factories.receive(pool, amount_fen=4 * WAN)
    later = factories.receive(pool, amount_fen=4 * WAN, priority_class=0)
    latest = factories.receive(pool, amount_fen=4 * WAN, priority_class=0)
    assert [queries.position(one) for one in (plain, later, latest)] == [3, 1, 2]
    actions.release(reservation_id=holder.pk, why="企业撤回", by=None)
    assert states(holder, plain, later, latest) == ["released", "waiting", "reserved", "reserved"]
    assert books(pool)["available"] == 2 * WAN


def test_an_allotment_serves_those_who_wait():
    pool, _ = factories.pools(allotted_fen=WAN)
    first, second = factories.receive(pool, amount_fen=3 * WAN), factories.receive(pool, amount_fen=3 * WAN)
    factories.allot(pool, 4 * WAN)
    assert states(first, second) == ["reserved", "waiting"]


def test_receipt_needs_pools_of_the_edition():
    pool, _ = factories.pools(allotted_fen=WAN)
    assert refused(lambda: factories.receive(pool, amount_fen=0)) == ("amount", None)
    said = {"reference": "x", "beneficiary_code": "x", "beneficiary_name": "x", "purpose": "A", "by": None}
    said |= {"amount_fen": 1, "priority_class": 1, "key": "k"}
    for edition_id, pool_ids, code in (
        (pool.edition_id, [], "no_pool"),
        (pool.edition_id, [0], "no_pool"),
        (0, [1], "no_queue"),
    ):
        with pytest.raises(Refusal) as no:
            actions.receive(edition_id=edition_id, pool_ids=pool_ids, **said)
        assert no.value.code == code
    assert factories.receive(pool).queue_number == 1


# ── what becomes of a place ─────────────────────────────────────────────────────────────────────────────────────────


def test_release_returns_the_money_once():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    place = factories.receive(pool, amount_fen=3 * WAN)
    actions.release(reservation_id=place.pk, why="不予支持", by=None)
    assert (books(pool), states(place)) == ({"allotted": 10 * WAN, "available": 10 * WAN}, ["released"])
    assert refused(lambda: actions.release(reservation_id=place.pk, why="再次", by=None)) == ("reservation_state", None)


def test_releasing_a_blocking_head_serves_the_next():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    factories.receive(pool, amount_fen=8 * WAN)
    head, next_ = factories.receive(pool, amount_fen=5 * WAN), factories.receive(pool, amount_fen=2 * WAN)
    actions.release(reservation_id=head.pk, why="撤回", by=None)
    assert states(head, next_) == ["released", "reserved"]


def test_surrender_costs_the_number():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    place = factories.receive(pool, amount_fen=3 * WAN)
    actions.surrender(reservation_id=place.pk, why="缺少营业执照", by=None)
    again = factories.receive(pool, amount_fen=3 * WAN, reference=place.reference)
    assert (states(place), again.queue_number, books(pool)["reserved"]) == (["surrendered"], 2, 3 * WAN)


def test_adjusting_keeps_the_number_and_moves_the_difference():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    place, waits = factories.receive(pool, amount_fen=8 * WAN), factories.receive(pool, amount_fen=4 * WAN)
    down = actions.adjust(reservation_id=place.pk, amount_fen=5 * WAN, why="方案C改为A", purpose="A", by=None)
    assert (down.queue_number, down.amount_fen, down.purpose, states(place, waits)) == (
        1,
        5 * WAN,
        "A",
        ["reserved", "reserved"],
    )
    up = actions.adjust(reservation_id=place.pk, amount_fen=6 * WAN, why="更正", by=None)
    assert (up.amount_fen, books(pool)) == (6 * WAN, {"allotted": 10 * WAN, "reserved": 10 * WAN})


def test_adjusting_beyond_the_money_holds_the_place_before_the_waiting():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    place, other = factories.receive(pool, amount_fen=6 * WAN), factories.receive(pool, amount_fen=3 * WAN)
    waits = factories.receive(pool, amount_fen=2 * WAN, priority_class=0)
    held = actions.adjust(reservation_id=place.pk, amount_fen=8 * WAN, why="更正", by=None)
    assert (held.state, held.amount_fen, held.shortfall_fen) == ("held", 6 * WAN, 2 * WAN)
    assert [queries.position(one) for one in (held, waits)] == [1, 2]
    actions.release(reservation_id=other.pk, why="撤回", by=None)
    topped = Reservation.objects.get(pk=place.pk)
    assert (topped.state, topped.amount_fen, topped.shortfall_fen) == ("reserved", 8 * WAN, 0)
    assert (states(waits), books(pool).get("available", 0)) == (["reserved"], 0)


def test_adjusting_a_waiting_place_lets_it_fit():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    factories.receive(pool, amount_fen=8 * WAN)
    waits = factories.receive(pool, amount_fen=5 * WAN)
    assert actions.adjust(reservation_id=waits.pk, amount_fen=4 * WAN, why="更正", by=None).state == "waiting"
    actions.adjust(reservation_id=waits.pk, amount_fen=2 * WAN, why="更正", by=None)
    assert states(waits) == ["reserved"]


def test_a_closed_place_is_not_adjusted():
    pool, _ = factories.pools(allotted_fen=10 * WAN)
    place = factories.receive(pool)
    actions.release(reservation_id=place.pk, why="撤回", by=None)
    assert refused(lambda: actions.adjust(reservation_id=place.pk, amount_fen=1, why="更正", by=None)) == (
        "reservation_state",
        None,
    )


def test_a_charge_moves_both_books_and_returns_the_difference():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = factories.receive(pool, amount_fen=10_927_64)
    charged = charge(place, 10_609_35)
    assert (charged.state, charged.amount_fen) == ("charged", 10_609_35)
    assert books(pool) == {
        "allotted": 10 * WAN,
        "available": 10 * WAN - 10_609_35,
        "charged": 10_609_35,
        "treasury": 10 * WAN,
        "received": 10 * WAN - 10_609_35,
        "earned": 10_609_35,
    }


def test_the_same_charge_again_is_booked_once():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = factories.receive(pool, amount_fen=WAN)
    assert charge(place, WAN) == charge(place, WAN)
    assert refused(lambda: charge(place, WAN - 1)) == ("key_reused", None)
    said = {"reservation_id": place.pk, "amount_fen": WAN, "key": "charge-1", "by": None}
    assert refused(lambda: actions.charge(policy_number="SX-2", **said)) == ("key_reused", None)
    assert refused(lambda: charge(place, WAN, key="other")) == ("reservation_state", None)
    assert (books(pool)["charged"], Transfer.objects.filter(kind="charge").count()) == (WAN, 2)


def test_a_charge_draws_its_shortfall_before_the_waiting():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place, waits = factories.receive(pool, amount_fen=8 * WAN), factories.receive(pool, amount_fen=3 * WAN)
    assert charge(place, 9 * WAN).state == "charged"
    assert (books(pool)["available"], states(waits)) == (1 * WAN, ["waiting"])


def test_a_charge_still_short_is_held_and_charged_when_topped_up():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place, other = factories.receive(pool, amount_fen=6 * WAN), factories.receive(pool, amount_fen=4 * WAN)
    waits = factories.receive(pool, amount_fen=1 * WAN, priority_class=0)
    held = charge(place, 7 * WAN)
    assert (held.state, held.amount_fen, held.shortfall_fen) == ("held", 6 * WAN, 1 * WAN)
    assert charge(place, 7 * WAN).state == "held"  # asking again changes nothing
    assert "charged" not in books(pool)
    actions.release(reservation_id=other.pk, why="撤回", by=None)
    assert states(place, waits) == ["reserved", "reserved"]
    assert charge(place, 7 * WAN).state == "charged"
    assert books(pool)["available"] == 2 * WAN


def test_a_held_place_is_not_overtaken_by_a_later_shortfall():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    first, second = factories.receive(pool, amount_fen=5 * WAN), factories.receive(pool, amount_fen=4 * WAN)
    assert charge(first, 7 * WAN, "one").state == "held"
    assert charge(second, 4 * WAN + 1, "two").state == "held"
    assert [queries.position(Reservation.objects.get(pk=one.pk)) for one in (first, second)] == [1, 2]


def test_charges_never_pass_the_cash():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=3 * WAN)
    place = factories.receive(pool, amount_fen=4 * WAN)
    assert refused(lambda: charge(place, 3 * WAN + 1)) == ("prepayment_short", None)
    factories.prepay(pool, WAN, document_number="通财追〔2020〕3号")
    assert charge(place, 3 * WAN + 1).state == "charged"


def test_only_a_funded_place_is_charged():
    pool, _ = factories.pools(allotted_fen=WAN, prepaid_fen=WAN)
    waits = factories.receive(pool, amount_fen=2 * WAN)
    assert refused(lambda: charge(waits, WAN)) == ("reservation_state", None)
    assert refused(lambda: charge(waits, 0)) == ("amount", None)


def test_every_verb_leaves_its_record():
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    place = factories.receive(pool, amount_fen=10 * WAN, reference="NT-1")
    waits = factories.receive(pool, amount_fen=WAN, reference="NT-2")
    charge(place, 9 * WAN)
    told = Record.objects.filter(reference__in=["NT-1", "NT-2"]).values_list("verb", "reference")
    assert list(told) == [
        ("funds.receive", "NT-1"),
        ("funds.receive", "NT-2"),
        ("funds.charge", "NT-1"),
        ("funds.promote", "NT-2"),
    ]
    promoted = Record.objects.get(verb="funds.promote")
    assert (promoted.actor_id, promoted.actor_name, waits.transfers.get().by_name) == (None, "系统", "系统")
    assert waits.beneficiary_code not in str(Record.objects.filter(reference="NT-2").values_list("detail", flat=True))
