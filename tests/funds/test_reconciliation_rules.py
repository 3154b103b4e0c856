"""How a statement is read and compared, without a database."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.funds.reconciling import HEADINGS, file, row
from tongbao.funds.rules import reconciliation as rules
from tongbao.funds.rules.reconciliation import Held, Outcome, Reason, Stated
from tongbao.refusal import Refusal

TODAY, SEPTEMBER, OCTOBER = date(2019, 10, 15), date(2019, 9, 1), date(2019, 10, 1)


def read(*rows: list[Any], headings: list[str] = HEADINGS) -> rules.Reading:
    return rules.read(file(*rows, headings=headings), "对账单.xlsx", TODAY)


def faults(*rows: list[Any]) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.reason) for one in read(*rows).faults]


def stated(number: str, fen: int, *, row: int = 2, name: str = "甲", day: date = date(2019, 9, 18)) -> Stated:
    return Stated(row, number, name, "", day, fen)


def held(key: int, number: str, fen: int, *, name: str = "甲", day: date = date(2019, 9, 18), **months: int) -> Held:
    by_month = {day.replace(day=1): fen} | {date(2019, int(name[1:]), 1): fen for name, fen in months.items()}
    return Held(key, number, name, f"{key:018d}", f"NT{key}", day, by_month)


def compare(lines: list[Stated], policies: list[Held], tolerance: int = 1) -> list[tuple[str, str, int]]:
    found = rules.match(SEPTEMBER, lines, policies, tolerance)
    assert rules.totals(found).adds_up
    return [(one.number, str(one.outcome), one.difference_fen) for one in found]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_is_read_to_the_fen():
    found = read(row("SX-1", 10609.35, refund=0.1), row("SX-2", "１，234.50 元", day="2019年9月2日"))
    assert found.faults == ()
    assert [(one.number, one.subsidy_fen, one.refund_fen, one.entry_date) for one in found.lines] == [
        ("SX-1", 1_060_935, 10, date(2019, 9, 18)),
        ("SX-2", 123_450, 0, date(2019, 9, 2)),
    ]
    assert (found.rows, found.total_fen) == (2, 1_060_925 + 123_450)


def test_a_sum_that_excel_keeps_with_a_tail_is_taken_as_shown():
    assert read(row("SX-1", 0.1 + 0.2)).lines[0].subsidy_fen == 30


@pytest.mark.parametrize(
    ("bad", "column", "reason"),
    [
        (row("", 1), "A", "请填写保单号"),
        (row("—", 1), "A", "请填写保单号"),
        (row(12345678901234567, 1), "A", "保单号被存成了数字，末几位可能已丢失：请把这一列设为文本后重新填写"),
        (row("1.2E+17", 1), "A", "保单号被存成了数字，末几位可能已丢失：请把这一列设为文本后重新填写"),
        (row("S" * 61, 1), "A", "保单号超过 60 个字符，请核对"),
        (row("SX-1", 1, name="  "), "B", "请填写企业名称"),
        (row("SX-1", 1, day=None), "D", "请填写保单录入日期"),
        (row("SX-1", 1, day="01/02/2019"), "D", "看不懂日期“01/02/2019”，请写成 2019-01-31 的样子"),
        (row("SX-1", 1, day=date(2019, 10, 16)), "D", "录入日期应在 2000-01-01 与今天之间，请核对"),
        (row("SX-1", None), "E", "请填写财政扶持金额；只有退保的填 0"),
        (row("SX-1", "100²"), "E", "应为人民币元，最多两位小数，例如 10609.35"),
        (row("SX-1", "1.5万元"), "E", "应为人民币元，最多两位小数，例如 10609.35"),
        (row("SX-1", 1.005), "E", "应为人民币元，最多两位小数，例如 10609.35"),
        (row("SX-1", datetime(2019, 9, 1)), "E", "应为人民币元，最多两位小数，例如 10609.35"),  # noqa: DTZ001
        (row("SX-1", 1e12), "E", "金额超过 1000 亿元，请核对单位是不是元"),
        (row("SX-1", 1, refund=-1), "G", "不能是负数，退回的金额请填正数"),
        (row("SX-1", 0), "E", "扶持和退回都是 0，请核对或删除"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(bad: list[Any], column: str, reason: str):
    assert faults(row("SX-0", 5), bad) == [(3, column, reason)]


def test_a_code_of_another_length_is_a_fault_and_none_is_fine():
    bad = row("SX-1", 1)
    bad[2] = "9132"
    assert faults(bad) == [(2, "C", "统一社会信用代码应为 18 位，现在是 4 位；不知道的请留空")]


def test_the_sum_at_the_foot_is_no_policy_and_must_be_right():
    right = read(row("SX-1", 1.5), row("SX-2", 2), ["合 计", None, None, None, 3.5, None, None])
    assert (right.faults, right.rows) == ((), 2)
    reason = "合计与各行之和 3.50 元不符，请核对是否漏行，或这一行不是合计而少填了保单号"
    assert faults(row("SX-1", 1.5), row("SX-2", 2), [None, None, None, None, 4, None, None]) == [(4, "E", reason)]


def test_other_headings_are_found_and_said():
    headings = ["保险单号", "企业名称", "信用代码", "出单日期", "财政补贴", "总保费", "退保金额"]
    found = read(row("SX-1", 1), headings=headings)
    assert [one.number for one in found.lines] == ["SX-1"]


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ([*HEADINGS[:4], "财政扶持（万元）", *HEADINGS[5:]], "statement_unit"),
        ([*HEADINGS[:4], "备注", *HEADINGS[5:]], "statement_columns"),
    ],
)
def test_what_cannot_be_a_statement_in_yuan_is_refused_whole(headings: list[str], code: str):
    with pytest.raises(Refusal) as no:
        read(row("SX-1", 1), headings=headings)
    assert (no.value.code, no.value.field) == (code, "file")


def test_a_sheet_with_nothing_but_a_sum_is_no_statement():
    with pytest.raises(Refusal) as no:
        read(["合计", None, None, None, 0, None, None])
    assert no.value.code == "import.no_rows"


def test_more_lines_than_a_month_can_have_are_refused():
    with pytest.raises(Refusal) as no:
        read(*(row(f"S{number}", 1) for number in range(rules.MOST_LINES + 1)))
    assert no.value.code == "statement_long"


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["sx－1 ", "SX 1", "ＳＸ—１", "s x - 1", "SX\u20111"])
def test_numbers_are_the_same_whatever_their_case_width_blanks_and_dashes(typed: str):
    assert rules.plain_number(typed) == "SX1"


def test_a_superscript_is_no_digit():
    assert rules.plain_number("SX²") != rules.plain_number("SX2")


def test_every_outcome_is_told():
    lines = [
        stated("A-1", 1000),
        stated("A-2", 2001, row=3),
        stated("A-3", 3500, row=4),
        stated("A-4", 4000, row=5),
        stated("A-5", 5000, row=6, day=date(2019, 8, 31)),
        stated("A-6", 6000, row=7),
        stated("a1", 1000, row=8),
    ]
    policies = [
        held(1, "A1", 1000),
        held(2, "A2", 2000),
        held(3, "A3", 3000),
        held(4, "A4", 4000, day=date(2019, 10, 8)),
        held(5, "A5", 5000),
        held(7, "A7", 7000),
    ]
    assert compare(lines, policies) == [
        ("A-1", "matched", 0),
        ("A-2", "matched", 1),
        ("A-3", "amount", 500),
        ("A-4", "month", 4000),
        ("A-5", "month", 0),
        ("A-6", "statement_only", 6000),
        ("a1", "twice", 1000),
        ("A7", "platform_only", -7000),
    ]


def test_of_lines_with_one_number_the_one_that_fits_is_compared():
    lines = [stated("A-1", 900), stated("A-1", 1000, row=3)]
    assert compare(lines, [held(1, "A1", 1000)]) == [("A-1", "twice", 900), ("A-1", "matched", 0)]


def test_a_correction_booked_in_the_month_needs_no_entry_date_of_the_month():
    line = stated("A-1", -50, day=date(2019, 8, 2))
    assert compare([line], [held(1, "A1", 1000, day=date(2019, 8, 2), m9=-50)]) == [("A-1", "matched", 0)]


def test_the_same_firm_and_sum_is_proposed_and_not_matched():
    found = rules.match(SEPTEMBER, [stated("X-9", 1000)], [held(1, "A1", 1000)], 1)
    assert [(one.outcome, one.hint) for one in found] == [
        (Outcome.STATEMENT_ONLY, "可能是平台的保单 A1：企业、金额、月份相同，保单号不同"),
        (Outcome.PLATFORM_ONLY, "可能是对账单第 2 行 X-9"),
    ]


def test_a_proposal_is_not_part_of_what_is_signed():
    hinted = rules.match(SEPTEMBER, [stated("X-9", 1000)], [held(1, "A1", 1000)], 1)[0]
    plain = rules.match(SEPTEMBER, [stated("X-9", 1000)], [], 1)[0]
    assert hinted.mark == plain.mark


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(-500, 500).filter(bool), st.integers(8, 10)), max_size=15),
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 500), st.integers(8, 10)), max_size=12, unique_by=lambda p: p[0]
    ),
    st.integers(0, 3),
)
def test_everything_adds_up_and_nothing_is_counted_twice(lines, policies, tolerance):
    told = [
        stated(f"A-{number}", fen, row=place + 2, day=date(2019, month, 5))
        for place, (number, fen, month) in enumerate(lines)
    ]
    known = [held(number, f"A{number}", fen, day=date(2019, month, 5)) for number, fen, month in policies]
    found = rules.match(SEPTEMBER, told, known, tolerance)
    sums = rules.totals(found)
    assert sums.statement_fen == sum(line.net_fen for line in told)
    assert sums.platform_fen == sum(policy.by_month.get(SEPTEMBER, 0) for policy in known)
    assert sums.adds_up
    assert sum(sums.counts.values()) == len(found)
    assert [one.row for one in found if one.row is not None] == [line.row for line in told]


def test_months_together_show_whether_a_promise_was_kept():
    september = rules.match(SEPTEMBER, [stated("A-1", 1100)], [held(1, "A1", 1000)], 1)
    october = rules.match(OCTOBER, [stated("A 1", -100)], [held(1, "A1", 1000)], 1)
    assert rules.outstanding([september]) == {"A1": 100}
    assert rules.outstanding([september, october]) == {"A1": 0}


# ── reasons and months ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reason", "note", "fen", "code"),
    [
        (Reason.DOUBLE_ENTRY, "", 1500, "reason_unfit"),
        (Reason.CROSS_MONTH, "", 1500, "reason_unfit"),
        (Reason.ROUNDING, "", 1101, "rounding_too_big"),
        (Reason.OTHER, " 　", 1500, "note_needed"),
        (Reason.OTHER, "长" * 201, 1500, "note_long"),
    ],
)
def test_a_reason_must_be_able_to_explain(reason: Reason, note: str, fen: int, code: str):
    chosen = rules.match(SEPTEMBER, [stated("A-1", fen)], [held(1, "A1", 1000)], 1)
    with pytest.raises(Refusal) as no:
        rules.check_reason(reason, note, chosen)
    assert no.value.code == code


def test_a_difference_of_one_yuan_may_be_rounding():
    chosen = rules.match(SEPTEMBER, [stated("A-1", 1100)], [held(1, "A1", 1000)], 1)
    assert rules.check_reason(Reason.ROUNDING, " 尾差 ", chosen) == "尾差"


def test_what_matches_takes_no_reason():
    chosen = rules.match(SEPTEMBER, [stated("A-1", 1000)], [held(1, "A1", 1000)], 1)
    with pytest.raises(Refusal) as no:
        rules.check_reason(Reason.OTHER, "说明", chosen)
    assert no.value.code == "reason_unfit"


def test_a_month_is_reconciled_when_it_is_over():
    rules.check_month(date(2019, 12, 1), date(2020, 1, 1))
    with pytest.raises(Refusal) as no:
        rules.check_month(date(2019, 12, 1), date(2019, 12, 31))
    assert no.value.code == "month_open"
