"""From a workbook's bytes to lines of cells, with every trap of the form named by its cell."""

import io
import re
import unicodedata
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from tongbao.batch.rules.package import MAX_ROWS, SheetEntry, damaged, open_package, sheets
from tongbao.batch.rules.scan import Scan, scan
from tongbao.batch.rules.shapes import Column, Fault, Kind, Line, Sheet, letter
from tongbao.refusal import Refusal

MAX_COLUMNS = 40


def read(content: bytes, kind: Kind) -> Sheet:
    """Read the sheet of `kind` from an XLSX.

    Refusals concern the whole file (not a workbook, damaged, too big, wrong sheet, wrong headings); faults concern
    cells (formulas, merged, hidden) and leave the other rows usable.
    """
    package = open_package(content)
    with package:
        entry = _choose(sheets(package), kind)
        seen = scan(package, entry.path)
    _check_size(seen)
    values = _values(content, entry.title)
    _check_merged_heading(seen)
    places = _places(values[0] if values else [], kind)
    _check_hidden_columns(seen, places)
    lines = [
        Line(number, {key: _cell(row, index) for key, (index, _) in places.items()})
        for number, row in enumerate(values[1:], start=2)
        if any(_cell(row, index) is not None for index, _ in places.values())
    ]
    if not lines:
        raise Refusal("import.no_rows", f"工作表“{entry.title}”里没有数据行。请从第 2 行开始填写后上传。", "file")
    named = {key: (letter(index), title) for key, (index, title) in places.items()}
    return Sheet(lines, named, _faults(seen, lines, places), _notices(values[0], places))


def _choose(entries: list[SheetEntry], kind: Kind) -> SheetEntry:
    exact = [entry for entry in entries if entry.title.strip() == kind.sheet]
    visible = [entry for entry in entries if not entry.hidden]
    if exact:
        return exact[0]
    if len(visible) == 1:
        return visible[0]
    names = "、".join(entry.title for entry in entries) or "无"
    raise Refusal(
        "import.sheet",
        f"找不到名为“{kind.sheet}”的工作表（文件里有：{names}）。请把数据所在的工作表改名为“{kind.sheet}”。",
        "file",
    )


def _check_size(seen: Scan) -> None:
    if seen.last_row > MAX_ROWS + 1:
        raise Refusal(
            "import.too_many_rows",
            f"工作表用到了第 {seen.last_row:,} 行，一次最多导入 {MAX_ROWS:,} 行。请按年份或月份分成几个文件。",
            "file",
        )
    if seen.last_column >= MAX_COLUMNS:
        raise Refusal(
            "import.too_many_columns",
            f"工作表用到了 {letter(seen.last_column)} 列，多于 {MAX_COLUMNS} 列。请对照模板，只保留需要的列。",
            "file",
        )


def _values(content: bytes, title: str) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise damaged() from error


def _cell(row: list[Any], index: int) -> Any:
    value = row[index] if index < len(row) else None
    if isinstance(value, str):
        value = value.strip()
    return None if value == "" else value


def _plain(title: Any) -> str:
    return re.sub(r"[\s*＊]", "", unicodedata.normalize("NFKC", str(title)))


def _places(heading: list[Any], kind: Kind) -> dict[str, tuple[int, str]]:
    """Where each column of the kind stands: key → (index, heading as typed)."""
    meanings = {_plain(name): column for column in kind.columns for name in (column.title, *column.others)}
    found: dict[str, tuple[int, str]] = {}
    for index, title in enumerate(heading):
        column = meanings.get(_plain(title))
        if column is None:
            continue
        if column.key in found:
            raise Refusal("import.heading_twice", f"表头里“{column.title}”出现了两次。请只保留一列后上传。", "file")
        found[column.key] = (index, str(title).strip())
    missing = [column.title for column in kind.columns if column.required and column.key not in found]
    if missing:
        raise Refusal(
            "import.headings",
            f"第 1 行表头缺少：{'、'.join(missing)}。请下载模板，不要改动表头（第 1 行）。",
            "file",
        )
    return found


def _check_merged_heading(seen: Scan) -> None:
    for first_row, first_column, last_row, last_column in seen.merges:
        if first_row == 1:
            where = f"{letter(first_column)}{first_row}:{letter(last_column)}{last_row}"
            raise Refusal("import.heading_merged", f"表头 {where} 是合并单元格。请取消合并，表头只占第 1 行。", "file")


def _check_hidden_columns(seen: Scan, places: dict[str, tuple[int, str]]) -> None:
    for index, title in places.values():
        if any(first <= index <= last for first, last in seen.hidden_columns):
            raise Refusal(
                "import.hidden_column", f"{letter(index)} 列（{title}）被隐藏。请取消隐藏，核对后再上传。", "file"
            )


def _faults(seen: Scan, lines: list[Line], places: dict[str, tuple[int, str]]) -> list[Fault]:
    """What the form of the sheet hides from a reader of its values."""
    used = dict(places.values())
    cells = {(line.row, index): line.cells[key] for line in lines for key, (index, _) in places.items()}
    rows = {line.row for line in lines}
    faults = [
        Fault(
            row,
            letter(column),
            used[column],
            _shown(cells.get((row, column))),
            "这一格是公式：请复制后选择性粘贴为数值",
        )
        for row, column in seen.formulas
        if column in used and row > 1
    ]
    faults += [
        Fault(row, "", "整行", "", "这一行被隐藏：请取消隐藏，核对后保留或删除")
        for row in sorted(seen.hidden_rows & rows)
    ]
    return faults + _merged(seen, used, sorted(rows))


def _merged(seen: Scan, used: dict[int, str], rows: list[int]) -> list[Fault]:
    """One fault for each row that a merged range touches."""
    faults = []
    for first_row, first_column, last_row, last_column in seen.merges:
        touched = [index for index in used if first_column <= index <= last_column]
        where = f"{letter(first_column)}{first_row}:{letter(last_column)}{last_row}"
        for row in [row for row in rows if first_row <= row <= last_row] if touched else []:
            reason = f"{where} 是合并单元格：请取消合并，每一行都填写完整"
            faults.append(Fault(row, letter(touched[0]), used[touched[0]], "", reason))
    return faults


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _notices(heading: list[Any], places: dict[str, tuple[int, str]]) -> list[str]:
    taken = {index for index, _ in places.values()}
    others = [str(title).strip() for index, title in enumerate(heading) if index not in taken and str(title).strip()]
    return [f"没有用到的列：{'、'.join(others)}。"] if others else []


def headings(kind: Kind) -> list[str]:
    """The first row of a template."""
    return [column.title for column in kind.columns]


def explanation(column: Column) -> list[str]:
    """A column's line in the template's second sheet."""
    return [column.title, "必填" if column.required else "选填", column.hint, "；".join(column.samples)]
