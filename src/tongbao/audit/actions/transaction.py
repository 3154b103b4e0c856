"""The transaction of every verb: it commits together with its record, or not at all."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction

from tongbao import clock, once
from tongbao.audit import rules
from tongbao.audit.actions._again import until_served
from tongbao.audit.models import ChainHead, Record

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Open:
    """The records of the outermost verb now under way, not yet linked."""

    records: list[Record] = field(default_factory=list)


_open: ContextVar[_Open | None] = ContextVar("open_action", default=None)


class Unrecorded(RuntimeError):  # noqa: N818  reads as what happened
    """A verb tried to commit without saying what it did: a fault of ours, never the user's."""


def action(verb: Callable[P, R]) -> Callable[P, R]:
    """Make a function one verb: one transaction, refused without a record.

    Nested verbs join the outermost: their records are linked to the chain together, last of all, so the head of the
    chain (the one row every verb needs) is locked as briefly as possible. A nested verb must record something too; one
    that is refused undoes the whole. An outer verb that can go on without it puts it into `transaction.atomic()`: then
    it is undone alone, with its records.

    When the database cannot serve everybody at once, the outermost verb is undone and begun again (`_again`): so a
    verb leaves its arguments as they were (a file is read from its start, a generator is not taken) and changes
    nothing but rows. Inside a transaction of somebody else it is not: only they could begin that again.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _open.get()
        if outer is not None:
            return _nested(outer, verb, *args, **kwargs)
        if transaction.get_connection().in_atomic_block:
            return _outermost(verb, *args, **kwargs)
        return until_served(lambda: _outermost(verb, *args, **kwargs))

    run.is_action = True  # type: ignore[attr-defined]  # read by the architecture test
    return run


def _outermost(verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    mine = _Open()
    token = _open.set(mine)
    try:
        with transaction.atomic():
            result = verb(*args, **kwargs)
            if not mine.records:
                raise Unrecorded(verb.__qualname__)
            _link(mine.records)
        return result
    finally:
        _open.reset(token)


def _nested(outer: _Open, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    before = len(outer.records)
    try:
        with transaction.atomic(savepoint=False):
            result = verb(*args, **kwargs)
            if len(outer.records) == before:
                raise Unrecorded(verb.__qualname__)
            return result
    except BaseException:
        del outer.records[before:]
        raise


def record(verb: str, subject: models.Model, *, by: Any, reference: str = "", **detail: Any) -> None:
    """Say what the verb under way did. `by` is the person (None: the system itself, e.g. a job).

    `detail` must be JSON-able; personal data goes in as `rules.digest(value)` only.
    """
    under_way = _open.get()
    if under_way is None:
        raise Unrecorded(f"audit.record({verb!r}) outside an action")
    organisation = getattr(by, "organisation", None)
    under_way.records.append(
        Record(
            at=clock.now(),
            actor_id=getattr(by, "pk", None),
            actor_name=str(by) if by else "系统",
            actor_body=str(organisation) if organisation else "",
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            reference=reference,
            detail=detail,
        )
    )


def _link(records: list[Record]) -> None:
    (head,) = _locked_head()  # made by the first migration
    for entry in records:
        entry.number, entry.previous_hash = head.number + 1, head.hash
        entry.hash = rules.link(head.hash, number=entry.number, at=entry.at, content=entry.content())
        head.number, head.hash = entry.number, entry.hash
    once.together(once.inserting(*records), once.updating(head, "number", "hash"))


@once.compiled
def _locked_head() -> models.QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(pk=1)
