"""Areas with the days on which they exist: 港闸 became part of 崇川, 海门 a district that never joins the six."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests import factories as make
from tongbao.accounts import queries, rules
from tongbao.accounts.models import Area
from tongbao.demo.actions import people
from tongbao.demo.rules.firms import COUNTIES, SIX_AREAS

pytestmark = pytest.mark.django_db
BEFORE, LAST, AFTER = date(2019, 10, 15), date(2020, 7, 2), date(2020, 7, 3)


def codes(day: date) -> list[str]:
    return [area.code for area in queries.areas_on(day)]


def test_the_city_has_six_areas_and_five_counties_until_one_is_merged_into_another():
    areas = people.areas()
    assert sorted(areas) == sorted((*SIX_AREAS, *COUNTIES))
    assert codes(BEFORE) == codes(LAST) == list(areas)
    assert codes(AFTER) == [code for code in areas if code != "gangzha"]
    assert [(area.code, area.valid_to, area.merged_into) for area in areas.values() if area.valid_to] == [
        ("gangzha", LAST, areas["chongchuan"])
    ]


def test_an_area_stands_for_itself_and_later_for_what_took_it_in():
    areas = people.areas()
    assert queries.area_on(areas["gangzha"], BEFORE) == queries.area_on(areas["gangzha"], LAST) == areas["gangzha"]
    assert queries.area_on(areas["gangzha"], AFTER) == areas["chongchuan"]
    for code in ("chongchuan", "haimen"):
        assert queries.area_on(areas[code], BEFORE) == queries.area_on(areas[code], AFTER) == areas[code]


def test_the_six_stay_the_six_after_haimen_became_a_district():
    people.areas()
    here = queries.area_codes_on(AFTER)
    assert {here[code] for code in SIX_AREAS} == set(SIX_AREAS) - {"gangzha"}
    assert [code for code, there in here.items() if there == "haimen"] == ["haimen"]


def test_every_code_on_a_day_takes_one_query(django_assert_num_queries):
    areas = people.areas()
    with django_assert_num_queries(1):
        found = queries.area_codes_on(AFTER)
    assert found == {code: code for code in areas} | {"gangzha": "chongchuan"}
    assert queries.area_codes_on(LAST) == {code: code for code in areas}


def test_nothing_stands_for_an_area_before_it_begins_or_after_an_end_without_heir():
    new = Area.objects.create(code="new", name="新区", valid_from=AFTER)
    gone = Area.objects.create(code="gone", name="旧区", valid_to=LAST)
    assert (queries.area_on(new, LAST), queries.area_on(new, AFTER)) == (None, new)
    assert (queries.area_on(gone, LAST), queries.area_on(gone, AFTER)) == (gone, None)
    assert (queries.area_codes_on(LAST), queries.area_codes_on(AFTER)) == ({"gone": "gone"}, {"new": "new"})


def test_mergers_are_followed_one_after_the_other_and_never_in_a_circle():
    third = Area.objects.create(code="third", name="丙区")
    second = Area.objects.create(code="second", name="乙区", valid_to=date(2022, 1, 31), merged_into=third)
    first = Area.objects.create(code="first", name="甲区", valid_to=date(2021, 1, 31), merged_into=second)
    found = [queries.area_on(first, date(year, 2, 1)) for year in (2020, 2021, 2022)]
    assert found == [first, second, third]
    Area.objects.filter(pk=third.pk).update(valid_to=date(2022, 6, 30), merged_into=first)
    assert queries.area_on(Area.objects.get(pk=first.pk), date(2023, 1, 1)) is None


@pytest.mark.parametrize("valid_to", [None, date(2020, 7, 2)], ids=["not-ended", "into-itself"])
def test_only_an_area_that_has_ended_is_merged_and_into_another(valid_to: date | None):
    area = make.area()
    into = area if valid_to else make.area("tongzhou", "通州区")
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=area.pk).update(valid_to=valid_to, merged_into=into)


def test_a_day_lies_within_two_days_that_are_both_included():
    days = (date(2020, 7, 1), LAST, AFTER, date(2020, 7, 4))
    assert [rules.exists_on(LAST, AFTER, day) for day in days] == [False, True, True, False]
    assert rules.exists_on(None, None, BEFORE) is True
