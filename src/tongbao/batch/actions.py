"""What can happen to an import: received, read, previewed, confirmed, undone, discarded. Its owner writes the rows."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.batch import permissions, queries
from tongbao.batch.models import Import, Rejected, RememberedLayout
from tongbao.batch.rules import Book, Guess, ImportState, Layout, Work, fault_order
from tongbao.documents import actions as documents

KEPT_REJECTED = 20_000  # rows kept for the error workbook; the count is of all
_AT_ONCE = 1_000
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
}


@audit.action
def receive(*, kind: str, file_name: str, book: Book, by: User) -> Import:
    """Keep an uploaded file that was looked at for danger; its columns are the next thing to look at."""
    document = documents.store_generated(
        content=book.content,
        name=file_name[-120:],
        kind=f"batch.{kind}"[:40],
        by=by,
        content_type=_TYPES[book.format.value],
    )
    received = Import.objects.create(
        kind=kind,
        file_name=file_name[-200:],
        file_hash=hashlib.sha256(book.content).hexdigest(),
        document=document,
        state=ImportState.UPLOADED,
        work=Work.LOOK,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    audit.record("batch.receive", received, by=by, kind=kind, file=received.file_name, sha256=received.file_hash)
    return received


@audit.action
def enter(*, kind: str, title: str, content_hash: str, by: User) -> Import:
    """An origin of rows that were typed, not uploaded: they count once a second person has confirmed it."""
    made = Import.objects.create(
        kind=kind,
        file_name=title[:200],
        file_hash=content_hash,
        state=ImportState.PREVIEWED,
        two_persons=True,
        row_count=1,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    audit.record("batch.enter", made, by=by, kind=kind, title=made.file_name)
    return made


@audit.action
def look_again(*, import_id: int, sheet: str, heading_row: int, by: User) -> Import:
    """Have the columns looked at anew on another sheet or under another heading row.

    Refusals: `import.not_own` (403), `import.…_already`.
    """
    source = queries.lock_import(import_id)
    permissions.check_decide(by, source, ImportState.UPLOADED)
    source.state, source.work, source.failure, source.touched_at = ImportState.UPLOADED, Work.LOOK, "", None
    source.layout = {"sheet": sheet, "heading_row": heading_row}
    source.save()
    audit.record("batch.look", source, by=by, sheet=sheet, heading_row=heading_row)
    return source


@audit.action
def looked(*, import_id: int, guess: Guess) -> Import:
    """Keep what the columns seem to be. A file that follows the template word by word goes on to be read at once.

    Refusal: `import.stopped` (given up meanwhile).
    """
    source = queries.lock_import(import_id)
    permissions.check_working(source, Work.LOOK)
    source.guess, source.layout = guess.to_json(), guess.layout.to_json()
    source.work, source.touched_at = Work.NOTHING, None
    if guess.exact:
        source.state, source.work = ImportState.READING, Work.READ
    source.save()
    audit.record("batch.looked", source, by=None, exact=guess.exact, layout=source.layout)
    return source


@audit.action
def start_reading(*, import_id: int, layout: Layout, signature: str = "", by: User) -> Import:
    """Have the file read with these columns; with a `signature` they are remembered for tables with such headings.

    Refusals: `import.not_own` (403), `import.…_already`.
    """
    source = queries.lock_import(import_id)
    permissions.check_decide(by, source, ImportState.READING)
    source.state, source.work, source.layout, source.failure = ImportState.READING, Work.READ, layout.to_json(), ""
    source.done, source.total, source.touched_at = 0, 0, None
    source.notices, source.doubts, source.summary = [], [], {}
    source.save()
    if signature:
        RememberedLayout.objects.update_or_create(
            kind=source.kind,
            organisation=by.organisation,
            signature=signature,
            defaults={"layout": source.layout, "saved_by": by, "saved_at": clock.now()},
        )
    audit.record("batch.start", source, by=by, layout=source.layout, remembered=bool(signature))
    return source


@audit.action
def begin(*, import_id: int, total: int) -> Import:
    """A worker takes the reading up, from the first row; an earlier one, should it still live, writes no more.

    Refusal: `import.stopped` (given up meanwhile).
    """
    source = queries.lock_import(import_id)
    permissions.check_reading(source, source.attempt)
    source.attempt += 1
    source.done, source.total, source.touched_at = 0, total, clock.now()
    source.row_count = source.faulty_row_count = source.fault_count = 0
    source.save()
    Rejected.objects.filter(source=source).delete()
    audit.record("batch.begin", source, by=None, rows=total)
    return source


@audit.action
def keep_chunk(
    *, import_id: int, attempt: int, rejected: Sequence[tuple[int, list[str], list[Any]]], rows: int, done: int
) -> Import:
    """Note how far the reading is, with the rows that cannot come in: (row, cells, faults). `rows`: lines looked at.

    Refusal: `import.stopped` (given up, or taken up by another worker).
    """
    source = queries.lock_import(import_id)
    permissions.check_reading(source, attempt)
    room = max(0, KEPT_REJECTED - source.faulty_row_count)
    _reject(source, rejected[:room])
    source.row_count += rows
    source.faulty_row_count += len(rejected)
    source.fault_count += sum(len(faults) for _, _, faults in rejected)
    source.done, source.touched_at = done, clock.now()
    source.save()
    audit.record("batch.chunk", source, by=None, rows=rows, rejected=len(rejected), done=done)
    return source


def _reject(source: Import, rejected: Sequence[tuple[int, list[str], list[Any]]]) -> None:
    Rejected.objects.bulk_create(
        [
            Rejected(
                source=source, row=row, cells=cells, faults=[one.to_json() for one in sorted(faults, key=fault_order)]
            )
            for row, cells, faults in rejected
        ],
        batch_size=_AT_ONCE,
    )


@audit.action
def finish_reading(
    *, import_id: int, attempt: int, summary: dict[str, Any], notices: list[str], doubts: list[str]
) -> Import:
    """Everything was read: the import waits for someone to confirm it. Refusal: `import.stopped`."""
    source = queries.lock_import(import_id)
    permissions.check_reading(source, attempt)
    source.state, source.work = ImportState.PREVIEWED, Work.NOTHING
    source.summary, source.notices, source.doubts = summary, notices, doubts
    source.touched_at = clock.now()
    source.save()
    audit.record(
        "batch.preview", source, by=None, reference="", rows=source.row_count, faults=source.fault_count,
        sha256=source.file_hash,
    )  # fmt: skip
    return source


@audit.action
def fail_reading(*, import_id: int, why: str) -> Import:
    """The file could not be read to its end; nothing of it counts. Refusal: `import.stopped`."""
    source = queries.lock_import(import_id)
    permissions.check_working(source, Work.LOOK, Work.READ)
    source.state, source.work, source.failure = ImportState.FAILED, Work.NOTHING, why[:500]
    source.touched_at = clock.now()
    source.save()
    audit.record("batch.failed", source, by=None, why=source.failure)
    return source


@audit.action
def confirm(*, import_id: int, result: dict[str, Any], firms: int, by: User) -> Import:
    """Let an import count; the worker then settles the register, `firms` of them.

    Refusals: `import.not_own` (403), `import.…_already`, `import.same_person`, `import.at_work`.
    """
    source = _decide(import_id, ImportState.CONFIRMED, by)
    source.result = result
    source.decided_by, source.decided_at = by, _later(source)
    return _to_settle(source, firms, by)


def _later(source: Import) -> datetime:
    """Now, or just after the newest decision: of two imports the one confirmed later counts."""
    now = clock.now()
    newest = Import.objects.exclude(decided_at=None).order_by("-decided_at").values_list("decided_at", flat=True)
    last = newest.first()
    return now if last is None or last < now else last + timedelta(microseconds=1)


@audit.action
def undo(*, import_id: int, why: str, firms: int, by: User) -> Import:
    """Take a confirmed import back; what counted before it counts again. Refusals as for `confirm`."""
    source = _decide(import_id, ImportState.UNDONE, by)
    source.undone_by, source.undone_at, source.undone_reason = by, clock.now(), why[:200]
    return _to_settle(source, firms, by)


@audit.action
def discard(*, import_id: int, by: User) -> Import:
    """Give an import up before it counts; the worker clears its rows. Refusals as for `confirm`."""
    source = _decide(import_id, ImportState.DISCARDED, by)
    source.work, source.done, source.total, source.touched_at = Work.CLEAR, 0, 0, None
    source.decided_by, source.decided_at = by, clock.now()
    source.save()
    audit.record("batch.discarded", source, by=by, file=source.file_name, sha256=source.file_hash)
    return source


def _decide(import_id: int, to: ImportState, by: User) -> Import:
    source = queries.lock_import(import_id)
    permissions.check_decide(by, source, to)
    source.state = to
    return source


def _to_settle(source: Import, firms: int, by: User) -> Import:
    source.work, source.cursor, source.done, source.total = Work.SETTLE, 0, 0, firms
    source.touched_at = None
    source.save()
    audit.record(
        f"batch.{source.state}", source, by=by, file=source.file_name, sha256=source.file_hash, firms=firms,
        why=source.undone_reason,
    )  # fmt: skip
    return source


@audit.action
def settled(*, import_id: int, cursor: int, firms: int, over: bool) -> Import:
    """Note how far the settling is; `over`: nothing is left to do."""
    source = queries.lock_import(import_id)
    source.cursor, source.done, source.touched_at = cursor, source.done + firms, clock.now()
    if over:
        source.work = Work.NOTHING
    source.save()
    audit.record("batch.settled", source, by=None, firms=source.done, over=over)
    return source


@audit.action
def cleared(*, import_id: int, rows: int, over: bool) -> Import:
    """Note how far the clearing of a discarded import is."""
    source = queries.lock_import(import_id)
    source.done, source.touched_at = source.done + rows, clock.now()
    if over:
        source.work = Work.NOTHING
        Rejected.objects.filter(source=source).delete()
    source.save()
    audit.record("batch.cleared", source, by=None, rows=source.done, over=over)
    return source
