"""The audit log as it is searched, and the verifications of it."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import queries as audit
from tongbao.audit.models import ChainHead, Record, Verification
from tongbao.audit.rules import Line, report_hash
from tongbao.audit.rules import took as time_taken
from tongbao.desk import permissions
from tongbao.desk.queries.checks import Check, checks

SHOWN = 50


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
    return Record.objects.filter(same).exclude(pk=entry.pk).order_by("number")[:SHOWN]


def log_verbs() -> list[str]:
    """The verbs that occur, for the filter."""
    return sorted(Record.objects.order_by().values_list("verb", flat=True).distinct())


def chain_head() -> ChainHead:
    """The end of the chain: number and hash of the newest record."""
    return audit.head()


def verifications(user: User) -> QuerySet[Verification]:
    """Every verification, newest first, for those who may read the log; none for others."""
    return audit.verifications() if permissions.can_read_log(user) else Verification.objects.none()


def last_verification(user: User) -> Verification | None:
    """The newest of them."""
    return verifications(user).first()


def running(user: User) -> Verification | None:
    """The one that is under way."""
    return verifications(user).filter(ended_at=None).first()


def steps(one: Verification) -> list[tuple[Check | Line, bool]]:
    """The checks of a verification in order, those that are made as what they found; and whether it is at this one."""
    made = one.found
    left = checks(one.published)[len(made) :] if one.is_under_way else []
    at_it = one.began_at is not None
    return [*((line, False) for line in made), *((check, at_it and place == 0) for place, check in enumerate(left))]


def took(one: Verification) -> str:
    """How long it has been going on, or did until it ended."""
    end = one.ended_at or clock.now()
    return time_taken((end - one.began_at) // timedelta(milliseconds=1)) if one.began_at else ""


def report(one: Verification) -> str:
    """What a verification found, to be printed and signed, and where the log vouches for these words."""
    text = audit.report(one)
    told = audit.record_of_end(one)
    where = f"记入审计日志第 {told.number} 条（该条摘要 {told.hash}）" if told else "没有记入审计日志"
    return (
        f"{text}\n――――\n以上文字（到最后一项为止，UTF-8，以换行结尾）的 SHA-256 摘要：{report_hash(text)}\n"
        f"这一摘要{where}。\n\n核对人签字：　　　　　　　　日期：\n"
    )
