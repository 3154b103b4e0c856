import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from tongbao.refusal import Forbidden, Refusal
from tongbao.ui import views
from tongbao.ui.middleware import RefusalMiddleware


def request(**headers: str) -> HttpRequest:
    made = RequestFactory().post("/x/", headers=headers)
    made.user = AnonymousUser()
    made.htmx = HtmxDetails(made)
    return made


def answer(asked: HttpRequest, no: Exception):
    return RefusalMiddleware(lambda _: None).process_exception(asked, no)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(("no", "status"), [(Refusal("x", "已经有人处理。"), 409), (Forbidden("y", "不可以。"), 403)])
def test_an_uncaught_refusal_is_a_page_with_its_sentence(no: Refusal, status: int):
    response = answer(request(referer="http://testserver/list/"), no)
    html = response.content.decode()
    assert (response.status_code, no.sentence in html, 'href="/list/"' in html) == (status, True, True)


def test_the_way_back_never_leads_elsewhere():
    html = answer(request(referer="https://example.com/bad/"), Refusal("x", "不。")).content.decode()
    assert "example.com" not in html


def test_htmx_gets_the_same_sentence_as_a_part():
    response = answer(request(**{"hx-request": "true"}), Refusal("x", "已经有人处理。"))
    assert (response.status_code, response["HX-Retarget"]) == (409, "#messages")
    assert "<html" not in response.content.decode()


def test_other_faults_are_left_alone():
    assert answer(request(), ValueError("x")) is None


def test_a_stale_form_is_told_to_send_again():
    response = views.csrf_failure(request(referer="http://testserver/form/"))
    html = response.content.decode()
    assert (response.status_code, 'href="/form/"' in html, "没有保存" in html) == (403, True, True)
