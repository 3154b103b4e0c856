"""Loading a scheme file: every fault at once, each with line, clause, sentence and hint."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheme.nantong import TEXT
from tests.scheme.small import line
from tongbao.scheme import rules

NAME = "test.yaml"


def broken(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.clause, fault.sentence) for fault in rules.faults_of(text, NAME)]


def test_the_nantong_file_is_whole():
    scheme = rules.load(TEXT, NAME)
    assert (scheme.code, scheme.base_year, scheme.cover_from, scheme.cover_to) == (
        "nantong-2019", 2018, date(2019, 9, 1), date(2020, 8, 31)
    )  # fmt: skip
    assert [(i.id, i.fund_fen, i.lead) for i in scheme.insurers] == [
        ("sinosure", 450_000_000, True), ("picc", 50_000_000, False)
    ]  # fmt: skip
    assert [(p.id, p.limit_cents(0), p.rate, p.subsidy_rate, p.minimum_cents) for p in scheme.plans] == [
        ("A", 10_000_000, Decimal("0.0003"), Decimal(1), 0),
        ("B", 25_000_000, Decimal("0.001"), Decimal("0.5"), 0),
        ("C", 25_000_000, Decimal("0.001"), Decimal(1), 0),
        ("D", 5_000_000, Decimal("0.0003"), Decimal(1), 10_000),
    ]
    assert scheme.areas == ("chongchuan", "tongzhou", "gangzha", "etdz", "sutong", "tzw")
    assert (scheme.reference_rate, scheme.fx_buffer) == (Decimal("7.0729"), Decimal("0.03"))
    assert (scheme.exporter_share_days, scheme.clarification_days) == (10, 5)
    assert len(scheme.priorities) == 7


def test_the_hash_covers_the_content_and_nothing_else():
    scheme = rules.load(TEXT, NAME)
    assert rules.Scheme.from_body(json.loads(json.dumps(scheme.body()))).hash == scheme.hash
    assert (
        rules.load("# 另一条注释\n" + TEXT.replace("limit_usd: 10万", "limit_usd: 100,000.00"), NAME).hash
        == scheme.hash
    )
    assert rules.load(broken("limit_usd: 10万", "limit_usd: 11万"), NAME).hash != scheme.hash


CASES = [
    ("unknown key", "limit_usd: 5万", "limit_usd: 5万\n    colour: red", "colour", "四(二)", "不认识“colour”"),
    ("missing value", "    bands: [small]\n", "", "- id: D", "四(二)", "缺少“bands”"),
    ("no price", "    rate: 0.03%\n    minimum_usd: 100\n", "    minimum_usd: 100\n", "- id: D", "四(二)",
     "rate、band_rates、flat_usd 三者应当只写一个"),
    ("no citation", "when: famous_brand, clause: 二(二)4}", "when: famous_brand}", "when: famous_brand}", "",
     "缺少条款出处"),
    ("empty citation", "when: famous_brand, clause: 二(二)4}", "when: famous_brand, clause: ''}",
     "when: famous_brand", "", "缺少条款出处"),
    ("unknown clause", "when: famous_brand, clause: 二(二)4}", "when: famous_brand, clause: 九}",
     "when: famous_brand", "九", "clauses 中没有“九”这一条"),
    ("unknown fact", "when: NOT insured", "when: NOT insurd", "NOT insurd", "二(一)", "没有名为“insurd”的事实"),
    ("syntax", "when: us_exports_usd >= plan_c_usd", "when: us_exports_usd >= ", "when: us_exports_usd >= ,",
     "四(二)", "条件有语法错误"),
    ("outside the grammar", "when: us_exports_usd >= plan_c_usd", "when: us_exports_usd / 2 >= 5000000",
     "us_exports_usd / 2", "四(二)", "条件里不能写“us_exports_usd / 2”"),
    ("type clash", "when: us_exports_usd >= plan_c_usd", "when: us_exports_usd >= area", "us_exports_usd >= area",
     "四(二)", "“us_exports_usd >= area”两边类型不同，无法比较"),
    ("shares over 100 %", "商务局）, share: 50%", "商务局）, share: 101%", "share: 101%", "四(二)",
     "方案 B 的财政扶持比例合计 101%，超过 100%"),
    ("rate without sign", "rate: 0.1%\n    payers:\n      - {payer: 市财政局（商务局）, share: 50%",
     "rate: 0.2\n    payers:\n      - {payer: 市财政局（商务局）, share: 50%", "rate: 0.2", "四(二)",
     "“rate”应为百分比并带百分号，例如 0.03% 或 50%"),
    ("overlapping bands", "title: 0至50万美元, from: 0, to: 50万", "title: 0至50万美元, from: 0, to: 60万",
     "- above: 50万", "二(一)", "与 0.00 万美元至 60.00 万美元重叠"),
    ("overlapping ends", "- above: 50万", "- from: 50万", "- from: 50万", "二(一)",
     "与 0.00 万美元至 50.00 万美元在端点 500000 重叠"),
    ("undeclared hole", "below: 300万", "below: 200万", "from: 300万", "二(一)",
     "与 50.00 万美元（不含）至 200.00 万美元（不含）之间有未说明的空档"),
    ("a point left out", "title: 0至50万美元, from: 0, to: 50万", "title: 0至50万美元, from: 0, below: 50万",
     "- above: 50万", "二(一)", "与 0.00 万美元至 50.00 万美元（不含）之间有未说明的空档"),
    ("band upside down", "from: 300万, to: 3000万", "from: 300万, to: 3万", "from: 300万, to: 3万", "二(一)",
     "下限 3000000 高于上限 30000"),
    ("end written twice", "- above: 50万", "- above: 50万\n        from: 50万", "- above: 50万", "二(一)",
     "同一端写了两次"),
    ("dates out of order", "to: 2020-08-31", "to: 2018-08-31", "to: 2018-08-31", "四(一)",
     "保障期限的止日 2018-08-31 早于起日 2019-09-01"),
    ("no date", "effective_from: 2019-09-01", "effective_from: 明年", "effective_from: 明年", "四(一)",
     "“effective_from”应为日期"),
    ("impossible date", "effective_from: 2019-09-01", "effective_from: 2019-13-41", "effective_from: 2019-13-41",
     "四(一)", "“effective_from”应为日期"),
    ("base year", "base_year: 2018", "base_year: 2020", "base_year: 2020", "四(一)", "基期 2020 年不早于保障期限"),
    ("duplicate id", "- id: C\n", "- id: A\n", None, "四(二)", "编号“A”重复"),
    ("duplicate key", "title: 方案C\n", "title: 方案C\n    title: 方案丙\n", "title: 方案丙", "",
     "“title”在同一处写了两次"),
    ("unknown band", "bands: [small]", "bands: [tiny]", "bands: [tiny]", "四(二)", "没有名为“tiny”的分档"),
    ("unknown fact type", "type: text", "type: date", "type: date", "二(一)", "“type”的值不对"),
    ("default without reason", ", note: 防止误录，只提醒不阻止}", "}", "fx_tolerance:", "五(二)",
     "方案未写明的取值没有说明理由"),
    ("two tests", "when: NOT insured", "when: NOT insured\n    in_areas: area", "- id: uninsured", "二(一)",
     "when、in_areas、in_bands 三者应当只写一个"),
    ("unknown fact of areas", "in_areas: area", "in_areas: insured", "in_areas: insured", "二(一)",
     "没有名为“insured”的文字事实"),
    ("two leaders", "office: 人保财险南通市分公司,", "office: 人保财险南通市分公司, lead: true,", "insurers:", "",
     "牵头保险人应有且只有一家，现有 2 家"),
    ("negative amount", "minimum_usd: 100", "minimum_usd: -100", "minimum_usd: -100", "四(二)",
     "金额不能为负，最多两位小数"),
    ("anchor", "city: 南通市", "city: &c 南通市", None, None, None),
    ("rate of exchange", "value: 7.0729", "value: 0", "value: 0, clause: 五(二)", "五(二)", "测算汇率应为正数"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "needle", "clause", "sentence"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_fault(old: str, new: str, needle: str | None, clause: str | None, sentence: str | None):
    text = broken(old, new)
    found = faults(text)
    if sentence is None:
        assert found == []  # an anchor nobody refers to does no harm
        return
    at = line(text, needle) if needle else found[0][0]
    assert (at, clause, sentence) in found
    assert all(fault.file == NAME for fault in rules.faults_of(text, NAME))


def test_an_alias_is_refused():
    text = broken("bands: [large]\n    limit_usd: 10万", "bands: &large [large]\n    limit_usd: 10万")
    text = broken("bands: [small]", "bands: *large", text)
    assert (line(text, "bands: *large"), "不支持 YAML 引用（& 和 *）") in [(at, said) for at, _, said in faults(text)]


def test_every_fault_is_told_at_once_in_the_order_of_lines():
    text = TEXT
    for name in (
        "dates out of order",
        "unknown fact",
        "overlapping bands",
        "shares over 100 %",
        "two leaders",
        "unknown key",
    ):
        case = next(case for case in CASES if case[0] == name)
        text = broken(case[1], case[2], text)
    text = broken("when: famous_brand, clause: 二(二)4}", "when: famous_brand}", text)
    found = faults(text)
    assert [number for number, _, _ in found] == sorted(number for number, _, _ in found)
    assert [sentence for _, _, sentence in found] == [
        "保障期限的止日 2018-08-31 早于起日 2019-09-01",
        "与 0.00 万美元至 60.00 万美元重叠",
        "没有名为“insurd”的事实",
        "缺少条款出处",
        "方案 B 的财政扶持比例合计 101%，超过 100%",
        "不认识“colour”",
        "牵头保险人应有且只有一家，现有 2 家",
    ]


def test_a_bad_fact_is_told_once_not_again_by_its_conditions():
    text = broken("- id: insured\n    type: bool", "- id: insured\n    type: maybe")
    assert faults(text) == [(line(text, "type: maybe"), "二(一)", "“type”的值不对")]


def test_a_fault_reads_as_one_line_with_a_hint():
    text = broken("when: NOT insured", "when: NOT insurd")
    (fault,) = rules.faults_of(text, NAME)
    assert str(fault) == (
        f"test.yaml:{line(text, 'NOT insurd')}: 〔二(一)〕 没有名为“insurd”的事实（先在 facts 中定义，或检查拼写）"
    )


@pytest.mark.parametrize(
    ("text", "number", "sentence"),
    [
        ("", 1, "文件是空的"),
        ("# 只有注释", 1, "文件是空的"),
        ("just words", 1, "文件应为若干“名称: 值”"),
        ("~", 1, "文件应为若干“名称: 值”"),
        ("- a\n- b", 1, "文件应为若干“名称: 值”"),
        ("edition:\n  a: [1\nb: 2", 3, "YAML 语法错误，无法读取"),
        ("a: 1\n\tb: 2", 2, "YAML 语法错误，无法读取"),
        ("a: \x00", 1, "文件不是可读的 YAML 文本"),
        ("[" * 5000, 1, None),
    ],
)
def test_what_is_no_scheme_at_all(text: str, number: int, sentence: str | None):
    found = faults(text)
    assert found
    if sentence:
        assert (number, "", sentence) in found


def test_an_empty_mapping_names_every_missing_section():
    said = {sentence for _, _, sentence in faults("edition: {}")}
    assert {"缺少“plans”", "缺少“insurers”", "缺少“code”", "缺少条款出处"} <= said


@settings(max_examples=25)
@given(
    st.integers(0, len(TEXT) - 1), st.integers(1, 60), st.sampled_from(["", " ", ":", "- ", "%", "万", "[", "\n", "0"])
)
def test_a_damaged_file_loads_or_gives_faults_but_never_breaks(start: int, length: int, instead: str):
    text = TEXT[:start] + instead + TEXT[start + length :]
    for fault in rules.faults_of(text, NAME):
        assert fault.sentence
        assert 1 <= fault.line <= text.count("\n") + 1
