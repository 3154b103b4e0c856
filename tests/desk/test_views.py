"""Homes, the case page, the log, the search: what each role sees, and in how many queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit.models import Record
from tongbao.funds.models import Transfer
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.policies import actions as policies
from tongbao.policies.models import Policy

pytestmark = pytest.mark.django_db
STAFF = [role for role in Role if role is not Role.EXPORTER]
TABS = ("overview", "grounds", "papers", "money", "policy", "trail")


@pytest.fixture
def issued() -> Policy:
    """A policy of 中国信保 for a firm of 崇川."""
    factories.pools(allotted_fen=40_000_000, prepaid_fen=40_000_000)
    application = factories.application(State.APPROVED)
    sinosure = factories.insurer("sinosure")
    agent = factories.user(Role.INSURER_AGENT, sinosure)
    factories.confirmed_rate(sinosure, date(2019, 10, 1))
    policy = policies.quote(
        application_id=application.pk,
        number="SX-2019-1",
        entry_date=date(2019, 10, 15),
        insured_percentage=Decimal("0.8"),
        by=agent,
    )
    policies.issue(policy_id=policy.pk, by=agent)
    return Policy.objects.select_related("application__exporter").get(pk=policy.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def owner(application: Application) -> User:
    return User.objects.get(organisation__code=application.exporter.code)


def case(user: User, application: Application, tab: str = "overview"):
    return signed_in(user).get(f"/cases/{application.reference}/", {"tab": tab})


def queries_of(client: Client, address: str) -> int:
    client.get(address)  # warm: compiled terms and content types are cached
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# ── homes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_front_page_before_an_edition_is_loaded():
    assert "统保平台正在准备中" in Client().get("/").content.decode()


def test_the_front_page_says_what_the_scheme_gives():
    factories.nantong()
    page = Client().get("/").content.decode()
    wanted = [
        "500.00 万元",
        "先到先得",
        "崇川区",
        "2018 年海关出口额",
        "财政承担 50%",
        "登录申请",
        "资格测算",
        "2019-09-01",
    ]
    assert [word for word in wanted if word not in page] == []


@pytest.mark.parametrize("role", STAFF)
def test_every_role_has_a_home(role: Role, issued: Policy):
    body = factories.insurer("sinosure") if role is Role.INSURER_AGENT else None
    answer = signed_in(factories.user(role, body)).get("/")
    assert (answer.status_code, "待办" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("role", STAFF)
def test_a_home_opens_in_an_empty_house(role: Role):
    assert signed_in(factories.user(role)).get("/").status_code == 200


def test_the_home_of_the_city_counts(issued: Policy):
    answer = signed_in(factories.user(Role.CITY_OFFICER)).get("/")
    assert [step.count for step in answer.context["steps"]] == [1, 1, 1, 1]
    assert [(line.submitted, line.issued, line.subsidy_fen) for line in answer.context["areas"]] == [(1, 1, 1060935)]


def test_the_home_of_a_district_counts_its_own(issued: Policy):
    other = factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area("tongzhou", "通州区")])
    answer = signed_in(factories.user(Role.DISTRICT_OFFICER, other)).get("/")
    assert [step.count for step in answer.context["steps"]] == [0, 0, 0, 0]


@pytest.mark.parametrize("role", STAFF)
def test_a_home_asks_as_often_for_three_cases_as_for_one(role: Role, issued: Policy):
    body = factories.insurer("sinosure") if role is Role.INSURER_AGENT else None
    client = signed_in(factories.user(role, body))
    once = queries_of(client, "/")
    factories.application(State.APPROVED)
    factories.application(State.FIRST_REVIEW)
    assert queries_of(client, "/") == once


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "还没有申请"),
        (State.DRAFT, "申请还没有提交"),
        (State.SUBMITTED, "候补第 <strong>1</strong> 位"),
        (State.FIRST_REVIEW, "区商务部门审核中"),
        (State.RETURNED, "需要您补充"),
        (State.WITHDRAWN, "上次申请的结果：已撤回"),
    ],
)
def test_an_enterprise_is_told_what_is_next(state: State | None, said: str):
    factories.nantong()
    firm = factories.firm()
    if state:
        factories.application(state, by=firm)
    assert said in signed_in(firm).get("/").content.decode()


@pytest.mark.parametrize(
    ("exports", "said"),
    [
        ("5000000.00", "贵公司可以申请方案A、方案B"),
        ("1000000.00", "目前不符合参保条件"),
        ("", "企业名册里还没有贵公司的出口额"),
    ],
)
def test_an_enterprise_reads_what_it_may_apply_for(exports: str, said: str):
    factories.nantong()
    assert said in signed_in(factories.firm(exports)).get("/").content.decode()


def test_an_enterprise_sees_its_policy(issued: Policy):
    page = signed_in(owner(issued.application)).get("/").content.decode()
    assert ("SX-2019-1" in page, "10,609.35 元" in page) == (True, True)


# ── the case ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.AUDITOR, Role.FINANCE_OFFICER])
def test_tabs_open(role: Role, tab: str, issued: Policy):
    assert case(factories.user(role), issued.application, tab).status_code == 200


def test_the_firm_and_its_insurer_open_every_tab(issued: Policy):
    agent = factories.user(Role.INSURER_AGENT, factories.insurer("sinosure"))
    people = (owner(issued.application), agent)
    assert {case(person, issued.application, tab).status_code for person in people for tab in TABS} == {200}


def test_others_do_not_find_the_case(issued: Policy):
    far = factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area("tongzhou", "通州区")])
    strangers = [
        factories.firm(),
        factories.user(Role.INSURER_AGENT, factories.insurer("picc")),
        factories.user(Role.DISTRICT_OFFICER, far),
    ]
    assert [case(person, issued.application).status_code for person in strangers] == [404, 404, 404]


def test_an_insurer_does_not_see_a_case_before_approval():
    application = factories.application(State.SECOND_REVIEW)
    agent = factories.user(Role.INSURER_AGENT, factories.insurer("sinosure"))
    assert case(agent, application).status_code == 404


def test_a_reviewers_own_note_stays_inside():
    application = factories.application(State.FIRST_REVIEW)
    factories.review(application, "first", note="已电话核实，企业配合")
    officer = case(factories.user(Role.CITY_OFFICER), application, "grounds").content.decode()
    firm = case(owner(application), application, "grounds").content.decode()
    assert ("已电话核实" in officer, "已电话核实" in firm) == (True, False)


def test_the_firm_reads_what_was_asked_of_it():
    application = factories.application(State.RETURNED)
    assert "印章不清晰" in case(owner(application), application, "grounds").content.decode()


def test_finance_has_no_papers_and_no_contact(issued: Policy):
    answer = case(factories.user(Role.FINANCE_OFFICER), issued.application, "papers")
    page = answer.content.decode()
    assert (answer.context["tab"], "13812345678" in page, "?tab=papers" in page) == ("overview", False, False)


def test_the_trail_names_persons_inside_and_bodies_outside(issued: Policy):
    inside = case(factories.user(Role.CITY_OFFICER), issued.application, "trail")
    outside = case(owner(issued.application), issued.application, "trail")
    reviewer = issued.application.reviews.first().reviewer.name
    assert (reviewer in inside.content.decode(), reviewer in outside.content.decode()) == (True, False)
    said = [act.sentence for act in outside.context["acts"]]
    assert (said[0], "保险人答复了投保情况" in said, "签发了保单" in said) == ("开始填写申请", False, True)


def test_the_firm_sees_its_money_but_no_way_into_the_books(issued: Policy):
    page = case(owner(issued.application), issued.application, "money").content.decode()
    assert ("10,609.35 元" in page, "/trace/" in page, "/funds/" in page) == (True, False, False)


def test_an_unknown_tab_is_the_first(issued: Policy):
    assert case(factories.user(Role.AUDITOR), issued.application, "x").context["tab"] == "overview"


# ── a sum's way to its clause ───────────────────────────────────────────────────────────────────────────────────────


def test_every_sum_of_a_case_leads_to_its_clauses(issued: Policy):
    client = signed_in(factories.user(Role.FINANCE_OFFICER))
    reference = issued.application.reference
    for transfer in Transfer.objects.filter(reservation__reference=reference):
        answer = client.get(f"/cases/{reference}/trace/{transfer.pk}/")
        page = answer.content.decode()
        wanted = ["排队序号", reference, "注册地", "根据保费扶持资金盘子及计费条件", "按上年出口规模设方案"]
        assert [word for word in wanted if word not in page] == []


def test_a_charge_rests_on_the_second_review(issued: Policy):
    charge = Transfer.objects.filter(kind="charge").first()
    client = signed_in(factories.user(Role.AUDITOR))
    answer = client.get(f"/cases/{issued.application.reference}/trace/{charge.pk}/")
    assert answer.context["trace"].basis.title == "市级复审"


def test_a_sum_of_another_case_is_not_found(issued: Policy):
    other = factories.application(State.FIRST_REVIEW)
    transfer = Transfer.objects.filter(reservation__reference=other.reference).first()
    client = signed_in(factories.user(Role.AUDITOR))
    assert client.get(f"/cases/{issued.application.reference}/trace/{transfer.pk}/").status_code == 404


# ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_is_searched_by_case_and_person(issued: Policy):
    client = signed_in(factories.user(Role.AUDITOR))
    by_case = client.get("/log/", {"q": issued.application.reference}).context["table"].data.data
    by_verb = client.get("/log/", {"verb": "intake.submit"}).context["table"].data.data
    assert {record.reference for record in by_case} == {issued.application.reference}
    assert {record.verb for record in by_verb} == {"intake.submit"}


def test_the_log_is_searched_by_day(issued: Policy):
    client = signed_in(factories.user(Role.AUDITOR))
    days = ({"since": "2019-10-15", "until": "2019-10-15"}, {"since": "2019-10-16"}, {"until": "2019-10-14"})
    found = [client.get("/log/", day).context["total"] for day in days]
    assert found == [Record.objects.count(), 0, 0]


def test_the_log_goes_into_a_workbook(issued: Policy):
    answer = signed_in(factories.user(Role.AUDITOR)).get("/log/", {"export": "xlsx"})
    assert (answer.status_code, "spreadsheetml" in answer["Content-Type"]) == (200, True)


def test_a_record_shows_its_place_in_the_chain(issued: Policy):
    record = Record.objects.filter(reference=issued.application.reference).last()
    page = signed_in(factories.user(Role.ADMINISTRATOR)).get(f"/log/{record.number}/").content.decode()
    assert (record.hash in page, record.previous_hash in page) == (True, True)


def test_the_log_asks_as_often_for_many_records_as_for_few():
    client = signed_in(factories.user(Role.AUDITOR))
    factories.nantong()
    few = queries_of(client, "/log/")
    factories.application(State.FIRST_REVIEW)
    assert queries_of(client, "/log/") == few


# ── search ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["SX-2019", "reference", "code", "name"])
def test_the_search_finds_by_number_code_and_name(word: str, issued: Policy):
    firm = issued.application.exporter
    typed = {"reference": issued.application.reference, "code": firm.code[:12], "name": firm.name[2:9]}.get(word, word)
    found = signed_in(factories.user(Role.CITY_OFFICER)).get("/search/", {"q": typed}).context["found"]
    assert (found.count > 0, issued in found.policies or word in ("code", "reference")) == (True, True)


def test_the_search_is_scoped(issued: Policy):
    client = signed_in(factories.user(Role.INSURER_AGENT, factories.insurer("picc")))
    assert client.get("/search/", {"q": issued.application.exporter.name}).context["found"].count == 0


def test_one_letter_finds_nothing(issued: Policy):
    assert signed_in(factories.user(Role.CITY_OFFICER)).get("/search/", {"q": "南"}).context["found"].count == 0


# ── pages for everybody ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ["/help/", "/about/privacy/", "/about/accessibility/"])
def test_pages_for_everybody(address: str):
    factories.nantong()
    assert [Client().get(address).status_code, signed_in(factories.user()).get(address).status_code] == [200, 200]


def test_an_error_page_needs_no_database():
    with CaptureQueriesContext(connection) as captured:
        answer = server_error(RequestFactory().get("/"))
    assert (answer.status_code, len(captured), "回到首页" in answer.content.decode()) == (500, 0, True)


def test_a_wrong_address_has_a_way_on():
    answer = Client().get("/nowhere/")
    assert (answer.status_code, "回到首页" in answer.content.decode()) == (404, True)
