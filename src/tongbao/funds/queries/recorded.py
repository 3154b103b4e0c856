"""Whether the fund's rows still say what the log says of them; each fault is a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from tongbao import money
from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import digest
from tongbao.funds.models import Allotment, ExchangeRate, Prepayment, Reservation
from tongbao.funds.rules import ReservationState

_OF_A_PLACE = (
    "funds.receive", "funds.promote", "funds.adjust", "funds.hold", "funds.charge", "funds.release", "funds.surrender",
)  # fmt: skip


def unrecorded() -> Iterator[str]:
    """A Chinese sentence for each place, booking or rate that is not as the log recorded it."""
    yield from _places()
    yield from _bookings()
    yield from _rates()


def _acts(*verbs: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in log.of_verbs(*verbs):
        found[record.subject_id].append(record)
    return found


def _places() -> Iterator[str]:
    acts = _acts(*_OF_A_PLACE)
    for row in Reservation.objects.order_by("pk").iterator(chunk_size=2000):
        where, mine = f"序号 {row.queue_number}（{row.reference}）", acts.pop(str(row.pk), [])
        if not mine or mine[0].verb != "funds.receive":
            yield f"{where}没有收件记录"
            continue
        yield from (f"{where}的{what}与审计记录不符" for what in _changed(row, mine))
    yield from (f"收件记录 {records[0].reference} 的资金预占不见了" for records in acts.values())


def _changed(row: Reservation, acts: list[Record]) -> Iterator[str]:
    """What of a place is not as recorded: its receipt never changes, state and sum are those of its last acts."""
    received, last = acts[0], acts[-1]
    said = received.detail
    if (said["queue_number"], datetime.fromisoformat(said["received_at"])) != (row.queue_number, row.received_at):
        yield "收件序号或时间"
    if said["priority_class"] != row.priority_class:
        yield "优先级"
    if (received.reference, said["beneficiary"]) != (row.reference, digest(row.beneficiary_code)):
        yield "申请或企业"
    if (last.detail["state"], last.detail["pool"]) != (row.state, row.pool_id):
        yield "状态或资金池"
    if (amount_fen := _amount_fen(acts)) != row.amount_fen:
        yield f"金额（应为 {money.text(amount_fen)} 元）"


def _amount_fen(acts: Iterable[Record]) -> int:
    """The sum that the acts on a place lead to, in fen: while it is held, it keeps what it had."""
    amount_fen, held = 0, False
    for act in acts:
        was_held, held = held, act.detail["state"] == ReservationState.HELD
        if act.verb in ("funds.receive", "funds.charge") or (act.verb == "funds.adjust" and not held):
            amount_fen = act.detail["amount_fen"]
        elif act.verb == "funds.promote" and was_held:
            amount_fen += act.detail["amount_fen"]
    return amount_fen


def _bookings() -> Iterator[str]:
    for model, verb, label in ((Allotment, "funds.allot", "额度"), (Prepayment, "funds.prepay", "拨付")):
        acts = _acts(verb)
        for row in model.objects.order_by("pk"):
            mine = acts.pop(str(row.pk), None)
            if mine is None or (mine[0].detail["amount_fen"], mine[0].detail["pool"]) != (row.amount_fen, row.pool_id):
                yield f"{label} {row.pk} 与登记时的记录不符"
        yield from (f"登记过的{label} {pk} 不见了" for pk in acts)


def _rates() -> Iterator[str]:
    acts = _acts("funds.enter_rate", "funds.confirm_rate")
    for row in ExchangeRate.objects.select_related("insurer").order_by("pk"):
        last = acts.get(str(row.pk), [None])[-1]
        said = last and (Decimal(last.detail["rate"]), last.verb == "funds.confirm_rate")
        if said != (row.cny_per_usd, row.confirmed_at is not None):
            yield f"{row.insurer} {row.month:%Y-%m} 的汇率与审计记录不符"
