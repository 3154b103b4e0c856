"""Regular and long jobs: lists are read, the register is settled, what was given up is cleared.

Each piece is a transaction of its own and a second run goes on where the first stopped (reading begins anew), so a
worker that is killed costs time, never rows.
"""

from collections.abc import Callable

from django_q.tasks import async_task

from tongbao import clock
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import Work
from tongbao.refusal import Refusal
from tongbao.registry import actions, queries

# Name, function, minutes between runs.
SCHEDULES = (("继续中断的导入", "tongbao.registry.jobs.resume", 1),)
AT_ONCE_BYTES = 100_000  # a file so small is read while the person waits
AT_ONCE_FIRMS = 400


def go_on(source: Import) -> None:
    """Do what an import still needs: at once when it is small, else by the worker."""
    small = source.total <= AT_ONCE_FIRMS if source.work == Work.SETTLE else _is_small(source)
    if source.work and small:
        work(source.pk)
    elif source.work:
        async_task("tongbao.registry.jobs.work", source.pk, group=f"import-{source.pk}")


def _is_small(source: Import) -> bool:
    return source.document is not None and source.document.size <= AT_ONCE_BYTES


def work(import_id: int) -> None:
    """Do what an import still needs, to its end: one kind of work may call for the next."""
    while (source := Import.objects.get(pk=import_id)).work:
        DO[Work(source.work)](source)


def _look(source: Import) -> None:
    try:
        actions.look(import_id=source.pk, guess=queries.look_at(source))
    except Refusal as no:
        _fail(source, no)


def _settle(source: Import) -> None:
    while actions.settle_some(import_id=source.pk):
        pass


def _clear(source: Import) -> None:
    while actions.clear_some(import_id=source.pk):
        pass


def _fail(source: Import, no: Refusal) -> None:
    if no.code != "import.stopped":  # else somebody gave the file up, or another worker has it
        actions.fail_reading(import_id=source.pk, why=no.sentence)


def _read(source: Import) -> None:
    try:
        reading = queries.Reading(source)
        attempt = _load(source, reading)
        if reading.contradicted:  # rows that a later one contradicts: known now, so that none of them is loaded
            reading = queries.Reading(source, reading.contradicted)
            attempt = _load(source, reading)
        actions.finish_reading(import_id=source.pk, attempt=attempt, reading=reading)
    except Refusal as no:
        _fail(source, no)


DO: dict[Work, Callable[[Import], None]] = {
    Work.LOOK: _look,
    Work.READ: _read,
    Work.SETTLE: _settle,
    Work.CLEAR: _clear,
}


def _load(source: Import, reading: queries.Reading) -> int:
    attempt = actions.begin_reading(import_id=source.pk, total=reading.total).attempt
    for piece in reading.pieces():
        actions.load(import_id=source.pk, attempt=attempt, piece=piece)
    return attempt


def resume() -> int:
    """Take up the imports whose worker has said nothing for long; give their number."""
    found = batches.stalled(clock.now())
    for source in found:
        work(source.pk)
    return len(found)
