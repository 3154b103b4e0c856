"""What can be asked of the log."""

from collections.abc import Iterator

from django.db.models import QuerySet

from tongbao.audit import rules
from tongbao.audit.models import ChainHead, Record


def of_reference(reference: str) -> QuerySet[Record]:
    """The acts on one case, oldest first."""
    return Record.objects.filter(reference=reference)


def of_verbs(*verbs: str) -> QuerySet[Record]:
    """Every act of these verbs, oldest first: what the rows must still say is told here."""
    return Record.objects.filter(verb__in=verbs).order_by("number")


def head() -> ChainHead:
    """The end of the chain."""
    return ChainHead.objects.get(pk=1)


def faults() -> Iterator[str]:
    """Replay the chain; yield a Chinese sentence for each break (nothing when it is whole)."""
    previous, number = rules.GENESIS, 0
    for entry in Record.objects.order_by("number").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            yield f"审计记录第 {number} 条缺失（读到第 {entry.number} 条）"
            number = entry.number
        if entry.previous_hash != previous:
            yield f"审计记录第 {entry.number} 条与前一条不相连"
        if entry.hash != rules.link(entry.previous_hash, number=entry.number, at=entry.at, content=entry.content()):
            yield f"审计记录第 {entry.number} 条的内容与摘要不符"
        previous = entry.hash
    end = head()
    if (end.number, end.hash) != (number, previous):
        yield f"链尾记载第 {end.number} 条，实际读到第 {number} 条"
