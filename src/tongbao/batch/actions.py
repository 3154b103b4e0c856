"""What can happen to an import: it is previewed, then confirmed or discarded. Its owner writes the rows."""

from typing import Any

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.batch import permissions, queries
from tongbao.batch.models import Chunk, Import
from tongbao.batch.rules import Examined, ImportState, fault_order

CHUNK = 5_000
KEPT_FAULTS = 5_000  # listed one by one; the count is of all


@audit.action
def preview(*, kind: str, examined: Examined, by: User) -> Import:
    """Keep an examined workbook until someone confirms or discards it; nothing reaches the register yet."""
    pending = Import.objects.create(
        kind=kind,
        file_name=examined.file_name,
        file_hash=examined.file_hash,
        state=ImportState.PREVIEWED,
        row_count=examined.row_count,
        faulty_row_count=len(examined.rejected),
        fault_count=len(examined.faults),
        faults=[fault.to_json() for fault in sorted(examined.faults, key=fault_order)[:KEPT_FAULTS]],
        rejected=examined.rejected[:KEPT_FAULTS],
        notices=examined.notices,
        summary=examined.summary,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    Chunk.objects.bulk_create(
        (
            Chunk(source=pending, number=number, rows=examined.rows[start : start + CHUNK])
            for number, start in enumerate(range(0, len(examined.rows), CHUNK), start=1)
        ),
        batch_size=1,
    )
    audit.record(
        "batch.preview",
        pending,
        by=by,
        kind=kind,
        file=pending.file_name,
        sha256=pending.file_hash,
        rows=pending.row_count,
        faults=pending.fault_count,
    )
    return pending


@audit.action
def confirm(*, import_id: int, result: dict[str, Any], by: User) -> Import:
    """Close an import as brought in, inside the action of the context that wrote its rows.

    Refusals: `import.not_own` (403), `import.confirmed_already`, `import.discarded_already`.
    """
    return _close(import_id, ImportState.CONFIRMED, by, result)


@audit.action
def discard(*, import_id: int, by: User) -> Import:
    """Give an import up; its rows are dropped. Refusals as for `confirm`."""
    return _close(import_id, ImportState.DISCARDED, by, {})


def _close(import_id: int, to: ImportState, by: User, result: dict[str, Any]) -> Import:
    pending = queries.lock_import(import_id)
    permissions.check_decide(by, pending, to)
    pending.state, pending.result = to, result
    pending.decided_by, pending.decided_at = by, clock.now()
    pending.save()
    Chunk.objects.filter(source=pending).delete()
    audit.record(f"batch.{to.value}", pending, by=by, file=pending.file_name, sha256=pending.file_hash)
    return pending
