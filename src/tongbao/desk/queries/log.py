"""The audit log as it is searched, and the replay that shows nothing was changed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import queries as audit
from tongbao.audit.models import ChainHead, Record
from tongbao.desk import permissions
from tongbao.funds import queries as funds

SHOWN_FAULTS = 50


@dataclass(frozen=True)
class Verification:
    """What a replay of the chain and the fund found, and up to which record it read."""

    at: str
    number: int
    hash: str
    faults: list[str] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """When it was run."""
        return datetime.fromisoformat(self.at)

    def to_json(self) -> dict[str, object]:
        """As kept in the session of who asked."""
        return asdict(self)


def log(user: User) -> QuerySet[Record]:
    """All records, newest first, for those who may read the log; none for others."""
    return Record.objects.order_by("-number") if permissions.can_read_log(user) else Record.objects.none()


def log_entry(user: User, number: int) -> Record | None:
    """One record by its number in the chain."""
    return log(user).filter(number=number).first()


def log_neighbours(entry: Record) -> QuerySet[Record]:
    """The other acts on the same case or thing, oldest first; at most a page of them."""
    same = Q(subject_type=entry.subject_type, subject_id=entry.subject_id)
    if entry.reference:
        same |= Q(reference=entry.reference)
    return Record.objects.filter(same).exclude(pk=entry.pk).order_by("number")[:SHOWN_FAULTS]


def log_verbs() -> list[str]:
    """The verbs that occur, for the filter."""
    return sorted(Record.objects.order_by().values_list("verb", flat=True).distinct())


def chain_head() -> ChainHead:
    """The end of the chain: number and hash of the newest record."""
    return audit.head()


def verify() -> Verification:
    """Replay the hash chain and the fund's books; at most SHOWN_FAULTS sentences of what does not fit."""
    end = audit.head()
    found = list(islice(_faults(), SHOWN_FAULTS))
    return Verification(at=clock.now().isoformat(), number=end.number, hash=end.hash, faults=found)


def _faults() -> Iterator[str]:
    yield from audit.faults()
    yield from funds.faults()
