"""Countries that an edition takes into the emerging markets or out of them."""

import pytest

from tests.scheme.nantong import PATH, TEXT
from tongbao.scheme import rules

CITED = "clause: 二(二)2, default: true, note: 试算"


def text(**lists: str) -> str:
    written = "".join(f"  {key}: {{title: 国家, value: {value}, {CITED}}}\n" for key, value in lists.items())
    return TEXT.replace("  brand_years:", f"{written}  brand_years:", 1)


def sentences(source: str) -> list[str]:
    return [fault.sentence for fault in rules.faults_of(source, PATH.name)]


def test_a_file_that_says_nothing_takes_none_in_and_none_out():
    scheme = rules.load(TEXT, PATH.name)
    assert (scheme.emerging_extra, scheme.emerging_left_out) == ((), ())
    assert {"emerging_extra", "emerging_left_out"} & set(scheme.body()["parameters"]) == set()


def test_countries_are_read_as_they_are_written():
    scheme = rules.load(text(emerging_extra="[GE, NO]", emerging_left_out="[RU]"), PATH.name)  # NO is no "no"
    assert (scheme.emerging_extra, scheme.emerging_left_out) == (("GE", "NO"), ("RU",))
    assert rules.Scheme.from_body(scheme.body()).hash == scheme.hash != rules.load(TEXT, PATH.name).hash


@pytest.mark.parametrize(
    ("lists", "sentence"),
    [
        ({"emerging_extra": "[ge]"}, "“value”应为两个大写字母的国家（地区）代码，例如 US"),
        ({"emerging_left_out": "[GEO]"}, "“value”应为两个大写字母的国家（地区）代码，例如 US"),
        ({"emerging_extra": "GE"}, "“value”应为列表"),
        ({"emerging_extra": "[GE, GE]"}, "国家（地区）“GE”写了两次"),
        ({"emerging_extra": "[GE]", "emerging_left_out": "[RU, GE]"}, "国家（地区）“GE”写了两次"),
    ],
)
def test_slips_of_form_are_said(lists: dict[str, str], sentence: str):
    assert sentences(text(**lists)) == [sentence]


def test_countries_without_regions_are_refused():
    lines = [line for line in text(emerging_extra="[GE]").splitlines() if "emerging_regions:" not in line]
    assert sentences("\n".join(lines)) == ["没有写明哪些区域算作新兴市场"]
