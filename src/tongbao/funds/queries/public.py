"""The order of receipt as everybody may see it: numbers, times, states and check codes; no sum, no firm, no case."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tongbao.funds.models import Queue, Reservation
from tongbao.funds.rules import ReservationState
from tongbao.scheme.models import Edition

STATES = {
    ReservationState.WAITING: "候补，等待资金",
    ReservationState.RESERVED: "已预留资金，办理中",
    ReservationState.HELD: "办理中，等待补足资金",
    ReservationState.CHARGED: "已出具保单",
    ReservationState.RELEASED: "已退出",
    ReservationState.SURRENDERED: "已让号（退回补正）",
}
_SHOWN = ("queue_number", "received_at", "pool__insurer__code", "priority_class", "state", "state_at", "public_link")
_CODE = re.compile(r"[0-9a-f]{8,64}")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class PublicPlace:
    """One receipt in the public log; `insurer` is the code of the pool's insurer."""

    number: int
    received_at: datetime
    insurer: str
    priority_class: int
    state: ReservationState
    since: datetime
    check_code: str

    @property
    def grade(self) -> str:
        """Whether it goes first among those who wait."""
        return "优先" if self.priority_class == 0 else "一般"

    @property
    def says(self) -> str:
        """The state in public words."""
        return STATES[self.state]


def public_editions() -> QuerySet[Queue]:
    """The queues of all editions, newest year first."""
    return Queue.objects.select_related("edition").order_by("-edition__year", "-edition__pk")


def public_places(edition: Edition, first: int, last: int) -> Iterator[PublicPlace]:
    """The receipts from one number to another, in order; numbers have no gaps, so this costs what it shows."""
    rows = Reservation.objects.filter(edition=edition, queue_number__range=(first, last)).order_by("queue_number")
    return _read(rows)


def public_search(edition: Edition, word: str) -> list[PublicPlace]:
    """The receipt with this number, or those whose check code begins so (8 characters at least); at most 20."""
    plain = unicodedata.normalize("NFKC", word).strip().lower()
    rows = Reservation.objects.filter(edition=edition)
    if _NUMBER.fullmatch(plain) and (found := list(_read(rows.filter(queue_number=int(plain))))):
        return found
    if not _CODE.fullmatch(plain):
        return []
    # A range instead of a pattern: it finds its rows in the index on either database ("g" comes after every digit).
    begins = rows.filter(public_link__gte=plain, public_link__lt=plain + "g")
    return list(_read(begins.order_by("queue_number")[:20]))


def _read(rows: QuerySet[Reservation]) -> Iterator[PublicPlace]:
    for number, received_at, insurer, grade, state, since, code in rows.values_list(*_SHOWN).iterator(chunk_size=2000):
        yield PublicPlace(number, received_at, insurer, grade, ReservationState(state), since, code)
