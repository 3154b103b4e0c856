"""Every verb of the fund at random, against a model of lists and loops: same refusals, same places, same balances."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests import factories
from tests.funds.model import Model
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Reservation
from tongbao.funds.rules import BookingKind
from tongbao.refusal import Refusal

MOST = (450_000_000, 50_000_000)  # what the edition sets aside for the two insurers, in fen
sums = st.integers(1, 9).map(lambda yuan: yuan * 1_000_000)
small = st.integers(1, 9).map(lambda yuan: yuan * 500_000)
which = st.integers(0, 1)
choices = st.sampled_from([[0], [1], [0, 1], [1, 0]])


class Fund(RuleBasedStateMachine):
    """The real fund beside its model."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.pools = factories.pools()
        self.officers = factories.user(Role.FINANCE_OFFICER), factories.user(Role.CITY_OFFICER)
        self.model, self.kept, self.allotted = Model(), [], [0, 0]

    def teardown(self) -> None:
        assert list(queries.faults()) == []
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def same(self, expected: str, verb: Callable[[], Any]) -> Any:
        """The real verb refuses what the model refuses, and does what it does."""
        code, done = "", None
        try:
            done = verb()
        except Refusal as no:
            code = no.code
        assert code == expected
        return done

    def booked(self, kind: BookingKind, pool: int, amount: int, **said: Any) -> Any:
        number = factories.number()
        given = {"document_number": f"文{number}", "voucher_number": f"凭{number}", "payer": "财政局", "reason": "测试"}
        with transaction.atomic():
            prepared = factories.booking(
                kind, self.pools[pool], by=self.officers[0], amount_fen=amount, **given, **said
            )
            if kind is BookingKind.PREPAYMENT:
                return factories.confirm(prepared, receipt_number=f"收{number}")
            return actions.confirm(booking_id=prepared.pk, by=self.officers[1])

    def ids(self, pools: list[int]) -> list[int]:
        return [self.pools[pool].pk for pool in pools]

    # ── money in and about ──────────────────────────────────────────────────────────────────────────────────────────

    @rule(pool=which, amount=sums)
    def allot(self, pool: int, amount: int) -> None:
        over = self.allotted[pool] + amount > MOST[pool]
        expected = "over_fund" if over else self.model.allot(pool, amount, 10**12)
        self.allotted[pool] += 0 if over else amount
        self.same(expected, lambda: self.booked(BookingKind.ALLOTMENT, pool, amount))

    @rule(pool=which, amount=sums)
    def prepay(self, pool: int, amount: int) -> None:
        expected = self.model.prepay(pool, amount)
        self.same(expected, lambda: self.booked(BookingKind.PREPAYMENT, pool, amount))

    @rule(pool=which, amount=small)
    def move(self, pool: int, amount: int) -> None:
        expected = self.model.move(pool, amount)
        target = self.pools[1 - pool].pk
        self.same(expected, lambda: self.booked(BookingKind.MOVE, pool, amount, target_pool_id=target))

    @rule(pool=which, amount=small)
    def give_back(self, pool: int, amount: int) -> None:
        expected = self.model.give_back(pool, amount)
        self.same(expected, lambda: self.booked(BookingKind.RETURN, pool, amount))

    # ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(pools=choices, priority=which, amount=sums, twice=st.booleans())
    def receive(self, pools: list[int], priority: int, amount: int, twice: bool) -> None:
        number = factories.number()
        said = {
            "edition_id": self.pools[0].edition_id, "pool_ids": self.ids(pools), "reference": f"NT-{number}",
            "beneficiary_code": f"{number:018d}", "beneficiary_name": "甲", "purpose": "方案A", "amount_fen": amount,
            "priority_class": priority, "key": f"machine-{number}", "by": None,
        }  # fmt: skip
        place = self.same(self.model.receive(pools, priority, amount), lambda: actions.receive(**said))
        self.kept.append(place.pk)
        if twice:
            assert actions.receive(**said).pk == place.pk

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), surrenders=st.booleans())
    def give_up(self, data: Any, surrenders: bool) -> None:
        at = self.pick(data)
        verb, state = (actions.surrender, "surrendered") if surrenders else (actions.release, "released")
        expected = self.model.give_up(self.model.places[at], state)
        self.same(expected, lambda: verb(reservation_id=self.kept[at], why="测试", by=None))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), amount=sums)
    def adjust(self, data: Any, amount: int) -> None:
        at = self.pick(data)
        expected = self.model.adjust(self.model.places[at], amount)
        self.same(expected, lambda: actions.adjust(reservation_id=self.kept[at], amount_fen=amount, why="改", by=None))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), pools=choices)
    def switch(self, data: Any, pools: list[int]) -> None:
        at = self.pick(data)
        expected = self.model.switch(self.model.places[at], pools)
        self.same(expected, lambda: actions.switch(reservation_id=self.kept[at], pool_ids=self.ids(pools), by=None))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), amount=sums)
    def charge(self, data: Any, amount: int) -> None:
        at, key = self.pick(data), f"key-{factories.number()}"
        expected = self.model.charge(self.model.places[at], amount)
        said = {"reservation_id": self.kept[at], "amount_fen": amount, "key": key, "by": None}
        self.same(expected, lambda: actions.charge(**said))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), amount=sums)
    def recharge(self, data: Any, amount: int) -> None:
        at, key = self.pick(data), f"key-{factories.number()}"
        expected = self.model.recharge(self.model.places[at], amount)
        said = {"reservation_id": self.kept[at], "amount_fen": amount, "why": "汇率更正", "key": key, "by": None}
        self.same(expected, lambda: actions.recharge(**said))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), amount=small)
    def refund(self, data: Any, amount: int) -> None:
        at, key = self.pick(data), f"key-{factories.number()}"
        expected = self.model.refund(self.model.places[at], amount)
        said = {"reservation_id": self.kept[at], "amount_fen": amount, "why": "退保", "key": key, "by": None}
        self.same(expected, lambda: actions.refund(**said))

    def pick(self, data: Any) -> int:
        return data.draw(st.integers(0, len(self.kept) - 1))

    # ── what is always true ─────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_books_agree(self) -> None:
        for at, pool in enumerate(self.pools):
            kept = dict(pool.accounts.values_list("kind", "balance_fen"))
            model = self.model
            assert (kept["available"], kept["allotted"]) == (model.available[at], model.allotted[at])
            assert (kept["received"], kept["treasury"]) == (model.received[at], model.treasury[at])
            assert kept["available"] + kept["reserved"] + kept["charged"] == kept["allotted"]
            assert kept["received"] + kept["earned"] == kept["treasury"]

    @invariant()
    def the_places_agree(self) -> None:
        rows = Reservation.objects.order_by("queue_number")
        kept = list(rows.values_list("queue_number", "state", "pool", "amount_fen", "shortfall_fen", "refunded_fen"))
        model = [
            (one.number, one.state, self.pools[one.pool].pk, one.amount, one.short, one.refunded)
            for one in self.model.places
        ]
        assert kept == model


@pytest.mark.database
def test_every_verb_does_what_the_model_does(db) -> None:
    run_state_machine_as_test(
        Fund,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
