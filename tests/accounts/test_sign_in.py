import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import PASSWORD
from tongbao.accounts import actions, decorators, rules
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts():
    cache.clear()  # attempts are counted there


@pytest.fixture
def person() -> User:
    return factories.user(Role.CITY_OFFICER, username="gu")


def sign_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": "gu", "password": password, **more})


def test_the_right_password_leads_home_or_where_one_wanted_to_go(client: Client, person: User):
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    client.logout()
    assert sign_in(client, next="/people/me/")["Location"] == "/people/me/"


def test_no_sign_in_leads_to_another_site(client: Client, person: User):
    assert sign_in(client, next="https://example.com/")["Location"] == "/"


def test_a_wrong_password_says_what_to_do(client: Client, person: User):
    html = sign_in(client, "wrong").content.decode()
    assert "登录名或密码不正确" in html
    assert 'value="gu"' in html


def test_nothing_typed_is_told_by_field(client: Client):
    html = client.post(LOGIN, {}).content.decode()
    assert [sentence in html for sentence in ("提交的内容有 2 处需要修改", "请填写登录名", "请填写密码")] == [True] * 3


def test_the_sixth_wrong_password_locks_for_a_while(client: Client, person: User):
    for _ in range(5):
        sign_in(client, "wrong")
    html = sign_in(client).content.decode()
    assert "连续输错次数过多" in html
    assert "_auth_user_id" not in client.session


def test_a_stopped_person_cannot_sign_in(client: Client, person: User):
    actions.set_active(person_id=person.pk, active=False, by=factories.user(Role.ADMINISTRATOR))
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_a_stopped_persons_session_ends(client: Client, person: User):
    sign_in(client)
    actions.set_active(person_id=person.pk, active=False, by=factories.user(Role.ADMINISTRATOR))
    assert client.get("/people/me/").status_code == 302


def test_demo_people_are_shown_in_demo_mode_only(client: Client, person: User, settings):
    settings.DEMO = False
    assert rules.DEMO_PASSWORD not in client.get(LOGIN).content.decode()
    settings.DEMO = True
    html = client.get(LOGIN).content.decode()
    assert [text in html for text in (rules.DEMO_PASSWORD, 'name="login" value="gu"', "市级审核员")] == [True] * 3


def test_nobody_signs_up(client: Client):
    assert client.get("/accounts/signup/").status_code == 404


def test_a_visitor_is_led_to_sign_in_and_back(client: Client):
    response = client.get("/people/me/?a=1")
    assert response["Location"] == f"{LOGIN}?next=%2Fpeople%2Fme%2F%3Fa%3D1"


def test_after_the_session_ended_an_entry_must_be_sent_again(client: Client, person: User):
    headers = {"referer": "http://testserver/people/5/"}
    response = client.post("/people/5/reset-password/", headers=headers)
    assert response["Location"] == f"{LOGIN}?next=%2Fpeople%2F5%2F"
    assert decorators.SENT_AGAIN in client.get(response["Location"]).content.decode()


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client: Client):
    response = client.get("/people/me/", headers={"hx-request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, f"{LOGIN}?next=%2Fpeople%2Fme%2F")


def test_a_one_time_password_is_changed_first(client: Client, person: User):
    _, password = actions.reset_password(person_id=person.pk, by=factories.user(Role.ADMINISTRATOR))
    sign_in(client, password)
    assert [client.get(path)["Location"] for path in ("/people/me/", "/")] == [reverse("account_change_password")] * 2
    page = reverse("account_change_password")
    assert "一次性密码" in client.get(page).content.decode()
    same = {"oldpassword": password, "password1": password, "password2": password}
    assert "新密码不能与现在的密码相同" in client.post(page, same).content.decode()
    new = {"oldpassword": password, "password1": "Eigen-Slot-2019", "password2": "Eigen-Slot-2019"}
    assert client.post(page, new)["Location"] == "/"
    assert client.get("/people/me/").status_code == 200


def test_the_second_factor(client: Client, person: User):
    sign_in(client)
    activate = reverse("mfa_activate_totp")
    first = client.get(activate)["Location"]
    assert "请再输入一次密码" in client.get(first).content.decode()
    assert "密码不正确，请重新输入" in client.post(first, {"password": "wrong"}).content.decode()
    assert client.post(first, {"password": PASSWORD, "next": activate})["Location"] == activate
    html = client.get(activate).content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in html
    assert "验证码不正确" in client.post(activate, {"code": "000000"}).content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    codes = client.post(activate, {"code": code})["Location"]
    cache.clear()  # a code counts once; so do attempts
    assert client.get(codes).content.decode().count("<li>") > 9
    index = client.get(reverse("mfa_index")).content.decode()
    assert [text in index for text in ("已开启", "备用码")] == [True, True]
    client.logout()
    response = sign_in(client)
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    assert "输入验证码" in client.get(response["Location"]).content.decode()


def test_every_page_of_ones_own_account_is_there(client: Client, person: User):
    sign_in(client)
    names = ("accounts:me", "account_change_password", "mfa_index", "account_reauthenticate", "account_logout")
    assert [client.get(reverse(name)).status_code for name in names] == [200] * 5


def test_signing_out(client: Client, person: User):
    sign_in(client)
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session
