"""Reading a file against the register, and what its rows would change."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tongbao import clock
from tongbao.accounts.models import Area, User
from tongbao.batch import queries as batches
from tongbao.batch import rules as batch
from tongbao.batch.models import Import
from tongbao.registry import rules
from tongbao.registry.models import (
    CodeException,
    CustomsExport,
    Designation,
    ExistingCover,
    Exporter,
    FormerIdentity,
    Particulars,
    YearTotal,
)

AT_ONCE = 500  # codes in one query
CHUNK = 4_000  # rows looked at, then written, in one transaction


def area_names() -> dict[str, str]:
    """Every area's code and name, in its order."""
    return dict(Area.objects.values_list("code", "name"))


def _blocks(values: Iterable[Any]) -> Iterator[list[Any]]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def present(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Those of the codes that the register holds: code → name, area code."""
    found: dict[str, tuple[str, str]] = {}
    for some in _blocks(codes):
        firms = Exporter.objects.filter(code__in=some, present=True).order_by()
        found |= {code: (name, area) for code, name, area in firms.values_list("code", "name", "area__code")}
    return found


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """Row ids of the firms with these codes, present or not."""
    found: dict[str, int] = {}
    for some in _blocks(codes):
        found |= dict(Exporter.objects.filter(code__in=some).order_by().values_list("code", "pk"))
    return found


def context_of(unit: str) -> rules.Context:
    """What the cells of a table are read with."""
    aliases = FormerIdentity.objects.exclude(code="").values_list("code", "exporter__code")
    return rules.Context(
        today=clock.today(),
        areas=area_names(),
        unit=unit,
        exceptions=frozenset(CodeException.objects.values_list("code", flat=True)),
        aliases=dict(aliases),
        knows=lambda code: Exporter.objects.filter(code=code, present=True).exists(),
        named=_Names(),
    )


class _Names:
    """The codes of the firms with a name, asked once for each name."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}

    def __call__(self, name: str) -> list[str]:
        if name not in self.known:
            mine = Exporter.objects.filter(name=name, present=True).values_list("code", flat=True)
            former = FormerIdentity.objects.filter(name=name, exporter__present=True).values_list(
                "exporter__code", flat=True
            )
            self.known[name] = sorted({*mine, *former})
        return self.known[name]


# ── what the register holds under the keys of some rows ──────────────────────────────────────────────────────────────


def known_of(table: rules.Table, rows: Collection[Any]) -> rules.Known:
    """What the register holds, as far as these rows speak of it."""
    codes = {row.code for row in rows}
    firms = present(codes)
    if table is rules.CUSTOMS_EXPORTS:
        return _known_figures(firms, codes, {row.year for row in rows})
    held: dict[tuple[Any, ...], Any] = {}
    for some in _blocks(codes):
        held |= _HELD[table.kind.id](some)
    return rules.Known(firms, held)


def _known_figures(firms: dict[str, tuple[str, str]], codes: set[str], years: set[int]) -> rules.Known:
    span = {other for year in years for other in (year - 1, year, year + 1)}
    held: dict[tuple[Any, ...], int] = {}
    corrected: set[tuple[Any, ...]] = set()
    totals: dict[tuple[str, int], int] = {}
    for some in _blocks(codes):
        rows = CustomsExport.objects.filter(exporter__code__in=some, year__in=span, live=True).order_by()
        for *key, cents, kind in rows.values_list(
            "exporter__code", "year", "month", "country", "amount_cents", "source__kind"
        ):
            held[tuple(key)] = cents
            if kind == rules.CORRECTION:
                corrected.add(tuple(key))
        sums = YearTotal.objects.filter(exporter__code__in=some, year__in=span).order_by()
        totals |= {
            (code, year): cents for code, year, cents in sums.values_list("exporter__code", "year", "total_cents")
        }
    return rules.Known(firms, held, frozenset(corrected), totals)


def _held_particulars(codes: list[str]) -> dict[tuple[Any, ...], Any]:
    rows = Particulars.objects.filter(exporter__code__in=codes, live=True).select_related("exporter", "area")
    return {
        (one.exporter.code,): (
            one.name, one.area.code, one.customs_code, one.nature, _iso(one.registered_on), one.address,
        )
        for one in rows
    }  # fmt: skip


def _held_designations(codes: list[str]) -> dict[tuple[Any, ...], Any]:
    rows = Designation.objects.filter(exporter__code__in=codes, live=True).select_related("exporter")
    return {
        (one.exporter.code, one.kind, one.document_number): (
            one.exporter.name, one.kind, one.document_number, _iso(one.valid_from), _iso(one.valid_to),
        )
        for one in rows
    }  # fmt: skip


def _held_covers(codes: list[str]) -> dict[tuple[Any, ...], Any]:
    rows = ExistingCover.objects.filter(exporter__code__in=codes, live=True).select_related("exporter")
    return {
        (one.exporter.code, one.insurer_name, _iso(one.valid_from)): (
            one.exporter.name, one.insurer_name, _iso(one.valid_from), _iso(one.valid_to), one.document_number,
        )
        for one in rows
    }  # fmt: skip


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""


def confirmed_designations(firm_ids: Iterable[int], entered_by: User) -> dict[tuple[Any, ...], tuple[int | None, Any]]:
    """Designations in force that somebody other than `entered_by` confirmed: (firm, kind, document, first day, last
    day or '') → who and when."""
    rows = Designation.objects.filter(exporter_id__in=list(firm_ids), live=True, confirmed_by__isnull=False)
    return {
        (one.exporter_id, one.kind, one.document_number, _iso(one.valid_from), _iso(one.valid_to)): (
            one.confirmed_by_id, one.confirmed_at,
        )
        for one in rows.exclude(confirmed_by=entered_by)
    }  # fmt: skip


_HELD = {
    rules.MASTER_DATA.kind.id: _held_particulars,
    rules.DESIGNATIONS.kind.id: _held_designations,
    rules.EXISTING_COVER.kind.id: _held_covers,
}


# ── one pass over a file ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Piece:
    """Some lines of a file after they were looked at."""

    rows: list[Any]
    rejected: list[tuple[int, list[str], list[batch.Fault]]]
    looked_at: int
    done: int  # lines so far


def open_file(source: Import) -> batch.Book:
    """The file of an import, looked at for danger once more. Refusals as `batch.rules.open_book`."""
    return batch.open_book(batches.content(source), source.file_name)


def look_at(source: Import, book: batch.Book | None = None) -> batch.Guess:
    """What the columns of an import's file seem to be, on the sheet and under the heading row that a person chose, if
    one did. `book`: the file, opened already. Refusals as `batch.rules.guess`."""
    book = book or open_file(source)
    remembered = batches.remembered(source.kind, source.uploaded_by.organisation)
    return batch.guess(
        book,
        rules.TABLES[source.kind].kind,
        remembered,
        sheet=source.layout.get("sheet"),
        heading_row=source.layout.get("heading_row"),
    )


def sheet_names(source: Import) -> list[str]:
    """The names of the sheets of an import's file."""
    return [entry.title for entry in open_file(source).sheets]


class Reading:
    """One pass over the file of an import, in pieces; the preview is worked out on the way.

    Refusals concern the whole file. Memory does not grow with the file but for the keys of its rows. `contradicted`:
    rows that are known from an earlier pass to be contradicted further down; `book`: the file, opened already.
    """

    def __init__(
        self, source: Import, contradicted: Mapping[int, batch.Fault] | None = None, book: batch.Book | None = None
    ) -> None:
        self.table = rules.TABLES[source.kind]
        self.layout = batch.Layout.from_json(source.layout)
        self.guess: dict[str, Any] = source.guess
        self.book = book or open_file(source)
        self.sheet = batch.read(self.book, self.table.kind, self.layout)
        self.examiner = rules.Examiner(
            self.table, self.sheet.places, context_of(self.layout.unit), dict(contradicted or {})
        )
        self.tally = rules.CustomsTally() if self.table is rules.CUSTOMS_EXPORTS else rules.Tally()
        self.bad_firms: set[str] = set()

    @property
    def total(self) -> int:
        """Lines at most."""
        return self.sheet.row_count

    def pieces(self) -> Iterator[Piece]:
        """The lines in pieces, each with what is good and what is not."""
        rows: list[Any] = []
        rejected: list[tuple[int, list[str], list[batch.Fault]]] = []
        count = done = 0
        for line in self.sheet.lines():
            outcome = self.examiner.look(line)
            count, done = count + 1, done + 1
            if isinstance(outcome, list):
                rejected.append((line.row, self._as_typed(line), outcome))
                self.bad_firms.add(rules.text(line.cells.get("code")).upper())
            else:
                rows.append(self._with_code(outcome))
            if count == CHUNK:
                yield self._piece(rows, rejected, count, done)
                rows, rejected, count = [], [], 0
        if count:
            yield self._piece(rows, rejected, count, done)

    def _piece(self, rows: list[Any], rejected: list[Any], count: int, done: int) -> Piece:
        self.tally.add(rows, known_of(self.table, rows))
        return Piece(rows, rejected, count, done)

    def _with_code(self, row: Any) -> Any:
        return row if row.code else row._replace(code=rules.code_of(row.code, row.name, self.examiner.context))

    def _as_typed(self, line: batch.Line) -> list[str]:
        return [rules.text(line.cells.get(column.key)) for column in self.table.kind.columns]

    @property
    def contradicted(self) -> dict[int, batch.Fault]:
        """Rows that were good until a later one contradicted them; after the last piece."""
        return self.examiner.taken_back

    @cached_property
    def notices(self) -> list[str]:
        """Everything a person should know of the file; after the last piece."""
        found = [*self.book.notices, *self.sheet.notices, *self.sheet.after(), *self.examiner.notices()]
        if self.layout.unit != "usd":
            found.append(f"金额按{batch.UNITS[self.layout.unit]}读取，已换算为美元。")
        return found + self.tally.notices()

    def doubts(self) -> list[str]:
        """What a person must look at before the file counts; after the last piece."""
        named = self.guess.get("layout", {}).get("unit", "usd")
        if named in ("usd", self.layout.unit):
            return self.tally.doubts()
        said = f"表头写的单位是{batch.UNITS[named]}，却按{batch.UNITS[self.layout.unit]}读取，请核对。"
        return [said, *self.tally.doubts()]

    def summary(self) -> dict[str, Any]:
        """For the preview."""
        partial = len(self.bad_firms & self.tally.firms)
        return self.tally.summary() | {"partial_firms": partial}
