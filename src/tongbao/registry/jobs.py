"""Regular and long jobs: lists are read, the register is settled, what was given up is cleared.

Each piece is a transaction of its own and a second run goes on where the first stopped (reading begins anew), so a
worker that is killed costs time, never rows.
"""

from collections.abc import Callable

from django_q.tasks import async_task

from tongbao import clock
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import Book, Work
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
    book: Book | None = None  # opened once for looking and reading
    while (source := Import.objects.get(pk=import_id)).work:
        if source.work in (Work.LOOK, Work.READ):
            book = _with_file(source, book)
        else:
            DO[Work(source.work)](source)


def _with_file(source: Import, book: Book | None) -> Book | None:
    """Look at the columns of a file, or read it; the opened file for the next step."""
    try:
        book = book or queries.open_file(source)
        if source.work == Work.LOOK:
            actions.look(import_id=source.pk, guess=queries.look_at(source, book))
        else:
            _read(source, book)
    except Refusal as no:
        if no.code != "import.stopped":  # else somebody gave the file up, or another worker has it
            actions.fail_reading(import_id=source.pk, why=no.sentence)
    return book


def _read(source: Import, book: Book) -> None:
    reading = queries.Reading(source, book=book)
    attempt = _load(source, reading)
    if reading.contradicted:  # rows that a later one contradicts: known now, so that none of them is loaded
        reading = queries.Reading(source, reading.contradicted, book)
        attempt = _load(source, reading)
    actions.finish_reading(import_id=source.pk, attempt=attempt, reading=reading)


def _settle(source: Import) -> None:
    while actions.settle_some(import_id=source.pk):
        pass


def _clear(source: Import) -> None:
    while actions.clear_some(import_id=source.pk):
        pass


DO: dict[Work, Callable[[Import], None]] = {Work.SETTLE: _settle, Work.CLEAR: _clear}


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
