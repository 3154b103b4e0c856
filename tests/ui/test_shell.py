import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory

from tests import factories
from tongbao.accounts.rules import Role
from tongbao.desk import context
from tongbao.ui.menu import MenuItem

pytestmark = pytest.mark.django_db
ITEMS = (
    MenuItem("首页", "desk:home", "home"),
    MenuItem("人员", "accounts:people", "users", (Role.ADMINISTRATOR,)),
    MenuItem("单位", "accounts:organisations", "building", (Role.ADMINISTRATOR,)),
    MenuItem("不存在", "no:such", "x"),
)


@pytest.fixture(autouse=True)
def _known_menu(monkeypatch):
    monkeypatch.setattr(context, "menu_items", lambda: ITEMS)


def shown(path: str, role: Role | None) -> dict:
    request: HttpRequest = RequestFactory().get(path)
    request.user = factories.user(role) if role else AnonymousUser()
    return context.shell(request)


@pytest.mark.parametrize("role", [None, *Role])
def test_enterprises_and_visitors_get_the_public_pages(role: Role | None):
    public = role in (None, Role.EXPORTER)
    assert shown("/", role)["shell"] == ("ui/public.html" if public else "ui/staff.html")


def test_the_menu_is_ones_own_and_marks_where_one_is():
    menu = shown("/people/organisations/add/", Role.ADMINISTRATOR)["menu"]
    assert [(entry["label"], entry["active"]) for entry in menu] == [("首页", False), ("人员", False), ("单位", True)]
    assert [entry["label"] for entry in shown("/", Role.AUDITOR)["menu"]] == ["首页"]
    assert shown("/", None)["menu"] == []


def test_the_foot_of_the_side_repeats_nothing_of_the_menu(monkeypatch):
    foot = [entry["label"] for entry in shown("/", Role.AUDITOR)["side_foot"]]
    monkeypatch.setattr(context, "menu_items", lambda: (MenuItem("政策落实情况", "desk:coverage", "clipboard-check"),))
    assert foot == ["公开收件次序", "使用帮助", "政策落实情况", "隐私说明", "无障碍说明"]
    assert [entry["label"] for entry in shown("/", Role.AUDITOR)["side_foot"]] == [
        one for one in foot if one != "政策落实情况"
    ]


def test_entries_of_one_kind_of_work_stand_together(monkeypatch):
    monkeypatch.undo()
    shelves = [entry["shelf"] for entry in shown("/", Role.CITY_OFFICER)["menu"]]
    assert list(dict.fromkeys(shelves)) == ["work", "funds", "terms", "house"]
    assert shelves == sorted(shelves, key=["work", "funds", "terms", "house"].index)


def test_the_header_repeats_no_address():
    urls = [entry["url"] for entry in shown("/", Role.EXPORTER)["header_menu"]]
    assert len(urls) == len(set(urls))


def test_the_ribbon_shows_the_demo_time_only_in_demo_mode(client: Client, monkeypatch):
    assert "演示时间" in client.get("/accounts/login/").content.decode()
    monkeypatch.delenv("TONGBAO_CLOCK")
    assert "演示时间" not in client.get("/accounts/login/").content.decode()


def test_pages_carry_a_strict_policy_and_nothing_inline(client: Client):
    response = client.get("/accounts/login/")
    policy = [directive.strip() for directive in response["Content-Security-Policy"].split(";")]
    assert ("script-src 'self'" in policy, "style-src 'self'" in policy) == (True, True)
    html = response.content.decode()
    assert (" style=" in html, " onclick=" in html, html.count("<script") == html.count("<script src=")) == (
        False, False, True,
    )  # fmt: skip


def test_a_page_that_is_not_there_is_a_page_of_the_house(client: Client):
    response = client.get("/no/such/page/")
    assert (response.status_code, "没有找到这个页面" in response.content.decode()) == (404, True)
