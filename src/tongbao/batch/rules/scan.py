"""What a sheet's XML says that its values do not: formulas, merged cells, hidden rows and columns, its real size."""

import re
import zipfile
from dataclasses import dataclass, field

from tongbao.batch.rules.package import walk

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
KEEP = 5000  # formulas and hidden rows remembered one by one
_TRUE = {"1", "true"}


@dataclass
class Scan:
    """Rows as Excel counts them (from 1), columns counted from 0."""

    formulas: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first, last
    last_row: int = 0  # of cells that hold something
    last_column: int = -1


def place(address: str) -> tuple[int, int] | None:
    """'B3' → (3, 1); None when it is not an address."""
    found = _ADDRESS.fullmatch(address.upper().replace("$", ""))
    if not found:
        return None
    column = 0
    for character in found[1]:
        column = column * 26 + ord(character) - 64
    return int(found[2]), column - 1


class _Walker:
    """The state of one pass over a sheet."""

    def __init__(self) -> None:
        self.scan = Scan()
        self.row = 0
        self.column = -1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """One element opens."""
        if name == "c":
            spot = place(attributes.get("r", ""))
            self.row, self.column = spot or (self.row, self.column + 1)
        elif name in ("v", "is"):
            self.filled()
        elif name == "f":
            self.filled()
            if len(self.scan.formulas) < KEEP:
                self.scan.formulas.append((self.row, self.column))
        elif name == "row":
            self.enter_row(attributes)
        elif name in ("mergeCell", "col"):
            self.enter_span(name, attributes)

    def filled(self) -> None:
        """The present cell holds something."""
        self.scan.last_row = max(self.scan.last_row, self.row)
        self.scan.last_column = max(self.scan.last_column, self.column)

    def enter_row(self, attributes: dict[str, str]) -> None:
        """A row opens."""
        number = attributes.get("r", "")
        self.row, self.column = (int(number) if number.isdigit() else self.row + 1), -1
        if attributes.get("hidden") in _TRUE and len(self.scan.hidden_rows) < KEEP:
            self.scan.hidden_rows.add(self.row)

    def enter_span(self, name: str, attributes: dict[str, str]) -> None:
        """A merged range, or the settings of some columns."""
        if name == "col":
            if attributes.get("hidden") in _TRUE:
                self.scan.hidden_columns.append((int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1)) - 1))
            return
        first, _, last = attributes.get("ref", "").partition(":")
        one, other = place(first), place(last or first)
        if one and other and len(self.scan.merges) < KEEP:
            self.scan.merges.append((*one, *other))


def scan(package: zipfile.ZipFile, path: str) -> Scan:
    """One pass over the sheet at `path` inside the package."""
    walker = _Walker()
    walk(package, path, walker.start)
    return walker.scan
