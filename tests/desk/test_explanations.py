"""What a firm lacks for the nearest plan, wherever a firm is shown; and how far the policy is put into practice."""

import re

import pytest
from django.test import Client

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.desk.queries import coverage, policy_coverage
from tongbao.intake.rules import State
from tongbao.registry.models import Exporter

pytestmark = pytest.mark.django_db
HEADING = '<h2 id="advice">还差什么</h2>'
NEAREST = "最接近的是方案D：有 1 项不符合"
FIGURES = {"area": "chongchuan", "unit": "usd", "insured": "no"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# ── what would qualify ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"exports_usd": "500000.01"}, "最接近的是方案D：有 1 项不符合"),
        ({"exports_usd": "2999999"}, "最接近的是方案A：有 1 项不符合"),
        ({"exports_usd": "5000000", "area": "haian"}, "注册地在海安市"),
        ({"exports_usd": "5000000", "area": "haian", "insured": ""}, "另有 1 项待核实"),
    ],
)
def test_a_visitor_is_told_what_is_missing(figures: dict[str, str], said: str):
    factories.nantong()
    page = Client().post("/scheme/check/", {**FIGURES, **figures}).content.decode()
    advice = page[page.index(HEADING) : page.index("逐条说明")]
    assert said in advice


def test_a_firm_that_has_a_plan_needs_no_advice():
    factories.nantong()
    page = Client().post("/scheme/check/", {**FIGURES, "exports_usd": "5000000"}).content.decode()
    assert (HEADING in page, "可以参保" in page) == (False, True)


def test_the_firm_and_its_officers_read_the_same_advice():
    factories.nantong()
    owner = factories.firm("600000.00")
    exporter = Exporter.objects.get(code=owner.organisation.code)
    officer = factories.user(Role.CITY_OFFICER)
    pages = [
        read(signed_in(owner), "/"),
        read(signed_in(owner), "/registry/mine/"),
        read(signed_in(officer), f"/enterprises/{exporter.code}/"),
    ]
    assert [NEAREST in page for page in pages] == [True, True, True]


def test_a_review_that_found_a_firm_short_says_what_it_lacked():
    application = factories.application(State.FIRST_REVIEW)
    factories.customs(application.exporter, 2018, "US", "26000000.00")
    factories.review(application, "first", verdict="reject", reason="outside_band")
    page = read(signed_in(factories.user(Role.AUDITOR)), f"/cases/{application.reference}/?tab=grounds")
    assert page.count("<strong>还差什么：</strong>最接近的是方案A：有 1 项不符合") == 1


# ── coverage of the policy ──────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_reads_how_far_the_policy_is_put_into_practice():
    factories.nantong()
    page = read(Client(), "/coverage/")
    text = re.sub(r"<[^>]+>", "", page)
    missing = [clause.id for clause in policy_coverage().clauses if f"{clause.id} {clause.title}" not in text]
    assert missing == []
    assert "由后续的“升级保障”部分实现" in text


def test_links_lead_only_where_the_reader_may_go():
    def linked(user: User | None) -> dict[str, bool]:
        page = coverage(user or Client().get("/").wsgi_request.user)
        shown = [one for section in page.sections for _, pages in section.duties for one in pages]
        return {one.title: bool(one.url) for one in shown if one.title in ("资格测算", "审计日志", "我的资格", "案卷")}

    assert [linked(None), linked(factories.user(Role.AUDITOR)), linked(factories.firm())] == [
        {"资格测算": True, "我的资格": False, "案卷": False, "审计日志": False},
        {"资格测算": True, "我的资格": False, "案卷": False, "审计日志": True},
        {"资格测算": True, "我的资格": True, "案卷": False, "审计日志": False},
    ]


def test_the_front_page_and_the_menu_of_auditor_and_city_lead_there():
    factories.nantong()
    assert "/coverage/" in read(Client(), "/")
    for role, there in ((Role.AUDITOR, True), (Role.FINANCE_OFFICER, False)):
        entries = signed_in(factories.user(role)).get("/help/").context["menu"]
        assert ("/coverage/" in [entry["url"] for entry in entries]) is there
