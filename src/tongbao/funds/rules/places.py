"""A place in the order of receipt: its states, and the public chain of numbers and times (clause 二(三))."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from tongbao.labels import Labelled
from tongbao.refusal import Refusal


class ReservationState(Labelled):
    """Where a place in the queue stands."""

    WAITING = "waiting", "候补"
    RESERVED = "reserved", "已预占"
    HELD = "held", "待补足"
    CHARGED = "charged", "已列支"
    RELEASED = "released", "已释放"
    SURRENDERED = "surrendered", "已让号"


TRANSITIONS = {
    ReservationState.WAITING: frozenset(
        {ReservationState.RESERVED, ReservationState.RELEASED, ReservationState.SURRENDERED}
    ),
    ReservationState.RESERVED: frozenset(
        {
            ReservationState.CHARGED,
            ReservationState.HELD,
            ReservationState.RELEASED,
            ReservationState.SURRENDERED,
        }
    ),
    ReservationState.HELD: frozenset(
        {
            ReservationState.RESERVED,
            ReservationState.CHARGED,
            ReservationState.RELEASED,
            ReservationState.SURRENDERED,
        }
    ),
    ReservationState.CHARGED: frozenset(),  # a refund lowers what it used; a new rate reverses and charges again
    ReservationState.RELEASED: frozenset(),
    ReservationState.SURRENDERED: frozenset(),
}
FUNDED = frozenset({ReservationState.RESERVED, ReservationState.HELD})  # money stands by
IN_LINE = (ReservationState.HELD, ReservationState.WAITING)  # in this order money that comes free is given out
HELD_BACK, WAITS = 0, 1  # ranks in a line: who is held for the rest of its money stands before all who wait


def check_change(current: ReservationState, wanted: ReservationState) -> None:
    """Refuse a change of state that the order of things does not know."""
    if wanted not in TRANSITIONS[current]:
        raise Refusal(
            "reservation_state",
            f"这笔资金目前是“{current.label}”，不能改为“{wanted.label}”。请刷新页面查看最新情况。",
        )


# ── the public chain ────────────────────────────────────────────────────────────────────────────────────────────────

PUBLIC_GENESIS = hashlib.sha256("统保收件次序".encode()).hexdigest()


def public_moment(received_at: datetime) -> str:
    """A receipt time as the public log writes and hashes it: UTC, microseconds."""
    return received_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def public_link(previous: str, queue_number: int, received_at: datetime) -> str:
    """SHA-256 (hex) of `previous|number|time`: each receipt seals all before it, and anybody can compute it again."""
    return hashlib.sha256(f"{previous}|{queue_number}|{public_moment(received_at)}".encode()).hexdigest()


def first_break(receipts: Iterable[tuple[int, datetime, str]]) -> int | None:
    """The number of the first receipt (number, time, link; in order) whose link is not that of its contents."""
    previous = PUBLIC_GENESIS
    for number, received_at, link in receipts:
        if link != public_link(previous, number, received_at):
            return number
        previous = link
    return None
