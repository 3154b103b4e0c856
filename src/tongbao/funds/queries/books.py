"""The books of a pool and its line, read under their locks: queue first, then pools by id."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tongbao.accounts.models import Organisation
from tongbao.funds.models import Account, Pool, Queue, Reservation
from tongbao.funds.rules import IN_LINE, AccountKind, ReservationState
from tongbao.refusal import Refusal
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Edition


@dataclass(frozen=True)
class Books:
    """A locked pool and its accounts by kind."""

    pool: Pool
    accounts: dict[AccountKind, Account]

    def balance(self, kind: AccountKind) -> int:
        """The balance of one account, in fen."""
        return self.accounts[kind].balance_fen


def lock_queue(edition_id: int) -> Queue:
    """Lock an edition's counter; Refusal `no_queue` before its pools are opened."""
    queue = Queue.objects.select_for_update().filter(edition_id=edition_id).first()
    if queue is None:
        raise Refusal("no_queue", "本年度资金池尚未设立，暂不能收件。请联系市商务局。")
    return queue


def lock_books(pool_ids: Sequence[int]) -> dict[int, Books]:
    """Lock pools in the order of their ids and read their accounts; Refusal `no_pool` when one does not exist.

    The pool's lock guards its accounts and all its reservations.
    """
    wanted = set(pool_ids)
    pools = list(
        Pool.objects.select_for_update(of=("self",)).select_related("insurer").filter(pk__in=wanted).order_by("pk")
    )
    if len(pools) != len(wanted):
        raise Refusal("no_pool", "没有找到这个资金池，请刷新页面后重新选择。")
    found = {pool.pk: Books(pool, {}) for pool in pools}
    for account in Account.objects.filter(pool_id__in=wanted):
        found[account.pool_id].accounts[AccountKind(account.kind)] = account
    return found


def lock_reservation_and_books(pk: int) -> tuple[Books, Reservation]:
    """Lock a reservation's pool, then read both; the pool comes first, as it does in promotion."""
    pool_id = Reservation.objects.only("pool_id").get(pk=pk).pool_id
    books = lock_books([pool_id])[pool_id]
    reservation = Reservation.objects.select_for_update().get(pk=pk)
    if reservation.pool_id != pool_id:
        raise Refusal("pool_changed", "这笔资金刚刚换了保险人，请刷新页面后重试。")
    reservation.pool = books.pool
    return books, reservation


def lock_reservation(pk: int) -> Reservation:
    """A reservation that nobody else changes until the transaction ends."""
    return lock_reservation_and_books(pk)[1]


def in_line(pool: Pool) -> QuerySet[Reservation]:
    """Those who wait for a pool's money or for the rest of it."""
    return Reservation.objects.filter(pool=pool, state__in=IN_LINE)


def head_of_line(pool: Pool) -> Reservation | None:
    """Who is next: the held first, then the waiting, each by priority class and number (二(三))."""
    for state in IN_LINE:
        line = Reservation.objects.filter(pool=pool, state=state)
        if (head := line.order_by("priority_class", "queue_number").first()) is not None:
            return head
    return None


def _before(reservation: Reservation) -> Q:
    return Q(priority_class__lt=reservation.priority_class) | Q(
        priority_class=reservation.priority_class, queue_number__lt=reservation.queue_number
    )


def held_before(reservation: Reservation) -> bool:
    """Whether another reservation of the pool that comes first is held for money."""
    held = Reservation.objects.filter(pool_id=reservation.pool_id, state=ReservationState.HELD)
    return held.exclude(pk=reservation.pk).filter(_before(reservation)).exists()


def position(reservation: Reservation) -> int | None:
    """The place (from 1) in its pool's line; None when it is not in line. Those held for the rest stand before."""
    if reservation.state not in IN_LINE:
        return None
    ahead = Q(state=reservation.state) & _before(reservation)
    if reservation.state == ReservationState.WAITING:
        ahead |= Q(state=ReservationState.HELD)
    return Reservation.objects.filter(ahead, pool_id=reservation.pool_id).count() + 1


def pool_of(edition: Edition, insurer: Organisation) -> Pool:
    """The pool from which an insurer's policies of an edition are subsidised; Refusal `no_pool` without one."""
    pool = Pool.objects.select_related("insurer").filter(edition=edition, insurer=insurer).first()
    if pool is None:
        raise Refusal("no_pool", f"{insurer}在本年度没有资金池，请选择其他保险人。", "insurer")
    return pool


def insurer_codes(edition: Edition) -> list[str]:
    """The insurers an edition names, in its order."""
    return [insurer.id for insurer in scheme.scheme_of(scheme.terms_of(edition)).insurers]


def ceiling_fen(pool: Pool) -> int | None:
    """What the edition sets aside for the pool's insurer, in fen (五(一)); None when it says nothing of it."""
    if not pool.edition.versions.exists():
        return None
    insurers = scheme.scheme_of(scheme.terms_of(pool.edition)).insurers
    return next((insurer.fund_fen for insurer in insurers if insurer.id == pool.insurer.code), None)
