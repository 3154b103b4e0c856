"""The synthetic city meets the figures of clause 五(一) exactly, on any machine."""

from collections import Counter

import pytest
from stdnum.cn import uscc

from tongbao.demo import rules
from tongbao.demo.rules.firms import COUNTIES, SIX_AREAS, WAN, Firm


@pytest.fixture(scope="module")
def city() -> list[Firm]:
    return list(rules.firms())


def test_same_city_every_time(city: list[Firm]) -> None:
    assert list(rules.firms()) == city


def test_codes_are_valid_and_firms_distinct(city: list[Firm]) -> None:
    assert [firm.name for firm in city if not uscc.is_valid(firm.code)] == []
    assert len({firm.code for firm in city}) == len({firm.name for firm in city}) == len(city)


def test_uninsured_firms_of_the_six_areas_are_those_of_the_policy(city: list[Firm]) -> None:
    """五(一): 490 firms and 38.6亿 USD between 300 and 3000万; 1,394 firms up to 50万."""
    uninsured = [firm for firm in city if firm.area in SIX_AREAS and not firm.insured]
    large = [firm.exports_cents for firm in uninsured if 300 * WAN <= firm.exports_cents <= 3_000 * WAN]
    small = [firm.exports_cents for firm in uninsured if firm.exports_cents <= 50 * WAN]
    assert (len(large), sum(large)) == (490, 386_000 * WAN)
    assert len(small) == 1394


def test_every_county_and_every_gap_has_firms(city: list[Firm]) -> None:
    places = Counter(firm.area for firm in city)
    assert set(places) == {*SIX_AREAS, *COUNTIES}
    six = [firm.exports_cents for firm in city if firm.area in SIX_AREAS]
    assert sum(50 * WAN < cents < 300 * WAN for cents in six) >= 200
    assert sum(cents > 3_000 * WAN for cents in six) >= 20


def test_monthly_rows_sum_to_the_year_and_stay_within_the_limit(city: list[Firm]) -> None:
    count = 0
    for firm in city:
        rows = list(rules.export_rows(firm))
        count += len(rows)
        assert sum(amount for _, year, _, _, amount in rows if year == 2018) == firm.exports_cents
        assert len({row[1:4] for row in rows}) == len(rows)
        assert {(2017, 1) <= row[1:3] <= (2020, 8) for row in rows} == {True}
    assert 150_000 < count <= 300_000


def test_a_firm_with_a_fixed_share_of_the_us_keeps_it(city: list[Firm]) -> None:
    for firm in (firm for firm in city if firm.us_percent):
        rows = [row for row in rules.export_rows(firm) if row[1] == 2018]
        to_us = sum(amount for *_, country, amount in rows if country == "US")
        assert firm.us_percent <= to_us * 100 / firm.exports_cents < firm.us_percent + 1  # type: ignore[operator]
