import io
from typing import ClassVar

import django_filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.ui import exports
from tongbao.ui.tables import DayColumn, HouseFilterSet, HouseTable
from tongbao.ui.views import list_response

pytestmark = pytest.mark.django_db


class Names(HouseTable):
    date_joined = DayColumn()

    class Meta(HouseTable.Meta):
        model = User
        fields: ClassVar = ("username", "name", "date_joined")


class ByName(HouseFilterSet):
    name = django_filters.CharFilter(label="姓名", lookup_expr="contains")
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices(), empty_label="全部")

    class Meta:
        model = User
        fields: ClassVar = ["name", "role"]


def ask(query: str = "", **more: object) -> str:
    return answer(query, **more).content.decode()


def answer(query: str = "", **more: object):
    request: HttpRequest = RequestFactory().get(f"/list/?{query}")
    request.user = AnonymousUser()
    return list_response(
        request,
        title="名单",
        table_class=Names,
        queryset=User.objects.order_by("username"),
        filterset_class=ByName,
        **more,
    )


@pytest.fixture
def people() -> list[User]:
    made = [factories.user(Role.CITY_OFFICER, username=f"p{n:02d}") for n in range(30)]
    for person, name in zip(made, ["=SUM(A1)", "+86", "-x", "@x"] + ["王芳"] * 26, strict=True):
        User.objects.filter(pk=person.pk).update(name=name)
    return made


def test_a_page_has_twenty_five_rows_and_says_how_many_there_are(people: list[User]):
    html = ask()
    assert (html.count("<tr "), html.count('data-label="登录名"')) == (25, 25)
    assert "共 <strong>30</strong> 条" in html
    assert ask("page=2").count('data-label="登录名"') == 5


def test_a_page_that_is_not_there_gives_the_last(people: list[User]):
    assert ask("page=99").count('data-label="登录名"') == 5


def test_filter_sort_and_their_address(people: list[User]):
    html = ask("name=王芳&sort=-username")
    assert "共 <strong>26</strong> 条（已筛选）" in html
    assert html.index("p29") < html.index("p28")
    assert 'aria-sort="descending"' in html
    assert "name=%E7%8E%8B%E8%8A%B3" in html.split('class="paging"')[1]


def test_every_cell_carries_its_heading_for_the_phone(people: list[User]):
    assert 'data-label="姓名"' in ask()
    assert '<caption class="visually-hidden">名单</caption>' in ask()


def test_an_empty_list_says_so():
    assert "没有符合条件的记录。" in ask("name=没有这个人")


def test_the_workbook_holds_every_filtered_row_and_no_formula(people: list[User]):
    response = answer("export=xlsx&sort=username", export_name="名单")
    assert response["Content-Type"] == exports.XLSX
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95-20191015.xlsx"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_name("名单").to_python()
    assert rows[0] == ["登录名", "姓名", "开通时间"]
    assert len(rows) == 31
    assert [row[1] for row in rows[1:5]] == ["'=SUM(A1)", "'+86", "'-x", "'@x"]
    assert rows[5][2] == "2019-10-15"


def test_no_export_without_a_name(people: list[User]):
    assert answer("export=xlsx")["Content-Type"].startswith("text/html")


def test_a_list_asks_the_same_number_of_queries(people: list[User], django_assert_num_queries):
    with django_assert_num_queries(2):
        ask("page=1")


def test_a_choice_filter_offers_everything_once(people: list[User]):
    assert ask().count('<option value=""') == 1
