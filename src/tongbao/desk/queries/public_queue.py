"""The public log of the order of receipt: the head of its chain, a page of it, what somebody looks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.funds import queries as funds
from tongbao.funds.models import Queue
from tongbao.funds.queries import PublicPlace
from tongbao.funds.rules import PUBLIC_GENESIS, public_moment
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Edition

COLUMNS = ("序号", "收件时间（UTC）", "资金池", "类别", "状态", "状态起始（UTC）", "校验码")
_SCRIPT = Path(__file__).resolve().parents[1] / "data" / "check_queue_log.txt"
GENESIS = PUBLIC_GENESIS


@dataclass(frozen=True)
class ChainEnd:
    """The end of the audit log at this moment."""

    number: int
    hash: str
    at: datetime | None


def queues() -> list[Queue]:
    """The queue of every edition, newest first."""
    return list(funds.public_editions())


def chain_end() -> ChainEnd:
    """The newest record of the audit log: its number, its hash, its moment."""
    head = audit.head()
    at = Record.objects.filter(number=head.number).values_list("at", flat=True).first()
    return ChainEnd(head.number, head.hash, at)


def pool_names(edition: Edition) -> dict[str, str]:
    """The short name of each insurer of an edition, by its code."""
    return {insurer.id: insurer.short for insurer in schemes.scheme_of(schemes.terms_of(edition)).insurers}


def queue_page(queue: Queue, numbers: range) -> list[PublicPlace]:
    """The receipts with these numbers, newest first (`numbers` counts down)."""
    if not numbers:
        return []
    return list(funds.public_places(queue.edition, numbers[-1], numbers[0]))[::-1]


def queue_search(queue: Queue, word: str) -> list[PublicPlace]:
    """What somebody looks for, by number or check code."""
    return funds.public_search(queue.edition, word)


def queue_rows(queue: Queue) -> Iterator[tuple[str, ...]]:
    """The whole log up to the last number of now, heading first; it streams, so it may be as long as it likes."""
    names = pool_names(queue.edition)
    yield COLUMNS
    for place in funds.public_places(queue.edition, 1, queue.last_number):
        moments = (public_moment(place.received_at), public_moment(place.since.astimezone(UTC)))
        where = names.get(place.insurer, place.insurer)
        yield (str(place.number), moments[0], where, place.grade, place.says, moments[1], place.check_code)


def check_script() -> str:
    """The script by which anybody computes the chain again, as the guide prints it."""
    return _SCRIPT.read_text(encoding="utf-8")
