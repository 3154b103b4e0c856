"""CSV: every encoding that is met in the field, every way in which a table comes apart."""

import pytest

from tests.batch.books import HEAD, KIND, book, guessed, refused, sheet_of, text
from tongbao.batch import rules
from tongbao.batch.rules import Fault, Line, delimited

ROWS = (HEAD, ("甲", 1, "好"), ("", "", ""), (" 乙", 2.5, ""))
LINES = [Line(2, {"name": "甲", "count": "1", "note": "好"}), Line(4, {"name": "乙", "count": "2.5", "note": None})]
GB = "文件按 GB18030（国标）编码读取。如果下面的中文不对，请另存为“CSV UTF-8（逗号分隔）”后重新上传。"


@pytest.mark.parametrize(
    ("encoding", "delimiter", "notices"),
    [
        ("utf-8", ",", ()),
        ("utf-8-sig", ",", ("文件开头有 UTF-8 标记（BOM），已略过。",)),
        ("utf-16", "\t", ("文件按 UTF-16 编码读取。", "各列按制表符分开读取。")),
        ("gb18030", ",", (GB,)),
        ("gb18030", ";", (GB, "各列按分号分开读取。")),
    ],
)
def test_every_encoding_and_delimiter(encoding: str, delimiter: str, notices: tuple[str, ...]):
    opened = rules.open_book(text(*ROWS, encoding=encoding, delimiter=delimiter), "表.csv")
    assert (opened.format, opened.sheets, opened.notices) == (rules.Format.CSV, (), notices)
    guess = rules.guess(opened, KIND)
    assert (guess.exact, guess.layout.sheet) == (True, "")
    sheet = rules.read(opened, KIND, guess.layout)
    assert list(sheet.lines()) == LINES
    assert sheet.after() == ["有 1 格的前后有空格或夹着看不见的字符（最早在第 4 行），已去掉后读取。"]


def test_utf_16_in_the_other_order_and_old_line_ends():
    content = b"\xfe\xff" + "名称,数量\r甲,1\r乙,2\r".encode("utf-16-be")
    assert [line.row for line in sheet_of(content, name="表.csv").lines()] == [2, 3]


def test_quotes_commas_and_lines_inside_a_cell():
    content = text(HEAD, ('"甲,""乙"""', 1, '"一\n二"'), ("丙", 2, ""))
    assert list(sheet_of(content, name="表.csv").lines()) == [
        Line(2, {"name": '甲,"乙"', "count": "1", "note": "一\n二"}),
        Line(3, {"name": "丙", "count": "2", "note": None}),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text(*ROWS)[:-3] + b"\xff\xff\r\n", "import.encoding"),
        ("名称,数量\n甲,1\n".encode("utf-16")[:-1], "import.encoding"),
        ("名称,数量\n甲,1\n".encode("utf-16-le"), "import.nul"),
        (text(HEAD, ("甲", 1, "\0")), "import.nul"),
        (text(HEAD, ("甲", 1, '"没有关上'), ("乙", 2, "")), "import.quotes"),
        (text(HEAD, ('"甲"乙', 1, "")), "import.quotes"),
        (text(HEAD, ("甲" * 140_000, 1, "")), "import.quotes"),
        (text(HEAD, ["a"] * 600_000), "import.quotes"),
        (text(HEAD), "import.no_rows"),
        (text(HEAD, ("", "", ""), ("", " ", "")), "import.no_rows"),
        (b"\r\n\r\n", "import.no_rows"),
        (text([f"列{number}" for number in range(41)], [1] * 41), "import.too_many_columns"),
    ],
)
def test_what_is_not_a_usable_table_is_refused(content: bytes, code: str):
    assert refused(content, name="表.csv")[0] == code


def test_a_quotation_mark_without_its_partner_is_named_by_its_row():
    content = text(HEAD, *[("甲", number, "") for number in range(50)], ("乙", '"2', ""))
    assert refused(content, name="表.csv")[1] == (
        "第 52 行读不下去：多半是引号没有成对，或一格里的文字过长。请改好这一行后上传。"
    )


def test_formulas_and_cells_torn_apart_are_faults():
    content = text(HEAD, ('"=""000123"""', 1, ""), ("乙", "1", "250.00", "好"), ("丙", 3, "", "", ""), ("=1+1",))
    formula = "这一格是公式（以 = 开头）：请在 Excel 中复制后选择性粘贴为数值，再另存为 CSV"
    torn = "这一行有 4 格，表头只有 3 列：多半是某一格里有分隔符（例如 1,250.00）却没有加引号，请改好"
    assert [(line.row, line.faults) for line in sheet_of(content, name="表.csv").lines()] == [
        (2, (Fault(2, "A", "名称", '="000123"', formula),)),
        (3, (Fault(3, "", "整行", "", torn),)),
        (4, ()),
        (5, (Fault(5, "A", "名称", "=1+1", formula),)),
    ]


def test_names_that_promise_another_format():
    assert rules.open_book(text(*ROWS), "表.xlsx").notices == (
        "文件名以“.xlsx”结尾，内容其实是 CSV 文本，已按内容读取。",
    )
    assert rules.open_book(book([("甲", 1, None)]), "表.csv").notices == (
        "文件名以“.csv”结尾，内容其实是 Excel 工作簿（.xlsx），已按内容读取。",
    )


def test_too_many_rows_are_refused_and_just_enough_are_not(monkeypatch):
    for place in ("delimited.MAX_ROWS", "sheet.MAX_ROWS", "limits.MAX_ROWS"):
        monkeypatch.setattr(f"tongbao.batch.rules.{place}", 200)
    rows = [("甲", number, '"一\n二"') for number in range(200)]
    assert len(list(sheet_of(text(HEAD, *rows), name="表.csv").lines())) == 200
    assert refused(text(HEAD, *rows, ("乙", 1, "")), name="表.csv")[1] == (
        "文件用到了第 202 行，一次最多导入 200 行。请按年份或月份分成几个文件。"
    )
    assert refused(text(HEAD, *rows * 2), name="表.csv")[0] == "import.too_many_rows"


def test_the_delimiter_is_told_by_the_columns_it_makes():
    assert delimited.form_of(b"a;b;c\n1,5;2,5;3\n").delimiter == ";"
    assert delimited.form_of(b"a\n1\n").delimiter == ","


def test_a_table_below_a_title_is_found():
    guess = guessed(text(("东西的清单",), (), *ROWS), name="表.csv")
    assert (guess.layout.heading_row, guess.exact) == (3, False)
    assert guess.remarks == ("表头不在第 1 行：按第 3 行读取，上面的 2 行没有读取，请核对。",)
