"""What a sheet says beside its values: formulas, merged cells, hidden rows and columns, its real size."""

import re
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from tongbao.batch.rules.limits import damaged
from tongbao.batch.rules.package import walk

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SHIFT = 14  # bits of a column: Excel has 16,384
MAX_MERGES = 200_000  # one for each row that may be brought in
_TRUE = {"1", "true"}


@dataclass
class Scan:
    """Rows as Excel counts them (from 1), columns counted from 0."""

    formulas: "array[int]" = field(default_factory=lambda: array("q"))  # row and column of each in one number
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    hidden_rows: "array[int]" = field(default_factory=lambda: array("q"))
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first, last
    last_row: int = 0  # of cells that hold something
    last_column: int = -1

    def add_merge(self, merge: tuple[int, int, int, int]) -> None:
        """Remember a merged range; a sheet with more of them than rows was not made by hand."""
        if len(self.merges) >= MAX_MERGES:
            raise damaged()
        self.merges.append(merge)

    def formulas_by_row(self) -> Iterator[tuple[int, list[int]]]:
        """The columns of the formulas of each row that has any, from top to bottom."""
        ordered = array("q", np.sort(np.frombuffer(self.formulas, np.int64)).tobytes() if self.formulas else b"")
        for row, codes in groupby(ordered, lambda code: code >> _SHIFT):
            yield row, [code & ((1 << _SHIFT) - 1) for code in codes]


def code(row: int, column: int) -> int:
    """The number under which a formula's cell is remembered."""
    return (row << _SHIFT) + column


def place(address: str) -> tuple[int, int] | None:
    """'B3' → (3, 1); None when it is not an address."""
    found = _ADDRESS.fullmatch(address.upper().replace("$", ""))
    if not found:
        return None
    column = 0
    for character in found[1]:
        column = column * 26 + ord(character) - 64
    return int(found[2]), column - 1


def merged_range(reference: str) -> tuple[int, int, int, int] | None:
    """'A1:B2' → (1, 0, 2, 1); None when it is not a range."""
    first, _, last = reference.partition(":")
    one, other = place(first), place(last or first)
    return (*one, *other) if one and other else None


class _Walker:
    """The state of one pass over a sheet's XML, element by element."""

    def __init__(self) -> None:
        self.scan = Scan()
        self.row = 0
        self.column = -1
        self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """One element opens."""
        if self.inside:
            self.start_inside(name, attributes)
        elif name == "sheetData":
            self.inside = True
        elif name in ("mergeCell", "col"):
            self.enter_span(name, attributes)

    def start_inside(self, name: str, attributes: dict[str, str]) -> None:
        """One element opens among the rows."""
        if name == "c":
            spot = place(attributes.get("r", ""))
            self.row, self.column = spot or (self.row, self.column + 1)
        elif name in ("v", "is", "f"):
            self.filled()
            if name == "f":
                self.scan.formulas.append(code(self.row, self.column))
        elif name == "row":
            number = attributes.get("r", "")
            self.row, self.column = (int(number) if number.isdigit() else self.row + 1), -1
            if attributes.get("hidden") in _TRUE:
                self.scan.hidden_rows.append(self.row)

    def end(self, name: str) -> None:
        """One element closes; what follows the rows (rules of formatting and the like) has formulas of its own."""
        if name == "sheetData":
            self.inside = False

    def filled(self) -> None:
        """The present cell holds something."""
        self.scan.last_row = max(self.scan.last_row, self.row)
        self.scan.last_column = max(self.scan.last_column, self.column)

    def enter_span(self, name: str, attributes: dict[str, str]) -> None:
        """A merged range, or the settings of some columns."""
        if name == "col" and attributes.get("hidden") in _TRUE:
            self.scan.hidden_columns.append((int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1)) - 1))
        elif name == "mergeCell" and (merge := merged_range(attributes.get("ref", ""))):
            self.scan.add_merge(merge)


def walk_sheet(package: zipfile.ZipFile, path: str) -> Scan:
    """One careful pass over the sheet at `path` inside the package, whatever dialect of XML it is written in."""
    walker = _Walker()
    walk(package, path, walker.start, walker.end)
    return walker.scan
