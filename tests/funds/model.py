"""The fund in the simplest words: lists and loops, nothing stored. What the real one is held against."""

from dataclasses import dataclass, field


@dataclass
class Place:
    """A place in the queue."""

    number: int
    priority: int
    amount: int
    pools: list[int]
    pool: int
    state: str = "waiting"
    short: int = 0
    refunded: int = 0

    def rank(self) -> tuple[bool, int, int]:
        """Its order among those who wait for the same money."""
        return (self.state != "held", self.priority, self.number)


@dataclass
class Model:
    """Two pools and a queue. Each verb gives the code of its refusal, or "" when it was done."""

    available: list[int] = field(default_factory=lambda: [0, 0])
    allotted: list[int] = field(default_factory=lambda: [0, 0])
    treasury: list[int] = field(default_factory=lambda: [0, 0])
    received: list[int] = field(default_factory=lambda: [0, 0])
    places: list[Place] = field(default_factory=list)

    def line(self, pool: int) -> list[Place]:
        """Who waits for this pool's money, first in line first."""
        held = [one for one in self.places if one.state == "held" and one.pool == pool]
        waiting = [one for one in self.places if one.state == "waiting" and pool in one.pools]
        return sorted(held, key=Place.rank) + sorted(waiting, key=Place.rank)

    def promote(self) -> str:
        """Serve the heads of the lines until none can be served."""
        served = True
        while served:
            served = False
            for pool in (0, 1):
                while (line := self.line(pool)) and self._needs(line[0]) <= self.available[pool]:
                    head, served = line[0], True
                    self.available[pool] -= self._needs(head)
                    head.amount, head.short, head.state, head.pool = head.amount + head.short, 0, "reserved", pool
        return ""

    @staticmethod
    def _needs(place: Place) -> int:
        return place.short if place.state == "held" else place.amount

    def allot(self, pool: int, amount: int, most: int) -> str:
        """资金额度, at most so much."""
        if self.allotted[pool] + amount > most:
            return "over_fund"
        self.allotted[pool] += amount
        self.available[pool] += amount
        return self.promote()

    def prepay(self, pool: int, amount: int) -> str:
        """预付拨付."""
        if self.treasury[pool] + amount > self.allotted[pool]:
            return "over_allotted"
        self.treasury[pool] += amount
        self.received[pool] += amount
        return ""

    def receive(self, pools: list[int], priority: int, amount: int) -> str:
        """A place is taken: money from the first pool nobody waits for, else it waits in all of them."""
        place = Place(len(self.places) + 1, priority, amount, pools, pools[0])
        for pool in pools:
            if not self.line(pool) and amount <= self.available[pool]:
                place.state, place.pool = "reserved", pool
                self.available[pool] -= amount
                break
        self.places.append(place)
        return self.promote()

    def give_up(self, place: Place, state: str) -> str:
        """释放 or 让号."""
        if place.state not in ("waiting", "reserved", "held"):
            return "reservation_state"
        if place.state != "waiting":
            self.available[place.pool] += place.amount
        place.state, place.short = state, 0
        return self.promote()

    def draws(self, place: Place) -> int:
        """What it may draw beyond what it has: nothing while another is held before it."""
        ahead = [one for one in self.line(place.pool) if one.state == "held" and one is not place]
        mine = (place.priority, place.number)
        return 0 if any((one.priority, one.number) < mine for one in ahead) else self.available[place.pool]

    def adjust(self, place: Place, amount: int) -> str:
        """调整."""
        if place.state == "waiting":
            place.amount = amount
        elif place.state in ("reserved", "held"):
            more = amount - place.amount
            if more > max(self.draws(place), 0):
                place.state, place.short = "held", more
            else:
                self.available[place.pool] -= more
                place.state, place.short, place.amount = "reserved", 0, amount
        else:
            return "reservation_state"
        return self.promote()

    def charge(self, place: Place, amount: int) -> str:
        """列支."""
        if place.state not in ("reserved", "held"):
            return "reservation_state"
        more = amount - place.amount
        if more > max(self.draws(place), 0):
            place.state, place.short = "held", more
            return ""
        if amount > self.received[place.pool]:
            return "prepayment_short"
        self.available[place.pool] -= more
        self.received[place.pool] -= amount
        place.state, place.short, place.amount = "charged", 0, amount
        return self.promote()

    def recharge(self, place: Place, amount: int) -> str:
        """冲正重列."""
        if place.state != "charged":
            return "not_charged"
        if place.refunded:
            return "refunded"
        more = amount - place.amount
        if more == 0:
            return "charge_same"
        if more > max(self.draws(place), 0):
            return "charge_short"
        if more > self.received[place.pool]:
            return "prepayment_short"
        self.available[place.pool] -= more
        self.received[place.pool] -= more
        place.amount = amount
        return self.promote()

    def refund(self, place: Place, amount: int) -> str:
        """退保退回."""
        if place.state != "charged":
            return "not_charged"
        if place.refunded + amount > place.amount:
            return "over_charged"
        place.refunded += amount
        self.available[place.pool] += amount
        self.received[place.pool] += amount
        return self.promote()

    def switch(self, place: Place, pools: list[int]) -> str:
        """更换保险人."""
        new = pools[0]
        if place.state == "waiting":
            place.pools, place.pool = pools, new
            return self.promote()
        if place.state != "reserved":
            return "reservation_state"
        if new != place.pool:
            if self.line(new) or place.amount > self.available[new]:
                return "switch_short"
            self.available[place.pool] += place.amount
            self.available[new] -= place.amount
            place.pool = new
        return self.promote()

    def move(self, pool: int, amount: int) -> str:
        """额度调剂 to the other pool."""
        if amount > self.available[pool]:
            return "over_available"
        if self.line(pool):
            return "line_waits"
        if self.treasury[pool] > self.allotted[pool] - amount:
            return "cash_first"
        for one, sign in ((pool, -1), (1 - pool, 1)):
            self.available[one] += sign * amount
            self.allotted[one] += sign * amount
        return self.promote()

    def give_back(self, pool: int, amount: int) -> str:
        """退回财政."""
        if amount > self.received[pool]:
            return "over_received"
        self.received[pool] -= amount
        self.treasury[pool] -= amount
        return ""
