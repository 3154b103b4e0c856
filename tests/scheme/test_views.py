"""The public pages: typed figures in, findings and offers out, and nothing of the register."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.scheme.nantong import TEXT
from tongbao.audit.models import Record
from tongbao.scheme import actions
from tongbao.scheme.models import Decision, Terms

URL = "/scheme/check/"
FIGURES = {"area": "chongchuan", "unit": "usd", "exports_usd": "5,000,000.00", "insured": "no"}


@pytest.fixture
def terms(db) -> Terms:
    return actions.load_edition(text=TEXT, name="nantong-2019.yaml", by=None)


@pytest.fixture
def ask(client: Client, terms: Terms) -> Callable[..., str]:
    """Post figures; the page as text without tags and repeated blanks."""

    def post(**figures: str) -> str:
        response = client.post(URL, {**FIGURES, **figures})
        assert response.status_code == 200
        text = re.sub(r"<[^>]+>", " ", response.content.decode())
        return re.sub(r"\s+", " ", text)

    return post


def test_anyone_may_open_the_form(client: Client, terms: Terms):
    page = client.get(URL).content.decode()
    assert "2018年海关出口额" in page
    assert "可选方案" not in page


def test_figures_in_an_address_are_not_read(client: Client, terms: Terms):
    assert "可以参保" not in client.get(URL, FIGURES).content.decode()


def test_the_worked_figures_stand_on_the_page(ask: Callable[..., str]):
    page = ask()
    for said in (
        "可以参保",
        "1,500.00 美元",
        "10,609.35 元",
        "5,000.00 美元",
        "35,364.50 元",
        "17,682.25 元",
        "二(一)",
        "7.0729",
    ):
        assert said in page


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"unit": "wan", "exports_usd": "500"}, "10,609.35 元"),
        ({"unit": "wan", "exports_usd": "500万"}, "10,609.35 元"),
        ({"exports_usd": "５００，００００"}, "10,609.35 元"),
        ({"exports_usd": "500000.01"}, "落在 50.00 万美元（不含）至 300.00 万美元（不含）的空档"),
        ({"exports_usd": "30000000.01"}, "高于上限 3,000.00 万美元"),
        ({"area": "haian"}, "注册地在海安市"),
        ({"area": "other"}, "注册地在其他地区"),
        ({"insured": "yes"}, "已投保短期出口信用保险"),
        ({"insured": ""}, "还不能确定"),
        ({"us_exports_usd": "4,877,000"}, "还差 12.30 万美元"),
        ({"us_exports_usd": "5,000,000"}, "方案C还要确认"),
        ({"us_exports_usd": "5,000,000", "policy_direction": "yes"}, "可选方案A、方案B、方案C"),
        ({"exports_usd": "0"}, "100.00 美元"),
    ],
)
def test_answers(ask: Callable[..., str], figures: dict[str, str], said: str):
    assert said in ask(**figures)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"exports_usd": ""}, "请填写2018年海关出口额"),
        ({"exports_usd": "abc"}, "请填写金额（美元，最多两位小数）"),
        ({"exports_usd": "-1"}, "金额不能为负数"),
        ({"exports_usd": "1.005"}, "请填写金额（美元，最多两位小数）"),
        ({"unit": "wan", "exports_usd": "9999999999"}, "金额过大，请核对单位是美元还是万美元"),
        ({"area": ""}, "请选择工商注册地"),
        ({"area": "beijing"}, "请从列出的选项中选择"),
        ({"us_exports_usd": "6,000,000"}, "不能多于出口总额，请核对"),
        ({"insured": "maybe"}, "请从列出的选项中选择"),
        ({"unit": ""}, "请选择金额单位"),
    ],
)
def test_bad_input_is_answered_beside_its_field(ask: Callable[..., str], figures: dict[str, str], said: str):
    page = ask(**figures)
    assert page.count(said) >= 2  # in the summary and beside the field
    assert "可以参保" not in page


def test_nothing_is_stored_and_only_the_terms_are_read(client: Client, terms: Terms):
    before = Record.objects.count()
    with CaptureQueriesContext(connection) as asked:
        client.post(URL, FIGURES)
    tables = {table for query in asked for table in re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', query["sql"])}
    assert tables <= {"scheme_edition", "scheme_terms"}
    assert (Decision.objects.count(), Record.objects.count()) == (0, before)


def test_the_answer_is_not_kept_by_the_browser(client: Client, terms: Terms):
    assert "no-store" in client.post(URL, FIGURES)["Cache-Control"]


def test_the_terms_stand_clause_by_clause(client: Client, terms: Terms):
    page = client.get("/scheme/terms/").content.decode()
    for said in (terms.hash, "四(二)", "方案D", "450 万元", "50 万元", "省级小微企业统保平台", "平台取值", "海门市"):
        assert said in page


def test_without_an_edition_both_pages_say_so(client: Client, db):
    for url in (URL, "/scheme/terms/"):
        response = client.get(url)
        assert response.status_code == 409
        assert "还没有载入年度方案" in response.content.decode()
