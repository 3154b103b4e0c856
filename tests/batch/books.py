"""Workbooks for tests: plain ones, and ones with every trap."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tongbao.batch.rules import Column, Kind

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
