"""Whether bookings, rates, parities and pools still say what the log says of them; each fault is a sentence."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import content_hash
from tongbao.documents.models import Document
from tongbao.funds.models import Allotment, Booking, ExchangeRate, Parity, Pool, Prepayment
from tongbao.funds.rules import BookingState, rate_text

_OF_BOOKINGS = {
    "funds.prepare": BookingState.PREPARED,
    "funds.send_back": BookingState.SENT_BACK,
    "funds.take_back": BookingState.WITHDRAWN,
    "funds.move": BookingState.BOOKED,
    "funds.return": BookingState.BOOKED,
    "funds.close": BookingState.BOOKED,
}


def unrecorded() -> Generator[str, None, int]:
    """A Chinese sentence for each booking, rate, parity or pool that is not as the log recorded it; returns how many
    were read."""
    yield from _pools()
    yield from _money_in()
    yield from _bookings()
    yield from _rates()
    yield from _parities()
    return sum(model.objects.count() for model in (Pool, Booking, ExchangeRate, Parity))


def _acts(*verbs: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in log.of_verbs(*verbs):
        found[record.subject_id].append(record)
    return found


def _sha256(paper: Document | None) -> str | None:
    return paper.sha256 if paper else None


def _pools() -> Iterator[str]:
    """Whose money it is: each pool stands for the insurer and the year for which it was opened."""
    opened: dict[int, tuple[str, int | None]] = {}
    for record in log.of_verbs("funds.open_pools"):
        pks = record.detail["pools"]
        insurers = record.detail.get("insurers", [None] * len(pks))  # older records name none
        for pk, insurer in zip(pks, insurers, strict=True):
            opened.setdefault(pk, (record.subject_id, insurer))
    for pool in Pool.objects.order_by("pk"):
        edition, insurer = opened.pop(pool.pk, ("", None))
        if (edition, insurer or pool.insurer_id) != (str(pool.edition_id), pool.insurer_id):
            yield f"资金池 {pool.pk} 的年度或保险人与开设时的记录不符"
    yield from (f"开设过的资金池 {pk} 不见了" for pk in opened)


# ── bookings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _money_in() -> Iterator[str]:
    """An allotment and a prepayment say what their booking says, and the log names that booking."""
    for model, verb, label in ((Allotment, "funds.allot", "额度"), (Prepayment, "funds.prepay", "拨付")):
        acts = _acts(verb)
        for row in model.objects.select_related("booking").order_by("pk"):
            mine = acts.pop(str(row.pk), None)
            said = mine[0].detail if mine else {}
            if (said.get("amount_fen"), said.get("pool")) != (row.amount_fen, row.pool_id):
                yield f"{label} {row.pk} 与登记时的记录不符"
            elif said.get("booking") != row.booking_id or not _is_booked(row, row.booking):
                yield f"{label} {row.pk} 与它的资金业务不符"
        yield from (f"登记过的{label} {pk} 不见了" for pk in acts)


def _is_booked(row: Allotment | Prepayment, booking: Booking | None) -> bool:
    """Whether an allotment or a prepayment has all of it from its booking."""
    if booking is None:  # of before there were bookings: the log names none either
        return True
    kept = (row.entered_by_id, row.confirmed_by_id, row.entered_at, row.voucher_id, row.document_number)
    told = (
        booking.prepared_by_id, booking.decided_by_id, booking.decided_at, booking.voucher_id, booking.document_number
    )  # fmt: skip
    if isinstance(row, Allotment):
        return (*kept, row.allotted_on) == (*told, booking.day)
    paid = (row.paid_on, row.payer, row.voucher_number, row.receipt_number)
    said = (booking.day, booking.payer, booking.voucher_number, booking.receipt_number)
    return (*kept, *paid) == (*told, *said)


def _bookings() -> Iterator[str]:
    """What was prepared is what is kept, word for word; where it stands is where its last act left it, and by whom."""
    acts = _acts(*_OF_BOOKINGS)
    booked = {str(record.detail.get("booking")): record for record in log.of_verbs("funds.allot", "funds.prepay")}
    for row in Booking.objects.select_related("voucher", "receipt").order_by("pk"):
        mine = acts.pop(str(row.pk), [])
        yield from (f"资金业务 {row.pk} {what}" for what in _untrue(row, mine, booked.get(str(row.pk))))
    yield from (f"登记过的资金业务 {pk} 不见了" for pk in acts)


def _untrue(row: Booking, acts: list[Record], booked: Record | None) -> Iterator[str]:
    first = acts[0].detail if acts else {}
    said = (first.get("request"), first.get("key"), first.get("voucher_file"))
    kept = (row.request_hash, row.key, _sha256(row.voucher))
    if not acts or said != kept or content_hash(_said(row)) != row.request_hash:
        yield "与登记时的记录不符"
        return
    if not log.is_of(acts[0], row.prepared_by_id, row.prepared_at):
        yield "的经办人或经办时间与审计记录不符"
    last = booked or acts[-1]
    if row.state != (BookingState.BOOKED if booked else _OF_BOOKINGS[last.verb]):
        yield "的状态与审计记录不符"
    elif not _is_decided(row, last):
        yield "的复核人、复核时间、意见或收据与审计记录不符"


def _is_decided(row: Booking, last: Record) -> bool:
    """Whether the second person, the moment, the reason and the receipt are those of the last act."""
    kept = (row.note, row.receipt_number, _sha256(row.receipt))
    if row.state == BookingState.PREPARED:
        return (row.decided_by_id, row.decided_at, *kept) == (None, None, "", "", None)
    said = last.detail
    told = (said.get("note", ""), said.get("receipt", ""), said.get("receipt_file"))
    return log.is_of(last, row.decided_by_id, row.decided_at) and kept == told


def _said(row: Booking) -> dict[str, Any]:
    """The request as it was hashed when the booking was prepared."""
    return {
        "kind": row.kind,
        "edition": row.edition_id,
        "day": row.day.isoformat(),
        "pool_id": row.pool_id,
        "target_pool_id": row.target_pool_id,
        "amount_fen": row.amount_fen,
        "document_number": row.document_number,
        "payer": row.payer,
        "voucher_number": row.voucher_number,
        "reason": row.reason,
    }


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rates() -> Iterator[str]:
    entering = ("funds.enter_rate", "funds.correct_rate")
    acts = _acts(*entering, "funds.confirm_rate", "funds.withdraw_rate")
    for row in ExchangeRate.objects.select_related("insurer", "corrects", "document").order_by("pk"):
        wrong, mine = row.corrects, acts.pop(str(row.pk), [])
        if wrong and (wrong.insurer_id, wrong.month, bool(wrong.confirmed_at)) != (row.insurer_id, row.month, True):
            yield f"{row.insurer} {row.month:%Y-%m} 的汇率更正的不是同一保险人、同一月份已确认的汇率"
        entered = [record for record in mine if record.verb in entering]
        if not entered or _rate_told(entered[-1]) != _rate_kept(row) or not _two_persons(row, entered[-1], mine[-1]):
            yield f"{row.insurer} {row.month:%Y-%m} 的汇率与审计记录不符"
    gone = (mine[-1] for mine in acts.values() if mine[-1].verb != "funds.withdraw_rate")
    yield from (f"登记过的 {last.detail['insurer']} {last.detail['month']} 的汇率不见了" for last in gone)


def _rate_kept(row: ExchangeRate) -> tuple[Any, ...]:
    month = f"{row.month:%Y-%m-%d}"
    return (row.insurer.code, month, row.cny_per_usd, row.corrects_id, row.reason, _sha256(row.document))


def _rate_told(record: Record) -> tuple[Any, ...]:
    said = record.detail
    more = (said.get("corrects"), said.get("reason", ""), said.get("paper"))
    return (said["insurer"], f"{said['month']}-01", Decimal(said["rate"]), *more)


def _two_persons(row: ExchangeRate, entered: Record, last: Record) -> bool:
    """Whether it was entered and confirmed, or not yet, by whom and when the row says."""
    if not log.is_of(entered, row.entered_by_id, row.entered_at):
        return False
    if last.verb != "funds.confirm_rate":
        return row.confirmed_by_id is None and row.confirmed_at is None
    confirmed = log.is_of(last, row.confirmed_by_id, row.confirmed_at)
    return confirmed and Decimal(last.detail["rate"]) == row.cny_per_usd


def _parities() -> Iterator[str]:
    acts = _acts("funds.enter_parity", "funds.correct_parity")
    for row in Parity.objects.order_by("pk"):
        mine = acts.pop(str(row.pk), [])
        kept = {"day": str(row.day), "rate": rate_text(row.cny_per_usd), "source": row.source, "checked": row.checked}
        said = {name: mine[-1].detail.get(name) for name in kept} if mine else {}
        if kept != said or not log.is_of(mine[-1], row.entered_by_id, row.entered_at):
            yield f"{row.day:%Y-%m-%d} 的中间价与审计记录不符"
    yield from (f"登记过的 {mine[-1].detail['day']} 的中间价不见了" for mine in acts.values())
