"""Guessing how a strange file is to be read: right where it can be, and never silently."""

import pytest

from tests.batch.books import (
    FIRM,
    HEAD,
    KIND,
    MONEY,
    OTHER_FIRM,
    book,
    guessed,
    old_book,
    plain_book,
    refused,
    text,
)
from tongbao.batch import rules
from tongbao.batch.rules import Column, Guess, Layout
from tongbao.batch.rules.titles import unit_of
from tongbao.refusal import Refusal

TITLES = ("统一社会信用代码", "企业名称", "年份", "出口额（美元）")
EVERY = {"code": 0, "name": 1, "year": 2, "amount": 3}


def money(*head: str, change=None, rows=(FIRM, OTHER_FIRM), **choice) -> Guess:
    return guessed(book(rows, sheet="出口额", head=head, change=change), MONEY, **choice)


def test_the_template_word_by_word_is_exact():
    guess = guessed(book([("甲", 1, "好"), ("乙", 2, None)]))
    assert guess == Guess(
        layout=Layout("表", 1, {"name": 0, "count": 1, "note": 2}),
        exact=True,
        headings=HEAD,
        head=(HEAD, ("甲", "1", "好"), ("乙", "2", "")),
        samples={0: ("甲", "乙"), 1: ("1", "2"), 2: ("好",)},
        remarks=(),
        signature=guess.signature,
    )
    assert money(*TITLES).exact
    assert money(" 统一社会 信用代码*", "企业名称＊", "年份", "出口额(美元)").exact


def test_a_lone_sheet_may_have_any_name():
    guess = guessed(book([("甲", 1, None)], sheet="Sheet1"))
    assert (guess.exact, guess.layout.sheet) == (True, "Sheet1")


def test_other_titles_are_found_but_not_exact():
    guess = money("企业代码", "企业名称", "年份", "金额（美元）")
    assert (guess.layout.columns, guess.layout.unit, guess.exact, guess.remarks) == (EVERY, "usd", False, ())


def test_titles_inside_one_another_are_found_and_said():
    guess = money("企业的统一社会信用代码（18位）", "名称", "统计年份", "出口额（美元）")
    assert guess.layout.columns == EVERY
    assert guess.remarks == (
        "“统一社会信用代码”按 A 列“企业的统一社会信用代码（18位）”读取，表头不完全一样，请核对。",
        "“企业名称”按 B 列“名称”读取，表头不完全一样，请核对。",
        "“年份”按 C 列“统计年份”读取，表头不完全一样，请核对。",
    )


def test_what_could_be_two_is_left_to_the_person():
    guess = money("企业", "企业名称", "年份", "出口额（美元）")
    assert (guess.layout.columns, guess.exact) == ({"name": 1, "year": 2, "amount": 3}, False)
    assert guess.remarks == (
        "“统一社会信用代码”可能是：A 列“企业”。请指定是哪一列。",
        "没有用到的列：企业。",
    )
    twice = money("信用代码", "企业代码", "企业名称", "年份")
    assert twice.layout.columns == {"name": 2, "year": 3}
    assert twice.remarks == (
        "“统一社会信用代码”可能是：A 列“信用代码”、B 列“企业代码”。请指定是哪一列。",
        "没有找到：出口额（美元）。请指定它们各是文件里的哪一列。",
        "没有用到的列：信用代码、企业代码。",
    )
    same = money("统一社会信用代码", "企业名称", "年份", "出口额（美元）", "出口额")
    assert (same.layout.columns, same.exact) == (EVERY, False)
    assert same.remarks[0] == ("“出口额（美元）”按 D 列“出口额（美元）”读取，E 列“出口额”也像，没有采用，请核对。")


def test_columns_that_are_not_used_are_said_and_still_exact():
    guess = money(*TITLES, "备注")
    assert (guess.exact, guess.remarks) == (True, ("没有用到的列：备注。",))


@pytest.mark.parametrize(
    ("heading", "unit", "said"),
    [
        ("出口额（美元）", "usd", ()),
        ("出口额（USD）", "usd", ()),
        ("出口额（万美元）", "wan_usd", ("表头写的是“出口额（万美元）”，金额单位按万美元读取，请核对。",)),
        ("出口额\n单位：万美元", "wan_usd", ("表头写的是“出口额 单位:万美元”，金额单位按万美元读取，请核对。",)),
        ("出口额（千美元）", "thousand_usd", ("表头写的是“出口额（千美元）”，金额单位按千美元读取，请核对。",)),
        ("出口额", "usd", ("表头没有写金额的单位，按美元读取，请核对。",)),
    ],
)
def test_the_unit_is_told_from_the_heading(heading: str, unit: str, said: tuple[str, ...]):
    guess = money(*TITLES[:3], heading.replace("：", ":"))
    assert (guess.layout.columns, guess.layout.unit, guess.remarks) == (EVERY, unit, said)
    assert guess.exact == (heading == "出口额（美元）")


def test_renminbi_is_never_taken_for_dollars():
    guess = money(*TITLES[:3], "出口额（人民币万元）")
    assert (guess.layout.columns, guess.exact) == ({"code": 0, "name": 1, "year": 2}, False)
    assert guess.remarks[-1] == (
        "表头写的是人民币（“出口额（人民币万元）”），平台只收美元口径：请换算成美元后重新上传；"
        "如果其实就是美元，请自己选定这一列。"
    )


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("出口额", ""),
        ("金额/美元", "usd"),
        ("US$", "usd"),
        ("万USD", "wan_usd"),
        ("金额（USD，万）", "wan_usd"),
        ("百万美元", "other"),
        ("亿美元", "other"),
        ("万元", "other"),
        ("元", "other"),
        ("RMB", "other"),
        ("欧元", "other"),
    ],
)
def test_units(typed: str, unit: str):
    assert unit_of(typed) == unit


def test_a_unit_above_the_table_counts():
    rows = [("南通市出口额",), ("单位：万美元",), (*TITLES[:3], "出口额"), FIRM, OTHER_FIRM]
    guess = guessed(plain_book(("出口额", rows)), MONEY)
    assert (guess.layout, guess.exact) == (Layout("出口额", 3, EVERY, "wan_usd"), False)
    assert guess.remarks == (
        "表头不在第 1 行：按第 3 行读取，上面的 2 行没有读取，请核对。",
        "表头写的是“单位：万美元”，金额单位按万美元读取，请核对。",
    )


def two_rows(page):
    """代码, 名称 and 年份 merged down two rows; 2018年 across two columns, each with a title of its own."""
    page.insert_rows(1)
    for column, title in enumerate(TITLES[:3], start=1):
        page.cell(1, column, title)
        page.cell(2, column).value = None
        page.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    page.cell(1, 4, "2018年")
    page.merge_cells("D1:E1")


def test_a_heading_of_two_merged_rows_is_joined_and_said():
    rows = [(*FIRM, "一般贸易"), (*OTHER_FIRM, "一般贸易")]
    guess = guessed(book(rows, sheet="出口额", head=("", "", "", "出口额（美元）", "贸易方式"), change=two_rows), MONEY)
    assert (guess.layout, guess.exact) == (Layout("出口额", 2, EVERY), False)
    assert guess.headings == (*TITLES[:3], "2018年 / 出口额（美元）", "2018年 / 贸易方式")
    assert guess.samples[3] == ("12.5", "13.5")
    assert guess.remarks == (
        "表头有两行（第 1 行和第 2 行），合在一起读取，例如“2018年 / 出口额（美元）”，请核对。",
        "表头里有合并单元格（A1:A2、B1:B2、C1:C2、D1:E1），请核对各列对应得对不对。",
        "没有用到的列：2018年 / 贸易方式。",
    )


def test_a_second_row_of_headings_is_joined_and_said():
    rows = [TITLES, ("Code", "Firm", "Year", "Exports"), FIRM, OTHER_FIRM]
    for content in (plain_book(("出口额", rows)), old_book(rows, sheet="出口额"), text(*rows)):
        guess = guessed(content, MONEY)
        assert (guess.layout.heading_row, guess.layout.columns, guess.exact) == (2, EVERY, False)
        assert guess.headings[0] == "统一社会信用代码 / Code"
        assert guess.remarks == (
            "表头有两行（第 1 行和第 2 行），合在一起读取，例如“统一社会信用代码 / Code”，请核对。",
        )


def test_a_first_row_of_words_is_a_row():
    rows = [("甲", "一个", "好"), ("乙", "两个", "好")]
    assert guessed(book(rows)).layout.heading_row == 1
    assert guessed(book([("甲", "一个", "好"), ("乙", 2, "好")])).layout.heading_row == 1


def test_a_title_merged_across_the_table_is_no_heading():
    rows = [("南通市2018年出口额", None, None, None), TITLES, FIRM, OTHER_FIRM]

    def merge(page):
        page.title = "出口额"
        page.insert_rows(1)
        page["A1"] = "南通市2018年出口额"
        page.merge_cells("A1:D1")

    guess = guessed(book(rows[2:], head=TITLES, change=merge), MONEY)
    assert (guess.layout.heading_row, guess.headings) == (2, TITLES)
    assert guess.remarks == ("表头不在第 1 行：按第 2 行读取，上面的 1 行没有读取，请核对。",)


def test_a_merged_heading_is_said_and_can_be_read():
    guess = money(*TITLES, "备注", "", change=lambda page: page.merge_cells("E1:F1"))
    assert (guess.layout.columns, guess.exact) == (EVERY, False)
    assert guess.remarks[0] == "表头里有合并单元格（E1:F1），请核对各列对应得对不对。"


def test_of_several_sheets_the_fitting_one_is_read_and_the_others_are_named():
    rows = [HEAD, ("甲", 1, None)]
    notes = [("列", "怎么填"), ("名称", "写名称"), ("数量", "写数字")]
    guess = guessed(plain_book(("填写说明", notes), ("表", rows)))
    assert (guess.layout.sheet, guess.exact) == ("表", True)
    assert guessed(plain_book(("表", rows), ("写法", [("名称的写法", "数量的写法"), ("与执照一致", "1")]))).exact
    guess = guessed(plain_book(("甲表", rows), ("乙表", rows)))
    assert (guess.layout.sheet, guess.exact) == ("甲表", False)
    assert guess.remarks == ("不止一张工作表像“东西”：现在读取“甲表”，另有“乙表”，请核对。",)
    guess = guessed(plain_book(("甲表", rows), ("乙表", rows)), sheet="乙表")
    assert (guess.layout.sheet, guess.exact) == ("乙表", True)
    wide = ("宽表", [["x"] * 41])
    guess = guessed(plain_book(("甲表", rows), wide))
    assert (guess.layout.sheet, guess.exact) == ("甲表", False)
    assert guess.remarks == ("工作表“宽表”没有看：工作表用到了 AO 列，多于 40 列。请对照模板，只保留需要的列。",)
    assert guessed(plain_book(("表", rows), wide)).exact
    with pytest.raises(Refusal) as no:
        guessed(plain_book(("甲表", rows)), sheet="丙表")
    assert no.value.code == "import.sheet"


def test_a_chosen_row_is_the_heading():
    rows = [("东西",), ("名称", "数量"), ("名称", "个数"), ("甲", 1)]
    assert guessed(plain_book(("表", rows))).layout.heading_row == 2
    assert guessed(plain_book(("表", rows)), heading_row=3).layout == Layout("表", 3, {"name": 0, "count": 1})
    for row in (0, 5, 101):
        with pytest.raises(Refusal) as no:
            guessed(plain_book(("表", rows)), heading_row=row)
        assert (no.value.code, no.value.field) == ("import.heading_row", "heading_row")


def test_a_table_without_known_headings_is_left_to_the_person():
    guess = guessed(plain_book(("表", [("x", None, "z"), (1, 2, 3)])))
    assert (guess.layout, guess.exact) == (Layout("表", 1, {}), False)
    assert guess.headings == ("x", "（B 列，无表头）", "z")
    opened = rules.open_book(plain_book(("表", [("x", None, "z"), ("a", "b", "c")])), "表.xlsx")
    sheet = rules.read(opened, KIND, Layout("表", 1, {"name": 1, "count": 2}))
    assert sheet.places == {"name": ("B", "（B 列，无表头）"), "count": ("C", "z")}


def test_the_same_headings_recall_the_layout_a_person_corrected():
    first = money("代号", "企业名称", "年份", "金额")
    corrected = Layout("出口额", 1, EVERY, "thousand_usd")
    again = guessed(
        plain_book(("别的", [("清单",), ("代 号", "企业名称*", "年份", "金额"), FIRM])),
        MONEY,
        remembered={first.signature: corrected},
    )
    assert (again.layout, again.recalled, again.exact) == (Layout("别的", 2, EVERY, "thousand_usd"), True, False)
    assert "表头与上次核对过的文件相同，沿用上次指定的各列，金额单位按千美元，请再看一眼。" in again.remarks
    for useless in (Layout("出口额", 1, {"code": 0}), Layout("出口额", 1, {**EVERY, "amount": 9})):
        assert not money("代号", "企业名称", "年份", "金额", remembered={first.signature: useless}).recalled


def test_a_row_chosen_by_a_person_is_recalled_although_it_would_not_be_guessed():
    rows = [("名称", "数量"), ("一", "二"), ("甲", 1)]
    chosen = guessed(plain_book(("表", rows)), heading_row=2)
    layout = Layout("表", 2, {"name": 0, "count": 1})
    assert guessed(plain_book(("表", rows)), remembered={chosen.signature: layout}).layout == layout


def test_signatures_belong_to_a_kind_and_an_order():
    first = guessed(book([("甲", 1, None)])).signature
    other_kind = rules.Kind("others", "东西", "表", KIND.columns)
    assert len(first) == 64
    assert guessed(book([("乙", 2, None)], sheet="别的", head=("名 称", "数量*", "备注：", None))).signature == first
    assert guessed(book([("甲", 1, None)]), other_kind).signature != first
    assert guessed(book([("甲", 1, None)], head=("数量", "名称", "备注"))).signature != first


def test_an_empty_book_and_a_book_without_tables():
    assert refused(plain_book(("表", []), ("乙", [])))[:2] == ("import.no_rows", "文件里没有内容。请填好后再上传。")


def test_optional_columns_may_be_absent():
    kind = rules.Kind("k", "东西", "表", (Column("name", "名称", "", ()), Column("x", "别的", "", (), required=False)))
    assert guessed(plain_book(("表", [("名称",), ("甲1",)])), kind).exact
