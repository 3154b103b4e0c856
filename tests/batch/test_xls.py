"""Excel 97 workbooks: read like the new ones, with the same traps under the same names."""

import struct

import pytest
import xlwt

from tests.batch.books import HEAD, KIND, book, guessed, old_book, refused, renamed_stream, sheet_of, with_record
from tongbao.batch import rules
from tongbao.batch.rules import Fault, Line, compound

ROWS = [HEAD, ("甲", 1, "好"), (None, None, None), (" 乙 ", 2.5, "")]
LINKED = struct.pack("<HH", 1, 5) + b"\0" + b"\x01b.xl" + struct.pack("<H", 1) + b"\0S"
OURSELVES = struct.pack("<HH", 1, 0x0401)


def test_an_old_workbook_is_read_like_a_new_one():
    opened = rules.open_book(old_book(ROWS, more=["乙"]), "表.xls")
    assert (opened.format, [entry.title for entry in opened.sheets], opened.notices) == ("xls", ["表", "乙"], ())
    guess = rules.guess(opened, KIND)
    assert guess.exact
    sheet = rules.read(opened, KIND, guess.layout)
    assert list(sheet.lines()) == [
        Line(2, {"name": "甲", "count": 1.0, "note": "好"}),
        Line(4, {"name": "乙", "count": 2.5, "note": None}),
    ]
    assert sheet.places == {"name": ("A", "名称"), "count": ("B", "数量"), "note": ("C", "备注")}


def test_an_old_workbook_under_a_new_name_is_recognised_by_its_content():
    assert rules.open_book(old_book(ROWS), "表.xlsx").notices == (
        "文件名以“.xlsx”结尾，内容其实是旧版 Excel 工作簿（.xls），已按内容读取。",
    )


def test_formulas_merged_cells_and_hidden_rows_are_faults():
    def spoil(page):
        page.write(4, 1, xlwt.Formula("1+1"))
        page.merge(4, 5, 0, 0)
        page.row(1).hidden = True
        page.col(7).hidden = True

    lines = list(sheet_of(old_book([*ROWS, ("丙", None, None), (None, 3, None)], change=spoil)).lines())
    merged = "A5:A6 是合并单元格：请取消合并，每一行都填写完整"
    assert [(line.row, line.faults) for line in lines] == [
        (2, (Fault(2, "", "整行", "", "这一行被隐藏：请取消隐藏，核对后保留或删除"),)),
        (4, ()),
        (
            5,
            (
                Fault(5, "B", "数量", "", "这一格是公式：请复制后选择性粘贴为数值"),
                Fault(5, "A", "名称", "", merged),
            ),
        ),
        (6, (Fault(6, "A", "名称", "", merged),)),
    ]


def test_a_hidden_column_that_is_read_is_refused():
    def hide(page):
        page.col(1).hidden = True

    assert refused(old_book(ROWS, change=hide))[1] == "B 列（数量）被隐藏。请取消隐藏，核对后再上传。"


def test_hidden_sheets_are_known():
    def hide(page):
        page.visibility = 1

    guess = guessed(old_book(ROWS, change=hide, more=["乙"]))
    assert "工作表“表”是隐藏的，请核对是不是这一张。" in guess.remarks
    assert not guess.exact


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_record(old_book(ROWS), 0x002F, bytes(6)), "import.password"),
        (renamed_stream(old_book(ROWS), "EncryptedPackage"), "import.password"),
        (renamed_stream(old_book(ROWS), "_VBA_PROJECT_CUR"), "import.macros"),
        (renamed_stream(old_book(ROWS), "Book"), "import.old_format"),
        (renamed_stream(old_book(ROWS), "WordDocument"), "import.not_workbook"),
        (with_record(old_book(ROWS), 0x01AE, LINKED), "import.external_links"),
        (with_record(old_book(ROWS), 0x0085, b"\0\0\0\0\0\x01\x01\0M"), "import.macros"),
        (with_record(old_book(ROWS), 0x0085, b"\xff\xff\xff\x00\0\0\x01\0M"), "import.damaged"),
        (with_record(old_book(ROWS), 0x00FC, struct.pack("<ii", 1, 2**31 - 1)), "import.damaged"),
        (compound.pack(compound.take_out(old_book(ROWS))[:700]), "import.damaged"),
        (compound.pack(b"\x09\x08\x08\x00\x00\x05\x05\x00" + bytes(600)), "import.old_format"),
        (old_book(ROWS)[:1500], "import.damaged"),
        (old_book([HEAD]), "import.no_rows"),
    ],
)
def test_what_is_not_a_usable_old_workbook_is_refused(content: bytes, code: str):
    found, _, field = refused(content, name="表.xls")
    assert (found, field) == (code, "file")


def test_links_to_itself_are_no_links():
    assert len(list(sheet_of(with_record(old_book(ROWS), 0x01AE, OURSELVES)).lines())) == 2


def test_announced_sizes_are_not_believed():
    """The reader of values would set memory aside for them."""
    stream = compound.take_out(old_book(ROWS))
    at = stream.index(struct.pack("<HH", 0x0200, 14)) + 4
    struct.pack_into("<IIHH", stream, at, 0, 2**32 - 1, 0, 65535)
    assert len(list(sheet_of(compound.pack(stream)).lines())) == 2


def test_cells_far_apart_do_not_fill_the_memory():
    def far(page):
        page.write(65535, 255, 1)

    assert refused(old_book(ROWS, change=far))[0] == "import.bomb"

    def wide(page):
        page.write(3, 40, 1)

    assert refused(old_book(ROWS, change=wide))[0] == "import.too_many_columns"

    def every(page):
        for number in range(3):
            page.get_parent().add_sheet(f"远{number}").write(65535, 30, 1)

    assert refused(old_book(ROWS, change=every))[0] == "import.bomb"


def test_texts_longer_than_a_record_are_whole():
    long = "很长" * 6000
    sheet = sheet_of(old_book([*ROWS, ("丙", 3, long), ("丁", 4, "a" * 9000)]))
    assert [line.cells["note"] for line in sheet.lines()][2:] == [long, "a" * 9000]


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 5_000_000])
def test_a_container_packed_anew_holds_the_same(size: int):
    stream = bytes(range(256)) * (size // 256 + 1)
    again = compound.take_out(compound.pack(stream[:size]))
    assert again[:size] == stream[:size]
    assert len(again) == max(size, 4096)


def test_both_formats_are_told_apart_by_content():
    assert rules.open_book(book([("甲", 1, None)]), "表.xls").format is rules.Format.XLSX
    assert rules.open_book(old_book(ROWS), "表").format is rules.Format.XLS
