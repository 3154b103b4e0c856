"""Every fault of sense in the parts that `test_load.py` does not reach: its line, its clause and its sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheme.small import NAME, TEXT, broken, line
from tongbao.scheme import rules

CASES = [
    # facts
    ("yes on a number", "part_of: exports_usd,", "part_of: exports_usd, yes: 有,", "yes: 有",
     "“us_exports_usd”不是是否类事实，不能写 yes 或 no"),
    ("sign on a text", "title: 注册地, supplier", "title: 注册地, signed: true, supplier", "title: 注册地,",
     "“area”不是数字，不能写 signed"),
    ("part of on a yes or no", "title: 已投保, supplier", "title: 已投保, part_of: exports_usd, supplier",
     "title: 已投保,", "“insured”不是数字，不能写 part_of"),
    ("negative exports", "title: 出口额, supplier", "title: 出口额, signed: true, supplier", "title: 出口额, ",
     "“exports_usd”是保费的计算基数，不能为负"),
    ("part of nothing", "part_of: exports_usd", "part_of: sales_usd", "part_of: sales_usd",
     "没有名为“sales_usd”的数字事实"),
    ("part of a text", "part_of: exports_usd", "part_of: area", "part_of: area", "没有名为“area”的数字事实"),
    ("part of itself", "part_of: exports_usd", "part_of: us_exports_usd", "part_of: us_exports_usd",
     "“us_exports_usd”经 part_of 绕回了自己"),
    ("a name with a hyphen", "id: us_floor", "id: us-floor", "id: us-floor",
     "编号“us-floor”里的连字符在条件中会读成减号"),
    ("a name that means something else", "id: us_floor", 'id: "true"', 'id: "true"',
     "编号“true”在条件中另有含义，会读成别的意思"),
    ("a default without a reason, said otherwise", "起点, usd: 10万,", "起点, usd: 10万, default: yes,", "default: yes",
     "方案未写明的取值没有说明理由"),
    ("a comma for a point", "起点, usd: 10万", '起点, usd: "50,5"', '"50,5"',
     "逗号只能用作千分位，例如 500,000；小数用点"),
    ("a comment in a condition", "when: NOT insured", 'when: "NOT insured -- AND change_usd > 0"', "-- AND",
     "条件里不能写注释"),
    ("names that differ by case", "id: us_floor", "id: US_SHARE", "id: US_SHARE",
     "编号“US_SHARE”与“us_share”只有大小写不同"),
    # thresholds
    ("a threshold named like a fact", "id: us_floor", "id: insured", "id: insured, title: 对美起点",
     "“insured”既是事实又是门槛"),
    ("a threshold twice", "id: us_floor", "id: us_share", "title: 对美起点", "编号“us_share”重复"),
    ("a share above the whole", "share: 40%", "share: 140%", "share: 140%", "“us_share”的比例 140% 超过 100%"),
    ("a threshold nobody uses", "us_exports_usd > us_floor", "us_exports_usd > 1", "id: us_floor",
     "没有条件用到门槛“us_floor”"),
    ("an unknown threshold", "us_exports_usd > us_floor", "us_exports_usd > us_flor", "us_flor",
     "没有名为“us_flor”的事实"),
    ("a threshold with two values", "起点, usd: 10万", "起点, usd: 10万, number: 3", "number: 3",
     "share、usd、number 三者应当只写一个"),
    ("division", "when: change_usd > 0", "when: us_exports_usd / exports_usd > 1", "us_exports_usd / exports_usd",
     "条件里不能写“us_exports_usd / exports_usd”"),
    # the receipt
    ("closed before it opens", "class_frozen_at: receipt,",
     "class_frozen_at: receipt, opens_at: 2020-03-02 09:00, closes_on: 2020-03-01,", "opens_at",
     "收件截止日 2020-03-01 早于开始收件的 2020-03-02"),
    ("closed after the cover", "class_frozen_at: receipt,", "class_frozen_at: receipt, closes_on: 2021-01-01,",
     "closes_on", "收件截止日 2021-01-01 晚于保障期限止日 2020-12-31"),
    ("opened after the cover", "class_frozen_at: receipt,", "class_frozen_at: receipt, opens_at: 2021-01-01 09:00,",
     "opens_at", "开始收件的 2021-01-01 晚于保障期限止日 2020-12-31"),
    ("opened on a day", "class_frozen_at: receipt,", "class_frozen_at: receipt, opens_at: 2020-01-01,",
     "opens_at", "“opens_at”应为日期和时间，例如 2019-09-02 09:00"),
    ("opened at no time", "class_frozen_at: receipt,", "class_frozen_at: receipt, opens_at: 2020-01-01 25:00,",
     "opens_at", "“opens_at”应为日期和时间，例如 2019-09-02 09:00"),
    # bands and imputation
    ("bands of a text", "fact: turnover_usd\n", "fact: area\n", "fact: area", "“area”不是数字，不能分档"),
    ("an empty band", "from: 600万, to: 900万", "above: 600万, to: 600万", "above: 600万",
     "两端都是 6000000 而不都含端点，里面没有数"),
    ("imputed from nothing", "fact: turnover_usd, at", "fact: sales_usd, at", "fact: sales_usd",
     "没有名为“sales_usd”的数字事实可以代替“exports_usd”"),
    ("imputed from itself", "fact: turnover_usd, at", "fact: exports_usd, at", "imputation",
     "没有名为“exports_usd”的数字事实可以代替“exports_usd”"),
    ("imputed from a change", "fact: turnover_usd, at", "fact: change_usd, at", "imputation",
     "“change_usd”可以为负，不能用作保费的计算基数"),
    ("imputed up to nothing", "at_most_usd: 50万", "at_most_usd: 0", "imputation", "推定出口额的上限应大于 0"),
    # what plans cost
    ("a band twice", "bands: [small, middle]", "bands: [small, middle, small]", "bands: [small, middle, small]",
     "分档“small”写了两次"),
    ("a rate for a band of others", "- {band: small, rate", "- {band: large, rate", "{band: large, rate",
     "方案 A 不适用分档“large”"),
    ("a rate twice", "- {band: middle, rate", "- {band: small, rate: 0.05%, clause: 二}\n      - {band: middle, rate",
     "band: small, rate: 0.05%", "分档“small”写了两次"),
    ("a band without a rate", "      - {band: small, rate: 0.03%, clause: 二}\n", "", "band_rates:",
     "方案 A 的分档“small”没有费率"),
    ("a rate for a band of another fact", "bands: [small, middle]", "bands: [known, middle]", "band_rates:",
     "方案 A 的分档“known”没有费率"),
    ("a rate of nothing", "rate: 0.03%", "rate: 0%", "rate: 0%", "方案 A 的费率应大于 0、不超过 100%"),
    ("a flat premium of nothing", "flat_usd: 200", "flat_usd: 0", "flat_usd: 0", "方案 C 的定额保费应大于 0"),
    ("a ceiling on a flat premium", "flat_usd: 200", "flat_usd: 200\n    rate_is_ceiling: true  # here",
     "# here", "方案 C 是定额保费，没有费率上限可言"),
    ("two prices", "flat_usd: 200", "flat_usd: 200\n    rate: 1%", "- id: C",
     "rate、band_rates、flat_usd 三者应当只写一个"),
    ("nothing left to pay", "discount: 10%", "discount: 100%", "discount: 100%", "方案 A 的优惠 100% 应低于 100%"),
    # who pays
    ("shares over 100 %", "share: 30%", "share: 60%", "payer: 区财政", "方案 A 的财政扶持比例合计 110%，超过 100%"),
    ("a cap on nothing", "share: 50%", "share: 0%", "share: 0%", "“市财政”的比例是 0，不必封顶"),
    ("a cap of nothing", "cap_yuan: 5000", "cap_yuan: 0", "cap_yuan: 0", "“市财政”的封顶金额应大于 0"),
    ("a cap for a band of others", "{band: middle, cap", "{band: large, cap", "{band: large, cap",
     "方案 A 不适用分档“large”"),
    ("a minimum beyond the caps", "minimum_subsidy_yuan: 300", "minimum_subsidy_yuan: 6500",
     "minimum_subsidy_yuan", "方案 A 的分档“small”最多扶持 6000 元，达不到起付的 6500 元"),
    ("paid back without a day", "        pay_by: 2021-03-31\n", "", "payer: 区财政",
     "先缴后补的扶持没有写明最迟拨付日期"),
    ("a day without paying back", "payment: reimburse", "payment: alongside", "pay_by",
     "只有先缴后补才有最迟拨付日期"),
    ("paid back before the period", "pay_by: 2021-03-31", "pay_by: 2019-03-31", "pay_by",
     "最迟拨付日期 2019-03-31 早于保障期限起日 2020-01-01"),
    # what plans pay out
    ("a limit of nothing", "times_premium: 60", "times_premium: 0", "times_premium: 0", "方案 A 的赔偿限额应大于 0"),
    ("a yearly limit of nothing", "limit_usd: 10万", "limit_usd: 0", "limit_usd: 0", "方案 C 的最高赔偿限额应大于 0"),
    ("a limit twice", "usd: 20万, clause", "usd: 20万, clause: 二}\n      - {basis: policy_year, usd: 30万, clause",
     "usd: 30万, clause", "方案 A 的保单年度限额（金额）写了两次"),
    ("a yearly limit in both forms", "limit_usd: 10万",
     "limit_usd: 10万\n    limits:\n      - {basis: policy_year, usd: 12万, clause: 二}", "usd: 12万",
     "方案 C 的保单年度限额（金额）写了两次"),
    ("a part above the year", "basis: buyer, usd: 5万", "basis: buyer, usd: 50万", "basis: buyer, usd: 50万",
     "方案 A 的单一买方限额 500000 美元高于保单年度限额 200000 美元"),
    ("no limit at all", "    limit_usd: 10万\n", "", "- id: C",
     "缺少保单年度累计赔偿限额：写 limit_usd，或在 limits 中写一项 basis: policy_year"),
    ("two limits in one", "times_premium: 60", "times_premium: 60, usd: 3", "usd: 3,",
     "usd、times_premium 两者应当只写一个"),
    ("a risk twice", "risk: political", "risk: commercial", "at_least: 90%", "方案 A 的商业风险写了两个赔偿比例"),
    ("any risk beside one", "risk: political", "risk: any", "risk: any", "方案 A 已写各类风险的赔偿比例，又另写了一类"),
    ("a ratio of nothing", "ratio: 80%", "ratio: 0%", "ratio: 0%", "方案 A 的赔偿比例应大于 0、不超过 100%"),
    ("a ratio above the whole", "at_least: 90%", "at_least: 190%", "at_least: 190%",
     "方案 A 的赔偿比例应大于 0、不超过 100%"),
    ("two ratios in one", "ratio: 80%", "ratio: 80%, at_least: 3%", "at_least: 3%", "ratio、at_least 两者应当只写一个"),
    # beside the plans
    ("exclusive with nothing", "plans: [B, C]", "plans: [B, Z]", "plans: [B, Z]", "没有名为“Z”的方案"),
    ("exclusive with itself", "plans: [B, C]", "plans: [B, B]", "plans: [B, B]", "方案“B”写了两次"),
    ("a quota for no plan", "plans: [A], areas", "plans: [Z], areas", "plans: [Z], areas", "没有名为“Z”的方案"),
    ("a quota for no area", "areas: [east]", "areas: [north]", "areas: [north]", "没有名为“north”的区域"),
    ("a quota for an area left out", "areas: [east]", "areas: [south]", "areas: [south]",
     "区域“south”不在覆盖范围内，不必限定家数"),
    ("a quota names an area twice", "areas: [east]", "areas: [east, east]", "areas: [east, east]", "“east”写了两次"),
    ("a pool of nobody", "insurers: [two, three]", "insurers: [two, three, four]", "insurers: [two, three, four]",
     "没有名为“four”的保险人"),
    ("an insurer in two pools", "insurers: [two, three]", "insurers: [two, three, two]",
     "insurers: [two, three, two]", "保险人“two”已有“shared”，不能再用“shared”"),
    ("an insurer with a fund and a pool", "insurers: [two, three]", "insurers: [one, two, three]",
     "insurers: [one, two, three]", "保险人“one”已有自有资金，不能再用“shared”"),
    ("an insurer without money", "insurers: [two, three]", "insurers: [two]", "title: 保险人丙",
     "保险人“three”没有资金来源"),
    ("a pool named like an insurer's", "id: shared", "id: one", "title: 共用资金",
     "编号“one”已是一家保险人自有资金的编号"),
    ("more insured than there are", "insured_firms: 5", "insured_firms: 50", "insured_firms: 50",
     "参保 50 家多于全部 10 家"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "needle", "sentence"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_fault(old: str, new: str, needle: str, sentence: str):
    text = broken(old, new)
    at = line(text, needle)
    found = [fault for fault in rules.faults_of(text, NAME) if (fault.line, fault.sentence) == (at, sentence)]
    assert [fault.clause for fault in found] == ["二" if at > line(text, "thresholds:") else "一"]
    assert text.splitlines()[at - 1].strip().startswith(found[0].text.removesuffix("…") or "nothing")
    assert found[0].hint


def test_the_small_edition_is_whole():
    assert rules.faults_of(TEXT, NAME) == []


def test_a_chain_of_parts_that_closes_is_named_at_each_link():
    text = broken("title: 营业额,", "title: 营业额, part_of: us_exports_usd,")
    text = broken("title: 出口额, ", "title: 出口额, part_of: turnover_usd, ", text)
    assert [(fault.line, fault.sentence) for fault in rules.faults_of(text, NAME)] == [
        (line(text, f"title: {title},"), f"“{id}”经 part_of 绕回了自己")
        for title, id in (("出口额", "exports_usd"), ("对美出口额", "us_exports_usd"), ("营业额", "turnover_usd"))
    ]


def test_division_has_a_hint_of_its_own():
    (fault,) = rules.faults_of(broken("when: change_usd > 0", "when: us_exports_usd / 2 > exports_usd"), NAME)
    assert fault.hint == "除法写成乘法，例如 us_exports_usd >= 0.9 * exports_usd"


def test_a_rate_by_the_bands_of_another_fact_is_refused():
    text = broken("bands: [small, middle]", "bands: [small, middle, known]")
    text = broken("- {band: small, rate", "- {band: known, rate: 0.01%, clause: 二}\n      - {band: small, rate", text)
    fault = next(fault for fault in rules.faults_of(text, NAME) if "known" in fault.sentence)
    assert (fault.line, fault.sentence) == (
        line(text, "{band: known"), "分档“known”不按“exports_usd”划分，费率和封顶不能依它而定"
    )  # fmt: skip


def test_one_bad_line_hides_no_other():
    text = TEXT
    chosen = ["negative exports", "a share above the whole", "nothing left to pay", "a risk twice", "a pool of nobody"]
    cases = [case for case in CASES if case[0] in chosen]
    for _, old, new, _, _ in cases:
        text = broken(old, new, text)
    assert [fault.sentence for fault in rules.faults_of(text, NAME)] == [case[4] for case in cases]


def test_a_file_far_too_long_is_not_read():
    (fault,) = rules.faults_of(TEXT + "#" * 200_000, NAME)
    size = len(TEXT) + 200_000
    assert (fault.line, fault.sentence) == (1, f"文件有 {size:,} 个字符，超过 200,000 个的上限，没有检查")


@settings(max_examples=25)
@given(
    st.integers(0, len(TEXT) - 1), st.integers(1, 60), st.sampled_from(["", " ", ":", "- ", "%", "万", "[", "\n", "0"])
)
def test_whatever_is_damaged_is_told_with_a_way_out(start: int, length: int, instead: str):
    text = TEXT[:start] + instead + TEXT[start + length :]
    for fault in rules.faults_of(text, NAME):
        assert fault.sentence
        assert fault.hint
        assert 1 <= fault.line <= text.count("\n") + 1
