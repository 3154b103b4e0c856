"""The shapes an import passes through: kind, sheet as read, rows as examined."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column of a kind of import. `others` are headings that mean the same."""

    key: str
    title: str
    hint: str
    samples: tuple[str, ...]
    required: bool = True
    others: tuple[str, ...] = ()


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
    """One row of the sheet: its number in Excel and its cells by column key (None: empty)."""

    row: int
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet as read: its lines, what is wrong with its form already, and remarks."""

    lines: list[Line]
    places: Mapping[str, tuple[str, str]]  # column key → (letter, heading as typed)
    faults: list[Fault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Examined:
    """A sheet after its owner looked at every row: what would go in, what would not, and what it would do."""

    file_name: str
    file_hash: str
    row_count: int
    rows: list[list[Any]]  # the good ones: the row number, then plain values
    faults: list[Fault]
    rejected: list[list[Any]]  # the bad ones: [row number, [cells as text]]
    notices: list[str]
    summary: dict[str, Any]


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
