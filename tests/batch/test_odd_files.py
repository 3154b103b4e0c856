"""Whatever is sent, the answer is a table or a sentence."""

import io
import itertools
import random
import zipfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batch.books import FIRM, HEAD, KIND, MONEY, OTHER_FIRM, entry, guessed, old_book, plain_book, repacked, text
from tongbao.batch import rules
from tongbao.batch.rules import compound
from tongbao.batch.rules.package import open_package
from tongbao.batch.rules.quick import scan
from tongbao.batch.rules.scan import walk_sheet
from tongbao.refusal import Refusal

ROWS = [HEAD, *[(f"甲{number}", number * 1.5, "好") for number in range(20)]]
NEW = plain_book(("表", ROWS), ("乙", [("x",)]))
OLD = old_book(ROWS, more=["乙"], change=lambda page: page.merge(25, 26, 0, 1))
RECORDS = bytes(compound.take_out(OLD))
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = [text(*ROWS, encoding=encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030")]
with zipfile.ZipFile(io.BytesIO(NEW)) as _package:
    ENTRIES = sorted(_package.namelist())
NAMES = st.sampled_from(["表.xlsx", "表.xls", "表.csv", "表"])


def answered(content: bytes, name: str) -> Any:
    """The whole way from bytes to the last line: the lines, or a refusal."""
    try:
        opened = rules.open_book(content, name)
        sheet = rules.read(opened, KIND, rules.guess(opened, KIND).layout)
        return [*sheet.lines(), *sheet.after()]
    except Refusal as no:
        return no


def mutated(content: bytes, seed: int, times: int) -> bytes:
    """A few bytes changed, cut out, put in or copied elsewhere."""
    chance, changed = random.Random(seed), bytearray(content)
    for _ in range(times):
        at = chance.randrange(len(changed) or 1)
        other = chance.randrange(len(changed) or 1)
        match chance.randrange(4):
            case 0:
                changed[at : at + 1] = bytes([chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])])
            case 1:
                del changed[at : at + chance.randrange(1, 9)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randrange(1, 6))
            case _:
                changed[at : at + 4] = changed[other : other + 4]
    return bytes(changed)


@given(st.binary(max_size=2000), NAMES, st.sampled_from([b"", b"PK\x03\x04", OLD[:512], b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes(content: bytes, name: str, start: bytes):
    answered(start + content, name)


@given(st.sampled_from([NEW, OLD, *TEXTS]), NAMES, st.integers(0, 2**32), st.integers(1, 20))
def test_damaged_files(content: bytes, name: str, seed: int, times: int):
    answered(mutated(content, seed, times), name)


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.integers(1, 20))
def test_damaged_records_in_a_whole_container(seed: int, times: int):
    answered(compound.pack(mutated(RECORDS, seed, times)), "表.xls")


@given(st.sampled_from(ENTRIES), st.integers(0, 2**32), st.integers(1, 20))
def test_damaged_parts_in_a_whole_package(name: str, seed: int, times: int):
    answered(repacked(NEW, {name: mutated(entry(NEW, name), seed, times)}), "表.xlsx")


@given(st.integers(0, 2**32), st.integers(1, 3))
def test_the_quick_look_never_sees_less_than_the_careful_one(seed: int, times: int):
    with open_package(repacked(NEW, {SHEET: mutated(entry(NEW, SHEET), seed, times)})) as package:
        try:
            careful = walk_sheet(package, SHEET)
        except Refusal:
            return
        assert scan(package, SHEET) == careful


@given(
    st.permutations(range(4)),
    st.lists(st.sampled_from(["备注", "序号", "贸易方式", ""]), max_size=3),
    st.sampled_from(
        [("统一社会信用代码", "企业名称", "年份", "出口额（美元）"), ("信用代码", "名称", "年 份", "出口额")]
    ),
    st.integers(0, 3),
)
def test_columns_in_any_order_are_found_again(order: list[int], more: list[str], titles: tuple[str, ...], above: int):
    keys = ("code", "name", "year", "amount")
    head = [*[titles[index] for index in order], *more]
    rows = [[f"第{number}行题"] for number in range(above)]
    rows += [head, *[[*[firm[index] for index in order], *["x"] * len(more)] for firm in (FIRM, OTHER_FIRM)]]
    for content in (plain_book(("出口额", rows)), text(*rows)):
        layout = guessed(content, MONEY).layout
        assert (layout.heading_row, layout.columns) == (
            above + 1,
            {keys[index]: place for place, index in enumerate(order)},
        )


@given(st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_table_of_words(rows: list[list[str]]):
    content = "\n".join(",".join(f'"{cell.replace(chr(34), "")}"' for cell in row) for row in rows)
    content = content.replace("\0", "").encode("utf-8", "surrogatepass")
    for kind, sheet_row in itertools.product((KIND, MONEY), (None, 1, 2)):
        try:
            opened = rules.open_book(content, "表.csv")
            guess = rules.guess(opened, kind, heading_row=sheet_row)
        except Refusal:
            continue
        rules_columns = {column.key for column in kind.columns}
        assert set(guess.layout.columns) <= rules_columns
        assert len(set(guess.layout.columns.values())) == len(guess.layout.columns)
