"""A file that was sent: recognised by its content, looked at for danger, its tables opened row by row."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook

from tongbao.batch.rules import biff, compound, delimited, quick
from tongbao.batch.rules.delimited import TextForm
from tongbao.batch.rules.limits import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    TITLE_ROWS,
    damaged,
    not_workbook,
    old_format,
    too_big,
    too_many_columns,
    too_many_rows,
)
from tongbao.batch.rules.package import SheetEntry, open_package, sheets
from tongbao.batch.rules.scan import Scan
from tongbao.batch.rules.shapes import letter
from tongbao.refusal import Refusal

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BEFORE_97 = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # not even in a container
_TEXT_ENDINGS = (".csv", ".txt", ".tsv")


class Format(StrEnum):
    """The formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


_SHOWN = {Format.XLSX: " Excel 工作簿（.xlsx）", Format.XLS: "旧版 Excel 工作簿（.xls）", Format.CSV: " CSV 文本"}


@dataclass(frozen=True)
class Book:
    """An opened file, looked at for danger, not yet read. `kept` saves a second pass over the same sheet."""

    content: bytes
    format: Format
    sheets: tuple[SheetEntry, ...]
    notices: tuple[str, ...] = ()
    form: TextForm | None = None  # of a CSV
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Grid:
    """One table of a book: what its form says, and its rows from row 1 and column A on."""

    seen: Scan
    rows: Callable[[], Iterator[Sequence[Any]]]


def open_book(content: bytes, file_name: str) -> Book:
    """Recognise a file by its content and look at it for danger; its rows are not read yet.

    Refusals, field "file": `import.too_big`, `import.empty_file`, `import.not_workbook`, `import.old_format`,
    `import.password`, `import.macros`, `import.external_links`, `import.bomb`, `import.damaged`, `import.doctype`,
    `import.encoding`, `import.nul`.
    """
    if len(content) > MAX_BYTES:
        raise Refusal("import.too_big", too_big(len(content)), "file")
    if not content:
        raise Refusal("import.empty_file", "这个文件是空的，请重新选择。", "file")
    if content.startswith(_ZIP):
        with open_package(content) as package:
            return Book(content, Format.XLSX, sheets(package), _renamed(file_name, Format.XLSX))
    if content.startswith(compound.SIGNATURE):
        records = biff.look(compound.take_out(content))
        notices = _renamed(file_name, Format.XLS)
        return Book(content, Format.XLS, tuple(records.sheets), notices, kept={"records": records})
    if content.startswith(_BEFORE_97):
        raise old_format()
    return _text(content, file_name)


def _text(content: bytes, file_name: str) -> Book:
    is_text = file_name.lower().endswith(_TEXT_ENDINGS)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Refusal(
            "import.not_workbook",
            "这是网页或 XML 格式的表格，只是取了表格的扩展名。请用 Excel 打开，另存为 .xlsx 后上传。",
            "file",
        )
    try:
        form = delimited.form_of(content)
    except Refusal as no:
        raise no if is_text else not_workbook() from None
    if not (is_text or max(delimited.widths(content, form), default=0) > 1):
        raise not_workbook()  # some text or other
    return Book(content, Format.CSV, (), _renamed(file_name, Format.CSV) + delimited.remarks(form), form)


def _renamed(file_name: str, found: Format) -> tuple[str, ...]:
    """A remark when the name promises another format. XLSX has a few endings of its own."""
    ending = "." + file_name.lower().rpartition(".")[2]
    own = {Format.XLSX: (".xlsx", ".xltx"), Format.XLS: (".xls", ".xlt", ".et"), Format.CSV: _TEXT_ENDINGS}[found]
    if "." not in file_name or ending in own:
        return ()
    return (f"文件名以“{ending}”结尾，内容其实是{_SHOWN[found]}，已按内容读取。",)


def grid(book: Book, title: str) -> Grid:
    """The table with this title (a CSV has one, without a title).

    Refusals: `import.sheet`, `import.too_many_rows`, `import.too_many_columns`, `import.damaged`, `import.doctype`.
    """
    if book.form:
        form = book.form
        if "rows" not in book.kept:
            book.kept["rows"] = delimited.row_count(book.content, form)
        return Grid(Scan(last_row=book.kept["rows"]), lambda: delimited.records(book.content, form))
    entry = next((entry for entry in book.sheets if entry.title == title), None)
    if entry is None:
        raise no_sheet(book, title)
    seen = _scan(book, entry)
    if seen.last_row > MAX_ROWS + TITLE_ROWS:
        raise too_many_rows(seen.last_row)
    if seen.last_column >= MAX_COLUMNS:
        raise too_many_columns(letter(seen.last_column))
    return Grid(seen, lambda: _rows(_sheet(book, entry)))


def no_sheet(book: Book, title: str) -> Refusal:
    """The refusal when there is no sheet of this title."""
    names = "、".join(entry.title for entry in book.sheets) or "无"
    return Refusal("import.sheet", f"找不到名为“{title}”的工作表（文件里有：{names}）。请重新选择工作表。", "file")


def _scan(book: Book, entry: SheetEntry) -> Scan:
    if book.format is Format.XLS:
        seen: Scan = book.kept["records"].scans[entry.offset]
        return seen
    scans: dict[str, Scan] = book.kept.setdefault("scans", {})
    if entry.path not in scans:
        with open_package(book.content) as package:
            scans[entry.path] = quick.scan(package, entry.path)
    return scans[entry.path]


def _sheet(book: Book, entry: SheetEntry) -> CalamineSheet:
    """The values of a sheet; the last one is kept, since it is first guessed at and then read."""
    title, sheet = book.kept.pop("sheet", (None, None))  # not two at a time
    if title != entry.title:
        del sheet
        sheet = _trusting(lambda: _values(book).get_sheet_by_name(entry.title))
    book.kept["sheet"] = entry.title, sheet
    kept: CalamineSheet = sheet
    return kept


def _values(book: Book) -> CalamineWorkbook:
    if "values" not in book.kept:
        content = compound.pack(book.kept["records"].stream) if book.format is Format.XLS else book.content
        book.kept["values"] = _trusting(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
    values: CalamineWorkbook = book.kept["values"]
    return values


def _trusting(read: Callable[[], Any]) -> Any:
    """The reader of values stops hard at some damage: its panics are no ordinary exceptions."""
    try:
        return read()
    except Exception as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from None


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[Any]]:
    """Rows from row 1 on; the reader leaves out the columns before the first one used."""
    if sheet.start is None:
        return
    skipped = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield skipped + row if skipped else row
