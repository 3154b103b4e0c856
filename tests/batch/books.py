"""Files for tests: plain ones of every format, and ones with every trap."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tongbao.batch import rules
from tongbao.batch.rules import Column, Kind, compound
from tongbao.refusal import Refusal

KIND = Kind(
    id="things",
    title="东西",
    sheet="表",
    columns=(
        Column("name", "名称", "写名称", ("甲",)),
        Column("count", "数量", "写数字", ("1",), others=("个数",)),
        Column("note", "备注", "可不写", (), required=False),
    ),
)
HEAD = ("名称", "数量", "备注")
MONEY = Kind(
    id="money",
    title="出口额",
    sheet="出口额",
    columns=(
        Column("code", "统一社会信用代码", "18 位", ("91320602MA1XAMPLEP",), others=("信用代码", "企业代码")),
        Column("name", "企业名称", "与营业执照一致", ("南通某某纺织品有限公司",)),
        Column("year", "年份", "四位数字", ("2018",)),
        Column("amount", "出口额（美元）", "单位是美元", ("125000.50",), others=("出口额", "金额（美元）"), unit="usd"),
    ),
)
FIRM = ("91320602MA1XAMPLEP", "甲公司", 2018, 12.5)
OTHER_FIRM = ("91320602MA1XAMPLEQ", "乙公司", 2018, 13.5)


def book(
    rows: Sequence[Sequence[Any]],
    *,
    sheet: str = "表",
    head: Sequence[Any] = HEAD,
    change: Callable[[Worksheet], Any] | None = None,
    more: Sequence[str] = (),
) -> bytes:
    """A workbook with these rows; `change` is applied to the sheet, `more` names further sheets."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    for title in more:
        made.create_sheet(title)
    if change:
        change(page)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def plain_book(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook with these sheets, row for row as given."""
    made = Workbook()
    assert made.active is not None
    made.remove(made.active)
    for title, rows in sheets:
        page = made.create_sheet(title)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def old_book(
    rows: Sequence[Sequence[Any]],
    *,
    sheet: str = "表",
    change: Callable[[Any], Any] | None = None,
    more: Sequence[str] = (),
) -> bytes:
    """The same as an XLS; the first row is the heading."""
    made = xlwt.Workbook(encoding="utf-8")
    page = made.add_sheet(sheet)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                page.write(number, column, value)
    for title in more:
        made.add_sheet(title)
    if change:
        change(page)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_record(content: bytes, number: int, data: bytes) -> bytes:
    """An XLS with one more record behind the first; the sheets stand further back by its length."""
    stream = compound.take_out(content)
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    more = struct.pack("<HH", number, len(data)) + data
    position = first
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        if kind == 0x0085:
            struct.pack_into("<I", stream, position + 4, struct.unpack_from("<I", stream, position + 4)[0] + len(more))
        if kind == 0x000A:
            break
        position += 4 + size
    return compound.pack(bytes(stream[:first]) + more + bytes(stream[first:]))


def renamed_stream(content: bytes, name: str) -> bytes:
    """An XLS whose one stream has another name."""
    old, new = ((text + "\0").encode("utf-16-le") for text in ("Workbook", name))
    packed = compound.pack(compound.take_out(content))
    before, after = (text.ljust(64, b"\0") + struct.pack("<H", len(text)) for text in (old, new))
    assert packed.count(before) == 1
    return packed.replace(before, after)


def text(*rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A CSV, cells as they stand."""
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The same package with some entries replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def entry(content: bytes, name: str) -> bytes:
    """One entry of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


def guessed(content: bytes, kind: Kind = KIND, name: str = "表.xlsx", **choice: Any) -> rules.Guess:
    """Open a file and guess."""
    return rules.guess(rules.open_book(content, name), kind, **choice)


def sheet_of(content: bytes, kind: Kind = KIND, name: str = "表.xlsx") -> rules.Sheet:
    """Open a file, guess, and get ready to read it so."""
    opened = rules.open_book(content, name)
    return rules.read(opened, kind, rules.guess(opened, kind).layout)


def refused(content: bytes, kind: Kind = KIND, name: str = "表.xlsx") -> tuple[str, str, str | None]:
    """Code, sentence and field of the refusal that comes up to the last line."""
    with pytest.raises(Refusal) as no:
        list(sheet_of(content, kind, name).lines())
    return no.value.code, no.value.sentence, no.value.field
