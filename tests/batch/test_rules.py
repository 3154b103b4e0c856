"""Reading workbooks that strangers made: every trap has its sentence."""

import pytest

from tests.batch.books import KIND, book, entry, refused, repacked, sheet_of
from tongbao.batch import rules
from tongbao.batch.rules import Fault, Line
from tongbao.batch.rules import quick as quick_look
from tongbao.batch.rules.package import open_package
from tongbao.batch.rules.scan import walk_sheet
from tongbao.refusal import Refusal

SHEET = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_lines_keep_their_excel_numbers_and_blank_rows_are_passed_over():
    sheet = sheet_of(book([("甲", 1, "好"), (None, None, None), (" 乙 ", 2.5, "")]))
    expected = [
        Line(2, {"name": "甲", "count": 1.0, "note": "好"}),
        Line(4, {"name": "乙", "count": 2.5, "note": None}),
    ]
    assert list(sheet.lines()) == expected
    assert list(sheet.lines()) == expected  # a second time, from the top
    assert (sheet.row_count, sheet.notices) == (3, [])
    assert sheet.places == {"name": ("A", "名称"), "count": ("B", "数量"), "note": ("C", "备注")}


def test_rows_and_columns_left_empty_before_the_table_keep_their_numbers():
    def move(page):
        page.move_range("A1:C3", rows=4, cols=2)

    sheet = sheet_of(book([("甲", 1, "好"), ("乙", 2, None)], change=move))
    assert [(line.row, line.cells["name"]) for line in sheet.lines()] == [(6, "甲"), (7, "乙")]
    assert sheet.places == {"name": ("C", "名称"), "count": ("D", "数量"), "note": ("E", "备注")}


def test_columns_may_stand_in_any_order_with_other_headings_and_marks():
    sheet = sheet_of(book([(1, "x", "甲")], head=["个 数*", "编号", "名称 "]))
    assert list(sheet.lines()) == [Line(2, {"name": "甲", "count": 1.0})]
    assert sheet.notices == ["没有用到的列：编号。"]


def test_invisible_characters_are_taken_away_and_counted():
    sheet = sheet_of(book([("甲", 1, None), ("\xa0乙\u3000", 2, "一\u200b二"), ("丙\ufeff", 3, " \u200b ")]))
    assert sheet.after() == []
    assert [(line.cells["name"], line.cells["note"]) for line in sheet.lines()] == [
        ("甲", None),
        ("乙", "一二"),
        ("丙", None),
    ]
    assert sheet.after() == ["有 3 格的前后有空格或夹着看不见的字符（最早在第 3 行），已去掉后读取。"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty_file"),
        (b"just some text\n", "import.not_workbook"),
        (b"MZ\x90 this program", "import.not_workbook"),
        (b"%PDF-1.4\n1 0 obj << /Type /Catalog, /Pages >>\x00", "import.not_workbook"),
        (b"<html><table><tr><td>1,2</td></tr></table></html>", "import.not_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "import.damaged"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "import.old_format"),
        (b"PK\x03\x04 not really", "import.not_workbook"),
        (book([("甲", 1, None)])[:-400], "import.not_workbook"),
        (repacked(book([("甲", 1, None)]), {"content.xml": b"<x/>"}), "import.not_workbook"),
        (repacked(book([("甲", 1, None)]), {"xl/vbaProject.bin": b"x"}), "import.macros"),
        (repacked(book([("甲", 1, None)]), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "import.external_links"),
        (repacked(book([("甲", 1, None)]), {SHEET: b"<worksheet><row>"}), "import.damaged"),
        (repacked(book([("甲", 1, None)]), {SHEET.upper(): b"<worksheet/>"}), "import.damaged"),
        (book([]), "import.no_rows"),
        (book([], head=[]), "import.no_rows"),
    ],
)
def test_what_is_not_a_usable_workbook_is_refused(content: bytes, code: str):
    found, _, field = refused(content)
    assert (found, field) == (code, "file")


def test_the_refusals_say_what_to_do():
    assert refused(b"MZ\x90 this program")[1] == (
        "这不是能读取的表格。请上传 Excel 工作簿（.xlsx、.xls）或 CSV 文本（.csv），或下载模板填好后上传。"
    )
    links = repacked(book([("甲", 1, None)]), {"xl/externalLinks/externalLink1.xml": b"<x/>"})
    assert refused(links)[1] == (
        "工作簿引用了别的文件，数值可能不是最新的。请在 Excel 中点“数据→编辑链接→断开链接”，"
        "或把数据复制后选择性粘贴为数值，保存后再上传。"
    )
    assert refused(book([]))[1] == "工作表“表”里没有数据行。请从第 2 行开始填写后上传。"


def test_a_file_over_the_limit_is_refused_unread():
    assert refused(b"PK" + b"0" * (rules.MAX_BYTES + 1))[:2] == (
        "import.too_big",
        "文件有 40.0 MB，超过 40 MB 的上限，没有读取。请按年份或月份分成几个文件。",
    )


def test_a_zip_bomb_is_refused():
    assert refused(repacked(book([("甲", 1, None)]), {"xl/media/a.bin": b"0" * 50_000_000}))[0] == "import.bomb"


@pytest.mark.parametrize("before", [b"", b'<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_entities_are_refused(before: bytes):
    content = book([("甲", 1, None)])
    evil = before + b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + entry(content, SHEET)
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

    assert refused(book([("甲", 1, None)], change=wide))[:2] == (
        "import.too_many_columns",
        "工作表用到了 XFD 列，多于 40 列。请对照模板，只保留需要的列。",
    )


def test_a_far_away_cell_of_another_sheet_is_none_of_our_business():
    def far(page):
        page.parent["乙"]["XFD1048576"] = 1

    assert [line.row for line in sheet_of(book([("甲", 1, None)], more=["乙"], change=far)).lines()] == [2]


def test_missing_and_repeated_headings_are_named():
    assert refused(book([("甲", 1)], head=["名称", "多少"])) == (
        "import.headings",
        "还不知道哪一列是：数量。请逐项选出文件里对应的列；文件里没有的，请补上后重新上传。",
        None,
    )
    assert refused(book([("甲", 1, 2)], head=["名称", "数量", "数量"]))[0] == "import.headings"


def test_formulas_are_named_by_their_cells():
    def formula(page):
        page["B3"] = "=1+1"
        page["D3"] = "=2+2"
        page["A6"] = "=CHAR(65)"

    lines = list(sheet_of(book([("甲", 1, None), ("乙", 2, None)], change=formula)).lines())
    reason = "这一格是公式：请复制后选择性粘贴为数值"
    assert [(line.row, line.faults) for line in lines] == [
        (2, ()),
        (3, (Fault(3, "B", "数量", "", reason),)),
        (6, (Fault(6, "A", "名称", "", reason),)),  # nothing else stands there
    ]


def test_merged_cells_fault_every_row_they_touch():
    content = book([("甲", 1, None), ("乙", 2, None), ("丙", 3, None)], change=lambda page: page.merge_cells("A2:A3"))
    reason = "A2:A3 是合并单元格：请取消合并，每一行都填写完整"
    assert [line.faults for line in sheet_of(content).lines()] == [
        (Fault(2, "A", "名称", "", reason),),
        (Fault(3, "A", "名称", "", reason),),
        (),
    ]


def test_a_heading_merged_into_the_rows_faults_them():
    content = book([("甲", 1, None), ("乙", 2, None)], change=lambda page: page.merge_cells("B1:B2"))
    assert [line.faults[0].reason[:5] if line.faults else "" for line in sheet_of(content).lines()] == ["B1:B2", ""]


def test_hidden_rows_and_columns_are_found():
    def hide_row(page):
        page.row_dimensions[3].hidden = True

    def hide_column(page):
        page.column_dimensions["B"].hidden = True

    rows = [("甲", 1, None), ("乙", 2, None)]
    assert [line.faults for line in sheet_of(book(rows, change=hide_row)).lines()] == [
        (),
        (Fault(3, "", "整行", "", "这一行被隐藏：请取消隐藏，核对后保留或删除"),),
    ]
    assert refused(book(rows, change=hide_column))[1] == "B 列（数量）被隐藏。请取消隐藏，核对后再上传。"


def _odd(cells: str) -> bytes:
    return f'<worksheet xmlns="{SPACE}"><sheetData>{cells}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    "xml",
    [
        _odd('<row r="2" hidden="1"><c r="A2"><f>1</f><v>1</v></c></row>'),
        _odd('<row hidden="true" r="2"><c t="n" r="A2"><f/><v>1</v></c></row>'),
        _odd("<row/><row hidden='1'><c><f>1</f></c></row>"),
        _odd('<row r="2" hidden="&#49;"><c r="A2"><!-- <row r="9"> --><f>1</f></c></row>'),
        _odd('<row r="2" hidden="1"><c\nr="A2"><f\n>1</f></c></row>'),
        _odd('<row r="2" hidden="1"><c r="A2"><v>1</v><f>1</f></c></row>').replace(
            b"</worksheet>", b'<x><f>9</f><c r="B7"><v>1</v></c></x></worksheet>'
        ),
        _odd('<x:row r="2" hidden="1"><x:c r="A2"><x:f>1</x:f></x:c></x:row>').replace(
            b"<worksheet", f'<worksheet xmlns:x="{SPACE}"'.encode()
        ),
        b"\xff\xfe" + _odd('<row r="2" hidden="1"><c r="A2"><f>1</f></c></row>').decode().encode("utf-16-le"),
    ],
)
def test_the_quick_look_sees_what_the_careful_one_sees_however_it_is_written(xml: bytes):
    with open_package(repacked(book([]), {SHEET: xml})) as package:
        quick, careful = quick_look.scan(package, SHEET), walk_sheet(package, SHEET)
    assert quick == careful
    assert list(quick.formulas_by_row()) == [(2, [0])]
    assert (list(quick.hidden_rows), quick.last_row, quick.last_column) == ([2], 2, 0)


def test_the_quick_look_crosses_the_seams_of_its_blocks():
    cells = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c>'
        f'<c r="B{row}" t="inlineStr"><is><t>长{"长" * (row % 50)}</t></is></c><c r="C{row}"><f>A{row}</f></c></row>'
        for row in range(1, 12_000)
    )
    merges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 30_000))
    xml = _odd(cells).replace(b"</worksheet>", f"<mergeCells>{merges}</mergeCells></worksheet>".encode())
    with open_package(repacked(book([]), {SHEET: xml})) as package:
        quick, careful = quick_look.scan(package, SHEET), walk_sheet(package, SHEET)
    assert quick == careful
    assert (len(quick.formulas), len(quick.merges), quick.last_row) == (11_999, 29_999, 11_999)


def test_sheets_that_are_no_tables_are_passed_over():
    content = book([("甲", 1, None)], more=["图"])
    rels = entry(content, "xl/_rels/workbook.xml.rels")
    changed = rels.replace(
        b'worksheet" Target="/xl/worksheets/sheet2.xml', b'chartsheet" Target="/xl/worksheets/sheet2.xml'
    )
    assert changed != rels
    opened = rules.open_book(repacked(content, {"xl/_rels/workbook.xml.rels": changed}), "表.xlsx")
    assert [(entry.title, entry.hidden) for entry in opened.sheets] == [("表", False)]


def test_a_sheet_that_is_not_there_is_named():
    opened = rules.open_book(book([("甲", 1, None)]), "表.xlsx")
    with pytest.raises(Refusal) as no:
        rules.read(opened, KIND, rules.Layout("丙", 1, {"name": 0, "count": 1}))
    assert (no.value.code, no.value.sentence) == (
        "import.sheet",
        "找不到名为“丙”的工作表（文件里有：表）。请重新选择工作表。",
    )


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(index: int, letter: str):
    assert rules.letter(index) == letter
