"""The fund of an edition run again from its log, by the rules alone: what must have happened, event by event.

It knows no rows: whoever proves the fund feeds it the records in order and compares what comes out with what is kept.
A record that breaks a rule is a sentence; the replay then goes on from what the record says, so that one untruth does
not drown the next.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tongbao import money
from tongbao.funds.rules import accounts
from tongbao.funds.rules.accounts import AccountKind, Move
from tongbao.funds.rules.places import FUNDED, PUBLIC_GENESIS, TRANSITIONS, ReservationState, public_link
from tongbao.funds.rules.replay.records import Booked, Event, Lines, Place

S = ReservationState


@dataclass
class Replay:
    """An edition's fund while it is run again."""

    pools: Iterable[int]
    places: dict[int, Place] = field(default_factory=dict)
    last_number: int = 0
    last_at: datetime | None = None
    head: str = PUBLIC_GENESIS
    closed: bool = False
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.balances = {pool: dict.fromkeys(AccountKind, 0) for pool in self.pools}
        self.lines = Lines(self.balances, self.places)
        self._verbs: dict[str, Callable[[Event], list[Booked]]] = {
            "funds.receive": self._receive,
            "funds.promote": self._promote,
            "funds.release": self._give_up,
            "funds.surrender": self._give_up,
            "funds.adjust": self._adjust,
            "funds.hold": self._hold,
            "funds.switch": self._switch,
            "funds.charge": self._charge,
            "funds.recharge": self._recharge,
            "funds.refund": self._refund,
            "funds.allot": lambda e: self._cash(e, accounts.allotting),
            "funds.prepay": lambda e: self._cash(e, accounts.prepaying),
            "funds.move": self._move,
            "funds.return": self._return,
            "funds.close": self._close,
        }

    def apply(self, event: Event) -> list[Booked]:
        """What this event must have booked, in order; what is wrong with it is added to `faults`."""
        verb = self._verbs.get(event.verb)
        if verb is None:
            return []
        if event.verb != "funds.promote":
            self.check_served(f"记录 {event.number} 之前")
        booked = verb(event)
        for pool, move, _ in booked:
            balances = self.balances[pool]
            for kind, fen in accounts.balance_changes((move,)).items():
                balances[kind] += fen
                if balances[kind] < 0:
                    self.faults.append(f"记录 {event.number} 之后，资金池 {pool} 的“{kind.label}”为负")
        return booked

    def check_served(self, when: str) -> None:
        """Nobody at the head of a line is left without money that is there (二(三))."""
        for pool in self.lines:
            head = self.lines.first(pool)
            if head is not None and head.needed <= self.balances[pool][AccountKind.AVAILABLE]:
                self.faults.append(f"{when}，资金池 {pool} 的候补首位（序号 {head.number}）有资金却没有递补")

    def _available(self, pool: int) -> int:
        return self.balances[pool][AccountKind.AVAILABLE]

    def _wrong(self, event: Event, place: Place | None, what: str) -> None:
        where = f"序号 {place.number}（{event.reference}）" if place else event.reference
        self.faults.append(f"记录 {event.number}：{where}{what}")

    def _place(self, event: Event) -> Place | None:
        place = self.places.get(event.subject)
        if place is None:
            self._wrong(event, None, "的资金预占没有收件记录")
        return place

    def _enter(self, event: Event, place: Place, expected: ReservationState) -> None:
        """Into the state the record says; that must be the one the rules lead to."""
        said = S(event.detail["state"])
        if said != expected:
            self._wrong(event, place, f"应为“{expected.label}”，记录为“{said.label}”")
        if said != place.state:
            if said not in TRANSITIONS[place.state]:
                self._wrong(event, place, f"不能由“{place.state.label}”变为“{said.label}”")
            place.state, place.at = said, event.at
            self.lines.stand(event.subject)

    # ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _receive(self, event: Event) -> list[Booked]:
        said = event.detail
        chosen, number, amount = said.get("pools") or [said["pool"]], said["queue_number"], said["amount_fen"]
        received_at = datetime.fromisoformat(said["received_at"])
        if number != self.last_number + 1:
            self._wrong(event, None, f"的排队序号应为 {self.last_number + 1}，记录为 {number}")
        if self.last_at is not None and received_at < self.last_at:
            self._wrong(event, None, f"（序号 {number}）的收件时间早于前一个序号")
        self.head = public_link(self.head, number, received_at)
        if said.get("link", self.head) != self.head:
            self._wrong(event, None, f"（序号 {number}）的收件校验码与序号、时间不符")
        self.last_number, self.last_at = number, received_at
        serves = next((p for p in chosen if self.lines.first(p) is None and amount <= self._available(p)), None)
        expected = S.WAITING if serves is None else S.RESERVED
        place = Place(
            number, received_at, said["priority_class"], amount, S(said["state"]), said["pool"], tuple(chosen),
            event.reference, said["beneficiary"], self.head, received_at,
            purpose=said.get("purpose", ""), name=said.get("name", ""), request=said.get("request", ""),
        )  # fmt: skip
        if (place.state, place.pool) != (expected, chosen[0] if serves is None else serves):
            self._wrong(event, place, f"应为“{expected.label}”，记录为“{place.state.label}”或资金池不符")
        if self.closed:
            self._wrong(event, place, "在年度结清之后收件")
        self.places[event.subject] = place
        self.lines.stand(event.subject)
        if place.state == S.WAITING:
            return []
        return [(place.pool, move, event.subject) for move in accounts.reserving(amount)]

    def _promote(self, event: Event) -> list[Booked]:
        place, pool = self._place(event), event.detail["pool"]
        if place is None:
            return []
        if self.lines.first(pool) is not place:
            ahead = self.lines.first(pool)
            number = f"序号 {ahead.number}" if ahead else "无人候补的次序"
            self._wrong(event, place, f"先于仍在候补的{number}得到资金")
        needed = place.needed
        if needed != event.detail["amount_fen"]:
            self._wrong(
                event, place, f"应递补 {money.text(needed)} 元，记录为 {money.text(event.detail['amount_fen'])} 元"
            )
        place.pool, place.amount, place.shortfall = pool, place.amount + place.shortfall, 0
        self._enter(event, place, S.RESERVED)
        return [(pool, move, event.subject) for move in accounts.reserving(needed)]

    def _give_up(self, event: Event) -> list[Booked]:
        place = self._place(event)
        if place is None:
            return []
        returned = place.amount if place.state in FUNDED else 0
        place.shortfall = 0
        self._enter(event, place, S.RELEASED if event.verb == "funds.release" else S.SURRENDERED)
        return [(place.pool, move, event.subject) for move in accounts.releasing(returned)]

    def _drawable(self, place: Place) -> int:
        """What a funded place may draw on top: nothing while another one is held before it."""
        return 0 if self.lines.held_before(place) else self._available(place.pool)

    def _adjust(self, event: Event) -> list[Booked]:
        place, amount = self._place(event), event.detail["amount_fen"]
        if place is None:
            return []
        place.purpose = event.detail.get("purpose", place.purpose)
        if event.detail["before_fen"] != place.amount:
            self._wrong(event, place, f"调整前应为 {money.text(place.amount)} 元")
        if place.state == S.WAITING:
            place.amount = amount
            self._enter(event, place, S.WAITING)
            return []
        short = accounts.shortfall(place.amount, amount, self._drawable(place))
        moves = [] if short else accounts.adjusting(place.amount, amount)
        place.shortfall, place.amount = short, place.amount if short else amount
        self._enter(event, place, S.HELD if short else S.RESERVED)
        return [(place.pool, move, event.subject) for move in moves]

    def _hold(self, event: Event) -> list[Booked]:
        place = self._place(event)
        if place is not None:
            place.shortfall = event.detail["shortfall_fen"]
            if place.shortfall <= self._drawable(place):
                self._wrong(event, place, "可用额度足够补足，却被记为待补足")
            self._enter(event, place, S.HELD)
        return []

    def _switch(self, event: Event) -> list[Booked]:
        place, chosen = self._place(event), event.detail["pools"]
        if place is None:
            return []
        before, place.pools = place.pool, tuple(chosen)
        place.pool = event.detail["pool"]
        if place.state == S.WAITING:
            self.lines.stand(event.subject)
            return []
        if before == place.pool:
            return []
        if self.lines.first(place.pool) is not None or place.amount > self._available(place.pool):
            self._wrong(event, place, "换到了有人候补或额度不足的资金池")
        left = [(before, move, event.subject) for move in accounts.releasing(place.amount)]
        return [*left, *((place.pool, move, event.subject) for move in accounts.reserving(place.amount))]

    # ── charges ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _charge(self, event: Event) -> list[Booked]:
        place, amount = self._place(event), event.detail["amount_fen"]
        if place is None:
            return []
        if event.detail["reserved_fen"] != place.amount:
            self._wrong(event, place, f"列支前应预占 {money.text(place.amount)} 元")
        if accounts.shortfall(place.amount, amount, self._drawable(place)):
            self._wrong(event, place, "可用额度不足却已列支")
        moves = accounts.charging(place.amount, amount)
        place.amount, place.shortfall = amount, 0
        place.policy, place.entered = event.detail.get("policy", ""), event.detail.get("entered", "")
        self._enter(event, place, S.CHARGED)
        return [(place.pool, move, event.subject) for move in moves]

    def _recharge(self, event: Event) -> list[Booked]:
        place, amount = self._place(event), event.detail["amount_fen"]
        if place is None:
            return []
        before, place.amount = place.amount, amount
        self._enter(event, place, S.CHARGED)
        moves = [*accounts.reversing(before), *accounts.charging(before, amount)]
        return [(place.pool, move, event.subject) for move in moves]

    def _refund(self, event: Event) -> list[Booked]:
        place, amount = self._place(event), event.detail["amount_fen"]
        if place is None:
            return []
        place.refunded += amount
        if place.refunded > place.amount:
            self._wrong(event, place, "退回的金额超过已列支的金额")
        self._enter(event, place, S.CHARGED)
        return [(place.pool, move, event.subject) for move in accounts.refunding(amount)]

    # ── bookings ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _cash(self, event: Event, moves: Callable[[int], list[Move]]) -> list[Booked]:
        return [(event.detail["pool"], move, None) for move in moves(event.detail["amount_fen"])]

    def _move(self, event: Event) -> list[Booked]:
        said = event.detail
        out = [(said["pool"], move, None) for move in accounts.moving_out(said["amount_fen"])]
        return [*out, *((said["target"], move, None) for move in accounts.moving_in(said["amount_fen"]))]

    def _return(self, event: Event) -> list[Booked]:
        moves = accounts.returning(event.detail["amount_fen"], AccountKind(event.detail["held_in"]))
        return [(event.detail["pool"], move, None) for move in moves]

    def _close(self, event: Event) -> list[Booked]:
        self.closed = True
        ended = ((int(pool), left) for pool, left in event.detail["ended"].items())
        return [(pool, move, None) for pool, left in ended for move in accounts.closing(*left)]
