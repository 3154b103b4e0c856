"""What can be asked of the log."""

import json
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from tongbao import clock
from tongbao.audit import rules
from tongbao.audit.models import ChainHead, Record, Verification

AT_ONCE = 2_000
WITHIN = timedelta(minutes=10)  # a verb takes its instant before its record does, in one transaction
SILENT = timedelta(minutes=2)  # a worker reports after each check
_WRITTEN = (
    "number", "previous_hash", "hash", Cast("at", TextField()), "actor_id", "actor_name", "actor_body", "verb",
    "subject_type", "subject_id", "reference", Cast("detail", TextField()),
)  # fmt: skip


def of_reference(reference: str) -> QuerySet[Record]:
    """The acts on one case, oldest first."""
    return Record.objects.filter(reference=reference)


def of_verbs(*verbs: str) -> QuerySet[Record]:
    """Every act of these verbs, oldest first: what the rows must still say is told here."""
    return Record.objects.filter(verb__in=verbs).order_by("number")


def is_of(record: Record, person_id: int | None, at: datetime | None) -> bool:
    """Whether a record tells of this person's act at this moment: who and when of a row, as the log knows it."""
    return at is not None and record.actor_id == person_id and abs(record.at - at) <= WITHIN


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────────────


def head() -> ChainHead:
    """The end of the chain."""
    return ChainHead.objects.get(pk=1)


def faults() -> Generator[str, None, int]:
    """Replay the chain: a Chinese sentence for each break (nothing when it is whole); returns how many were read.

    Rows are read as the database keeps them, never as objects: a million take seconds and no memory, and one that
    was made unreadable is a break like any other.
    """
    previous, number, read = rules.GENESIS, 0, 0
    rows = Record.objects.order_by("number").values_list(*_WRITTEN)
    for found, before, kept, *written in rows.iterator(chunk_size=AT_ONCE):
        read, number = read + 1, number + 1
        if found != number:
            yield f"审计记录第 {number} 条缺失（读到第 {found} 条）"
            number = found
        if before != previous:
            yield f"审计记录第 {found} 条与前一条不相连"
        if not _is_sealed(kept, before, found, *written):
            yield f"审计记录第 {found} 条的内容与摘要不符"
        previous = kept
    end = ChainHead.objects.filter(pk=1).first()
    if end is None:
        yield f"链尾的记载不见了，实际读到第 {number} 条"
    elif (end.number, end.hash) != (number, previous):
        yield f"链尾记载第 {end.number} 条，实际读到第 {number} 条"
    return read


def _is_sealed(
    kept: str,
    before: str,
    number: int,
    at: str,
    actor_id: int | None,
    actor_name: str,
    actor_body: str,
    verb: str,
    subject_type: str,
    subject_id: str,
    reference: str,
    detail: str,
) -> bool:
    """Whether a row's hash is that of what the row says."""
    said: dict[str, Any] = {
        "actor_id": actor_id,
        "actor_name": actor_name,
        "actor_body": actor_body,
        "verb": verb,
        "subject": f"{subject_type}:{subject_id}",
        "reference": reference,
    }
    moment = _moment(at)
    try:
        if kept == rules.seal(before, number, moment, detail=detail, **said):
            return True
        older = rules.canonical(json.loads(detail))  # details were once kept as the database liked to write them
        return kept == rules.seal(before, number, moment, detail=older, **said)
    except (TypeError, ValueError):
        return False


def _moment(at: str) -> str:
    """An instant as the databases write it ('2019-10-15 01:00:00.5', PostgreSQL with '+00'), as it was hashed."""
    day, _, rest = at.partition(" ")
    time, _, fraction = rest.removesuffix("+00").partition(".")
    return f"{day}T{time}.{fraction:0<6}+00:00"


def passes_through(number: int, hash: str) -> bool:
    """Whether the chain goes through a head that was published: together with a whole chain, nothing up to it was
    changed since, not even by somebody who worked out every later hash anew."""
    if number == 0:
        return hash == rules.GENESIS
    return Record.objects.filter(number=number, hash=hash).exists()


# ── verifications ───────────────────────────────────────────────────────────────────────────────────────────────────


def verifications() -> QuerySet[Verification]:
    """Every verification, newest first."""
    return Verification.objects.order_by("-pk")


def under_way() -> Verification | None:
    """The verification that has not ended: there is one at most."""
    return verifications().filter(ended_at=None).first()


def lock_verification(pk: int) -> Verification:
    """One of them, locked until the transaction ends."""
    return Verification.objects.select_for_update().get(pk=pk)


def stalled(now: datetime) -> Verification | None:
    """The verification under way when its worker has said nothing for long, or never began."""
    silent = Q(touched_at=None) | Q(touched_at__lt=now - SILENT)
    return verifications().filter(silent, ended_at=None).first()


def report(one: Verification) -> str:
    """What a verification that has ended says, as text."""
    facts = rules.Facts(
        number=one.pk,
        asked_by=f"{one.asked_by_name}（{one.asked_by_body}）" if one.asked_by_body else one.asked_by_name,
        asked_at=_read(one.asked_at),
        began_at=_read(one.began_at),
        ended_at=_read(one.ended_at),
        state=rules.VerificationState(one.state),
        head_number=one.head_number,
        head_hash=one.head_hash,
    )
    return rules.report(facts, one.found)


def _read(at: datetime | None) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "—"


def record_of_end(one: Verification) -> Record | None:
    """The act that told the log how a verification ended."""
    return of_verbs("verification.ended").filter(subject_id=str(one.pk)).first()


def changed_verifications() -> Generator[str, None, int]:
    """A Chinese sentence for each verification that says something else than it told the log; returns how many."""
    told = dict(of_verbs("verification.ended").values_list("subject_id", "detail"))
    ended = Verification.objects.exclude(ended_at=None).order_by("pk")
    for one in ended:
        if told.pop(str(one.pk), {}).get("sha256") != rules.report_hash(report(one)):
            yield f"第 {one.pk} 次校验的结果与记录不符"
    yield from (f"第 {pk} 次校验的结果不见了" for pk in told)
    return len(ended)
