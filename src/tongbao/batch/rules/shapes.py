"""The shapes an import passes through: kind, sheet as read, rows as examined."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column of a kind of import. `others` are headings that mean the same; `unit` "usd": amounts of money."""

    key: str
    title: str
    hint: str
    samples: tuple[str, ...]
    required: bool = True
    others: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of table that can be brought in; the context that owns the rows declares it."""

    id: str
    title: str
    sheet: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where (row as Excel counts it, column letter, heading), what stood there, why it is refused."""

    row: int
    column: str
    title: str
    value: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As stored with the import."""
        return asdict(self)


@dataclass(frozen=True)
class Line:
    """One row of the sheet: its number in Excel, its cells by column key (None: empty), the faults of its form."""

    row: int
    cells: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


@dataclass
class Trimmed:
    """Cells whose invisible characters were taken away while reading."""

    count: int = 0
    first_row: int = 0

    def note(self, row: int) -> None:
        """One more such cell."""
        self.count += 1
        self.first_row = self.first_row or row


@dataclass
class Sheet:
    """A sheet being read, row by row: only one row is held at a time.

    `row_count` is at most the number of rows below the heading. `trimmed` is filled while `lines()` is read.
    """

    places: Mapping[str, tuple[str, str]]  # column key → (letter, heading as typed)
    source: Iterable[Line]
    row_count: int = 0
    notices: list[str] = field(default_factory=list)  # known before the lines are read
    trimmed: Trimmed = field(default_factory=Trimmed)

    def lines(self) -> Iterator[Line]:
        """The rows that hold something, from top to bottom; each call starts again at the top."""
        self.trimmed.count = self.trimmed.first_row = 0
        return iter(self.source)

    def after(self) -> list[str]:
        """Remarks known once `lines()` has been read to its end."""
        if not self.trimmed.count:
            return []
        told = f"有 {self.trimmed.count:,} 格的前后有空格或夹着看不见的字符"
        return [f"{told}（最早在第 {self.trimmed.first_row} 行），已去掉后读取。"]


def fault_order(fault: Fault) -> tuple[int, int, str]:
    """Faults from top to bottom, left to right."""
    return fault.row, len(fault.column), fault.column


def letter(index: int) -> str:
    """The letter of a column counted from 0: 0 → A, 26 → AA."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def headings(kind: Kind) -> list[str]:
    """The first row of a template."""
    return [column.title for column in kind.columns]


def explanation(column: Column) -> list[str]:
    """A column's line in the template's second sheet."""
    return [column.title, "必填" if column.required else "选填", column.hint, "；".join(column.samples)]
