"""A list looked at row by row: what is good, what is wrong. One pass, whatever its length."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongbao.batch.rules import Fault, Line
from tongbao.registry.rules import figures
from tongbao.registry.rules.tables import Context, Row, Table


@dataclass
class Examiner:
    """Reads the lines of one file; equal cells are read once, because a list repeats its codes, areas and countries.

    `places`: column key → (letter, heading as typed). Of rows that contradict each other all are wrong, for nobody can
    choose: the first of them was good when it was read, and stands in `taken_back` with its fault.
    """

    table: Table
    places: Mapping[str, tuple[str, str]]
    context: Context
    contradicted: Mapping[int, Fault] = field(default_factory=dict)  # known from an earlier pass
    taken_back: dict[int, Fault] = field(default_factory=dict)
    remarks: Counter[str] = field(default_factory=Counter)
    _first: dict[str, int] = field(default_factory=dict)  # of each remark: its first row
    _memory: dict[tuple[str, type, Any], Any] = field(default_factory=dict)
    _seen: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _firms: dict[str, Row] = field(default_factory=dict)

    def look(self, line: Line) -> Row | list[Fault]:
        """One line: a good row, or everything that is wrong with it."""
        faults = list(line.faults)
        found: dict[str, Any] = {}
        for cell in self.table.cells:
            value = line.cells.get(cell.column.key)
            try:
                if cell.alone:
                    found[cell.column.key] = self._remembered(cell, value)
                else:
                    found[cell.column.key] = cell.read(value, found, self.context)
            except figures.Wrong as wrong:
                faults.append(self._fault(line.row, cell.column.key, value, str(wrong)))
            if isinstance(value, str):
                self._remark(line.row, cell, value)
        if faults:
            return faults
        row = self.table.make(line.row, *found.values())
        return self._against_others(row) or row

    def _remembered(self, cell: Any, value: Any) -> Any:
        known = (cell.column.key, type(value), value)
        if known not in self._memory:
            self._memory[known] = cell.read(value, {}, self.context)
        return self._memory[known]

    def _fault(self, row: int, key: str, value: Any, reason: str) -> Fault:
        letter, title = self.places.get(key) or ("", self._title(key))
        return Fault(row, letter, title, figures.text(value), reason)

    def _title(self, key: str) -> str:
        return next(cell.column.title for cell in self.table.cells if cell.column.key == key)

    def _remark(self, row: int, cell: Any, value: str) -> None:
        if cell.column.key != "name" and figures.is_full_width(value):
            self._note("full_width", row)
        if cell.is_day:
            self._note("text_day", row)

    def _note(self, what: str, row: int) -> None:
        self.remarks[what] += 1
        self._first.setdefault(what, row)

    def _against_others(self, row: Row) -> list[Fault]:
        """What contradicts a row further up."""
        before = self._seen.setdefault(row.key, row.row)
        if row.row in self.contradicted:
            return [self.contradicted[row.row]]
        if before != row.row:
            sentence = self.table.repeated
            at = self.table.repeated_at
            self.taken_back.setdefault(before, self._fault(before, at, "", sentence.format(row=row.row)))
            return [self._fault(row.row, at, "", sentence.format(row=before))]
        if not self.table.same_firm:
            return []
        first = self._firms.setdefault(row.code, row)
        faults = []
        for key, title in self.table.same_firm:
            mine, theirs = getattr(row, key), getattr(first, key)
            if mine != theirs:
                areas = self.context.areas
                reason = f"与第 {first.row} 行同一代码的{title}不同（“{areas.get(theirs, theirs)}”），请核对后统一"
                faults.append(self._fault(row.row, key, areas.get(mine, mine), reason))
        return faults

    def notices(self) -> list[str]:
        """What was read in another form than it was typed; after the last line."""
        sentences = {
            "full_width": "第 {first} 行等 {count} 格有全角字符，已按半角读取。",
            "text_day": "第 {first} 行等 {count} 格的日期是文字，已按年-月-日读取。",
        }
        return [
            sentences[what].format(first=self._first[what], count=count) for what, count in sorted(self.remarks.items())
        ]
