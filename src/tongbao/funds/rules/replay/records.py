"""What a replay reads and what it keeps: a record of the log, a place as the log leaves it, the lines of the pools."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongbao.funds.rules.accounts import Move
from tongbao.funds.rules.places import ReservationState

S = ReservationState
Booked = tuple[int, Move, int | None]  # pool, what moves, the place it moves for


@dataclass(frozen=True, slots=True)
class Event:
    """One record of the log that concerns the fund."""

    number: int
    verb: str
    subject: int
    reference: str
    at: datetime
    detail: Mapping[str, Any]
    actor: tuple[int | None, str] = (None, "系统")  # whoever did it: id and name


@dataclass(slots=True)
class Place:
    """A place in the queue as the log leaves it; sums in fen."""

    number: int
    received_at: datetime
    priority: int
    amount: int
    state: ReservationState
    pool: int
    pools: Sequence[int]
    reference: str
    beneficiary: str
    link: str
    at: datetime
    shortfall: int = 0
    refunded: int = 0
    policy: str = ""
    entered: str = ""
    purpose: str = ""  # "" in records of before it was told; so are the hashes of the name and of the request
    name: str = ""
    request: str = ""

    @property
    def stands_in(self) -> Sequence[int]:
        """The pools in whose line it stands."""
        if self.state == S.WAITING:
            return self.pools
        return (self.pool,) if self.state == S.HELD else ()

    @property
    def needed(self) -> int:
        """What it waits for, in fen: all of it, or while it is held the rest."""
        return self.shortfall if self.state == S.HELD else self.amount


class Lines:
    """Who waits in which pool. What has left a line is dropped when it comes to the front."""

    def __init__(self, pools: Iterable[int], places: Mapping[int, Place]) -> None:
        self._places = places
        self._lines: dict[int, list[tuple[int, int, int, int]]] = {pool: [] for pool in pools}
        self._held: dict[int, set[int]] = {pool: set() for pool in self._lines}

    def stand(self, pk: int) -> None:
        """Put a place into the lines its state gives it."""
        place = self._places[pk]
        held = place.state == S.HELD
        for pool in place.stands_in:
            heapq.heappush(self._lines[pool], (0 if held else 1, place.priority, place.number, pk))
            if held:
                self._held[pool].add(pk)

    def first(self, pool: int) -> Place | None:
        """Who is next in a pool's line: the held first, each by class and number (二(三))."""
        line = self._lines[pool]
        while line:
            rank, _, _, pk = line[0]
            place = self._places[pk]
            if place.state == (S.WAITING if rank else S.HELD) and pool in place.stands_in:
                return place
            heapq.heappop(line)
        return None

    def held_before(self, place: Place) -> bool:
        """Whether another place of its pool that comes first is held for money."""
        held = self._held[place.pool]
        held -= {pk for pk in held if self._places[pk].state != S.HELD or self._places[pk].pool != place.pool}
        mine = (place.priority, place.number)
        return any((self._places[pk].priority, self._places[pk].number) < mine for pk in held)

    def __iter__(self) -> Iterator[int]:
        return iter(self._lines)

    def standing(self) -> Iterator[tuple[int, int]]:
        """(pool, place) for all who stand in a line now."""
        for pk, place in self._places.items():
            for pool in place.stands_in:
                yield pool, pk
