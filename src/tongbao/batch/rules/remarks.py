"""What a person must look at before a guessed layout is used, in sentences."""

import re
from collections.abc import Sequence
from itertools import chain

from tongbao.batch.rules.layouts import UNITS, Layout
from tongbao.batch.rules.shapes import Kind, letter
from tongbao.batch.rules.table import Heading, Table
from tongbao.batch.rules.titles import How, Match, plain, unit_of

_UNIT_CELL = re.compile(r"(?:金额|计量|货币)?单位\s*[:：]?\s*(.+)|[（(](.+)[)）]")


def unit(kind: Kind, table: Table, at: Heading, found: Match) -> tuple[str, list[str]]:
    """The unit of the amounts as headings or a line above them say it ("other": none we take), and what is doubtful."""
    typed = {column.key: at.titles[found.columns[column.key]] for column in kind.columns
             if column.unit and column.key in found.columns}  # fmt: skip
    if not typed:
        return "usd", []
    hints = {title: unit_of(title) for title in typed.values()}
    hints = {title: hint for title, hint in hints.items() if hint} or _above(table, at)
    units = list(dict.fromkeys(hints.values()))
    if "other" in units:
        title = next(title for title, hint in hints.items() if hint == "other")
        return "other", [_refused(title)]
    if len(units) > 1:
        return units[0], [f"金额各列的单位不一样（{'、'.join(hints)}），只能按同一种单位读取。请改成一样后重新上传。"]
    if units and units[0] != "usd":
        title = next(iter(hints))
        return units[0], [f"表头写的是“{title}”，金额单位按{UNITS[units[0]]}读取，请核对。"]
    own = {plain(column.title) for column in kind.columns if column.unit}
    if not units and not {plain(title) for title in typed.values()} <= own:
        return "usd", ["表头没有写金额的单位，按美元读取，请核对。"]
    return "usd", []


def _refused(title: str) -> str:
    said = "人民币" if re.search("人民币|元|rmb|cny", title.casefold().replace("美元", "")) else "别的单位"
    return (
        f"表头写的是{said}（“{title}”），平台只收美元口径：请换算成美元后重新上传；如果其实就是美元，请自己选定这一列。"
    )


def _above(table: Table, at: Heading) -> dict[str, str]:
    """What a line such as '单位：万美元' above the headings says."""
    first = at.row - at.joined
    for text in chain.from_iterable(table.rows[: first - 1]):
        said = _UNIT_CELL.search(text)
        if said and (hint := unit_of(said[1] or said[2])):
            return {text: hint}
    return {}


def remarks(
    kind: Kind, table: Table, at: Heading, found: Match, layout: Layout, others: Sequence[str], *, recalled: bool
) -> list[str]:
    """Everything that was found, in the order in which a person looks: sheet, row, columns."""
    said = [*_sheet(kind, table, others), *_heading(at)]
    if recalled:
        known = f"，金额单位按{UNITS[layout.unit]}" if layout.unit != "usd" else ""
        said.append(f"表头与上次核对过的文件相同，沿用上次指定的各列{known}，请再看一眼。")
    else:
        said += [*_columns(kind, at, found), *_missing(kind, found)]
    unused = [title for index, title in enumerate(at.titles) if title and index not in layout.columns.values()]
    return [*said, *unused_columns(unused)]


def unused_columns(titles: Sequence[str]) -> list[str]:
    """The remark on columns of the file that are not read."""
    return [f"没有用到的列：{'、'.join(titles)}。"] if titles else []


def _sheet(kind: Kind, table: Table, others: Sequence[str]) -> list[str]:
    said = []
    if others:
        said.append(f"不止一张工作表像“{kind.title}”：现在读取“{table.title}”，另有“{'”、“'.join(others)}”，请核对。")
    if table.hidden:
        said.append(f"工作表“{table.title}”是隐藏的，请核对是不是这一张。")
    return said


def _heading(at: Heading) -> list[str]:
    said, first = [], at.row - at.joined
    if first > 1:
        said.append(f"表头不在第 1 行：按第 {first} 行读取，上面的 {first - 1} 行没有读取，请核对。")
    if at.joined:
        example = next((title for title in at.titles if " / " in title), at.titles[0])
        said.append(f"表头有两行（第 {first} 行和第 {at.row} 行），合在一起读取，例如“{example}”，请核对。")
    if at.merges:
        ranges = "、".join(f"{letter(left)}{top}:{letter(right)}{bottom}" for top, left, bottom, right in at.merges[:5])
        said.append(f"表头里有合并单元格（{ranges}{' 等' if at.merges[5:] else ''}），请核对各列对应得对不对。")
    return said


def _columns(kind: Kind, at: Heading, found: Match) -> list[str]:
    said = []
    for column in kind.columns:
        if column.key in found.ambiguous:
            said.append(f"“{column.title}”可能是：{_places(at, found.ambiguous[column.key])}。请指定是哪一列。")
        elif column.key in found.rivals:
            used, rest = [found.columns[column.key]], found.rivals[column.key]
            said.append(f"“{column.title}”按 {_places(at, used)}读取，{_places(at, rest)}也像，没有采用，请核对。")
        elif found.how.get(column.key) == How.INSIDE:
            said.append(f"“{column.title}”按 {_places(at, [found.columns[column.key]])}读取，表头不完全一样，请核对。")
    return said


def _places(at: Heading, indexes: Sequence[int]) -> str:
    return "、".join(f"{letter(index)} 列“{at.titles[index]}”" for index in indexes)


def _missing(kind: Kind, found: Match) -> list[str]:
    missing = [
        column.title
        for column in kind.columns
        if column.required and column.key not in found.columns and column.key not in found.ambiguous
    ]
    return [f"没有找到：{'、'.join(missing)}。请指定它们各是文件里的哪一列。"] if missing else []
