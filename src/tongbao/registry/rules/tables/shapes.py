"""What a kind of table is to the register: its columns, how each cell is read, what a good row becomes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from tongbao.batch.rules import Column, Kind


@dataclass(frozen=True)
class Context:
    """What reading a table needs to know beside its cells."""

    today: date
    areas: Mapping[str, str]  # code → name of every area, those that have ended too
    unit: str = "usd"  # of amounts in the file
    exceptions: Collection[str] = ()  # codes accepted on evidence although their check digit does not fit
    aliases: Mapping[str, str] = field(default_factory=dict)  # a firm's former code → its code today
    knows: Callable[[str], bool] = lambda code: False  # whether a firm with this code is in the register
    named: Callable[[str], list[str]] = lambda name: []  # the codes of the firms with this name, today or formerly


Found = Mapping[str, Any]  # what was read in the cells before, by column key
Reader = Callable[[Any, Found, Context], Any]


class Row(Protocol):
    """A good row: a named tuple that begins with its number in the file and the firm's code."""

    @property
    def row(self) -> int:
        """As Excel counts."""

    @property
    def code(self) -> str:
        """The firm's."""

    @property
    def name(self) -> str:
        """The firm's, as written."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What identifies it in the register: two rows with one key contradict each other."""

    def _replace(self, **changes: Any) -> Any: ...


@dataclass(frozen=True)
class Cell:
    """A column and how its cells are read. `alone`: the reading depends on nothing else in the row, so that equal
    cells need be read only once."""

    column: Column
    read: Reader
    alone: bool = True
    is_day: bool = False


@dataclass(frozen=True)
class Table:
    """A kind of table that the register takes in."""

    kind: Kind
    cells: tuple[Cell, ...]
    make: Callable[..., Any]  # a Row from its number, then what was read, in the order of `cells`
    repeated: str  # the sentence for rows with one key; {row} is the other row
    repeated_at: str  # the column at which it is shown
    same_firm: tuple[tuple[str, str], ...] = ()  # what must not differ between rows of one firm: attribute, its name


def table(*, id: str, title: str, sheet: str, cells: tuple[Cell, ...], make: Callable[..., Any], **said: Any) -> Table:
    """A table with the kind that belongs to it."""
    return Table(Kind(id, title, sheet, tuple(cell.column for cell in cells)), cells, make, **said)
