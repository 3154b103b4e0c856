"""Workbooks for people: every list can be taken along, and no cell can be made to run."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.functional import Promise

from tongbao import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[Any]]


def neutralise(value: Any) -> Any:
    """Text that a spreadsheet could take for a formula (= + - @, tab, return at its start) gets an apostrophe."""
    if isinstance(value, str | Promise):
        value = str(value)
        return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    return value


def workbook(name: str, sheets: Mapping[str, Rows]) -> HttpResponse:
    """A download `name.xlsx`: one sheet per entry (title → rows); the first row of each holds the headings."""
    response = HttpResponse(content(sheets), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name + '.xlsx')}"
    response["Cache-Control"] = "no-store"
    return response


def content(sheets: Mapping[str, Rows]) -> bytes:
    """The bytes of such a workbook."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(out, options) as book:
        styles = {
            "head": book.add_format({"bold": True, "bg_color": "#E6F0F2", "bottom": 1}),
            Decimal: book.add_format({"num_format": "#,##0.00##"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for title, rows in sheets.items():
            _fill(book.add_worksheet(title[:31]), rows, styles)
    return out.getvalue()


def _fill(sheet: Any, rows: Rows, styles: dict[Any, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 40, 18)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, styles)


def _write(sheet: Any, row: int, column: int, value: Any, styles: dict[Any, Any]) -> None:
    value = neutralise(value)
    if value is None:
        return
    if row == 0:
        sheet.write_string(row, column, str(value), styles["head"])
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(clock.SHANGHAI).replace(tzinfo=None), styles[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles[date])
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, styles.get(type(value)))
    else:
        sheet.write_string(row, column, str(value))
