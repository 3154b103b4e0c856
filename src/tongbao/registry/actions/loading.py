"""The rows of an import are loaded in chunks under its id; none of them counts until the import is confirmed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from tongbao import clock
from tongbao.accounts.models import Area
from tongbao.audit import actions as audit
from tongbao.batch import actions as batch
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import Guess
from tongbao.registry import queries, rules
from tongbao.registry.models import CustomsExport, Designation, ExistingCover, Exporter, Particulars

AT_ONCE = 1_000
CLEARED_AT_ONCE = 5_000


@audit.action
def look(*, import_id: int, guess: Guess) -> Import:
    """Keep what a list's columns seem to be (`queries.look_at`); an exact one is read at once. `import.stopped`."""
    source = batch.looked(import_id=import_id, guess=guess)
    audit.record("registry.looked", source, by=None, kind=source.kind, exact=guess.exact)
    return source


@audit.action
def begin_reading(*, import_id: int, total: int) -> Import:
    """A worker begins to read a file of `total` lines at most; rows that an earlier worker loaded are gone.

    Refusal: `import.stopped`.
    """
    source = batch.begin(import_id=import_id, total=total)
    for model in queries.LAYERED:
        model.objects.filter(source=source).delete()
    audit.record("registry.begin_reading", source, by=None, lines=total)
    return source


@audit.action
def load(*, import_id: int, attempt: int, piece: queries.Piece) -> Import:
    """Write the good rows of a piece under the import's id, and keep the bad ones. Refusal: `import.stopped`."""
    source = batch.keep_chunk(
        import_id=import_id, attempt=attempt, rejected=piece.rejected, rows=piece.looked_at, done=piece.done
    )
    if piece.rows:
        _LOAD[source.kind](source, piece.rows, _firm_ids(piece.rows))
    audit.record("registry.load", source, by=None, rows=len(piece.rows))
    return source


@audit.action
def finish_reading(*, import_id: int, attempt: int, reading: queries.Reading) -> Import:
    """Everything was read: what the list would do to the register waits for someone to confirm it."""
    source = batch.finish_reading(
        import_id=import_id,
        attempt=attempt,
        summary=reading.summary(),
        notices=reading.notices,
        doubts=reading.doubts(),
    )
    audit.record(
        "registry.read", source, by=None, kind=source.kind, rows=reading.tally.rows, source=source.pk,
        rows_sha256=queries.rows_digest(source),
    )  # fmt: skip
    return source


@audit.action
def fail_reading(*, import_id: int, why: str) -> Import:
    """The list could not be read to its end; nothing of it counts. Refusal: `import.stopped`."""
    source = batch.fail_reading(import_id=import_id, why=why)
    audit.record("registry.unread", source, by=None, kind=source.kind, why=source.failure)
    return source


@audit.action
def clear_some(*, import_id: int) -> bool:
    """Delete some rows of a discarded import, or the firms that only such imports named; whether any are left."""
    source = batches.lock_import(import_id)
    for model in queries.LAYERED:
        if ids := queries.waiting_rows(source, model, CLEARED_AT_ONCE):
            model.objects.filter(pk__in=ids).delete()
            break
    else:
        ids = queries.nobodys(AT_ONCE)
        Exporter.objects.filter(pk__in=ids).delete()
    batch.cleared(import_id=import_id, rows=len(ids), over=not ids)
    audit.record("registry.clear", source, by=None, rows=len(ids))
    return bool(ids)


def _firm_ids(rows: Iterable[Any]) -> dict[str, int]:
    """The ids of the rows' firms; those that are new are made, absent until an import that counts speaks of them."""
    wanted = {row.code: row for row in rows}
    known = queries.ids_of(wanted)
    areas = {area.code: area for area in Area.objects.all()}
    now = clock.now()
    Exporter.objects.bulk_create(
        [
            Exporter(
                code=code,
                name=row.name,
                name_initials=rules.initials(row.name),
                area=areas[row.area],
                present=False,
                created_at=now,
            )
            for code, row in sorted(wanted.items())
            if code not in known
        ],
        batch_size=AT_ONCE,
        ignore_conflicts=True,  # another import may name them at the same moment
    )
    return known if len(known) == len(wanted) else queries.ids_of(wanted)


def _load_figures(source: Import, rows: Sequence[Any], ids: dict[str, int]) -> None:
    areas = {area.code: area.pk for area in Area.objects.all()}
    firsts = {row.code: row for row in reversed(rows)}
    Particulars.objects.bulk_create(
        [
            Particulars(
                exporter_id=ids[row.code], source_id=source.pk, row=row.row, name=row.name, area_id=areas[row.area]
            )
            for row in firsts.values()
        ],
        batch_size=AT_ONCE,
        ignore_conflicts=True,  # an earlier chunk may have named the firm
    )
    CustomsExport.objects.bulk_create(
        [
            CustomsExport(
                exporter_id=ids[row.code],
                source_id=source.pk,
                row=row.row,
                year=row.year,
                month=row.month,
                country=row.country,
                amount_cents=row.cents,
            )
            for row in rows
        ],
        batch_size=AT_ONCE,
    )


def _load_particulars(source: Import, rows: Sequence[Any], ids: dict[str, int]) -> None:
    areas = {area.code: area.pk for area in Area.objects.all()}
    Particulars.objects.bulk_create(
        [
            Particulars(
                exporter_id=ids[row.code],
                source_id=source.pk,
                row=row.row,
                name=row.name,
                area_id=areas[row.area],
                customs_code=row.customs_code,
                nature=row.nature,
                registered_on=_day(row.registered_on),
                address=row.address,
            )
            for row in rows
        ],
        batch_size=AT_ONCE,
    )


def _load_designations(source: Import, rows: Sequence[Any], ids: dict[str, int]) -> None:
    """An entry that says what a confirmed one says already is as confirmed as that."""
    confirmed = queries.confirmed_designations(ids.values(), source.uploaded_by)
    nobody = (None, None)
    Designation.objects.bulk_create(
        [
            Designation(
                exporter_id=ids[row.code],
                source_id=source.pk,
                row=row.row,
                kind=row.kind,
                document_number=row.document_number,
                valid_from=date.fromisoformat(row.valid_from),
                valid_to=_day(row.valid_to),
                entered_by=source.uploaded_by,
                entered_at=source.uploaded_at,
                confirmed_by_id=who,
                confirmed_at=when,
            )
            for row in rows
            for who, when in (confirmed.get((ids[row.code], *row[3:]), nobody),)
        ],
        batch_size=AT_ONCE,
    )


def _load_covers(source: Import, rows: Sequence[Any], ids: dict[str, int]) -> None:
    ExistingCover.objects.bulk_create(
        [
            ExistingCover(
                exporter_id=ids[row.code],
                source_id=source.pk,
                row=row.row,
                insurer_name=row.insurer_name,
                valid_from=date.fromisoformat(row.valid_from),
                valid_to=date.fromisoformat(row.valid_to),
                document_number=row.document_number,
                entered_by=source.uploaded_by,
                entered_at=source.uploaded_at,
            )
            for row in rows
        ],
        batch_size=AT_ONCE,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_LOAD: dict[str, Callable[[Import, Sequence[Any], dict[str, int]], None]] = {
    rules.CUSTOMS_EXPORTS.kind.id: _load_figures,
    rules.MASTER_DATA.kind.id: _load_particulars,
    rules.DESIGNATIONS.kind.id: _load_designations,
    rules.EXISTING_COVER.kind.id: _load_covers,
}
