"""Lists enter the register: received, read, confirmed, undone. Reading and settling are the worker's (`jobs.py`)."""

import hashlib
from collections.abc import Collection
from typing import Any

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.batch import actions as batch
from tongbao.batch import queries as batches
from tongbao.batch import rules as batch_rules
from tongbao.batch.models import Import
from tongbao.batch.permissions import check_decide
from tongbao.batch.rules import ImportState
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries
from tongbao.registry.actions import _layers
from tongbao.registry.models import CompleteList


@audit.action
def receive_file(*, kind: str, file_name: str, content: bytes, by: User) -> Import:
    """Keep an uploaded list after looking at it for danger; the worker then looks at its columns. The same file again
    within a minute, a second click, gives back the first.

    Refusals: `registry.keep` (403); those of `batch.rules.open_book` at the field `file`.
    """
    permissions.check_keep(by)
    if (first := batches.just_received(hashlib.sha256(content).hexdigest(), kind, by)) is not None:
        audit.record("registry.receive_again", first, by=by, file=first.file_name)
        return first
    book = batch_rules.open_book(content, file_name)
    received = batch.receive(kind=kind, file_name=file_name, book=book, by=by)
    audit.record("registry.receive", received, by=by, kind=kind, file=received.file_name)
    return received


@audit.action
def look_again(*, import_id: int, sheet: str, heading_row: int, by: User) -> Import:
    """Have the columns of a list looked at on another sheet or under another heading row.

    Refusals: `registry.keep`, `import.not_own` (403), `import.…_already`.
    """
    source = batches.lock_import(import_id)
    permissions.check_import(by, source)
    return batch.look_again(import_id=import_id, sheet=sheet, heading_row=heading_row, by=by)


@audit.action
def read_file(*, import_id: int, layout: batch_rules.Layout, signature: str = "", by: User) -> Import:
    """Have a received list read with these columns, and remember them under the headings' signature.

    Refusals: `registry.keep`, `import.not_own` (403), `import.headings`, `import.heading_twice`.
    """
    source = batches.lock_import(import_id)
    permissions.check_import(by, source)
    return batch.start_reading(import_id=import_id, layout=layout, signature=signature, by=by)


@audit.action
def discard_import(*, import_id: int, by: User) -> Import:
    """Give up a list that does not count yet. Refusals as for `confirm_import`."""
    permissions.check_import(by, batches.lock_import(import_id))
    return batch.discard(import_id=import_id, by=by)


@audit.action
def confirm_import(
    *,
    import_id: int,
    only_good: bool = False,
    complete: Collection[int] = (),
    checked: bool = False,
    by: User,
) -> Import:
    """Let a previewed list count. Of two lists that speak of the same figure the one confirmed later counts; an
    approved correction goes before both.

    `only_good` leaves faulty rows out; `complete` names years whose list this file is in full (firms not in it then
    count as 0; clause 二(一)); `checked` says that the doubts shown (unit, year) were looked at.
    Refusals: `registry.keep`, `import.not_own` (403), `import.…_already`, `import.faults`, `import.nothing`,
    `import.not_complete`, `import.doubts`.
    """
    pending = batches.lock_import(import_id)
    permissions.check_import(by, pending)
    check_decide(by, pending, ImportState.CONFIRMED)
    _check_rows(pending, only_good, complete)
    if pending.doubts and not checked:
        raise Refusal("import.doubts", "请先核对上面的疑点，再勾选“已核对”。", "checked")
    for year in sorted(set(complete)):  # each list stands for itself: when one is undone, another may still hold
        declare_complete(year=year, source=pending, by=by)
    chosen: dict[str, Any] = {"complete": sorted(complete), "only_good": only_good, "checked": checked}
    done = batch.confirm(import_id=import_id, result=chosen, firms=len(queries.firms_of(pending)), by=by)
    summary = {
        key: pending.summary.get(key) for key in ("rows", "firms", "new_firms", "new", "changed", "same", "kept")
    }
    audit.record(
        "registry.import", done, by=by, kind=done.kind, file=done.file_name, sha256=done.file_hash,
        left_out=done.faulty_row_count, years=pending.summary.get("years", []), **chosen, **summary,
    )  # fmt: skip
    return done


def _check_rows(pending: Import, only_good: bool, complete: Collection[int]) -> None:
    if not pending.summary.get("rows"):
        raise Refusal("import.nothing", "文件里没有可以导入的行。请按错误清单修改后重新上传。")
    if pending.faulty_row_count and not only_good:
        raise Refusal(
            "import.faults",
            f"还有 {pending.faulty_row_count} 行有误。请改好后重新上传，或勾选“只导入无误的行”。",
            "only_good",
        )
    if pending.faulty_row_count and complete:
        raise Refusal("import.not_complete", "有的行没有导入，不能声明为完整名单。请改好全部错误后再声明。", "complete")
    missing = set(complete) - {entry["year"] for entry in pending.summary.get("years", ())}
    if missing:
        years = "、".join(str(year) for year in sorted(missing))
        raise Refusal("import.not_complete", f"文件里没有 {years} 年的数据，不能声明为该年的完整名单。", "complete")


@audit.action
def undo_import(*, import_id: int, why: str, by: User) -> Import:
    """Take a confirmed list back: exactly what counted before it counts again. The list itself stays on record.

    Refusals: `registry.keep`, `import.not_own` (403), `import.…_already`, `import.at_work`, `import.why`.
    """
    source = batches.lock_import(import_id)
    permissions.check_import(by, source)
    if not why.strip():
        raise Refusal("import.why", "请写明撤销的原因，例如：年份填错。", "why")
    check_decide(by, source, ImportState.UNDONE)
    done = batch.undo(import_id=import_id, why=why.strip(), firms=len(queries.firms_of(source)), by=by)
    audit.record("registry.undo", done, by=by, kind=done.kind, file=done.file_name, why=done.undone_reason)
    return done


@audit.action
def declare_complete(*, year: int, by: User, source: Import | None = None) -> CompleteList:
    """Declare that the register holds every firm that exported in a year: the others count as 0 (clause 二(一)).

    With a `source` it holds as long as that list counts, from when it is settled. A second declaration changes
    nothing. Refusals: `registry.keep` (403).
    """
    permissions.check_keep(by)
    declared, made = CompleteList.objects.get_or_create(
        year=year, source=source, defaults={"declared_by": by, "declared_at": clock.now()}
    )
    if made and source is None:
        _layers.touch_absent(year)
    audit.record("registry.complete" if made else "registry.complete_again", declared, by=by, year=year)
    return declared
