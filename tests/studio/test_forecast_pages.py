"""Forecasts as the city and the auditor meet them: asked, kept, shown, worked out again."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.studio import forecasting
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden
from tongbao.scheme.models import Terms
from tongbao.studio import actions, queries
from tongbao.studio.actions.forecast import keep_forecast
from tongbao.studio.models import ForecastRun
from tongbao.studio.queries import forecast as kept_ones
from tongbao.studio.rules.forecast import Source
from tongbao.studio.rules.forecast_market import market
from tongbao.studio.rules.forecast_policy import defaults

RUNS = 100


@pytest.fixture
def subject(db) -> queries.Subject:
    factories.nantong()
    factories.firm("5000000.00")
    factories.firm("200000.00")
    factories.firm("1000000.00")
    found = queries.subject(f"terms-{Terms.objects.get().pk}")
    assert found is not None
    return found


def as_role(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def typed(page: Any, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it, with changes."""
    form = page.context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    html = page.content.decode()
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key is not None
    shown = {name: value for name, value in values.items() if value not in (None, False)}
    return {**shown, "runs": RUNS, "key": key[1], **changes}


def kept(subject: queries.Subject, source: Source = Source.REGISTER) -> ForecastRun:
    return forecasting.kept(subject, factories.user(), source)


def test_the_firms_are_those_of_the_register_with_a_sure_offer(subject):
    market = kept_ones.firms_for(subject, Source.REGISTER)
    plans = [[market.plans[plan] for plan in kind.plans] for kind in market.kinds]
    assert (market.base.tolist(), plans, market.left_out) == ([20_000_000, 500_000_000], [["D"], ["A", "B"]], 1)


def test_the_city_asks_and_the_answer_is_kept(subject):
    client = as_role(Role.CITY_OFFICER)
    address = reverse("studio:forecast_ask", args=[subject.ref])
    answer = client.post(address, typed(client.get(address), title="基准"))
    run = ForecastRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("studio:forecast", args=[run.pk]))
    assert (run.title, run.terms_hash, run.inputs["runs"]) == ("基准", subject.compiled.hash, RUNS)
    shown = client.get(answer["Location"])
    assert (shown.status_code, shown.context["result"].market_firms) == (200, 2)
    assert "各项测算合计 490.00 万元 + 10.00 万元" in shown.content.decode()


def test_a_forecast_without_firms_says_why_all_is_nothing(subject, monkeypatch):
    client = as_role(Role.CITY_OFFICER)
    address = reverse("studio:forecast_ask", args=[subject.ref])
    assert "没有一家可以参保" not in client.get(address).content.decode()
    nobody = market(subject.scheme, ())
    monkeypatch.setattr(kept_ones, "firms_for", lambda subject, source: nobody)
    assert "没有一家可以参保" in client.get(address).content.decode()
    answer = client.post(address, typed(client.get(address)))
    assert "没有一家企业可以参保" in client.get(answer["Location"]).content.decode()


def test_a_second_click_keeps_one_forecast(subject):
    client = as_role(Role.CITY_OFFICER)
    address = reverse("studio:forecast_ask", args=[subject.ref])
    form = typed(client.get(address))
    first, second = (client.post(address, form)["Location"] for _ in range(2))
    assert (first, ForecastRun.objects.count()) == (second, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"uptake_1_likely": "99"}, "方案 A 的参保率应当“最低 ≤ 最可能 ≤ 最高”，请修改。"),
        ({"share_picc": "50"}, "各保险人的占比都不能为负，合计应为 100%，请修改。"),
        ({"runs": "5001"}, "模拟次数应在 100 与 5,000 之间，请修改。"),
        ({"closes": "2018-01-01"}, "截止日期不能早于开始日期，也不能晚于两年以后，请修改。"),
        ({"uptake_0_low": "many"}, "请填写数字，例如 7.0729"),
        ({"seed": "-1"}, "不能小于 0，请修改"),
        ({"uptake_0_high": "101"}, "不能大于 100，请修改"),
        ({"rate_low": ""}, "请填写汇率最低"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(subject, changes, sentence):
    client = as_role(Role.CITY_OFFICER)
    address = reverse("studio:forecast_ask", args=[subject.ref])
    answer = client.post(address, typed(client.get(address), **changes))
    (name,) = changes
    said = answer.context["form"].errors
    where = "uptake_1_likely" if name.startswith("uptake_1") else "share_sinosure" if name == "share_picc" else name
    assert (answer.status_code, dict(said)) == (200, {where: [sentence]})
    assert ForecastRun.objects.count() == 0


def test_a_form_begins_with_the_question_of_a_kept_forecast(subject):
    run = kept(subject, Source.POLICY_SPREAD)
    client = as_role(Role.CITY_OFFICER)
    form = client.get(reverse("studio:forecast_ask", args=[subject.ref]), {"from": run.pk}).context["form"]
    assert (form["source"].value(), form["runs"].value()) == (Source.POLICY_SPREAD, RUNS)


def test_an_unknown_reference_is_not_found(subject):
    client = as_role(Role.CITY_OFFICER)
    for address in (reverse("studio:forecast_ask", args=["terms-0"]), reverse("studio:forecast", args=[999])):
        assert client.get(address).status_code == 404


def test_a_kept_forecast_works_out_the_same_again_until_the_register_changes(subject):
    found = kept_ones.kept_forecast(kept(subject).pk)
    assert kept_ones.repeat(found) == kept_ones.Repeat(same_firms=True, same_answer=True)
    factories.firm("6000000.00")
    assert kept_ones.repeat(found) == kept_ones.Repeat(same_firms=False, same_answer=False)
    address = reverse("studio:forecast", args=[found.run.pk])
    assert "企业名册此后有变化" in as_role(Role.AUDITOR).get(address, {"again": 1}).content.decode()


def test_a_forecast_of_a_draft_stays_as_it_was_when_the_draft_changes(subject):
    officer = factories.user()
    draft = actions.start(based_on=subject.terms, title="明年", key=str(uuid4()), by=officer)
    run = kept(queries.subject(f"draft-{draft.code}"))
    assert not kept_ones.kept_forecast(run.pk).moved
    dearer = draft.text.replace("rate: 0.03%", "rate: 0.04%")
    actions.save(code=draft.code, text=dearer, revision=1, by=officer)
    moved = kept_ones.kept_forecast(run.pk)
    assert (moved.moved, kept_ones.repeat(moved)) == (True, None)
    page = as_role(Role.CITY_OFFICER).get(reverse("studio:forecast", args=[run.pk]), {"again": 1})
    assert page.context["result"] == moved.result
    assert "草案此后已修改，不能按当时的条款复算。" in page.content.decode()
    actions.save(code=draft.code, text="edition: {}", revision=2, by=officer)
    page = as_role(Role.CITY_OFFICER).get(reverse("studio:forecast", args=[run.pk]))
    assert (page.status_code, "改参数再算" in page.content.decode()) == (200, False)


def test_the_auditor_reads_and_does_not_ask(subject):
    run, client = kept(subject), as_role(Role.AUDITOR)
    pages = [reverse("studio:forecasts"), reverse("studio:forecast", args=[run.pk])]
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.get(reverse("studio:forecast_ask", args=[subject.ref])).status_code == 403
    asked = defaults(subject.scheme)
    with pytest.raises(Forbidden):
        keep_forecast(
            subject=subject, question=asked, answer=kept_ones.answer(subject, asked), key=str(uuid4()),
            by=factories.user(Role.AUDITOR),
        )  # fmt: skip


def test_a_forecast_goes_along_as_a_workbook(subject):
    answer = as_role(Role.CITY_OFFICER).get(reverse("studio:forecast", args=[kept(subject).pk]), {"export": "xlsx"})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


def test_the_list_names_each_forecast_with_a_constant_number_of_queries(subject, django_assert_max_num_queries):
    client = as_role(Role.CITY_OFFICER)
    for _ in range(3):
        kept(subject)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("studio:forecasts"))
    assert len(page.context["runs"]) == 3


@pytest.mark.parametrize("pk", ["²", "9" * 30, "-1", "x"])
def test_a_forecast_to_begin_with_that_is_none_is_passed_over(subject, pk):
    assert (
        as_role(Role.CITY_OFFICER).get(reverse("studio:forecast_ask", args=[subject.ref]), {"from": pk}).status_code
        == 200
    )


@pytest.mark.parametrize("key", ["", "x"])
def test_a_form_that_came_without_its_key_is_refused_in_words(subject, key):
    client, address = as_role(Role.CITY_OFFICER), reverse("studio:forecast_ask", args=[subject.ref])
    answer = client.post(address, typed(client.get(address), key=key))
    assert "页面内容没有完整收到" in answer.content.decode()
    assert ForecastRun.objects.count() == 0
