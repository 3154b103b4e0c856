"""An insurer's statement as it is read: each cell, and the sum at its foot."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tongbao import money
from tongbao.batch.rules import Fault, Line, Sheet, fault_order, guess, open_book
from tongbao.batch.rules import read as read_sheet
from tongbao.funds.rules.bookings import MOST_FEN
from tongbao.funds.rules.reconciliation.columns import KIND
from tongbao.funds.rules.reconciliation.matching import Stated, plain_number
from tongbao.refusal import Refusal
from tongbao.registry import rules as registry
from tongbao.registry.rules import Wrong
from tongbao.ui import amounts

MOST_LINES = 5_000  # a statement is read while the person waits
FIRST_DAY = date(2000, 1, 1)
_SUM_WORDS = frozenset({"", "合计", "总计", "共计"})
_OTHER_UNITS = re.compile("[万千]元|美元|美金|USD|[（(]万", re.IGNORECASE)
_AMOUNTS = ("subsidy", "premium", "refund")


@dataclass(frozen=True)
class Reading:
    """A statement as read. `faulty`: the cells of each bad row as typed, for the error workbook."""

    lines: tuple[Stated, ...]
    faults: tuple[Fault, ...]
    faulty: tuple[tuple[int, tuple[Any, ...]], ...]
    notices: tuple[str, ...]

    @property
    def total_fen(self) -> int:
        """What the insurer says it used, in fen."""
        return sum(line.net_fen for line in self.lines)

    @property
    def rows(self) -> int:
        """Rows that hold a policy, good or bad."""
        return len(self.lines) + len(self.faulty)


def read(content: bytes, file_name: str, today: date) -> Reading:
    """Read a whole statement: its good lines, and every fault by row and column.

    Refusals, all of the whole file: those of `batch.rules` (`import.…`), `statement_columns` (one is missing),
    `statement_unit` (not in yuan), `statement_long` (more than MOST_LINES).
    """
    book = open_book(content, file_name)
    found = guess(book, KIND)
    missing = [c.title for c in KIND.columns if c.required and c.key not in found.layout.columns]
    if missing:
        raise Refusal(
            "statement_columns",
            f"没有找到这些列：{'、'.join(missing)}。请把表头改成模板里的写法，或下载模板填好后上传。",
            "file",
        )
    sheet = read_sheet(book, KIND, found.layout)
    _check_units(sheet)
    examined = _Examined(sheet.places, today)
    for line in sheet.lines():
        examined.look(line)
    if not (examined.lines or examined.faulty):
        raise Refusal("import.no_rows", "对账单里没有保单的行。请填好后再上传。", "file")
    remarks = () if found.exact else found.remarks
    faults = tuple(sorted([*examined.faults, *examined.sum_faults()], key=fault_order))
    notices = tuple(dict.fromkeys([*book.notices, *remarks, *sheet.notices, *sheet.after()]))
    return Reading(tuple(examined.lines), faults, tuple(examined.faulty), notices)


def _check_units(sheet: Sheet) -> None:
    for key in _AMOUNTS:
        _, heading = sheet.places.get(key, ("", ""))
        if _OTHER_UNITS.search(heading):
            raise Refusal(
                "statement_unit", f"“{heading}”一列不是以元为单位。请换算成人民币元，改好表头后重新上传。", "file"
            )


class _Examined:
    """The lines looked at one after another."""

    def __init__(self, places: Mapping[str, tuple[str, str]], today: date) -> None:
        self.places, self.today = places, today
        self.lines: list[Stated] = []
        self.faults: list[Fault] = []
        self.faulty: list[tuple[int, tuple[Any, ...]]] = []
        self.sums: list[tuple[int, str, Any]] = []

    def look(self, line: Line) -> None:
        """One line: a policy, a sum, or something wrong."""
        if not line.faults and _is_sum(line):
            self.sums += [(line.row, key, line.cells[key]) for key in _AMOUNTS if line.cells.get(key) is not None]
            return
        if len(self.lines) + len(self.faulty) >= MOST_LINES:
            raise Refusal("statement_long", f"一份对账单最多 {MOST_LINES:,} 行。请核对是不是只含这个月的保单。", "file")
        faults, read = list(line.faults), {}
        for key, reader in _READERS.items():
            value = line.cells.get(key)
            try:
                read[key] = reader(value, self.today)
            except Wrong as wrong:
                faults.append(self._fault(line.row, key, value, str(wrong)))
        if not faults and not read["subsidy"] and not read["refund"]:
            faults.append(self._fault(line.row, "subsidy", line.cells.get("subsidy"), "扶持和退回都是 0，请核对或删除"))
        if faults:
            self.faults += faults
            self.faulty.append((line.row, tuple(line.cells.get(column.key) for column in KIND.columns)))
            return
        sums = {"subsidy_fen": read.pop("subsidy"), "premium_fen": read.pop("premium")}
        self.lines.append(Stated(row=line.row, refund_fen=read.pop("refund") or 0, **sums, **read))

    def sum_faults(self) -> list[Fault]:
        """A sum at the foot that is not the sum of the rows: a row is missing or was changed."""
        if self.faulty:
            return []  # told once the rows themselves are right
        added = {
            "subsidy": sum(line.subsidy_fen for line in self.lines),
            "premium": sum(line.premium_fen or 0 for line in self.lines),
            "refund": sum(line.refund_fen for line in self.lines),
        }
        found = []
        for row, key, value in self.sums:
            try:
                said = _fen(value, signed=True)
            except Wrong as wrong:
                found.append(self._fault(row, key, value, str(wrong)))
                continue
            if said != added[key]:
                reason = (
                    f"合计与各行之和 {money.text(added[key])} 元不符，请核对是否漏行，或这一行不是合计而少填了保单号"
                )
                found.append(self._fault(row, key, value, reason))
        return found

    def _fault(self, row: int, key: str, value: Any, reason: str) -> Fault:
        title = next(column.title for column in KIND.columns if column.key == key)
        letter, heading = self.places.get(key, ("", title))
        return Fault(row, letter, heading, registry.text(value), reason)


def _is_sum(line: Line) -> bool:
    """Whether a row is the sum at the foot: amounts, and nothing beside them but the word."""
    words = {re.sub(r"\s", "", registry.text(line.cells.get(key))) for key in ("number", "name", "code", "entry_date")}
    return words <= _SUM_WORDS and any(line.cells.get(key) is not None for key in _AMOUNTS)


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(cell: Any, today: date) -> str:
    lost = "保单号被存成了数字，末几位可能已丢失：请把这一列设为文本后重新填写"
    if isinstance(cell, bool | date):
        raise Wrong("这一格不是保单号")
    if cell is not None and not isinstance(cell, str) and abs(cell) >= 10**15:
        raise Wrong(lost)
    typed = re.sub(r"\s+", " ", str(cell)).strip() if isinstance(cell, str) else registry.text(cell)
    if re.fullmatch(r"\d(\.\d+)?E\+\d+", typed, re.IGNORECASE):
        raise Wrong(lost)
    if not plain_number(typed):
        raise Wrong("请填写保单号")
    if len(typed) > 60:
        raise Wrong("保单号超过 60 个字符，请核对")
    return typed


def _name(cell: Any, today: date) -> str:
    return registry.read_name(cell)


def _code(cell: Any, today: date) -> str:
    """As the insurer has it: only helps to propose, so the check digit is not verified."""
    code = plain_number(registry.text(cell))
    if code and len(code) != 18:
        raise Wrong(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位；不知道的请留空")
    return code


def _entry_date(cell: Any, today: date) -> date:
    day = registry.read_day(cell)
    if day is None:
        raise Wrong("请填写保单录入日期")
    if not FIRST_DAY <= day <= today:
        raise Wrong("录入日期应在 2000-01-01 与今天之间，请核对")
    return day


def _subsidy(cell: Any, today: date) -> int:
    if cell is None:
        raise Wrong("请填写财政扶持金额；只有退保的填 0")
    return _fen(cell, signed=True)


def _optional(cell: Any, today: date) -> int | None:
    return None if cell is None else _fen(cell)


def _fen(cell: Any, *, signed: bool = False) -> int:
    """A typed sum in yuan as fen."""
    fen = None
    if isinstance(cell, str):
        superscript = any(sign.isdigit() and not sign.isdecimal() for sign in cell)  # ² is no 2
        fen = None if superscript or _OTHER_UNITS.search(cell) else amounts.minor_units(cell)
    elif not isinstance(cell, bool | date | datetime):
        fen = _fen_of(Decimal(cell) if isinstance(cell, int) else Decimal(f"{cell:.15g}"))  # as Excel shows it
    if fen is None:
        raise Wrong("应为人民币元，最多两位小数，例如 10609.35")
    if fen < 0 and not signed:
        raise Wrong("不能是负数，退回的金额请填正数")
    if abs(fen) > MOST_FEN:
        raise Wrong("金额超过 1000 亿元，请核对单位是不是元")
    return fen


def _fen_of(yuan: Decimal) -> int | None:
    if not yuan.is_finite():
        return None
    fen = yuan * 100
    return int(fen) if fen == fen.to_integral_value() else None


_READERS: Mapping[str, Callable[[Any, date], Any]] = {
    "number": _number,
    "name": _name,
    "code": _code,
    "entry_date": _entry_date,
    "subsidy": _subsidy,
    "premium": _optional,
    "refund": _optional,
}
