import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role

pytestmark = pytest.mark.django_db
CODE = "91320600MA1X7XWQ25"


@pytest.fixture
def administrator(client: Client) -> User:
    person = factories.user(Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def firm(area: str, name: str) -> User:
    body = factories.organisation(OrganisationKind.EXPORTER, areas=[factories.area(area, name)])
    return factories.user(Role.EXPORTER, body)


def text(client: Client, name: str, *args: int) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_administrator_finds_people(client: Client, administrator: User):
    one = factories.user(Role.AUDITOR)
    html = client.get("/people/?q=" + one.username).content.decode()
    assert ("共 <strong>1</strong> 条" in html, reverse("accounts:person", args=[one.pk]) in html) == (True, True)


def test_a_district_sees_the_enterprises_of_its_area(client: Client):
    own, other = firm("chongchuan", "崇川区"), firm("tongzhou", "通州区")
    client.force_login(factories.user(Role.DISTRICT_OFFICER))
    html = text(client, "accounts:people")
    assert (own.username in html, other.username in html) == (True, False)
    answers = [client.get(reverse("accounts:person", args=[one.pk])).status_code for one in (own, other)]
    assert answers == [200, 404]
    assert client.post(reverse("accounts:reset_password", args=[other.pk])).status_code == 404


def test_the_one_time_password_is_shown_once(client: Client, administrator: User):
    body = factories.organisation(OrganisationKind.AUDIT)
    data = {"organisation": body.pk, "name": "丁正", "username": "ding"}
    response = client.post(reverse("accounts:add_person"), data)
    password = re.search(r'class="secret">([^<]+)<', response.content.decode())[1]
    made = User.objects.get(username="ding")
    assert (made.role, made.check_password(password)) == (Role.AUDITOR, True)
    assert "no-store" in response["Cache-Control"]
    assert password not in text(client, "accounts:person", made.pk)
    again = client.post(reverse("accounts:add_person"), data).content.decode()
    assert ("已有人使用" in again, 'value="丁正"' in again) == (True, True)


def test_an_officer_opens_an_enterprise(client: Client):
    client.force_login(factories.user(Role.CITY_OFFICER))
    data = {"code": CODE, "name": "南通海润纺织品进出口有限公司", "area": factories.area().pk, "contact": "陈婷"}
    wrong = client.post(reverse("accounts:open_exporter"), {**data, "code": "913206"}).content.decode()
    assert "应为 18 位" in wrong
    from stdnum.cn import uscc

    data["code"] = CODE[:-1] + uscc.calc_check_digit(CODE[:-1])
    html = client.post(reverse("accounts:open_exporter"), data).content.decode()
    assert ("企业账号已开通" in html, User.objects.filter(username=data["code"]).count()) == (True, 1)


def test_a_district_is_offered_its_own_areas_only(client: Client):
    factories.area("tongzhou", "通州区")
    client.force_login(factories.user(Role.DISTRICT_OFFICER))
    html = text(client, "accounts:open_exporter")
    assert ("崇川区" in html, "通州区" in html) == (True, False)


def test_a_body_is_registered(client: Client, administrator: User):
    data = {"kind": "district", "code": "haian", "name": "海安市商务局"}
    assert "请至少选择一个" in client.post(reverse("accounts:add_organisation"), data).content.decode()
    response = client.post(reverse("accounts:add_organisation"), {**data, "areas": [factories.area().pk]})
    assert response["Location"] == reverse("accounts:organisations")
    assert "海安市商务局" in text(client, "accounts:organisations")
    assert Organisation.objects.get(code="haian").areas.count() == 1


def test_stopping_and_resuming(client: Client, administrator: User):
    one = factories.user(Role.AUDITOR)
    for active in ("no", "no", "yes"):
        client.post(reverse("accounts:set_active", args=[one.pk]), {"active": active})
        one.refresh_from_db()
        assert one.is_active is (active == "yes")


def test_ones_own_account_cannot_be_stopped(client: Client, administrator: User):
    response = client.post(reverse("accounts:set_active", args=[administrator.pk]), {"active": "no"})
    assert (response.status_code, "请由另一位管理员办理" in response.content.decode()) == (409, True)


def test_a_page_for_others_names_who_may(client: Client):
    client.force_login(factories.user(Role.FINANCE_OFFICER))
    response = client.get("/people/")
    assert (response.status_code, "系统管理员" in response.content.decode()) == (403, True)


def test_lists_ask_the_same_number_of_queries(client: Client, administrator: User, django_assert_max_num_queries):
    for _ in range(5):
        firm("chongchuan", "崇川区")
    for name in ("accounts:people", "accounts:organisations"):
        with django_assert_max_num_queries(8):
            client.get(reverse(name))
