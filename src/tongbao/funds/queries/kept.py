"""Whether the rows of an edition's fund are what its log leads to; each fault is a sentence."""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Sum, TextField
from django.db.models.functions import Cast

from tongbao import money
from tongbao.audit.rules import digest
from tongbao.funds import rules
from tongbao.funds.models import Account, Queue, Reservation, Standing, Transfer
from tongbao.funds.rules import AccountKind

AT_ONCE = 2_000
WITHIN = timedelta(minutes=10)  # a verb takes its instant before its record does, in one transaction


def written(column: str) -> Cast:
    """A column as the database writes it: a million instants are read in a fraction of the time."""
    return Cast(column, TextField())


def moment(text: str) -> datetime:
    """An instant from that text; SQLite leaves out that it is UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


_COLUMNS = (
    "pk", "queue_number", written("received_at"), "priority_class", "amount_fen", "state", "pool_id", "reference",
    "beneficiary_code", "public_link", written("state_at"), "shortfall_fen", "refunded_fen", "policy_number",
    "entry_date", "beneficiary_name", "purpose", "request_hash",
)  # fmt: skip


def queue_faults(edition_id: int, replay: rules.Replay) -> Iterator[str]:
    """The counter stands where the last receipt left it."""
    queue = Queue.objects.filter(edition_id=edition_id).first()
    if queue is None:
        yield "排队计数不见了"
        return
    if queue.last_number != replay.last_number:
        yield f"排队序号记到 {queue.last_number}，记录的最后一个是 {replay.last_number}"
    elif queue.last_received_at != replay.last_at:
        yield f"最后收件时间与序号 {replay.last_number} 的收件时间不符"
    if queue.public_head != replay.head:
        yield "公开次序的链尾与收件记录不符"
    if (queue.closed_at is not None) != replay.closed:
        yield "年度结清的状态与记录不符"


def place_faults(edition_id: int, replay: rules.Replay) -> Generator[str, None, int]:
    """Every place is as the log left it, and none is missing or made up; returns how many were read."""
    read, found = 0, set()
    rows = Reservation.objects.filter(edition_id=edition_id).order_by("queue_number", "pk").values_list(*_COLUMNS)
    for pk, *row in rows.iterator(chunk_size=AT_ONCE):
        read += 1
        place = replay.places.get(pk)
        if place is None:
            yield f"序号 {row[0]}（{row[6]}）没有收件记录"
            continue
        found.add(pk)
        yield from (f"序号 {place.number}（{place.reference}）的{what}与审计记录不符" for what in _changed(place, row))
    if len(found) < len(replay.places):
        missing = (place for pk, place in replay.places.items() if pk not in found)
        yield from (f"收件记录 {place.reference}（序号 {place.number}）的资金预占不见了" for place in missing)
    return read


def _changed(place: rules.Place, row: list[Any]) -> Iterator[str]:
    number, received_at, priority, amount, state, pool, reference, code, link, at, short, refunded, *told = row
    policy, entry, name, purpose, request = told
    if (number, moment(received_at)) != (place.number, place.received_at):
        yield "收件序号或时间"
    if link != place.link:
        yield "收件校验码"
    if priority != place.priority:
        yield "优先级"
    if reference != place.reference or digest(code) != place.beneficiary:
        yield "申请或企业"
    if (state, pool) != (place.state, place.pool):
        yield "状态或资金池"
    if abs(moment(at) - place.at) > WITHIN:
        yield "状态时间"
    if (amount, short, refunded) != (place.amount, place.shortfall, place.refunded):
        yield f"金额（应为 {money.text(place.amount)} 元）"
    if (policy, str(entry) if entry else "") != (place.policy, place.entered):
        yield "保单号或录入日期"
    if place.name and (digest(name), purpose, request) != (place.name, place.purpose, place.request):
        yield "企业名称、用途或请求"


def line_faults(edition_id: int, replay: rules.Replay) -> Iterator[str]:
    """Those stand in the lines of the pools who wait, and nobody else."""
    standing = Standing.objects.filter(pool__edition_id=edition_id)
    columns = standing.values_list("pool_id", "reservation_id", "rank", "priority_class", "queue_number", "place")
    kept = {(pool, pk): tuple(told) for pool, pk, *told in columns.iterator(chunk_size=AT_ONCE)}
    for pool, pk in replay.lines.standing():
        place = replay.places[pk]
        rank = rules.HELD_BACK if place.state == rules.ReservationState.HELD else rules.WAITS
        choice = place.stands_in.index(pool)
        if kept.pop((pool, pk), None) != (rank, place.priority, place.number, choice):
            yield f"序号 {place.number}（{place.reference}）在候补队列中的位置与审计记录不符"
    yield from (f"候补队列中多出一个位置：序号 {number}" for _, _, number, _ in kept.values())


def balance_faults(replay: rules.Replay) -> Iterator[str]:
    """Each balance is what the log leads to, and the sum of its entries."""
    sums: dict[int, int] = {}
    entries = Transfer.objects.filter(pool__in=list(replay.balances)).order_by()
    for side, sign in (("source", -1), ("target", 1)):
        for pk, total in entries.values_list(side).annotate(Sum("amount_fen")):
            sums[pk] = sums.get(pk, 0) + sign * total
    seen = set()
    for account in (
        Account.objects.filter(pool__in=list(replay.balances)).select_related("pool__insurer").order_by("pk")
    ):
        kind = AccountKind(account.kind)
        seen.add((account.pool_id, kind))
        due, booked = replay.balances[account.pool_id][kind], sums.get(account.pk, 0)
        booked = -booked if kind in rules.SOURCES else booked
        where = f"{account.pool}的“{kind.label}”账户"
        if account.balance_fen != booked:
            yield f"{where}余额为 {money.text(account.balance_fen)} 元，分录合计应为 {money.text(booked)} 元"
        if booked != due:
            yield f"{where}分录合计为 {money.text(booked)} 元，按记录应为 {money.text(due)} 元"
    for pool, balances in replay.balances.items():
        if missing := [kind.label for kind in AccountKind if (pool, kind) not in seen]:
            yield f"资金池 {pool} 缺少账户：{'、'.join(missing)}"
        yield from _books_agree(pool, balances)


def _books_agree(pool: int, balances: dict[AccountKind, int]) -> Iterator[str]:
    """What is charged was received before, and both books say the same of it."""
    if balances[AccountKind.CHARGED] > balances[AccountKind.TREASURY]:
        yield f"资金池 {pool} 已列支超过已到账的预付资金"
    if balances[AccountKind.CHARGED] != balances[AccountKind.EARNED]:
        yield f"资金池 {pool} 额度账与资金账的列支数不一致"
