"""The audit log as it is searched, and the replay that shows nothing was changed."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain, islice

from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import queries as audit
from tongbao.audit.models import ChainHead, Record
from tongbao.desk import permissions
from tongbao.funds import queries as funds
from tongbao.intake import queries as intake
from tongbao.policies import queries as policies
from tongbao.registry import queries as registry
from tongbao.scheme import queries as scheme
from tongbao.studio import queries as studio

SHOWN_FAULTS = 50


@dataclass(frozen=True)
class Verification:
    """What a replay found, and up to which record it read."""

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


def checks() -> list[tuple[str, Callable[[], Iterator[str]]]]:
    """What is replayed, in order: what holds when it finds nothing, and the sentences of what does not fit."""
    return [
        (f"审计链：{audit.head().number} 条记录首尾相连，内容与摘要一致", audit.faults),
        ("条款与判定：条款与摘要一致，每次判定可以重放出同样的结果", scheme.faults),
        ("名册：每批数据与读取时一致，有效的数据与各批次一致，年度合计无误", registry.faults),
        ("资金：每笔预占、列支与排队次序和记录一致，余额等于流水之和，预付款足够列支", funds.faults),
        ("申请：状态与资金一致，没有遗留的预占", intake.faults),
        ("保单：保费按条款重新计算一致，财政扶持等于列支", policies.faults),
        ("政策研究：草案的每次修改与记录一致，发布的条款就是第二人批准的文本", studio.faults),
    ]


def verify() -> Verification:
    """Replay all of it; at most SHOWN_FAULTS sentences of what does not fit."""
    end = audit.head()
    found = list(islice(chain.from_iterable(faults() for _, faults in checks()), SHOWN_FAULTS))
    return Verification(at=clock.now().isoformat(), number=end.number, hash=end.hash, faults=found)
