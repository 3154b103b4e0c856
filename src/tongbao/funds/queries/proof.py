"""Whether the fund is true: run again from the log by the rules, and compared with every row that is kept.

Nothing is believed twice: the log tells what happened, `rules.Replay` what must follow from it, the rows what was kept.
Everything is read once, in order, in bounded pieces; only the places are held in memory.
"""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongbao import money
from tongbao.audit.models import Record
from tongbao.funds import rules
from tongbao.funds.models import Account, Pool, Transfer
from tongbao.funds.queries.kept import WITHIN, balance_faults, line_faults, moment, place_faults, queue_faults, written
from tongbao.funds.queries.months import month_faults
from tongbao.funds.queries.reconciliation import reconciliation_faults
from tongbao.funds.queries.recorded import unrecorded
from tongbao.funds.rules import AccountKind, TransferKind

AT_ONCE = 2_000
_COLUMNS = (
    "pk", "pool_id", "kind", "source_id", "target_id", "amount_fen",
    "reservation_id", "allotment_id", "prepayment_id", "booking_id", "by_id", "by_name", written("at"),
)  # fmt: skip
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)  # what a detail raises that somebody has rewritten


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each discrepancy of the fund; returns how many records and entries were read."""
    read = yield from replay_faults()
    read += yield from unrecorded()
    yield from month_faults()
    read += yield from reconciliation_faults()
    return read


@dataclass
class _Edition:
    """One edition while it is run again, and its entries in the order in which they were booked."""

    replay: rules.Replay
    entries: Iterator[tuple[Any, ...]]
    broken: bool = False  # the entries are out of step with the log: said once


def replay_faults() -> Generator[str, None, int]:
    """Run every edition's fund again from the log and compare: order, lines, reservations, charges, balances, entries.

    Yields a sentence for each discrepancy; returns how many records and entries were read.
    """
    edition_of = dict(Pool.objects.order_by("pk").values_list("pk", "edition_id"))
    kinds = {pk: (pool, AccountKind(kind)) for pk, pool, kind in Account.objects.values_list("pk", "pool_id", "kind")}
    running = {edition_id: _begin(edition_id, edition_of) for edition_id in dict.fromkeys(edition_of.values())}
    read = 0
    for event in _events():
        edition = running.get(edition_of.get(_pool_of(event), 0))
        if edition is None:
            continue
        read += 1
        try:
            booked = edition.replay.apply(event)
        except UNREADABLE:
            yield f"记录 {event.number} 的内容残缺，无法重放"
            continue
        yield from edition.replay.faults
        edition.replay.faults.clear()
        for expected in booked:
            if not edition.broken:
                read += 1
                yield from _compare(edition, event, expected, kinds)
    for edition_id, edition in running.items():
        read += yield from _finish(edition_id, edition)
    return read


def _begin(edition_id: int, edition_of: dict[int, int]) -> _Edition:
    pools = [pool for pool, edition in edition_of.items() if edition == edition_id]
    entries = Transfer.objects.filter(pool__in=pools).order_by("pk")
    return _Edition(rules.Replay(pools), entries.values_list(*_COLUMNS).iterator(chunk_size=AT_ONCE))


def _events() -> Iterator[rules.Event]:
    rows = Record.objects.filter(verb__startswith="funds.").order_by("number")
    columns = rows.values_list(
        "number", "verb", "subject_id", "reference", written("at"), written("detail"), "actor_id", "actor_name"
    )
    for number, verb, subject_id, reference, at, detail, *actor in columns.iterator(chunk_size=AT_ONCE):
        yield rules.Event(number, verb, int(subject_id), reference, moment(at), _read(detail), (actor[0], actor[1]))


def _read(detail: str) -> dict[str, Any]:
    """What a record says; nothing when somebody has made it unreadable (the chain tells)."""
    try:
        said = json.loads(detail)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _pool_of(event: rules.Event) -> int:
    """A pool of the edition that an event concerns; 0 when it concerns none."""
    said = event.detail
    pool = said.get("pool") or next(iter(said.get("ended", ())), 0)
    return int(pool or 0)


def _compare(
    edition: _Edition, event: rules.Event, expected: rules.Booked, kinds: dict[int, tuple[int, AccountKind]]
) -> Iterator[str]:
    """The next entry must be what this event books; else everything after it is out of step, which is said once."""
    pool, move, place = expected
    entry = next(edition.entries, None)
    if entry is None:
        edition.broken = True
        yield f"记录 {event.number} 应有的分录不见了：{_says(move.kind, move.amount_fen)}"
        return
    pk, in_pool, kind, source, target, amount_fen, *cause, by_id, by_name, at = entry
    if (kind, amount_fen, in_pool) != (move.kind, move.amount_fen, pool):
        edition.broken = True
        found, due = _says(TransferKind(kind), amount_fen), _says(move.kind, move.amount_fen)
        yield f"分录 {pk}（{found}）与记录 {event.number} 不符，应为：{due}"
    elif (kinds.get(source), kinds.get(target)) != ((pool, move.source), (pool, move.target)):
        yield f"分录 {pk}（{move.kind.label}）的账户方向不对"
    elif tuple(cause) != _cause(event, place):
        yield f"分录 {pk}（{move.kind.label}）的依据与记录 {event.number} 不符"
    elif (by_id, by_name) != event.actor or abs(moment(at) - _instant(edition, event)) > WITHIN:
        yield f"分录 {pk}（{move.kind.label}）的经办人或时间与记录 {event.number} 不符"


def _instant(edition: _Edition, event: rules.Event) -> datetime:
    """When its entries were booked: a receipt's at the time given, which never goes back; else with the record."""
    received = event.verb == "funds.receive"
    return edition.replay.places[event.subject].received_at if received else event.at


def _cause(event: rules.Event, place: int | None) -> tuple[Any, ...]:
    """What an entry of this event must name: place, allotment, prepayment, booking."""
    if place is not None:
        return (place, None, None, None)
    if event.verb == "funds.allot":
        return (None, event.subject, None, event.detail.get("booking"))
    if event.verb == "funds.prepay":
        return (None, None, event.subject, event.detail.get("booking"))
    return (None, None, None, event.subject)


def _says(kind: TransferKind, amount_fen: int) -> str:
    return f"{kind.label} {money.text(amount_fen)} 元"


def _finish(edition_id: int, edition: _Edition) -> Generator[str, None, int]:
    """Nothing is left over, and the rows are what the log leads to."""
    replay = edition.replay
    if not edition.broken and (extra := next(edition.entries, None)) is not None:
        yield f"分录 {extra[0]}（{_says(TransferKind(extra[2]), extra[5])}）没有对应的审计记录"
    replay.check_served("最后")
    yield from replay.faults
    yield from queue_faults(edition_id, replay)
    read = yield from place_faults(edition_id, replay)
    yield from line_faults(edition_id, replay)
    yield from balance_faults(replay)
    return read
