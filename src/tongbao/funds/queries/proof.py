"""Whether the fund is true: everything recomputed from transfers, queue and log; each fault is a sentence."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Min, Sum

from tongbao import money
from tongbao.funds import rules
from tongbao.funds.models import Account, Pool, Queue, Reservation, Transfer
from tongbao.funds.queries.recorded import unrecorded
from tongbao.funds.rules import AccountKind, ReservationState, TransferKind

_NEVER = 2**63


def faults() -> Iterator[str]:
    """A Chinese sentence for each discrepancy, naming the row; nothing when all is true."""
    yield from _transfers()
    yield from _balances()
    yield from _cash()
    yield from _reservations()
    for queue in Queue.objects.order_by("pk"):
        yield from _numbers(queue)
    for pool in Pool.objects.select_related("insurer").order_by("pk"):
        yield from _order(pool)
    yield from unrecorded()


def _transfers() -> Iterator[str]:
    """Each transfer stays in its pool, takes a way its kind allows, and has the cause its kind demands."""
    rows = Transfer.objects.select_related("source", "target", "allotment", "prepayment", "reservation").order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        kind = TransferKind(row.kind)
        if {row.source.pool_id, row.target.pool_id} != {row.pool_id}:
            yield f"分录 {row.pk} 的账户不属于它的资金池"
        if (AccountKind(row.source.kind), AccountKind(row.target.kind)) not in rules.WAYS[kind]:
            yield f"分录 {row.pk}（{kind.label}）的账户方向不对"
        if not _is_caused(row):
            yield f"分录 {row.pk}（{kind.label}）没有相符的依据"


def _is_caused(row: Transfer) -> bool:
    if row.kind == TransferKind.ALLOT:
        return row.allotment is not None and row.allotment.amount_fen == row.amount_fen
    if row.kind == TransferKind.PREPAY:
        return row.prepayment is not None and row.prepayment.amount_fen == row.amount_fen
    return row.reservation is not None and row.reservation.pool_id == row.pool_id


def _balances() -> Iterator[str]:
    """Each balance equals the sum of its transfers and is not negative."""
    sums: dict[int, int] = defaultdict(int)
    for side, sign in (("source", -1), ("target", 1)):
        for pk, total in Transfer.objects.order_by().values_list(side).annotate(Sum("amount_fen")):
            sums[pk] += sign * total
    for account in Account.objects.select_related("pool__insurer").order_by("pk"):
        kind = AccountKind(account.kind)
        expected = -sums[account.pk] if kind in rules.SOURCES else sums[account.pk]
        where = f"{account.pool}的“{kind.label}”账户"
        if account.balance_fen != expected:
            yield f"{where}余额为 {money.text(account.balance_fen)} 元，分录合计应为 {money.text(expected)} 元"
        if account.balance_fen < 0:
            yield f"{where}余额为负：{money.text(account.balance_fen)} 元"


def _cash() -> Iterator[str]:
    """What is charged was received before, and both books say the same of it."""
    for pool in Pool.objects.select_related("insurer").prefetch_related("accounts").order_by("pk"):
        balance = {account.kind: account.balance_fen for account in pool.accounts.all()}
        if missing := [kind.label for kind in AccountKind if kind not in balance]:
            yield f"{pool}的资金池缺少账户：{'、'.join(missing)}"
            continue
        if balance[AccountKind.CHARGED] > balance[AccountKind.TREASURY]:
            yield f"{pool}的资金池已列支超过已到账的预付资金"
        if balance[AccountKind.CHARGED] != balance[AccountKind.EARNED]:
            yield f"{pool}的资金池额度账与资金账的列支数不一致"


def _reservations() -> Iterator[str]:
    """What the transfers of each reservation left in each account is what its state and sum say."""
    left: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for side, sign in (("source", -1), ("target", 1)):
        rows = Transfer.objects.filter(reservation__isnull=False).order_by()
        for pk, kind, total in rows.values_list("reservation", f"{side}__kind").annotate(Sum("amount_fen")):
            left[pk][kind] += sign * total
    for row in Reservation.objects.order_by("pk").iterator(chunk_size=2000):
        charged = row.amount_fen if row.state == ReservationState.CHARGED else 0
        wanted = {
            AccountKind.RESERVED: row.amount_fen if row.state in rules.FUNDED else 0,
            AccountKind.CHARGED: charged,
            AccountKind.EARNED: charged,
        }
        for kind, fen in wanted.items():
            if left[row.pk][kind] != fen:
                yield (
                    f"序号 {row.queue_number}（{row.reference}）“{kind.label}”应为 {money.text(fen)} 元，"
                    f"分录合计为 {money.text(left[row.pk][kind])} 元"
                )
        if (row.shortfall_fen > 0) != (row.state == ReservationState.HELD):
            yield f"序号 {row.queue_number}（{row.reference}）的缺口与状态不符"


def _numbers(queue: Queue) -> Iterator[str]:
    """Numbers run from 1 without gap or repeat, and receipt times never go back."""
    number, moment = 0, None
    rows = Reservation.objects.filter(edition=queue.edition_id).order_by("queue_number", "pk")
    for found, received_at in rows.values_list("queue_number", "received_at").iterator(chunk_size=2000):
        number += 1
        if found != number:
            yield f"排队序号不连续：应为 {number}，读到 {found}"
            number = found
        if moment is not None and received_at < moment:
            yield f"序号 {found} 的收件时间早于前一个序号"
        moment = received_at
    if queue.last_number != number:
        yield f"排队序号记到 {queue.last_number}，实际最后一个是 {number}"
    elif queue.last_received_at != moment:
        yield f"最后收件时间与序号 {number} 的收件时间不符"


def _order(pool: Pool) -> Iterator[str]:
    """Nobody was given money before somebody of the same or a better class who had come earlier and still waited.

    The first reserve transfer of each place tells when it got its money; a place that was given up unfunded is left
    out, because how long it waited is not in the books.
    """
    funded = dict(
        Transfer.objects.filter(pool=pool, kind=TransferKind.RESERVE)
        .order_by()
        .values_list("reservation")
        .annotate(Min("pk"))
    )
    latest: dict[int, tuple[int, int]] = {}  # class → (when funded, number) of the last funded among the earlier ones
    rows = (
        Reservation.objects.filter(pool=pool)
        .order_by("queue_number")
        .values_list("pk", "queue_number", "priority_class", "state")
    )
    for pk, number, priority, state in rows.iterator(chunk_size=2000):
        if pk not in funded and state != ReservationState.WAITING:
            continue
        mine = funded.get(pk, _NEVER)
        before = max((place for cls, place in latest.items() if cls <= priority), default=(0, 0))
        if mine < before[0]:
            yield f"{pool}的资金池：序号 {number} 先于仍在候补的序号 {before[1]} 得到资金"
        latest[priority] = max(latest.get(priority, (0, 0)), (mine, number))
