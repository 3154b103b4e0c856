"""The books and lines of an edition, read under its one lock, and who comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Func, OuterRef, Q, QuerySet, Subquery, Sum

from tongbao import clock, once
from tongbao.accounts.models import Organisation
from tongbao.funds.models import Account, Allotment, Pool, Queue, Reservation, Standing
from tongbao.funds.rules import IN_LINE, AccountKind, ReservationState
from tongbao.refusal import Refusal
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Edition


@dataclass(frozen=True)
class Books:
    """The accounts of one pool: their row ids, and their balances in fen (kept up while the fund is locked)."""

    pool_id: int
    locked_until: datetime | None = None  # the end of the last locked month
    account_ids: dict[AccountKind, int] = field(default_factory=dict)
    balances: dict[AccountKind, int] = field(default_factory=dict)

    def balance(self, kind: AccountKind) -> int:
        """The balance of one account, in fen."""
        return self.balances[kind]


@dataclass(frozen=True)
class Fund:
    """An edition's fund while its lock is held (or as `look_into_fund` saw it): the counter, the books by pool (in the
    order of their ids), and which pools have a line."""

    queue: Queue
    books: dict[int, Books]
    lines: frozenset[int]
    at: datetime  # when it was locked, by the database's own clock, in UTC; shown with the same offset as `clock.now`

    @property
    def closed(self) -> bool:
        """Whether the year's closing has been booked."""
        return self.queue.closed_at is not None


def lock_fund(edition_id: int, *, closed: bool = False) -> Fund:
    """Lock an edition's fund and read its books; the one lock guards every balance and place of the edition (ADR 13).

    Refusals: `no_queue` before its pools are opened; `edition_closed` after the year's closing, unless `closed`.
    """
    return _fund(*once.together(*_locking(edition_id)), closed=closed)


def lock_fund_for(edition_id: int, key: str) -> tuple[Fund, Reservation | None]:
    """The same, with the place that was received under this key, if any."""
    *locked, earlier = once.together(*_locking(edition_id), _received_as.of(key))
    return _fund(*locked), next(iter(earlier), None)


def look_into_fund(edition_id: int) -> Fund:
    """The same without its lock: what a person is shown; the next moment it may be another."""
    return _fund([*Queue.objects.filter(edition=edition_id)], _clock(edition_id), _accounts(edition_id), closed=True)


def _locking(edition_id: int) -> list[once.Step[Any]]:
    return [question.of(edition_id) for question in (_locked, _clock, _accounts)]


def _fund(
    locked: Sequence[Queue], read_at: Sequence[datetime], accounts: Sequence[tuple[Any, ...]], *, closed: bool = False
) -> Fund:
    if not locked:
        raise Refusal("no_queue", "本年度资金池尚未设立，暂不能收件。请联系市商务局。")
    (queue,) = locked
    if not closed:
        check_not_closed(queue)
    books: dict[int, Books] = {}
    lines: set[int] = set()
    for pool_id, kind, pk, balance_fen, head in accounts:
        mine = books.setdefault(pool_id, Books(pool_id, queue.locked_until))
        mine.account_ids[AccountKind(kind)], mine.balances[AccountKind(kind)] = pk, balance_fen
        if head is not None:
            lines.add(pool_id)
    return Fund(queue, books, frozenset(lines), read_at[0] + clock.offset())


@once.compiled
def _locked(edition_id: int) -> QuerySet[Queue]:
    return Queue.objects.select_for_update().filter(edition=edition_id)


@once.compiled
def _accounts(edition_id: int) -> QuerySet[Account, tuple[int, str, int, int, int | None]]:
    """With the head of the pool's line, if any: PostgreSQL would read all lines to the end to say whether they exist,
    but takes the first of one from its index."""
    line = Standing.objects.filter(pool=OuterRef("pool")).order_by("rank", "priority_class", "queue_number")
    accounts = Account.objects.filter(pool__edition=edition_id).order_by("pool_id", "pk")
    return accounts.values_list("pool_id", "kind", "pk", "balance_fen", Subquery(line.values("pk")[:1]))


@once.compiled
def _clock(edition_id: int) -> QuerySet[Queue, datetime]:
    return Queue.objects.filter(edition=edition_id).values_list(_Clock(), flat=True)


class _Clock(Func):
    """The database's own clock: all web processes share it, so times taken under one lock do not depend on who asks."""

    output_field = DateTimeField()

    def as_sqlite(self, *_: Any, **__: Any) -> tuple[str, tuple[str, ...]]:
        return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", ()

    def as_postgresql(self, *_: Any, **__: Any) -> tuple[str, tuple[str, ...]]:
        return "clock_timestamp()", ()


def check_not_closed(queue: Queue) -> None:
    """Refuse what moves money of an edition after its year's closing."""
    if queue.closed_at is not None:
        raise Refusal("edition_closed", "本年度资金已经结清，不能再办理收件、预占、列支和拨付。")


def lock_reservation(pk: int) -> tuple[Fund, Books, Reservation]:
    """Lock the fund of a place, then read the place; `Reservation.DoesNotExist` when it is not there."""
    edition_id = Reservation.objects.values_list("edition_id", flat=True).get(pk=pk)
    fund = lock_fund(edition_id)
    reservation = Reservation.objects.get(pk=pk)
    return fund, fund.books[reservation.pool_id], reservation


@once.compiled
def _received_as(key: str) -> QuerySet[Reservation]:
    """The place that was received under this key, if any."""
    return Reservation.objects.filter(key=key).select_related("pool__insurer")


def books_of(fund: Fund, pool_ids: Sequence[int]) -> list[Books]:
    """The books of pools of the edition, in the order asked; Refusal `no_pool` for one that is not of it."""
    if not pool_ids or any(pool_id not in fund.books for pool_id in pool_ids):
        raise Refusal("no_pool", "所选保险人在本年度没有资金池，请重新选择保险人。", "insurer")
    return [fund.books[pool_id] for pool_id in pool_ids]


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def line_of(pool_id: int) -> QuerySet[Standing]:
    """Those who wait for a pool's money, in the order in which they get it (二(三))."""
    return Standing.objects.filter(pool_id=pool_id).order_by("rank", "priority_class", "queue_number")


def head_of_line(pool_id: int) -> Standing | None:
    """Who is next: those held for the rest of their money first, then by priority class and number (二(三))."""
    return line_of(pool_id).select_related("reservation").first()


def before(standing: Standing) -> Q:
    """Who in the same line comes before a standing: by rank, class, number (二(三))."""
    same = Q(rank=standing.rank)
    return (
        Q(rank__lt=standing.rank)
        | same & Q(priority_class__lt=standing.priority_class)
        | same & Q(priority_class=standing.priority_class, queue_number__lt=standing.queue_number)
    )


def held_before(reservation: Reservation) -> bool:
    """Whether another place of the pool that comes first is held for money."""
    mine = Standing(rank=0, priority_class=reservation.priority_class, queue_number=reservation.queue_number)
    return Standing.objects.filter(before(mine), pool_id=reservation.pool_id).exists()


def position(reservation: Reservation) -> int | None:
    """The place (from 1) in the line of its own pool; None when it is not in line."""
    if reservation.state not in IN_LINE:
        return None
    return next((place for pool_id, place in positions(reservation) if pool_id == reservation.pool_id), None)


def positions(reservation: Reservation) -> list[tuple[int, int]]:
    """(pool, place from 1) in every line in which it stands, first choice first; with 服从调剂 there are several."""
    standings = reservation.standings.order_by("place")
    return [(one.pool_id, Standing.objects.filter(before(one), pool_id=one.pool_id).count() + 1) for one in standings]


def is_in_line(state: str) -> bool:
    """Whether a place with this state waits for money or for the rest of it."""
    return ReservationState(state) in IN_LINE


# ── pools ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pool_of(edition: Edition, insurer: Organisation) -> Pool:
    """The pool from which an insurer's policies of an edition are subsidised; Refusal `no_pool` without one."""
    pool = Pool.objects.select_related("insurer").filter(edition=edition, insurer=insurer).first()
    if pool is None:
        raise _no_pool(insurer)
    return pool


def pool_ids(edition_id: int, insurers: Sequence[Organisation]) -> list[int]:
    """The pools of these insurers in an edition, in their order; Refusal `no_pool` when one of them has none."""
    pools = dict(_pools(edition_id))
    if missing := next((insurer for insurer in insurers if insurer.pk not in pools), None):
        raise _no_pool(missing)
    return [pools[insurer.pk] for insurer in insurers]


@once.compiled
def _pools(edition_id: int) -> QuerySet[Pool, tuple[int, int]]:
    return Pool.objects.filter(edition=edition_id).values_list("insurer", "pk")


def _no_pool(insurer: Organisation) -> Refusal:
    return Refusal("no_pool", f"{insurer}在本年度没有资金池，请选择其他保险人。", "insurer")


def insurer_codes(edition: Edition) -> list[str]:
    """The insurers an edition names, in its order."""
    return [insurer.id for insurer in scheme.scheme_of(scheme.terms_of(edition)).insurers]


def ceiling_fen(pool: Pool) -> int | None:
    """What the edition sets aside for the pool's insurer, in fen (五(一)); None when it says nothing of it."""
    if not pool.edition.versions.exists():
        return None
    insurers = scheme.scheme_of(scheme.terms_of(pool.edition)).insurers
    return next((insurer.fund_fen for insurer in insurers if insurer.id == pool.insurer.code), None)


def allotted_by_document_fen(pool: Pool) -> int:
    """All that documents have allotted to a pool, in fen, whatever was moved to other pools since."""
    return Allotment.objects.filter(pool=pool).aggregate(fen=Sum("amount_fen"))["fen"] or 0
