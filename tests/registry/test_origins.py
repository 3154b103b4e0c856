"""What a fact of a firm rests on: the very rows, where each came from, and what was superseded."""

import io
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests import factories
from tests.registry.lists import A, imported, row, undone
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.registry import actions, queries
from tongbao.registry.actions import Why
from tongbao.registry.models import CompleteList, CustomsExport, Exporter
from tongbao.registry.queries import Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    factories.nantong()
    return factories.user(Role.CITY_OFFICER)


def firm() -> Exporter:
    return Exporter.objects.get(code=A)


def origin(fact: str, user: User) -> Origin:
    found = queries.origin(firm(), fact, user)
    assert found is not None
    return found


def told(rows) -> list[tuple]:
    return [(one.about, one.country, one.cents, one.source, one.row) for one in rows]


def address(fact: str) -> str:
    return reverse("registry:origin", args=[firm().pk, fact])


def html(response) -> str:
    return response.content.decode()


def test_an_amount_rests_on_its_rows_and_they_add_up_to_it(officer: User):
    imported(row(), row(country="日本", amount=40), row(year=2017, amount=50), by=officer, name="一.xlsx")
    found = origin("exports_usd", officer)
    assert (found.shown, found.sum_cents, found.agrees, found.left_out) == ("140.00 美元", 14000, True, [])
    assert told(found.rows) == [
        ("2018 全年", "日本", 4000, "一.xlsx", 3),
        ("2018 全年", "美国", 10000, "一.xlsx", 2),
    ]
    assert [told(origin(fact, officer).rows) for fact in ("us_exports_usd", "exports_prior_usd")] == [
        [("2018 全年", "美国", 10000, "一.xlsx", 2)],
        [("2017 全年", "美国", 5000, "一.xlsx", 4)],
    ]


def test_a_later_list_supersedes_and_its_undoing_restores(officer: User):
    first = imported(row(), by=officer, name="一.xlsx")
    second = imported(row(amount=120), by=officer, name="二.xlsx")
    found = origin("exports_usd", officer)
    assert told(found.rows) == [("2018 全年", "美国", 12000, "二.xlsx", 2)]
    assert [(one.source, one.cents, one.instead_cents, one.why_not) for one in found.left_out] == [
        ("一.xlsx", 10000, 12000, "以 2019-10-15 导入的“二.xlsx”为准")
    ]
    assert found.left_out[0].leads_to == ("import", first.pk)
    undone(second)
    found = origin("exports_usd", officer)
    assert told(found.rows) == [("2018 全年", "美国", 10000, "一.xlsx", 2)]
    assert [(one.source, one.why_not) for one in found.left_out] == [
        ("二.xlsx", "这一批已于 2019-10-15 撤销：年份填错")
    ]


def test_a_correction_goes_before_every_list(officer: User):
    imported(row(), by=officer, name="一.xlsx")
    made = actions.correct_figure(
        exporter_id=firm().pk,
        year=2018,
        month=0,
        country="US",
        cents=777,
        why=Why(reason="报关单", evidence=None, dispute_id=None, key=uuid4()),
        by=officer,
    )
    assert origin("exports_usd", officer).left_out == []  # nothing counts before it is approved
    actions.approve_correction(correction_id=made.pk, by=factories.user(Role.CITY_OFFICER, officer.organisation))
    found = origin("exports_usd", officer)
    assert [(one.cents, one.leads_to) for one in found.rows] == [(777, ("correction", made.pk))]
    assert [one.why_not for one in found.left_out] == ["以经两人批准的更正为准"]


def test_a_year_s_total_beside_months_is_shown_as_left_out(officer: User):
    imported(row(month=1), row(month=2, amount=50), row(amount=150), row(year=2017, month=1), by=officer)
    found = origin("exports_usd", officer)
    assert (found.sum_cents, found.agrees) == (15000, True)
    assert [(one.about, one.why_not) for one in found.left_out] == [
        ("2018 全年", "这一年有分月数，全年合计数不与分月数相加")
    ]
    growth = origin("growth_usd", officer)
    assert ([one.about for one in growth.rows], growth.agrees) == (["2018-01", "2018-02"], True)


def test_undone_months_are_left_out_of_the_facts_they_spoke_of(officer: User):
    imported(row(month=1), row(year=2017, month=1), by=officer, name="一.xlsx")
    undone(imported(row(month=2), row(year=2019, month=1), by=officer, name="二.xlsx"))
    assert [one.about for one in origin("exports_usd", officer).left_out] == ["2018-02"]
    assert [one.about for one in origin("growth_before_usd", officer).left_out] == []
    assert [one.about for one in origin("emerging_exports_usd", officer).left_out] == []


def test_absence_from_a_complete_list_rests_on_no_row(officer: User):
    imported(row(year=2017), by=officer)
    found = origin("exports_usd", officer)
    assert (found.known, found.sum_cents, found.rows) == (False, None, [])
    CompleteList.objects.create(year=2018, declared_by=officer, declared_at=firm().created_at)
    found = origin("exports_usd", officer)
    assert (found.shown, found.sum_cents, found.agrees, found.rows) == ("0.00 美元", 0, True, [])


def test_lists_cover_and_area_rest_on_their_entries(officer: User):
    imported(row(), by=officer, name="一.xlsx")
    listed = actions.add_designation(
        exporter_id=firm().pk,
        kind="policy_direction",
        document_number="通商发〔2019〕8号",
        valid_from=date(2019, 1, 1),
        valid_to=None,
        by=officer,
    )
    actions.record_existing_cover(
        exporter_id=firm().pk,
        insurer_name="中国信保",
        valid_from=date(2018, 1, 1),
        valid_to=date(2018, 12, 31),
        document_number="名单",
        by=officer,
    )
    on_list, cover, area = (origin(fact, officer) for fact in ("policy_direction", "insured", "area"))
    assert [(one.about, one.span, one.state, one.entered) for one in on_list.rows] == [
        (listed.document_number, "2019-01-01 至 长期", "待第二人确认，还不计入", f"{officer}，2019-10-15")
    ]
    assert [(one.about, one.state) for one in cover.rows] == [("中国信保（名单）", "已过期")]
    assert [(one.about, one.source, one.row) for one in area.rows] == [(f"崇川区（{firm().name}）", "一.xlsx", 2)]
    assert [one.sum_cents for one in (on_list, cover, area)] == [None] * 3


def test_officers_open_the_page_and_the_import_from_it(client: Client, officer: User):
    source = imported(row(), by=officer, name="一.xlsx")
    client.force_login(officer)
    shown = html(client.get(address("exports_usd")))
    assert reverse("registry:import", args=[source.pk]) in shown
    assert "下面 1 行合计 100.00 美元，与上面的数一致。" in shown
    client.force_login(factories.user(Role.FINANCE_OFFICER))
    assert reverse("registry:import", args=[source.pk]) not in html(client.get(address("exports_usd")))
    assert client.get(address("nothing")).status_code == 404


def test_a_district_opens_its_own_firms_only(client: Client, officer: User):
    imported(row(), by=officer)
    here = factories.user(Role.DISTRICT_OFFICER)
    there = factories.user(
        Role.DISTRICT_OFFICER,
        factories.organisation(here.organisation.kind, areas=[factories.area("rudong", "如东县")]),
    )
    answers = []
    for person in (here, there):
        client.force_login(person)
        answers.append(client.get(address("exports_usd")).status_code)
    assert answers == [200, 404]


def test_an_exporter_sees_its_own_rows_without_the_names_of_officers(client: Client, officer: User):
    source = imported(row(), by=officer, name="一.xlsx")
    actions.add_designation(
        exporter_id=firm().pk,
        kind="pilot_firm",
        document_number="通政办发〔2018〕45号",
        valid_from=date(2018, 1, 1),
        valid_to=None,
        by=officer,
    )
    undone(imported(row(amount=7), by=officer, name="二.xlsx"), why="市级审核员填错")
    client.force_login(factories.user_of(firm()))
    pages = [html(client.get(reverse("registry:my_origin", args=[fact]))) for fact in ("exports_usd", "pilot_firm")]
    assert ["一.xlsx" in pages[0], "这一批已于 2019-10-15 撤销" in pages[0], "〔2018〕45号" in pages[1]] == [True] * 3
    forbidden = (officer.name, "市级审核员填错", reverse("registry:import", args=[source.pk]))
    assert [word for page in pages for word in forbidden if word in page] == []
    assert client.get(address("exports_usd")).status_code == 403
    assert client.get(reverse("registry:my_origin", args=["nothing"])).status_code == 404


def test_an_exporter_that_is_not_held_is_led_back(client: Client, officer: User):
    client.force_login(factories.user(Role.EXPORTER))
    answer = client.get(reverse("registry:my_origin", args=["exports_usd"]))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("registry:mine"))


def test_the_rows_are_taken_along(client: Client, officer: User):
    imported(row(), by=officer, name="一.xlsx")
    client.force_login(officer)
    content = client.get(address("exports_usd"), {"export": "xlsx"}).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet == [["年月", "国别", "金额", "来源", "原文件行号"], ["2018 全年", "美国", 100.0, "一.xlsx", 2.0]]


@pytest.mark.parametrize("fact", ["exports_usd", "growth_usd", "policy_direction", "insured", "area"])
def test_the_page_asks_as_much_for_one_row_as_for_many(client: Client, officer: User, fact: str):
    imported(row(), by=officer)
    client.force_login(officer)
    client.get(address(fact))
    with CaptureQueriesContext(connection) as one:
        client.get(address(fact))
    imported(row(amount=3), *(row(country=name) for name in ("日本", "德国", "法国")), by=officer, name="二.xlsx")
    assert CustomsExport.objects.count() == 5
    with CaptureQueriesContext(connection) as many:
        client.get(address(fact))
    assert len(many) == len(one)
