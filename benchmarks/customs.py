"""Made-up customs lists of any length, the same every time: `python -m benchmarks.customs FOLDER ROWS FORM`.

Twelve columns: the seven that the register takes in and five that customs sends with them. Twelve months of 2018 a
firm, destinations as customs writes them: names, ISO codes, an old customs code, one not known. Forms:
    list    as an officer uploads it; `list.csv` the same as text
    faulty  the same, one row in a thousand wrong
    plain   for the peer: ISO codes and whole cents, so that it has nothing to understand
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from stdnum.cn import uscc

YEAR, AREA, SHEET = 2018, "崇川区", "出口额"
TITLES = (
    "统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）",
    "海关编码", "贸易方式", "商品名称", "数量", "运输方式",
)  # fmt: skip
COUNTRIES = (  # as typed, and what it means
    ("美国", "US"), ("日本", "JP"), ("德国", "DE"), ("越南", "VN"), ("巴西", "BR"), ("韩国", "KR"),
    ("502", "US"), ("US", "US"), ("印度", "IN"), ("墨西哥", "MX"), ("英国", "GB"), ("不详", "ZZ"),
)  # fmt: skip
GOODS, TRADES, WAYS = ("棉布", "家用纺织品", "船用配件", "电动工具"), ("一般贸易", "进料加工"), ("水路运输", "航空运输")
EVERY = 1_000  # one row in so many is wrong in the faulty form
WRONG: tuple[tuple[int, Any], ...] = (  # column, what stands there
    (0, "91320600MA00000000"), (1, ""), (2, "某某区"), (3, "18"), (4, 13), (5, "欧盟"), (6, -1), (6, "约五万"),
    (6, 0.123),
)  # fmt: skip


class Figure(NamedTuple):
    """One figure as it must end up in the register."""

    code: str
    year: int
    month: int
    country: str
    cents: int


@lru_cache(maxsize=1)
def code(number: int) -> str:
    """The valid social credit code of the firm with this number."""
    body = f"91320600MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def name(number: int) -> str:
    """The name of the firm with this number."""
    return f"南通第{number}纺织品有限公司"


def figures(rows: int) -> Iterator[Figure]:
    """The figures of a list of so many rows, in the order of the file."""
    for row in range(rows):
        firm, month = row // 12, row % 12 + 1
        cents = (row * 2_654_435_761) % 99_999_989 + 1
        yield Figure(code(firm), YEAR, month, COUNTRIES[(firm + month) % len(COUNTRIES)][1], cents)


def lines(rows: int, form: str) -> Iterator[list[Any]]:
    """The cells of each row below the headings."""
    for row, figure in enumerate(figures(rows)):
        firm, plain = row // 12, form == "plain"
        cells = [
            figure.code, name(firm), AREA, figure.year, figure.month,
            figure.country if plain else COUNTRIES[(firm + figure.month) % len(COUNTRIES)][0],
            figure.cents if plain else figure.cents / 100,
            f"{3_206_900_000 + firm}", TRADES[row % 2], GOODS[row % 4], row % 997 + 1, WAYS[firm % 2],
        ]  # fmt: skip
        if form == "faulty" and row % EVERY == EVERY // 2:
            column, wrong = WRONG[row // EVERY % len(WRONG)]
            cells[column] = wrong
        yield cells


def path_of(folder: Path, rows: int, form: str) -> Path:
    """Where a list stands."""
    stem, _, ending = form.partition(".")
    return folder / f"{stem}-{rows}.{ending or 'xlsx'}"


def make(folder: Path, rows: int, form: str) -> Path:
    """A list, written when it is not there yet."""
    path = path_of(folder, rows, form)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        begun = path.with_suffix(".part")
        (_write_text if path.suffix == ".csv" else _write_book)(begun, lines(rows, form.partition(".")[0]))
        begun.rename(path)
    return path


def _write_text(path: Path, found: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([TITLES, *found])


def _write_book(path: Path, found: Iterable[list[Any]]) -> None:
    """With one table of shared texts, as Excel and WPS write it."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2019, 10, 15)})  # noqa: DTZ001  a workbook's clock knows no zone
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, TITLES)
        for number, cells in enumerate(found, start=1):
            sheet.write_row(number, 0, cells, None)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
