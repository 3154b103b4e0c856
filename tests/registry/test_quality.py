"""What may be wrong with the register: every check finds what it should, and its count opens exactly those rows."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests import factories
from tongbao import clock
from tongbao.accounts.models import Area, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.registry import actions, queries, rules
from tongbao.registry.models import CodeException, CompleteList, Exporter, FormerIdentity, Particulars
from tongbao.registry.rules import Check, CodePlace

CHONGCHUAN = CodePlace("chongchuan", "崇川区", "320602", "chongchuan")
GANGZHA = CodePlace("gangzha", "港闸区", "320611", "chongchuan")
TONGZHOU = CodePlace("tongzhou", "通州区", "320612", "tongzhou")
HAIAN = CodePlace("haian", "海安市", "320685", "haian")
ZONE = CodePlace("etdz", "经济技术开发区", "320671", "etdz")
BARE = CodePlace("sutong", "苏通科技产业园区", "", "sutong")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Counts are kept while the register does not change; a test's register is gone after it."""
    kept = import_module("tongbao.registry.queries.quality")._kept
    kept.clear()
    yield
    kept.clear()


# ── the place that a code names ──────────────────────────────────────────────────────────────────────────────────────


def test_a_district_is_known_by_the_codes_it_ever_had_and_by_those_of_what_it_took_in():
    known = rules.code_places([CHONGCHUAN, GANGZHA, TONGZHOU, HAIAN, ZONE, BARE])
    assert known.cities == {"3206"}
    assert known.elsewhere == {
        "chongchuan": {"320612", "320683", "320621", "320685"},
        "gangzha": {"320612", "320683", "320621", "320685"},
        "tongzhou": {"320602", "320611", "320613", "320621", "320685"},
        "haian": {"320602", "320611", "320613", "320612", "320683"},
        "etdz": set(),
        "sutong": set(),
    }


def test_without_national_codes_no_place_is_wrong():
    known = rules.code_places([BARE])
    assert (known.cities, known.elsewhere) == (frozenset(), {"sutong": frozenset()})


@pytest.mark.parametrize(
    ("digits", "name"),
    [
        ("320102", "江苏省南京市玄武区"),
        ("320621", "江苏省南通市海安县"),
        ("320600", "江苏省南通市"),
        ("320691", "江苏省南通市"),
        ("999999", ""),
    ],
)
def test_the_place_of_a_code_has_a_name(digits: str, name: str):
    assert rules.place_name(digits) == name


# ── the months that are there ────────────────────────────────────────────────────────────────────────────────────────


def test_months_are_held_missing_or_not_over_yet():
    held = {(2018, 0): 3, (2018, 1): 5, (2018, 3): 4, (2019, 1): 2}
    earlier, later = rules.month_grid(held, closed=(2019, 2))
    assert [(cell.firms, cell.state) for cell in earlier.months[:4]] == [
        (5, "held"),
        (0, "missing"),
        (4, "held"),
        (0, "missing"),
    ]
    assert (earlier.whole, earlier.missing) == (3, [2, *range(4, 13)])
    assert (later.whole, later.missing, [cell.state for cell in later.months[:3]]) == (
        0,
        [2],
        ["held", "missing", "later"],
    )


def test_a_year_held_as_a_whole_misses_no_month_and_a_year_between_misses_all():
    whole, between, _ = rules.month_grid({(2016, 0): 1, (2018, 1): 1}, closed=(2019, 9))
    assert ({cell.state for cell in whole.months}, between.missing) == ({"none"}, list(range(1, 13)))
    assert rules.month_grid({}, closed=(2019, 9)) == []


# ── every check finds its rows ───────────────────────────────────────────────────────────────────────────────────────


def firm(name: str = "", *, area: Area | None = None, code: str = "", base: bool = True) -> Exporter:
    """A firm of 崇川 without fault: exports of 2018 and 2017 with their destination."""
    number = factories.number()
    area = area or areas()["chongchuan"]
    made = factories.exporter(
        area, code=code or f"91{area.national_code or '320600'}MA{number:07d}X", name=name or f"南通第{number}公司"
    )
    if base:
        figures(made, (2018, 0, "US", 100_00), (2017, 0, "US", 100_00))
    return made


def figures(of: Exporter, *rows: tuple[int, int, str, int]) -> None:
    for year, month, country, cents in rows:
        factories.customs_export(of, cents, year=year, month=month, country=country)


def areas() -> dict[str, Area]:
    national = {"chongchuan": ("崇川区", "320602"), "tongzhou": ("通州区", "320612")}
    made = {}
    for code, (name, digits) in national.items():
        made[code] = factories.area(code, name)
        made[code].national_code = digits
        made[code].save()
    return made


def said(of: Exporter, *, name: str = "", area: Area | None = None) -> None:
    """A customs list that counts speaks of a firm otherwise."""
    source = factories.customs_import(f"名单{factories.number()}.xlsx")
    Particulars.objects.create(exporter=of, source=source, name=name or of.name, area=area or of.area, row=7)
    actions.settle_firms(exporter_ids=[of.pk])


def renamed(of: Exporter, name: str) -> None:
    said(of, name=name)
    FormerIdentity.objects.create(
        exporter=of,
        kind="renamed",
        name=name,
        changed_on=date(2019, 1, 1),
        document_number="准予变更",
        entered_by=factories.user(),
        entered_at=clock.now(),
    )


def names(where: Area) -> None:
    said(firm(area=where), name="旧名称")
    renamed(firm(area=where), "登记过的旧名称")


def other_areas(where: Area) -> None:
    said(firm(area=where), area=factories.area("rudong", "如东县"))
    merged = Area.objects.get_or_create(
        code="taken", defaults={"name": "并入的区", "valid_to": date(2019, 1, 1), "merged_into": where}
    )[0]
    said(firm(area=where), area=Area.objects.get(pk=merged.pk) if merged.merged_into == where else where)


def same_name(where: Area) -> None:
    firm("南通同名公司", area=where)
    firm("南通同名公司", area=where)


def place(where: Area) -> None:
    firm(area=where, code=f"91320102MA{factories.number():07d}X")
    firm(area=where, code=f"91320600MA{factories.number():07d}X")  # the city itself: nothing to say
    other = {"320602": "320612", "320612": "320602"}[where.national_code]
    firm(area=where, code=f"91{other}MA{factories.number():07d}X")


def ended(where: Area) -> None:
    code = f"ended-{where.code}"
    gone = Area.objects.create(code=code, name=code, valid_to=date(2019, 10, 14), merged_into=where)
    Exporter.objects.filter(pk=firm(area=where).pk).update(area=gone)
    for district in User.objects.filter(role=Role.DISTRICT_OFFICER, organisation__areas=where):
        district.organisation.areas.add(gone)


def exceptions(where: Area) -> None:
    made = firm(area=where)
    paper = factories.document()
    CodeException.objects.create(
        code=made.code, reason="执照原件", evidence=paper, entered_by=factories.user(), entered_at=clock.now()
    )


def unsearchable(where: Area) -> None:
    Exporter.objects.filter(pk=firm(area=where).pk).update(name_initials="")


def no_base(where: Area) -> None:
    figures(firm(area=where, base=False), (2017, 0, "US", 100_00))


def sums(where: Area) -> None:
    twelve = [(2018, month, "US", 10_00) for month in range(1, 13)]
    figures(firm(area=where, base=False), *twelve, (2018, 0, "US", 120_02))
    figures(firm(area=where, base=False), *twelve, (2018, 0, "US", 120_01))  # a cent apart


def months(where: Area) -> None:
    figures(firm(area=where, base=False), (2018, 3, "US", 50_00), (2018, 0, "US", 50_00))


def jumps(where: Area) -> None:
    figures(firm(area=where, base=False), (2018, 0, "US", 20_01), (2017, 0, "US", 1_00))
    figures(firm(area=where, base=False), (2018, 0, "US", 20_00), (2017, 0, "US", 1_00))  # exactly 20 times
    figures(firm(area=where, base=False), (2018, 0, "US", 1_00), (2017, 0, "US", 20_01))
    figures(firm(area=where, base=False), (2018, 0, "US", 1_00), (2016, 0, "US", 20_01))  # not the year before


def unknown(where: Area) -> None:
    figures(firm(area=where), (2018, 0, "ZZ", 5_00))


def no_split(where: Area) -> None:
    figures(firm(area=where, base=False), (2018, 0, "ZZ", 5_00))


FAULTS: dict[Check, tuple[Callable[[Area], None], dict[Check, int]]] = {
    Check.NAMES: (names, {Check.NAMES: 1}),
    Check.AREAS: (other_areas, {Check.AREAS: 1}),
    Check.SAME_NAME: (same_name, {Check.SAME_NAME: 2}),
    Check.PLACE: (place, {Check.PLACE: 2}),
    Check.ENDED: (ended, {Check.ENDED: 1}),
    Check.EXCEPTIONS: (exceptions, {Check.EXCEPTIONS: 1}),
    Check.UNSEARCHABLE: (unsearchable, {Check.UNSEARCHABLE: 1}),
    Check.NO_BASE: (no_base, {Check.NO_BASE: 1}),
    Check.SUMS: (sums, {Check.SUMS: 1}),
    Check.MONTHS: (months, {Check.MONTHS: 1}),
    Check.JUMPS: (jumps, {Check.JUMPS: 2}),
    Check.UNKNOWN: (unknown, {Check.UNKNOWN: 1}),
    Check.NO_SPLIT: (no_split, {Check.UNKNOWN: 1, Check.NO_SPLIT: 1}),
}


@pytest.fixture
def city(db: None) -> User:
    factories.nantong()
    areas()
    return factories.user(Role.CITY_OFFICER)


@pytest.fixture
def district(city: User) -> User:
    return factories.user(
        Role.DISTRICT_OFFICER, factories.organisation(OrganisationKind.DISTRICT, areas=[areas()["chongchuan"]])
    )


def rows_of(client: Client, check: Check, **asked: str) -> list[list[object]]:
    """What the list of a check gives as a workbook, without its heading."""
    content = client.get(reverse("registry:quality_rows", args=[check.value]), {"export": "xlsx", **asked}).content
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]


def test_every_check_is_tried_explained_and_shown():
    assert set(FAULTS) == set(Check) == set(rules.CHECKS_EXPLAINED)
    assert sorted(check for _, checks in rules.CHECK_GROUPS for check in checks) == sorted(Check)


@pytest.mark.parametrize("check", Check)
def test_a_fault_is_counted_once_and_the_count_opens_its_rows(client: Client, city: User, district: User, check: Check):
    firm()
    make, wanted = FAULTS[check]
    expected = {one: wanted.get(one, 0) for one in Check}
    make(areas()["chongchuan"])
    for person in (city, district):
        client.force_login(person)
        assert queries.register_quality(person).counts == expected
        assert {one: len(rows_of(client, one)) for one in Check} == expected
        assert client.get(reverse("registry:quality")).status_code == 200
        shown = client.get(reverse("registry:quality_rows", args=[check.value])).content.decode()
        assert f"共 <strong>{expected[check]}</strong> 条" in shown


@pytest.mark.parametrize("check", Check)
def test_a_district_sees_nothing_of_another_s_faults(client: Client, district: User, check: Check):
    FAULTS[check][0](areas()["tongzhou"])
    client.force_login(district)
    assert set(queries.register_quality(district).counts.values()) == {0}
    assert rows_of(client, check) == []


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_figures_on_top(city: User):
    firm(), no_split(areas()["chongchuan"]), no_base(areas()["chongchuan"]), unknown(areas()["chongchuan"])
    seen = queries.register_quality(city)
    assert (seen.firms, seen.with_base, seen.exporting, seen.split, seen.unknown_firms) == (4, 3, 3, 2, 2)
    assert (seen.base_cents, seen.unknown_cents, seen.unsplit_cents) == (210_00, 10_00, 5_00)
    assert (seen.compared, [year.year for year in seen.grid], seen.grid[1].whole) == ([2018], [2017, 2018], 3)


def test_the_page_says_shares_months_and_whether_the_list_is_complete(client: Client, city: User):
    made = firm()
    figures(made, (2019, 1, "US", 100), (2019, 3, "US", 100))
    client.force_login(city)
    address = reverse("registry:quality")
    shown = client.get(address).content.decode()
    assert "2018 年的名单还没有声明完整" in shown
    assert "2019 年缺 2、4、5、6、7、8、9 月。" in shown
    CompleteList.objects.create(year=2018, declared_by=city, declared_at=clock.now())
    assert "2018 年的名单已声明完整：这些企业按0计。" in client.get(address).content.decode()


def test_an_empty_register_has_a_page(client: Client, city: User):
    client.force_login(city)
    assert "还没有导入出口数据" in client.get(reverse("registry:quality")).content.decode()


def test_counts_are_kept_until_the_register_changes(city: User):
    made = firm()
    first = queries.register_quality(city)
    with CaptureQueriesContext(connection) as asked:
        assert queries.register_quality(city) is first
    assert len(asked) < 15
    said(made, name="另一个名称")  # changes nothing that counts, but is a new import
    assert queries.register_quality(city).counts[Check.NAMES] == 1
    figures(made, (2018, 0, "ZZ", 1))
    assert queries.register_quality(city).counts[Check.UNKNOWN] == 1


@pytest.mark.parametrize("check", Check)
def test_a_list_asks_as_much_for_one_row_as_for_many(client: Client, city: User, check: Check):
    make, address = FAULTS[check][0], reverse("registry:quality_rows", args=[check.value])
    where = areas()["chongchuan"]
    make(where)
    client.force_login(city)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make(areas()["tongzhou"] if check is Check.ENDED else where)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("check", "asked", "found"),
    [
        (Check.JUMPS, {"way": "up"}, 1),
        (Check.JUMPS, {"way": "down"}, 1),
        (Check.JUMPS, {"year": "2017"}, 0),
        (Check.JUMPS, {"q": "没有这家"}, 0),
        (Check.JUMPS, {"q": "南通"}, 2),
        (Check.MONTHS, {"apart": "1"}, 0),
        (Check.MONTHS, {"apart": "0"}, 1),
        (Check.UNKNOWN, {"year": "2018"}, 1),
        (Check.NAMES, {"q": "旧名称"}, 0),
    ],
)
def test_lists_are_filtered(client: Client, city: User, check: Check, asked: dict[str, str], found: int):
    FAULTS[check][0](areas()["chongchuan"])
    client.force_login(city)
    assert len(rows_of(client, check, **asked)) == found


def test_the_rows_say_what_is_wrong(client: Client, city: User):
    where = areas()["chongchuan"]
    names(where), place(where), jumps(where), sums(where)
    client.force_login(city)
    assert [str(row[3]).partition("（")[0] for row in rows_of(client, Check.NAMES)] == ["旧名称"]
    assert [row[3] for row in rows_of(client, Check.PLACE)] == [
        "江苏省南京市玄武区（320102）",
        "江苏省南通市通州区（320612）",
    ]
    assert [row[4:] for row in rows_of(client, Check.JUMPS)] == [[20.01, 1.0, "20.0 倍"], [1.0, 20.01, "20.0 分之一"]]
    assert [row[4:] for row in rows_of(client, Check.SUMS)] == [[12.0, 120.02, 120.0, -0.02]]


def test_a_check_that_does_not_exist_is_not_found(client: Client, city: User):
    client.force_login(city)
    assert client.get("/registry/quality/nothing/").status_code == 404
