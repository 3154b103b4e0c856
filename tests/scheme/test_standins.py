"""One slip in a part does not hide the other faults of the same part."""

import pytest

from tests.scheme.nantong import PATH, TEXT
from tests.scheme.small import TEXT as SMALL_TEXT
from tongbao.scheme import rules


def said(text: str) -> set[str]:
    return {fault.sentence for fault in rules.faults_of(text, PATH.name)}


PLAN_B = """\
    bands: [large]
    limit_usd: 25万
    rate: 0.1%
    payers:
      - {payer: 市财政局（商务局）, share: 50%"""
assert PLAN_B in TEXT


@pytest.mark.parametrize("slip", ["rate: 0.1", "rate: 十分之一", "rate: 0.1%\n    rates: 1"])
def test_a_plan_with_an_unreadable_rate_still_shows_its_wrong_band_and_its_shares_over_a_hundred(slip):
    broken = PLAN_B.replace("rate: 0.1%", slip).replace("[large]", "[huge]").replace("50%", "120%")
    sentences = said(TEXT.replace(PLAN_B, broken))
    assert {"没有名为“huge”的分档", "方案 B 的财政扶持比例合计 120%，超过 100%"} <= sentences


def test_a_missing_citation_does_not_hide_an_unknown_fact():
    at = TEXT.index("when: emerging_exports_usd >")
    ground = TEXT[at:].replace("emerging_exports_usd", "emerging_export", 1).replace("    clause: 二(二)2\n", "", 1)
    sentences = said(TEXT[:at] + ground)
    assert {"缺少条款出处", "没有名为“emerging_export”的事实"} <= sentences


def test_what_hangs_on_the_unreadable_value_is_not_guessed():
    """A share that cannot be read may be anything: nothing is said of the sum."""
    broken = TEXT.replace("（商务局）, share: 50%", "（商务局）, share: 五成")
    assert said(broken) == {"“share”应为百分比并带百分号，例如 0.03% 或 50%"}


def test_a_good_file_has_none():
    assert said(SMALL_TEXT) == set()
