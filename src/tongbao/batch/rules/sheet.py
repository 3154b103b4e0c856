"""From a book and its layout to lines of cells, with every trap of the form named by its cell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tongbao.batch.rules.book import Book, Format, Grid, grid
from tongbao.batch.rules.layouts import Layout, check_layout
from tongbao.batch.rules.limits import MAX_COLUMNS, MAX_ROWS, too_many_rows
from tongbao.batch.rules.remarks import unused_columns
from tongbao.batch.rules.scan import Scan
from tongbao.batch.rules.shapes import Fault, Kind, Line, Sheet, Trimmed, letter
from tongbao.batch.rules.table import Heading, Merge, heading, look
from tongbao.refusal import Refusal

_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_EDGE = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_NEVER = 1 << 60


def read(book: Book, kind: Kind, layout: Layout) -> Sheet:
    """Prepare a sheet to be read row by row.

    Refusals concern the whole file (those of `check_layout` and of opening a sheet; too many rows, hidden columns that
    are used, no rows); faults concern cells (formulas, merged, hidden) and leave the other rows usable. While the lines
    of a CSV are read, `import.quotes` may still come.
    """
    table = look(book, layout.sheet, heading_row=layout.heading_row)
    opened = grid(book, layout.sheet)
    at = heading(table, layout.heading_row, kind)
    check_layout(kind, layout, len(at.titles))
    _check_rows(opened.seen, layout)
    titles = {index: at.titles[index] or f"（{letter(index)} 列，无表头）" for index in layout.columns.values()}
    _check_hidden_columns(opened.seen, titles)
    order = [(key, index) for index, key in sorted((index, key) for key, index in layout.columns.items())]
    trimmed = Trimmed()
    reading = Reading(opened, order, titles, at, trimmed, is_text=book.format is Format.CSV)
    if next(iter(reading), None) is None:
        where = f"工作表“{table.title}”" if table.title else "文件"
        raise Refusal(
            "import.no_rows", f"{where}里没有数据行。请从第 {layout.heading_row + 1} 行开始填写后上传。", "file"
        )
    places = {column.key: (letter(layout.columns[column.key]), titles[layout.columns[column.key]])
              for column in kind.columns if column.key in layout.columns}  # fmt: skip
    unused = [title for index, title in enumerate(at.titles) if title and index not in titles]
    rows = max(opened.seen.last_row - layout.heading_row, 0)
    return Sheet(places, reading, rows, unused_columns(unused), trimmed)


def _check_rows(seen: Scan, layout: Layout) -> None:
    if seen.last_row - layout.heading_row > MAX_ROWS:
        raise too_many_rows(seen.last_row, "工作表" if layout.sheet else "文件")


def _check_hidden_columns(seen: Scan, titles: dict[int, str]) -> None:
    for index, title in titles.items():
        if any(first <= index <= last for first, last in seen.hidden_columns):
            raise Refusal(
                "import.hidden_column", f"{letter(index)} 列（{title}）被隐藏。请取消隐藏，核对后再上传。", "file"
            )


@dataclass
class Reading:
    """The lines below a heading; every time it is gone through, it starts at the top."""

    grid: Grid
    order: list[tuple[str, int]]  # column key, index; from left to right
    titles: dict[int, str]  # of the columns that are used
    heading: Heading
    trimmed: Trimmed
    is_text: bool = False

    def __iter__(self) -> Iterator[Line]:
        form = _Form(self.grid.seen, self.titles, self.heading.row)
        above = self.heading.row
        for number, row in enumerate(islice(self.grid.rows(), above, None), start=above + 1):
            for blank in form.before(number):
                yield self._line(blank, (), form)
            cells, filled = self._cells(number, row)
            if filled or number == form.next_formula or (self.is_text and any(row)):
                faults = form.faults(number, cells, self.order, filled=filled)
                faults += self._text_faults(number, row, cells) if self.is_text else []
                if filled or faults:
                    yield Line(number, cells, tuple(faults))
        for blank in form.before(_NEVER):
            yield self._line(blank, (), form)

    def _line(self, number: int, row: Sequence[Any], form: "_Form") -> Line:
        cells, filled = self._cells(number, row)
        return Line(number, cells, tuple(form.faults(number, cells, self.order, filled=filled)))

    def _cells(self, number: int, row: Sequence[Any]) -> tuple[dict[str, Any], bool]:
        """The cells by key, and whether any of them holds something."""
        cells: dict[str, Any] = {}
        filled, width = False, len(row)
        for key, index in self.order:
            value = row[index] if index < width else None
            if type(value) is str:
                value = _stripped(value, number, self.trimmed)
            cells[key] = value
            filled = filled or value is not None
        return cells, filled

    def _text_faults(self, number: int, row: Sequence[str], cells: dict[str, Any]) -> list[Fault]:
        """What can only be wrong in a CSV: formulas that are told by their sign, cells torn apart by a delimiter."""
        reason = "这一格是公式（以 = 开头）：请在 Excel 中复制后选择性粘贴为数值，再另存为 CSV"
        faults = [
            Fault(number, letter(index), self.titles[index], cells[key], reason)
            for key, index in self.order
            if cells[key] and cells[key].startswith("=")
        ]
        width = len(self.heading.titles)
        while width and not self.heading.titles[width - 1]:
            width -= 1
        if any(cell.strip() for cell in row[width:]):
            told = f"这一行有 {len(row)} 格，表头只有 {width} 列"
            hint = "多半是某一格里有分隔符（例如 1,250.00）却没有加引号，请改好"
            faults.append(Fault(number, "", "整行", "", f"{told}：{hint}"))
        return faults


def _stripped(value: str, number: int, trimmed: Trimmed) -> str | None:
    """A text without invisible characters at its ends and without zero-width ones anywhere; None when none is left."""
    bare = value.strip(_EDGE)
    if not bare.isascii() and _ZERO_WIDTH.search(bare):
        bare = _ZERO_WIDTH.sub("", bare).strip(_EDGE)
    if not bare:
        return None
    if len(bare) != len(value):
        trimmed.note(number)
    return bare


@dataclass
class _Form:
    """What the form of a sheet hides from a reader of its values, gone along with while the rows go by."""

    seen: Scan
    titles: dict[int, str]
    heading_row: int
    next_formula: int = _NEVER
    hidden: set[int] = field(default_factory=set)
    open_merges: list[Merge] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hidden = set(self.seen.hidden_rows)
        self.merges = iter(sorted(merge for merge in self.seen.merges if merge[2] > self.heading_row))
        self.next_merge = next(self.merges, None)
        self.formulas = (
            (row, used)
            for row, columns in self.seen.formulas_by_row()
            if row > self.heading_row and (used := [column for column in columns if column in self.titles])
        )
        self._next()

    def _next(self) -> None:
        self.next_formula, self.columns = next(self.formulas, (_NEVER, []))

    def before(self, row: int) -> Iterator[int]:
        """Rows with formulas that the reader of values left out, because nothing stands there or below."""
        while self.next_formula < row:
            yield self.next_formula

    def faults(self, row: int, cells: dict[str, Any], order: list[tuple[str, int]], *, filled: bool) -> list[Fault]:
        """The faults of a row."""
        found = []
        if row == self.next_formula:
            values = {index: cells[key] for key, index in order}
            reason = "这一格是公式：请复制后选择性粘贴为数值"
            found = [
                Fault(row, letter(index), self.titles[index], _shown(values[index]), reason)
                for index in dict.fromkeys(self.columns)
            ]
            self._next()
        if filled and row in self.hidden:
            found.append(Fault(row, "", "整行", "", "这一行被隐藏：请取消隐藏，核对后保留或删除"))
        if filled and (self.next_merge or self.open_merges):
            found += self._merged(row)
        return found

    def _merged(self, row: int) -> list[Fault]:
        """One fault for each merged range that touches a row where it is read."""
        while self.next_merge and self.next_merge[0] <= row:
            self.open_merges.append(self.next_merge)
            self.next_merge = next(self.merges, None)
        self.open_merges = [merge for merge in self.open_merges if merge[2] >= row][:MAX_COLUMNS]
        found = []
        for top, left, bottom, right in self.open_merges:
            column = next((index for index in self.titles if left <= index <= right), None)
            if column is not None:
                where = f"{letter(left)}{top}:{letter(right)}{bottom}"
                reason = f"{where} 是合并单元格：请取消合并，每一行都填写完整"
                found.append(Fault(row, letter(column), self.titles[column], "", reason))
        return found


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
