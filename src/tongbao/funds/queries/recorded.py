"""Whether bookings and rates still say what the log says of them; each fault is a sentence."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import content_hash
from tongbao.funds.models import Allotment, Booking, ExchangeRate, Prepayment
from tongbao.funds.rules import BookingState

_OF_BOOKINGS = {
    "funds.prepare": BookingState.PREPARED,
    "funds.send_back": BookingState.SENT_BACK,
    "funds.take_back": BookingState.WITHDRAWN,
    "funds.move": BookingState.BOOKED,
    "funds.return": BookingState.BOOKED,
    "funds.close": BookingState.BOOKED,
}


def unrecorded() -> Generator[str, None, int]:
    """A Chinese sentence for each booking or rate that is not as the log recorded it; returns how many were read."""
    yield from _money_in()
    yield from _bookings()
    yield from _rates()
    return Booking.objects.count() + ExchangeRate.objects.count()


def _acts(*verbs: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in log.of_verbs(*verbs):
        found[record.subject_id].append(record)
    return found


def _money_in() -> Iterator[str]:
    for model, verb, label in ((Allotment, "funds.allot", "额度"), (Prepayment, "funds.prepay", "拨付")):
        acts = _acts(verb)
        for row in model.objects.order_by("pk"):
            mine = acts.pop(str(row.pk), None)
            if mine is None or (mine[0].detail["amount_fen"], mine[0].detail["pool"]) != (row.amount_fen, row.pool_id):
                yield f"{label} {row.pk} 与登记时的记录不符"
        yield from (f"登记过的{label} {pk} 不见了" for pk in acts)


def _bookings() -> Iterator[str]:
    """What was prepared is what is kept, word for word, and where it stands is where its last act left it."""
    acts = _acts(*_OF_BOOKINGS)
    booked = {str(record.detail.get("booking")) for record in log.of_verbs("funds.allot", "funds.prepay")}
    for row in Booking.objects.order_by("pk"):
        mine = acts.pop(str(row.pk), [])
        state = BookingState.BOOKED if str(row.pk) in booked else _OF_BOOKINGS[mine[-1].verb] if mine else None
        if not mine or mine[0].detail["request"] != row.request_hash or content_hash(_said(row)) != row.request_hash:
            yield f"资金业务 {row.pk} 与登记时的记录不符"
        elif state != row.state:
            yield f"资金业务 {row.pk} 的状态与审计记录不符"
    yield from (f"登记过的资金业务 {pk} 不见了" for pk in acts)


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


def _rates() -> Iterator[str]:
    acts = _acts("funds.enter_rate", "funds.correct_rate", "funds.confirm_rate")
    for row in ExchangeRate.objects.select_related("insurer", "corrects").order_by("pk"):
        wrong = row.corrects
        if wrong and (wrong.insurer_id, wrong.month, bool(wrong.confirmed_at)) != (row.insurer_id, row.month, True):
            yield f"{row.insurer} {row.month:%Y-%m} 的汇率更正的不是同一保险人、同一月份已确认的汇率"
        last = acts.get(str(row.pk), [None])[-1]
        said = last and (Decimal(last.detail["rate"]), last.verb == "funds.confirm_rate")
        if said != (row.cny_per_usd, row.confirmed_at is not None):
            yield f"{row.insurer} {row.month:%Y-%m} 的汇率与审计记录不符"
