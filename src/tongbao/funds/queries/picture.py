"""The queue as officers see it: money over time, how long it lasts, who is next; a few queries however long it is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, Sum, When
from django.db.models.functions import TruncDate

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.funds import rules
from tongbao.funds.models import Booking, Pool, Standing, Transfer
from tongbao.funds.permissions import WHOLE_FUND
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import AccountKind, BookingKind, BookingState, Day
from tongbao.scheme import queries as schemes

STRIP = 20  # how many of a line are shown
_SHOWN = (AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.CHARGED)


@dataclass(frozen=True)
class Waiter:
    """One of a line: who it is, what it needs, what all up to it need together."""

    position: int
    place_id: int
    number: int
    rank: int
    priority_class: int
    needed_fen: int
    total_fen: int
    served: bool  # whether the money at hand and announced reaches it

    @property
    def grade(self) -> str:
        """Why it stands where it stands."""
        if self.rank == rules.HELD_BACK:
            return "待补足"
        return "优先" if self.priority_class == 0 else "一般"


@dataclass(frozen=True)
class PoolPicture:
    """One pool: its days, its line, and what is announced."""

    pool: Pool
    days: Sequence[Day]
    firms: int  # in its line
    elsewhere: int  # of them with another first choice (服从调剂)
    needed_fen: int
    since: datetime | None  # since when somebody waits
    announced_fen: int  # allotments that wait for their second person
    strip: Sequence[Waiter]

    @property
    def now(self) -> Day:
        """How it stands."""
        return self.days[-1]

    @property
    def exhausted_on(self) -> date | None:
        """When the available would be used up at the pace of the last days."""
        return rules.exhausted_on(list(self.days))

    @property
    def empty_since(self) -> date | None:
        """Since when nothing is available."""
        return rules.empty_since(list(self.days))

    @property
    def pace(self) -> tuple[int, int]:
        """What was used in the last days, in fen, and how many days that were."""
        return rules.pace(list(self.days))

    @property
    def reaches(self) -> int:
        """How many of those shown the money at hand and announced reaches."""
        return sum(waiter.served for waiter in self.strip)


def picture(user: User) -> list[PoolPicture]:
    """The pools of the current edition that have money or a line, for those who watch the whole fund."""
    edition = schemes.editions().first()
    if edition is None or user.role not in WHOLE_FUND:
        return []
    pools = list(own_pools(user).filter(edition=edition).order_by("pk"))
    moved, lines, announced = _moved(pools), _lines(pools), _announced(pools)
    today = clock.today()
    return [
        _picture(pool, days, lines.get(pool.pk, {}), announced.get(pool.pk, 0))
        for pool in pools
        if (days := rules.through(moved[pool.pk], today))
    ]


def _moved(pools: list[Pool]) -> dict[int, dict[date, dict[str, int]]]:
    """By pool and day: what the transfers of the allotment's book added to each account shown."""
    found: dict[int, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    rows = (
        Transfer.objects.filter(pool__in=pools)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=clock.SHANGHAI))
        .values_list("pool", "day", "source__kind", "target__kind")
        .annotate(fen=Sum("amount_fen"))
    )
    for pool_id, day, source, target, fen in rows:
        for kind, signed in ((source, -fen), (target, fen)):
            if kind in _SHOWN:
                found[pool_id][day][kind] += signed
    return found


def _needed() -> Case:
    """What a standing waits for: the rest of its money when it is held, else all of it."""
    return Case(When(rank=rules.HELD_BACK, then=F("reservation__shortfall_fen")), default=F("reservation__amount_fen"))


def _lines(pools: list[Pool]) -> dict[int, dict[str, Any]]:
    """By pool: how many stand in its line, what they need, since when the first of them waits."""
    rows = Standing.objects.filter(pool__in=pools).order_by().values("pool")
    counted = rows.annotate(
        firms=Count("pk"),
        fen=Sum(_needed()),
        since=Min("reservation__state_at"),
        elsewhere=Count("pk", filter=Q(place__gt=0)),
    )
    return {row["pool"]: dict(row) for row in counted}


def _picture(pool: Pool, days: list[Day], line: dict[str, Any], announced_fen: int) -> PoolPicture:
    strip = _strip(pool, days[-1].available + announced_fen) if line else []
    return PoolPicture(
        pool=pool,
        days=days,
        firms=line.get("firms", 0),
        elsewhere=line.get("elsewhere", 0),
        needed_fen=line.get("fen", 0),
        since=line.get("since"),
        announced_fen=announced_fen,
        strip=strip,
    )


def _strip(pool: Pool, money_fen: int) -> list[Waiter]:
    rows = Standing.objects.filter(pool=pool).order_by("rank", "priority_class", "queue_number").annotate(fen=_needed())
    found, total = [], 0
    shown = rows.values_list("reservation", "queue_number", "rank", "priority_class", "fen")[:STRIP]
    for position, (place, number, rank, grade, fen) in enumerate(shown, start=1):
        total += fen
        found.append(Waiter(position, place, number, rank, grade, fen, total, total <= money_fen))
    return found


def _announced(pools: list[Pool]) -> dict[int, int]:
    """By pool: allotments prepared and not yet confirmed, in fen."""
    waiting = Booking.objects.filter(pool__in=pools, kind=BookingKind.ALLOTMENT, state=BookingState.PREPARED)
    return dict(waiting.order_by().values_list("pool").annotate(fen=Sum("amount_fen")))
