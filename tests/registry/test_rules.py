"""Reading customs cells, countries, and a firm's facts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from tongbao.batch.rules import Line
from tongbao.registry import rules
from tongbao.registry.rules import Figure, figures

AREAS = {
    "chongchuan": "崇川区",
    "tongzhou": "通州区",
    "etdz": "经济技术开发区",
    "tzw": "通州湾示范区",
    "haian": "海安市",
}
TODAY = date(2019, 10, 15)


def wrong(reader, *cells) -> str:
    with pytest.raises(rules.Wrong) as no:
        reader(*cells)
    return str(no.value)


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(min_value=0, max_value=figures.MAX_CENTS))
def test_every_amount_of_cents_is_read_exactly_as_excel_stores_it(cents: int):
    assert rules.read_cents(float(Decimal(cents) / 100)) == cents


@given(st.integers(min_value=0, max_value=figures.MAX_CENTS))
def test_every_typed_amount_is_read_exactly(cents: int):
    whole, part = divmod(cents, 100)
    assert rules.read_cents(f"{whole:,}.{part:02d}") == cents


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=1, max_value=9))
def test_a_third_decimal_is_never_rounded_away(cents: int, third: int):
    whole, part = divmod(cents, 100)
    assert wrong(rules.read_cents, f"{whole}.{part:02d}{third}") == "金额最多两位小数，请按报关金额填写"


def read_or_sentence(cell) -> int | str:
    try:
        return rules.read_cents(cell)
    except rules.Wrong as no:
        return str(no)


@given(st.text(max_size=20) | st.floats() | st.integers() | st.none() | st.booleans())
def test_any_cell_gives_cents_within_bounds_or_a_sentence(cell):
    read = read_or_sentence(cell)
    assert 0 <= read <= figures.MAX_CENTS if isinstance(read, int) else len(read) > 5


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        (0.1 + 0.2, 30),
        (1234.56, 123456),
        (5_000_000, 500_000_000),
        ("１，２３４．５０", 123450),
        (" 1 234 ", 123400),
        (0.0, 0),
    ],
)
def test_amounts_as_they_come(cell, cents: int):
    assert rules.read_cents(cell) == cents


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (None, "请填写出口额；没有出口的填 0"),
        (-1.0, "出口额不能是负数"),
        (10_000_000_000.01, "超过 100 亿美元，请核对单位是不是美元"),
        ("12.5万", "应为数字（美元），不要带单位或文字，例如 125000.50"),
        (1.001, "金额最多两位小数，请按报关金额填写"),
        (datetime(2018, 1, 1, tzinfo=UTC), "这一格是日期，应为金额"),
        (True, "这一格是逻辑值，应为金额"),
        (float("nan"), "应为数字（美元）"),
    ],
)
def test_amounts_that_are_refused(cell, sentence: str):
    assert wrong(rules.read_cents, cell) == sentence


# ── other cells ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_codes_are_verified():
    assert rules.read_code(" 91440300708461136t ") == "91440300708461136T"
    assert rules.read_code("９１４４０３００７０８４６１１３６Ｔ") == "91440300708461136T"
    assert wrong(rules.read_code, "91440300708461137T") == (
        "统一社会信用代码校验不通过，请对照营业执照逐位核对；确属真实代码的，请先登记为校验例外"
    )
    assert rules.read_code("91440300708461137T", {"91440300708461137T"}) == "91440300708461137T"
    assert wrong(rules.read_code, "9144030070846113") == "统一社会信用代码应为 18 位，现在是 16 位"
    assert wrong(rules.read_code, "91440300708461136O") == "统一社会信用代码里不会有“O”，请对照营业执照核对"
    assert wrong(rules.read_code, 9.1440300708461e17) == (
        "代码被存成了数字，末几位已丢失：请把这一列设为文本后重新填写"
    )
    assert wrong(rules.read_code, None) == "请填写统一社会信用代码"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("崇川区", "chongchuan"),
        ("南通市崇川区", "chongchuan"),
        ("崇川", "chongchuan"),
        ("南通经济技术开发区", "etdz"),
        ("海安", "haian"),
        ("tzw", "tzw"),
    ],
)
def test_areas_by_their_names(typed: str, code: str):
    assert rules.read_area(typed, AREAS) == code


def test_unknown_areas_are_refused_with_the_known_ones():
    assert wrong(rules.read_area, "鼓楼区", AREAS) == (
        "没有叫“鼓楼区”的区域，请填写：崇川区、通州区、经济技术开发区、通州湾示范区、海安市"
    )


def test_years_and_months():
    assert [figures.read_year(cell, TODAY) for cell in (2018.0, "2018", "2018年", "２０１８")] == [2018] * 4
    assert [figures.read_month(cell, 2018, TODAY) for cell in (None, 7.0, "07", "12月")] == [0, 7, 7, 12]
    assert wrong(figures.read_year, "2018-05-01", TODAY) == "应为四位年份，例如 2018；月份请填在“月份”列"
    assert wrong(figures.read_year, date(2018, 5, 1), TODAY) == "这一格是日期，应为四位年份，例如 2018"
    assert wrong(figures.read_year, 2020, TODAY) == "年份应在 2000 到 2019 之间"
    assert wrong(figures.read_month, 13, 2018, TODAY) == "月份应为 1 到 12；全年合计数请留空"
    assert wrong(figures.read_month, 11, 2019, TODAY) == "2019 年 11 月还没有到"


# ── markets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_emerging_markets_are_the_domain_s():
    assert len(rules.emerging()) == 153
    assert sorted(rules.emerging(("eastern_europe",))) == ["BG", "BY", "CZ", "HU", "MD", "PL", "RO", "RU", "SK", "UA"]
    assert {"AM", "AZ", "CY", "GE"} & rules.emerging() == set()


def test_initials():
    assert rules.initials("南通ABC纺织品（集团）有限公司") == "ntabcfzpjtyxgs"


# ── a sheet ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CODE, OTHER = "91440300708461136T", "91110000101623741K"
PLACES = {
    column.key: (letter, column.title)
    for column, letter in zip(rules.CUSTOMS_EXPORTS.kind.columns, "ABCDEFG", strict=True)
}


KEYS = tuple(PLACES)


@dataclass
class Looked:
    """What became of some rows."""

    rows: list
    faults: list
    examiner: rules.Examiner
    tally: rules.CustomsTally


def looked(*rows, known: rules.Known | None = None, unit: str = "usd") -> Looked:
    context = rules.Context(today=TODAY, areas=AREAS, unit=unit)
    examiner = rules.Examiner(rules.CUSTOMS_EXPORTS, PLACES, context)
    for contradicted in (False, True):  # as the job does: a second pass knows what contradicts what
        examiner = rules.Examiner(
            rules.CUSTOMS_EXPORTS, PLACES, context, dict(examiner.taken_back) if contradicted else {}
        )
        found = [
            examiner.look(Line(number, dict(zip(KEYS, cells, strict=True)))) for number, cells in enumerate(rows, 2)
        ]
    tally = rules.CustomsTally()
    good = [one for one in found if not isinstance(one, list)]
    tally.add(good, known or rules.Known({}, {}))
    return Looked(good, [fault for one in found if isinstance(one, list) for fault in one], examiner, tally)


def test_a_good_row():
    seen = looked((CODE, "甲公司", "崇川区", 2018.0, 3.0, "美国", 12.5))
    assert seen.rows == [rules.FigureRow(2, CODE, "甲公司", "chongchuan", 2018, 3, "US", 1250)]
    assert (seen.faults, seen.examiner.notices(), seen.tally.notices(), seen.tally.doubts()) == ([], [], [], [])


def test_every_fault_of_a_row_is_listed_at_once():
    seen = looked((CODE[:-1] + "A", None, "月球", "二〇一八", 13.0, "火星", "很多"))
    assert seen.rows == []
    assert [(fault.row, fault.column, fault.title) for fault in seen.faults] == [
        (2, letter, title) for letter, title in PLACES.values()
    ]


def test_repeated_rows_are_all_refused():
    row = (CODE, "甲公司", "崇川区", 2018.0, None, "美国", 1.0)
    seen = looked(row, (OTHER, "乙", "崇川区", 2018, None, "US", 1), (*row[:5], "USA", 2.0))
    assert [row.code for row in seen.rows] == [OTHER]
    assert [(fault.row, fault.reason) for fault in seen.faults] == [
        (2, "与第 4 行重复：同一企业、年月、国别只能有一行，请合并或删除"),
        (4, "与第 2 行重复：同一企业、年月、国别只能有一行，请合并或删除"),
    ]


def test_one_code_has_one_name_and_one_area():
    seen = looked((CODE, "甲公司", "崇川区", 2018, 1, "US", 1), (CODE, "乙公司", "通州区", 2018, 2, "US", 1))
    assert [fault.reason for fault in seen.faults] == [
        "与第 2 行同一代码的名称不同（“甲公司”），请核对后统一",
        "与第 2 行同一代码的工商注册地不同（“崇川区”），请核对后统一",
    ]


def test_full_width_digits_are_read_and_reported():
    seen = looked((CODE, "甲公司", "崇川区", "２０１８", "３", "美国", "１２．５０"))
    assert [row.cents for row in seen.rows] == [1250]
    assert seen.examiner.notices() == ["第 2 行等 3 格有全角字符，已按半角读取。"]


def test_amounts_in_another_unit_are_exact():
    rows = [(CODE, "甲公司", "崇川区", 2018, month, "US", cell) for month, cell in ((1, 12.3456), (2, "0.000001"))]
    assert [row.cents for row in looked(*rows, unit="wan_usd").rows] == [12_345_600, 1]
    assert [row.cents for row in looked(rows[0], unit="thousand_usd").rows] == [1_234_560]
    assert looked((*rows[0][:6], "0.0000001"), unit="wan_usd").faults[0].reason == (
        "金额换算成美元后最多两位小数，请按报关金额填写"
    )


def test_the_preview_counts_what_would_change():
    known = rules.Known(
        {CODE: ("甲公司", "tongzhou")},
        {(CODE, 2018, 0, "US"): 1000, (CODE, 2018, 0, "JP"): 1, (CODE, 2018, 0, "DE"): 7},
        corrected=frozenset({(CODE, 2018, 0, "DE")}),
    )
    seen = looked(
        (CODE, "甲公司", "崇川区", 2018, None, "US", 10),
        (CODE, "甲公司", "崇川区", 2018, None, "JP", 20),
        (CODE, "甲公司", "崇川区", 2018, None, "DE", 20),
        (CODE, "甲公司", "崇川区", 2018, 1, "不详", 30),
        (OTHER, "乙公司", "崇川区", 2017, None, "US", 40),
        known=known,
    )
    summary = seen.tally.summary()
    wanted = ("rows", "firms", "new_firms", "new", "changed", "same", "kept", "years", "changes")
    assert {key: summary[key] for key in wanted} == {
        "rows": 5,
        "firms": 2,
        "new_firms": 1,
        "new": 2,
        "changed": 1,
        "same": 1,
        "kept": 1,
        "years": [{"year": 2017, "cents": 4000, "firms": 1}, {"year": 2018, "cents": 3000, "firms": 1}],
        "changes": [{"code": CODE, "name": "甲公司", "year": 2018, "figures": 1, "old_cents": 1, "new_cents": 2000}],
    }
    assert seen.tally.notices() == [
        "1 行对应的资料已有经两人批准的更正，导入后仍以更正为准。",
        "1 行国别不详，合计 30.00 美元：计入出口总额，不计入任何市场。",
        "1 家企业工商注册地与登记不同（如第 2 行 甲公司），导入后保留登记的区域。",
        "1 家企业同一年既有全年数又有分月数：计算时只用分月数，两者不相加。",
    ]


FIRMS = [f"91320600MA{number:07d}" for number in range(900, 930)]
FIRMS = [body + uscc.calc_check_digit(body) for body in FIRMS]


def compared(*, times: str = "1", year: int = 2018, shifted: bool = False, firms: int = 30) -> rules.CustomsTally:
    """A list of `firms` firms against a register of the year before, every amount so many times as big."""
    rows, held, totals = [], {}, {}
    for number, code in enumerate(FIRMS[:firms], start=1):
        old = number * 100_000_00
        held[code, year - 1, 0, "US"] = old
        totals[code, year - 1] = old
        amount = old if shifted else int(old * Decimal(times))
        rows.append((code, "甲公司", "崇川区", year, None, "US", Decimal(amount) / 100))
    rows = [(*row[:6], str(row[6])) for row in rows]
    return looked(*rows, known=rules.Known({}, held, totals=totals)).tally


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ("1.1", ""),
        ("0.3", ""),
        ("0.0001", "中位数是 1/10,000：文件里的金额单位可能是万美元"),
        ("0.001", "中位数是 1/1,000：文件里的金额单位可能是千美元"),
        ("400", "中位数是 400.00 倍：文件里的金额单位可能填大了"),
        ("6.9", "中位数是 6.90 倍，接近汇率：文件里的金额可能是人民币"),
    ],
)
def test_another_unit_shows_against_last_year(times: str, said: str):
    doubts = compared(times=times).doubts()
    assert len(doubts) == bool(said)
    assert all(said in doubt for doubt in doubts)


def test_a_few_firms_say_nothing_of_the_unit():
    assert compared(times="0.0001", firms=4).doubts() == []


def test_last_year_s_figures_under_this_year_are_doubted():
    assert compared(shifted=True).doubts() == [
        "本文件有 30 行与登记的上一年同月同国别的数字完全相同：年份可能填错，请核对。"
    ]


def test_single_jumps_are_named_unless_the_unit_is_wrong():
    jump = (FIRMS[0], "甲公司", "崇川区", 2018, None, "US", 50)
    known = rules.Known({}, {}, totals={(FIRMS[0], 2017): 100})
    assert looked(jump, known=known).tally.notices() == [
        f"1 家企业的出口额是上年的 20 倍以上或不到 1/20（如 {FIRMS[0]}），请核对。"
    ]
    one_month = (*jump[:4], 3, *jump[5:])
    assert looked(one_month, known=known).tally.notices() == []  # a month is not a year


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "cell",
    ["2019-01-31", "2019/1/31", "2019.1.31", "2019年1月31日", "20190131", "２０１９－０１－３１", date(2019, 1, 31),
     datetime(2019, 1, 31, 0, 0)],  # noqa: DTZ001  as Excel gives it
)  # fmt: skip
def test_days_are_read_in_every_clear_form(cell):
    assert figures.read_day(cell) == date(2019, 1, 31)


@pytest.mark.parametrize("cell", ["31/01/2019", "01/02/2019", "2019-13-01", "2019-02-30", "43496", "去年"])
def test_days_that_could_mean_two_things_are_refused(cell: str):
    assert wrong(figures.read_day, cell)


# ── which row counts ────────────────────────────────────────────────────────────────────────────────────────────────

EARLY, LATE = (datetime(2019, 10, day, tzinfo=UTC) for day in (1, 2))


def test_the_later_import_counts_and_a_correction_before_any():
    early, late = rules.standing("customs_exports", EARLY, 2), rules.standing("customs_exports", LATE, 1)
    assert max(early, late) == late
    assert rules.standing(rules.CORRECTION, EARLY, 1) > late
    assert rules.standing(rules.CORRECTION, LATE, 3) > rules.standing(rules.CORRECTION, EARLY, 1)


def test_a_customs_list_never_renames_a_firm():
    customs = [rules.standing_of_particulars("customs_exports", at, 1) for at in (EARLY, LATE)]
    typed = rules.standing_of_particulars("", EARLY, 9)
    assert customs[0] > customs[1]  # the first to speak of it
    assert typed > customs[0]
    assert rules.standing_of_particulars("master_data", LATE, 1) > typed


def test_rows_without_strength_never_win():
    rows = [("a", 1, None), ("a", 2, rules.Standing(0, 1.0, 1)), ("b", 3, None)]
    assert rules.winners(rows, lambda row: row[0], lambda row: row[2]) == [rows[1]]


def test_a_year_is_its_months_when_there_are_any():
    years = rules.years([(2018, 0, "US", 900), (2018, 1, "US", 10), (2018, 2, "ZZ", 5), (2017, 0, "BR", 7)], "ZZ")
    assert years[2018] == rules.Year(2018, 2, 0b111, 15, 900, 15, 5, {"US": 10, "ZZ": 5})
    assert years[2017] == rules.Year(2017, 0, 1, 7, 7, None, 0, {"BR": 7})


# ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def register(*figures: Figure, **said) -> rules.Register:
    given = {
        "area": "chongchuan",
        "area_name": "崇川区",
        "complete_years": (),
        "latest_month": None,
        "lists": (),
        "kept_lists": (),
        "covers": (),
        "answers": (),
        **said,
    }
    return rules.Register(figures=figures, **given)


def facts(*figures: Figure, as_of: date = TODAY, **said) -> rules.Facts:
    return rules.facts(register(*figures, **said), base_year=2018, emerging=rules.emerging(), as_of=as_of)


def months(year: int, count: int, cents: int, country: str = "US") -> list[Figure]:
    return [Figure(year, month, country, cents, f"{year}.xlsx") for month in range(1, count + 1)]


def test_an_empty_register_gives_unknown_never_no():
    found = facts()
    assert found.values == {
        "area": "chongchuan",
        "exports_usd": None,
        "exports_prior_usd": None,
        "growth_usd": None,
        "growth_before_usd": None,
        "us_exports_usd": None,
        "emerging_exports_usd": None,
        "policy_direction": None,
        "base_key_firm": None,
        "famous_brand": None,
        "pilot_firm": None,
        "key_fair_exhibitor": None,
        "insured": None,
    }
    assert found.provenance["exports_usd"] == ["登记中没有本企业 2018 年的出口数据。"]


def test_absence_from_a_complete_list_is_zero():
    found = facts(complete_years=(2018,))
    assert [found.values[fact] for fact in ("exports_usd", "us_exports_usd", "emerging_exports_usd")] == [
        Decimal(0)
    ] * 3
    assert found.provenance["exports_usd"] == ["2018 年海关名单已声明完整，名单中没有本企业，按 0 计。"]


def test_months_are_summed_and_never_added_to_the_year():
    found = facts(*months(2018, 12, 100_00), Figure(2018, 0, "US", 999_00, "全年.xlsx"))
    assert found.values["exports_usd"] == Decimal("1200.00")
    assert found.provenance["exports_usd"] == [
        "2018 年出口额 1,200.00 美元，来自 2018.xlsx（12 行）。",
        "2018 年另有全年合计数，未与分月数相加。",
    ]


def test_a_year_without_months_is_its_annual_figure():
    found = facts(Figure(2018, 0, "US", 500_00, "a.xlsx"), Figure(2018, 0, "BR", 600_00, "b.xlsx"))
    assert (found.values["exports_usd"], found.values["us_exports_usd"], found.values["emerging_exports_usd"]) == (
        Decimal("1100.00"),
        Decimal("500.00"),
        Decimal("600.00"),
    )


def test_unknown_destinations_stay_in_the_total_only():
    found = facts(Figure(2018, 0, "BR", 500_00, "a.xlsx"), Figure(2018, 0, "ZZ", 500_00, "a.xlsx"))
    assert (found.values["exports_usd"], found.values["emerging_exports_usd"]) == (
        Decimal("1000.00"),
        Decimal("500.00"),
    )
    assert found.provenance["us_exports_usd"][-1] == "其中 500.00 美元国别不详，未计入任何市场。"
    assert facts(Figure(2018, 0, "ZZ", 500_00, "a.xlsx")).values["us_exports_usd"] is None


def test_growth_compares_the_same_months_a_year_earlier():
    figures = [*months(2017, 12, 100), *months(2018, 12, 200), *months(2019, 10, 300)]
    found = facts(*figures)  # the last closed month is 2019-09; October's figures are not counted
    assert found.values["growth_usd"] == Decimal("51.00")  # 12 × 2 + 9 × 3
    assert found.values["growth_before_usd"] == Decimal("30.00")  # 12 × 1 + 9 × 2
    assert found.provenance["growth_before_usd"] == [
        "上年同期（2017-01 至 2018-09）出口额 30.00 美元，来自 2017.xlsx（12 行）、2018.xlsx（9 行）。"
    ]


def test_growth_ends_where_the_register_ends():
    figures = [*months(2017, 12, 100), *months(2018, 12, 200), *months(2019, 6, 300)]
    found = facts(*figures, latest_month=(2019, 6))
    assert (found.values["growth_usd"], found.values["growth_before_usd"]) == (Decimal("42.00"), Decimal("24.00"))


def test_growth_without_months_compares_the_years():
    found = facts(Figure(2017, 0, "US", 100, "a"), Figure(2018, 0, "US", 200, "a"), *months(2019, 9, 1))
    assert (found.values["growth_usd"], found.values["growth_before_usd"]) == (Decimal("2.00"), Decimal("1.00"))
    assert found.provenance["growth_usd"][0] == "没有完整的分月数据，按全年数比较。"


def test_a_firm_that_began_this_year_is_unknown_unless_last_year_s_list_was_complete():
    assert facts(*months(2018, 12, 200)).values["growth_before_usd"] is None
    found = facts(*months(2018, 12, 200), complete_years=(2017,))
    assert (found.values["growth_usd"], found.values["growth_before_usd"]) == (Decimal("24.00"), Decimal("18.00"))


def listed(kind: str, *, counts: bool = True, **said) -> rules.Listed:
    return rules.Listed(kind, "苏商〔2018〕1号", said.get("start", date(2018, 1, 1)), said.get("end"), counts)


def test_lists_count_on_their_days_only():
    both = (listed("famous_brand"), listed("pilot_firm", end=date(2019, 1, 1)))
    found = facts(lists=both, kept_lists=("famous_brand", "pilot_firm", "base_key_firm"))
    kinds = ("famous_brand", "pilot_firm", "base_key_firm", "key_fair_exhibitor")
    assert [found.values[kind] for kind in kinds] == [True, False, False, None]
    assert found.provenance["famous_brand"] == [
        "列入2017-2019年度江苏省重点培育和发展的国际知名品牌：“苏商〔2018〕1号”。"
    ]


def test_policy_direction_needs_its_second_person_and_is_never_denied_by_absence():
    assert facts(lists=(listed("policy_direction"),)).values["policy_direction"] is True
    assert facts(lists=(listed("policy_direction", counts=False),)).values["policy_direction"] is None
    assert facts(kept_lists=("policy_direction",)).values["policy_direction"] is None


YES, NO, OPEN = (rules.Answer("中国信保", insured, TODAY) for insured in (True, False, None))
IN_FORCE = rules.Cover("中国信保", date(2019, 1, 1), TODAY, "X1")
OVER = rules.Cover("中国信保", date(2018, 1, 1), date(2018, 12, 31), "X1")


@pytest.mark.parametrize(
    ("covers", "answers", "declared", "insured"),
    [
        ((), (), False, None),
        ((), (NO, OPEN), False, None),
        ((), (NO, OPEN), True, False),
        ((), (NO, NO), False, False),
        ((), (NO, YES), True, True),
        ((IN_FORCE,), (NO, NO), True, True),
        ((OVER,), (NO, NO), False, False),
    ],
)
def test_insured(covers, answers, declared: bool, insured: bool | None):
    assert facts(covers=covers, answers=answers, declared_uninsured=declared).values["insured"] is insured
