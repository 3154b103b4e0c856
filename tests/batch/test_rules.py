"""Reading workbooks that strangers made: every trap has its sentence."""

import pytest

from tests.batch.books import KIND, book, entry, repacked
from tongbao.batch import rules
from tongbao.batch.rules import Fault, Line
from tongbao.refusal import Refusal

SHEET = "xl/worksheets/sheet1.xml"


def refused(content: bytes) -> tuple[str, str, str | None]:
    with pytest.raises(Refusal) as no:
        rules.read(content, KIND)
    return no.value.code, no.value.sentence, no.value.field


def test_lines_keep_their_excel_numbers_and_blank_rows_are_passed_over():
    read = rules.read(book([("甲", 1, "好"), (None, None, None), (" 乙 ", 2.5, "")]), KIND)
    assert read.lines == [
        Line(2, {"name": "甲", "count": 1.0, "note": "好"}),
        Line(4, {"name": "乙", "count": 2.5, "note": None}),
    ]
    assert (read.faults, read.notices) == ([], [])
    assert read.places == {"name": ("A", "名称"), "count": ("B", "数量"), "note": ("C", "备注")}


def test_columns_may_stand_in_any_order_with_other_headings_and_marks():
    content = book([(1, "x", "甲")], head=["个 数*", "编号", "名称 "])
    read = rules.read(content, KIND)
    assert read.lines == [Line(2, {"name": "甲", "count": 1.0})]
    assert read.notices == ["没有用到的列：编号。"]


def test_a_lone_sheet_may_have_any_name_two_may_not():
    assert rules.read(book([("甲", 1, None)], sheet="Sheet1"), KIND).lines[0].row == 2
    assert refused(book([("甲", 1, None)], sheet="甲表", more=["乙表"])) == (
        "import.sheet",
        "找不到名为“表”的工作表（文件里有：甲表、乙表）。请把数据所在的工作表改名为“表”。",
        "file",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty_file"),
        (b"name,count\n", "import.not_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "import.old_format"),
        (b"PK\x03\x04 not really", "import.not_workbook"),
        (book([("甲", 1, None)])[:-400], "import.not_workbook"),
        (repacked(book([("甲", 1, None)]), {"xl/vbaProject.bin": b"x"}), "import.macros"),
        (repacked(book([("甲", 1, None)]), {SHEET: b"<worksheet><row>"}), "import.damaged"),
        (book([]), "import.no_rows"),
    ],
)
def test_what_is_not_a_usable_workbook_is_refused(content: bytes, code: str):
    assert refused(content)[0] == code


def test_a_file_over_the_limit_is_refused_unread():
    code, sentence, _ = refused(b"PK" + b"0" * (rules.MAX_BYTES + 1))
    assert (code, sentence) == (
        "import.too_big",
        "文件有 20.0 MB，超过 20 MB 的上限，没有读取。请按年份或月份分成几个文件。",
    )


def test_a_zip_bomb_is_refused():
    assert refused(repacked(book([("甲", 1, None)]), {"xl/media/a.bin": b"0" * 50_000_000}))[0] == "import.bomb"


def test_entities_are_refused():
    content = book([("甲", 1, None)])
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + entry(content, SHEET)
    assert refused(repacked(content, {SHEET: evil}))[0] == "import.doctype"


def test_a_far_away_cell_does_not_fill_the_memory():
    def far(page):
        page["B1048576"] = 1

    code, sentence, _ = refused(book([("甲", 1, None)], change=far))
    assert (code, sentence) == (
        "import.too_many_rows",
        "工作表用到了第 1,048,576 行，一次最多导入 200,000 行。请按年份或月份分成几个文件。",
    )

    def wide(page):
        page["XFD2"] = 1

    assert refused(book([("甲", 1, None)], change=wide))[0] == "import.too_many_columns"


def test_missing_and_repeated_headings_are_named():
    assert refused(book([("甲", 1)], head=["名称", "几个"]))[1] == (
        "第 1 行表头缺少：数量。请下载模板，不要改动表头（第 1 行）。"
    )
    assert refused(book([("甲", 1, 2)], head=["名称", "数量", "个数"]))[1] == (
        "表头里“数量”出现了两次。请只保留一列后上传。"
    )


def test_formulas_are_named_by_their_cells():
    def formula(page):
        page["B3"] = "=1+1"

    assert rules.read(book([("甲", 1, None), ("乙", 2, None)], change=formula), KIND).faults == [
        Fault(3, "B", "数量", "", "这一格是公式：请复制后选择性粘贴为数值")
    ]


def test_merged_cells_fault_every_row_they_touch():
    read = rules.read(
        book([("甲", 1, None), ("乙", 2, None), ("丙", 3, None)], change=lambda page: page.merge_cells("A2:A3")), KIND
    )
    reason = "A2:A3 是合并单元格：请取消合并，每一行都填写完整"
    assert read.faults == [Fault(2, "A", "名称", "", reason), Fault(3, "A", "名称", "", reason)]
    assert refused(book([("甲", 1, None)], change=lambda page: page.merge_cells("A1:B1")))[0] == "import.heading_merged"


def test_hidden_rows_and_columns_are_found():
    def hide_row(page):
        page.row_dimensions[3].hidden = True

    def hide_column(page):
        page.column_dimensions["B"].hidden = True

    rows = [("甲", 1, None), ("乙", 2, None)]
    assert rules.read(book(rows, change=hide_row), KIND).faults == [
        Fault(3, "", "整行", "", "这一行被隐藏：请取消隐藏，核对后保留或删除")
    ]
    assert refused(book(rows, change=hide_column))[1] == "B 列（数量）被隐藏。请取消隐藏，核对后再上传。"


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(index: int, letter: str):
    assert rules.letter(index) == letter
