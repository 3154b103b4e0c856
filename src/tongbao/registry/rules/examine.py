"""A customs list looked at row by row: what is good, what is wrong, and what it would change in the register."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tongbao import money
from tongbao.batch.rules import Fault, Line, Sheet
from tongbao.registry.rules import figures
from tongbao.registry.rules.countries import UNKNOWN

SHOWN_CHANGES = 200
SAMPLE = 10


class Row(NamedTuple):
    """One good row, in the order in which it waits in a chunk. `month` 0: the whole year; `cents`: USD cents."""

    row: int
    code: str
    name: str
    area: str
    year: int
    month: int
    country: str
    cents: int

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What identifies the figure in the register."""
        return self.code, self.year, self.month, self.country


@dataclass
class Parsed:
    """The outcome of reading every cell."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What the register holds of the firms in a list."""

    exporters: Mapping[str, tuple[str, str]]  # code → name, area code
    figures: Mapping[tuple[str, int, int, str], int]  # key of a figure → cents


class _Reader:
    """Reads lines; equal cells are read once, because a list repeats its codes, areas and countries."""

    def __init__(self, sheet: Sheet, areas: Mapping[str, str], today: date) -> None:
        self.sheet = sheet
        self.areas = areas
        self.today = today
        self.memory: dict[tuple[str, type, Any], Any] = {}
        self.full_width: list[int] = []

    def line(self, line: Line) -> tuple[Row | None, list[Fault]]:
        """One line: the row, or what is wrong with it."""
        faults: list[Fault] = []
        found: dict[str, Any] = {}
        readers: dict[str, Callable[[Any], Any]] = {
            "code": figures.read_code,
            "name": figures.read_name,
            "area": lambda cell: figures.read_area(cell, self.areas),
            "year": lambda cell: figures.read_year(cell, self.today),
            "month": lambda cell: figures.read_month(cell, found.get("year"), self.today),
            "country": figures.read_country,
            "amount": figures.read_cents,
        }
        for key, reader in readers.items():
            cell = line.cells.get(key)
            try:
                found[key] = reader(cell) if key in ("month", "amount") else self.remembered(key, cell, reader)
            except figures.Wrong as wrong:
                letter, title = self.sheet.places[key]
                faults.append(Fault(line.row, letter, title, figures.text(cell), str(wrong)))
        if any(figures.is_full_width(cell) for key, cell in line.cells.items() if key != "name"):
            self.full_width.append(line.row)
        return (None if faults else Row(line.row, *found.values())), faults

    def remembered(self, key: str, cell: Any, reader: Callable[[Any], Any]) -> Any:
        """The reading of a cell seen before in this column, else a new one."""
        known = (key, type(cell), cell)
        if known not in self.memory:
            self.memory[known] = reader(cell)
        return self.memory[known]


def parse(sheet: Sheet, areas: Mapping[str, str], today: date) -> Parsed:
    """Read every line. `areas`: code → name. Rows with any fault are left out of `rows`; all faults are listed."""
    reader = _Reader(sheet, areas, today)
    faults, rows = list(sheet.faults), []
    for line in sheet.lines:
        row, wrong = reader.line(line)
        faults += wrong
        if row:
            rows.append(row)
    faults += _repeats(rows, sheet) + _contradictions(rows, sheet, areas)
    bad = {fault.row for fault in faults}
    notices = list(sheet.notices)
    if reader.full_width:
        first = reader.full_width[0]
        notices.append(f"第 {first} 行等 {len(reader.full_width)} 行有全角字符，已按半角读取。")
    return Parsed([row for row in rows if row.row not in bad], faults, notices)


def _repeats(rows: list[Row], sheet: Sheet) -> list[Fault]:
    """Rows that give the same firm, year, month and country again: all of them are wrong, for we cannot choose."""
    letter, title = sheet.places["country"]
    groups: dict[tuple[str, int, int, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.key].append(row)
    faults = []
    for group in groups.values():
        for row in group if len(group) > 1 else []:
            other = group[1] if row is group[0] else group[0]
            reason = f"与第 {other.row} 行重复：同一企业、年月、国别只能有一行，请合并或删除"
            faults.append(Fault(row.row, letter, title, row.country, reason))
    return faults


def _contradictions(rows: list[Row], sheet: Sheet, areas: Mapping[str, str]) -> list[Fault]:
    """Rows whose firm has another name or area further up."""
    first: dict[str, Row] = {}
    faults = []
    for row in rows:
        before = first.setdefault(row.code, row)
        for key, title in (("name", "名称"), ("area", "工商注册地")):
            mine, theirs = getattr(row, key), getattr(before, key)
            if mine != theirs:
                letter, heading = sheet.places[key]
                reason = f"与第 {before.row} 行同一代码的{title}不同（“{areas.get(theirs, theirs)}”），请核对后统一"
                faults.append(Fault(row.row, letter, heading, areas.get(mine, mine), reason))
    return faults


def compare(parsed: Parsed, known: Known) -> tuple[dict[str, Any], list[str]]:
    """What the good rows would do to the register: counts for the preview (JSON-able), and remarks."""
    firms: dict[str, Row] = {}
    for row in parsed.rows:
        firms.setdefault(row.code, row)
    changed = [row for row in parsed.rows if known.figures.get(row.key, row.cents) != row.cents]
    same = sum(known.figures.get(row.key) == row.cents for row in parsed.rows)
    summary = {
        "rows": len(parsed.rows),
        "firms": len(firms),
        "new_firms": len(firms.keys() - known.exporters.keys()),
        "new": len(parsed.rows) - len(changed) - same,
        "changed": len(changed),
        "same": same,
        "years": _by_year(parsed.rows),
        "changes": changes(changed, known.figures)[:SHOWN_CHANGES],
        "sample": [list(row) for row in parsed.rows[:SAMPLE]],
    }
    return summary, _remarks(parsed.rows, firms, known)


def _by_year(rows: Iterable[Row]) -> list[dict[str, Any]]:
    cents: dict[int, int] = defaultdict(int)
    firms: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        cents[row.year] += row.cents
        firms[row.year].add(row.code)
    return [{"year": year, "cents": cents[year], "firms": len(firms[year])} for year in sorted(cents)]


def changes(changed: Iterable[Row], before: Mapping[tuple[str, int, int, str], int]) -> list[dict[str, Any]]:
    """The figures that would be replaced, summed by firm and year: old and new cents of just those figures."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in changed:
        entry = found.setdefault(
            (row.code, row.year),
            {"code": row.code, "name": row.name, "year": row.year, "figures": 0, "old_cents": 0, "new_cents": 0},
        )
        entry["figures"] += 1
        entry["old_cents"] += before[row.key]
        entry["new_cents"] += row.cents
    return list(found.values())


def _remarks(rows: list[Row], firms: Mapping[str, Row], known: Known) -> list[str]:
    remarks = []
    unknown = [row for row in rows if row.country == UNKNOWN]
    if unknown:
        total = money.text(sum(row.cents for row in unknown))
        remarks.append(f"{len(unknown)} 行国别不详，合计 {total} 美元：计入出口总额，不计入任何市场。")
    renamed = [row for code, row in firms.items() if code in known.exporters and known.exporters[code][0] != row.name]
    if renamed:
        was = known.exporters[renamed[0].code][0]
        remarks.append(
            f"{len(renamed)} 家企业名称与登记不同（如第 {renamed[0].row} 行，登记为“{was}”），导入后保留登记的名称。"
        )
    moved = [row for code, row in firms.items() if code in known.exporters and known.exporters[code][1] != row.area]
    if moved:
        remarks.append(
            f"{len(moved)} 家企业工商注册地与登记不同（如第 {moved[0].row} 行 {moved[0].name}），导入后保留登记的区域。"
        )
    both = _annual_and_monthly(rows, known)
    if both:
        remarks.append(f"{len(both)} 家企业同一年既有全年数又有分月数：计算时只用分月数，两者不相加。")
    return remarks


def _annual_and_monthly(rows: list[Row], known: Known) -> set[str]:
    annual: set[tuple[str, int]] = set()
    monthly: set[tuple[str, int]] = set()
    for code, year, month, _ in [*known.figures, *(row.key for row in rows)]:
        (monthly if month else annual).add((code, year))
    return {code for code, _ in annual & monthly}


def partial_firms(parsed: Parsed, sheet: Sheet) -> int:
    """Firms that would come in with some of their rows only: their totals would be too small."""
    bad = {fault.row for fault in parsed.faults}
    written = {figures.text(line.cells.get("code")).upper() for line in sheet.lines if line.row in bad}
    return len(written & {row.code for row in parsed.rows})
