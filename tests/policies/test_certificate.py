"""The paper: what it says, that its fonts travel with it, that the same facts give the same bytes."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from tongbao.policies import rules

FACTS = rules.Certificate(
    edition="南通市2019年市级统保平台",
    terms_version=1,
    terms_hash="3fa9c1d27be04411" * 4,
    number="SX-2019-0001",
    reference="NT2019-000123",
    nominal_policyholder="南通市商务局",
    insured="南通海之源家用纺织品进出口有限公司",
    insured_code="91320602MA1N8T4R5Q",
    insurer="中国出口信用保险公司江苏分公司",
    plan="B",
    plan_title="方案B",
    rate="0.1%",
    computed="5,000,010.00 × 0.1%",
    subsidy_rate=Decimal("0.5"),
    limit_cents=25_000_000,
    insured_percentage=Decimal("0.8000"),
    cover_from=date(2019, 9, 1),
    cover_to=date(2020, 8, 31),
    base_year=2018,
    base_exports_cents=500_001_000,
    premium_cents=500_001,
    premium_fen=3_536_457,
    subsidy_fen=1_768_228,
    exporter_share_fen=1_768_229,
    share_paid_on=date(2019, 10, 21),
    cny_per_usd=Decimal("7.072900"),
    rate_month=date(2019, 10, 1),
    entry_date=date(2019, 10, 14),
    issued_at=datetime(2019, 10, 22, 1, tzinfo=UTC),
    issued_on=date(2019, 10, 22),
    excluded=("伊朗", "朝鲜", "叙利亚"),
    excluded_source="依据国别清单（2019年第3号），自2019年9月1日起（四(二) 注）",
    code="K7QF2M9XWTRA8D3H",
    lookup_url="https://tongbao.example/policies/verify/",
)


def read(facts: rules.Certificate) -> PdfReader:
    return PdfReader(io.BytesIO(rules.render(facts)))


def text(reader: PdfReader) -> str:
    """The words of all pages; blanks are the typesetter's own business."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize(
    "words",
    [
        "短期出口信用保险保单（统保平台）",
        "保险凭证",
        "保险单明细表",
        "名义投保人南通市商务局",
        "实际投保人南通海之源家用纺织品进出口有限公司统一社会信用代码91320602MA1N8T4R5Q",
        "被保险人南通海之源家用纺织品进出口有限公司",
        "保险人中国出口信用保险公司江苏分公司",
        "方案B费率0.1%；财政扶持50%，企业承担50%（四(二)）",
        "250,000.00美元（保单年度累计）",
        "赔偿比例80%",
        "2019年9月1日至2020年8月31日",
        "伊朗、朝鲜、叙利亚",
        "5,000,010.00×0.1%5,000.01美元",
        "5,000.01×7.0729（2019年10月汇率）35,364.57元",
        "17,682.28元",
        "17,682.29元",
        "2019年10月21日缴",
        "出单日（2019年10月22日）前已经逾期的应收账款",
        "不知悉任何已经发生或可能发生的损失（四(一)）",
        "K7QF-2M9X-WTRA-8D3H",
        "NT2019-000123",
        "SX-2019-0001",
        "条款第1版·摘要3fa9c1d27be04411",
    ],
)
def test_the_paper_says(words: str):
    assert words in text(read(FACTS))


def test_two_pages_with_both_fonts_inside():
    reader = read(FACTS)
    fonts = {
        font["/BaseFont"].split("+")[-1]: "/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in reader.pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert (len(reader.pages), fonts) == (
        2,
        {"NotoSansSC-Regular-Identity-H": True, "NotoSerifSC-Regular-Identity-H": True},
    )
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == (
        "短期出口信用保险保单（统保平台） SX-2019-0001",
        "zh-CN",
    )


def test_the_same_facts_give_the_same_bytes():
    assert rules.render(FACTS) == rules.render(replace(FACTS))


def test_the_minimum_premium_is_explained_and_no_countries_is_said():
    facts = replace(
        FACTS,
        plan="D",
        plan_title="方案D",
        rate="0.03%",
        computed="300,000.00 × 0.03%，不足最低保费 100.00 美元，按最低保费",
        subsidy_rate=Decimal(1),
        base_exports_cents=30_000_000,
        premium_cents=10_000,
        premium_fen=70_729,
        subsidy_fen=70_729,
        exporter_share_fen=0,
        share_paid_on=None,
        excluded=(),
        excluded_source="四(二) 注",
    )
    said = text(read(facts))
    assert "300,000.00×0.03%，不足最低保费100.00美元，按最低保费" in said
    assert "不予承保国别无" in said
    assert "企业承担无0.00元" in said


def test_a_long_list_of_countries_stands_in_the_schedule():
    names = tuple(f"国家{number}" for number in range(40))
    said = text(read(replace(FACTS, excluded=names)))
    assert "40个国家和地区，名单见保险单明细表" in said
    assert "国家0、国家1、" in said
