"""Where a place stands in the lines of the pools, where it would stand in others, and how fast they move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tongbao.funds import rules
from tongbao.funds.models import Account, Pool, Reservation, Standing, Transfer
from tongbao.funds.queries.books import before
from tongbao.funds.rules import AccountKind, ReservationState, TransferKind

PROMOTED = "promote:"  # how the keys of transfers begin that serve a line (`_ledger.promote`)


@dataclass(frozen=True)
class InLine:
    """The line of a pool before a place: whom it has to let go first, and whether the pool could pay it at once."""

    pool: Pool
    held: int  # those held for the rest of their money
    priority: int  # waiting, with a ground of clause 二(二)
    general: int  # waiting, without one
    stands: bool  # whether the place stands here now
    pays: bool  # whether it would get its money at once if it stood (or moved) here

    @property
    def before(self) -> int:
        """How many come first."""
        return self.held + self.priority + self.general

    @property
    def position(self) -> int:
        """The place in line, from 1."""
        return self.before + 1

    @property
    def says(self) -> str:
        """'第 7 位，前面 6 家，其中优先 2 家'."""
        if not self.before:
            return "第 1 位，前面没有企业"
        parts = [f"优先 {self.priority} 家"] if self.priority else []
        parts += [f"待补足资金 {self.held} 家"] if self.held else []
        among = f"，其中{'、'.join(parts)}" if parts else ""
        return f"第 {self.position} 位，前面 {self.before} 家{among}"


def lines_of(place: Reservation) -> list[InLine]:
    """Every line in which a place stands, its first choice first; nothing when it is in none."""
    return [line for line in _lines(place, _stood_in(place)) if line.stands]


def lines_open_to(place: Reservation) -> list[InLine]:
    """The lines of all pools of the edition as this place would stand there, in the order of the pools.

    One that has its money can move to another pool only when that has enough and nobody waits there.
    """
    stands_in = _stood_in(place)
    others = Pool.objects.filter(edition=place.edition_id).exclude(pk__in=[pool.pk for pool, _ in stands_in])
    found = [*stands_in, *((pool, rules.WAITS) for pool in others.select_related("insurer"))]
    return sorted(_lines(place, found), key=lambda line: line.pool.pk)


def _stood_in(place: Reservation) -> list[tuple[Pool, int]]:
    standings = place.standings.select_related("pool__insurer").order_by("place")
    return [(one.pool, one.rank) for one in standings]


def _lines(place: Reservation, pools: Iterable[tuple[Pool, int]]) -> list[InLine]:
    found = list(pools)
    kept = Account.objects.filter(kind=AccountKind.AVAILABLE, pool__in=[pool.pk for pool, _ in found])
    available = dict(kept.values_list("pool", "balance_fen"))
    in_line = set(place.standings.values_list("pool", flat=True))
    return [_line(place, pool, rank, available[pool.pk], pool.pk in in_line) for pool, rank in found]


def _line(place: Reservation, pool: Pool, rank: int, available_fen: int, stands: bool) -> InLine:
    """One line before a place, counted in one query."""
    mine = Standing(rank=rank, priority_class=place.priority_class, queue_number=place.queue_number)
    waits, first = Q(rank=rules.WAITS), before(mine)
    counts = (
        Standing.objects.filter(pool=pool)
        .exclude(reservation=place)
        .aggregate(
            held=Count("pk", filter=first & Q(rank=rules.HELD_BACK)),
            priority=Count("pk", filter=first & waits & Q(priority_class=0)),
            general=Count("pk", filter=first & waits & Q(priority_class__gt=0)),
            all=Count("pk"),
        )
    )
    everybody = counts.pop("all")
    in_the_way = sum(counts.values()) if place.state == ReservationState.WAITING else everybody
    needed_fen = place.shortfall_fen or place.amount_fen
    return InLine(pool, **counts, stands=stands, pays=not in_the_way and needed_fen <= available_fen)


def served_since(pool_id: int, since: datetime) -> int:
    """How many of a pool's line got money since an instant."""
    given = Transfer.objects.filter(pool_id=pool_id, kind=TransferKind.RESERVE, at__gte=since)
    return given.filter(key__startswith=PROMOTED).count()
