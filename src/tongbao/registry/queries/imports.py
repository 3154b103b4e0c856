"""What an import needs to know of the register before anything is written."""

import hashlib
from collections.abc import Iterable, Iterator

from tongbao import clock
from tongbao.accounts.models import Area
from tongbao.batch import rules as batch
from tongbao.registry import rules
from tongbao.registry.models import CompleteList, CustomsExport, Exporter

AT_ONCE = 500  # codes in one query


def area_names() -> dict[str, str]:
    """Every area's code and name, in its order."""
    return dict(Area.objects.values_list("code", "name"))


def complete_years() -> set[int]:
    """Years whose customs list was declared complete."""
    return set(CompleteList.objects.values_list("year", flat=True))


def known_of(codes: Iterable[str], years: Iterable[int]) -> rules.Known:
    """What the register holds of some firms in some years."""
    wanted, span = sorted(set(codes)), set(years)
    exporters: dict[str, tuple[str, str]] = {}
    figures: dict[tuple[str, int, int, str], int] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        firms = Exporter.objects.filter(code__in=some).values_list("code", "name", "area__code")
        exporters |= {code: (name, area) for code, name, area in firms}
        rows = CustomsExport.objects.filter(exporter__code__in=some, year__in=span).order_by()
        keys = ("exporter__code", "year", "month", "country", "amount_cents")
        figures |= {
            (code, year, month, country): cents for code, year, month, country, cents in rows.values_list(*keys)
        }
    return rules.Known(exporters, figures)


def examine_exports(*, file_name: str, content: bytes) -> batch.Examined:
    """Read a customs workbook and look at every row; nothing is written.

    Refusals (code `import.…`, field `file`) concern the whole file; faults of cells are in the result.
    """
    kind = rules.CUSTOMS_EXPORTS
    sheet = batch.read(content, kind)
    parsed = rules.parse(sheet, area_names(), clock.today())
    known = known_of((row.code for row in parsed.rows), (row.year for row in parsed.rows))
    summary, remarks = rules.compare(parsed, known)
    bad = {fault.row for fault in parsed.faults}
    rejected = [[line.row, _as_typed(line, kind)] for line in sheet.lines if line.row in bad]
    return batch.Examined(
        file_name=file_name[-200:],
        file_hash=hashlib.sha256(content).hexdigest(),
        row_count=len(sheet.lines),
        rows=[list(row) for row in sorted(parsed.rows, key=lambda row: row.key)],
        faults=parsed.faults,
        rejected=rejected,
        notices=parsed.notices + remarks,
        summary=summary | {"partial_firms": rules.partial_firms(parsed, sheet)},
    )


def _as_typed(line: batch.Line, kind: batch.Kind) -> list[str]:
    return [rules.text(line.cells.get(column.key)) for column in kind.columns]


def known_codes(codes: Iterable[str]) -> set[str]:
    """Those of the codes that the register holds."""
    wanted = sorted(set(codes))
    found: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        found |= set(Exporter.objects.filter(code__in=some).order_by().values_list("code", flat=True))
    return found


def lock_by_codes(codes: Iterable[str]) -> dict[str, Exporter]:
    """Firms by code, locked in the order of their codes until the transaction ends."""
    wanted = sorted(set(codes))
    found: dict[str, Exporter] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = Exporter.objects.select_for_update().filter(code__in=wanted[start : start + AT_ONCE]).order_by("code")
        found |= {firm.code: firm for firm in some}
    return found


def figures_of(exporter_ids: Iterable[int], years: Iterable[int]) -> Iterator[CustomsExport]:
    """The figures of some firms in some years."""
    wanted, span = sorted(exporter_ids), set(years)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        yield from CustomsExport.objects.filter(exporter_id__in=some, year__in=span).order_by()
