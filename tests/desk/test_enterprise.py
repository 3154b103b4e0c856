"""The enterprise's page: what each tab shows, to whom, in how many questions; the way there; the search."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.batch.models import Import
from tongbao.desk import rules
from tongbao.desk.views import firm as views
from tongbao.intake.rules import State
from tongbao.notify.models import Message
from tongbao.registry import actions as registry
from tongbao.registry.models import Correction, Dispute, Exporter, FormerIdentity
from tongbao.registry.rules import DesignationKind

pytestmark = pytest.mark.django_db
OFFICERS = ("overview", "exports", "lists", "decisions", "applications", "policies", "dealings", "changes")
OPEN_TO_ALL = ("overview", "exports", "lists", "changes")


@pytest.fixture(autouse=True)
def _edition():
    factories.nantong()


def signed_in(role: Role = Role.CITY_OFFICER, organisation=None) -> Client:
    client = Client()
    client.force_login(factories.user(role, organisation))
    return client


def page(firm: Exporter, tab: str = "", client: Client | None = None, **query: str):
    return (client or signed_in()).get(f"/enterprises/{firm.code}/{f'{tab}/' if tab else ''}", query)


def html(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def firm(**said) -> Exporter:
    made = factories.exporter(**said)
    factories.customs_export(made, 400_000_000, month=3)
    factories.customs_export(made, 100_000_000, month=4, country="ZZ")
    factories.customs_export(made, 250_000_000, year=2017, month=3)
    return made


def correction(of: Exporter, state: str = "previewed") -> Correction:
    by, now = factories.user(), clock.now()
    decided = {} if state == "previewed" else {"decided_by": factories.user(), "decided_at": now}
    source = Import.objects.create(
        kind="correction", file_name="更正", file_hash="0" * 64, state=state, uploaded_by=by, uploaded_at=now, **decided
    )
    return Correction.objects.create(
        source=source,
        exporter=of,
        subject="figure",
        before={"2018 年 3 月 美国": "4,000,000.00 美元"},
        after={"2018 年 3 月 美国": "3,900,000.00 美元"},
        reason="报关单重复统计",
        key=uuid4(),
    )


def dispute(of: Exporter, fact: str = "exports_usd", **answered) -> Dispute:
    return Dispute.objects.create(
        exporter=of,
        fact=fact,
        fact_title="2018年出口额",
        shown="5,000,000.00 美元",
        statement="少统计了一票",
        evidence=factories.document(),
        raised_by=factories.user_of(of),
        raised_at=clock.now(),
        key=uuid4(),
        **{"state": "open", **answered},
    )


# ── the tabs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_profile_says_who_the_firm_is_and_what_the_terms_say_of_it():
    one = firm()
    shown = html(page(one))
    wanted = [
        one.code,
        "按今天的登记",
        "待核实",
        "500.00 万美元",
        "上年",
        "+100.0%",
        "80.0%",
        "20.0%",
        "可选方案",
        "资料来源",
        "查看明细",
    ]
    assert [word for word in wanted if word not in shown] == []


def test_the_exports_stand_beside_the_year_before():
    one = firm()
    answer = page(one, "exports")
    exports = answer.context["exports"]
    assert [(line.year, line.cents, line.change, line.unknown_share) for line in exports.lines] == [
        (2018, 500_000_000, "+100.0%", "20.0%"),
        (2017, 250_000_000, "—", "0.0%"),
    ]
    assert [(line.code, line.share, line.change) for line in exports.markets] == [
        ("US", "80.0%", "+60.0%"),
        ("ZZ", "20.0%", "—"),
    ]
    assert [one["data"][2:4] for one in answer.context["month_chart"]["series"]] == [
        [2_500_000, 0],
        [4_000_000, 1_000_000],
    ]
    assert page(one, "exports", year="2017").context["exports"].year == 2017
    assert page(one, "exports", year="1066").context["exports"].year == 2018


def test_exports_that_nobody_knows():
    assert "登记中还没有这家企业的出口数据" in html(page(factories.exporter(), "exports"))


def test_lists_cover_and_inquiries():
    one, officer = firm(), factories.user()
    registry.add_designation(
        exporter_id=one.pk,
        kind=DesignationKind.POLICY_DIRECTION,
        document_number="通商发〔2019〕8号",
        valid_from=date(2019, 1, 1),
        valid_to=None,
        by=officer,
    )
    registry.record_existing_cover(
        exporter_id=one.pk,
        insurer_name="中国信保",
        valid_from=date(2018, 1, 1),
        valid_to=date(2018, 12, 31),
        document_number="在保名单",
        by=officer,
    )
    shown = html(page(one, "lists"))
    wanted = ["通商发〔2019〕8号", "待第二人确认", "中国信保", "2018-01-01 至 2018-12-31", "还没有请保险人核查过"]
    assert [word for word in wanted if word not in shown] == []
    assert reverse("registry:confirm_designation", args=[one.designations.get().pk]) in shown


def test_decisions_applications_and_policies_of_a_case():
    factories.pools(allotted_fen=40_000_000, prepaid_fen=40_000_000)
    application = factories.application(State.APPROVED)
    one = application.exporter
    decided = page(one, "decisions").context["decisions"]
    assert [each.moment for each in decided] == ["市级复审", "区级初审", "提交申请"]
    assert {each.reference for each in decided} == {application.reference}
    assert reverse("replay", args=[application.reference, application.decision_id]) in html(page(one, "decisions"))
    assert application.reference in html(page(one, "applications"))
    assert "这家企业还没有保单" in html(page(one, "policies"))
    inquiries = html(page(one, "lists"))
    assert inquiries.count("未投保") == 2


def test_decisions_under_a_former_code_stay_with_the_firm():
    application = factories.application(State.FIRST_REVIEW)
    one = application.exporter
    old, new = one.code, factories.code()
    Exporter.objects.filter(pk=one.pk).update(code=new)
    former(one, code=old, kind="recoded")
    one.refresh_from_db()
    assert len(page(one, "decisions").context["decisions"]) == 1


def test_what_passed_is_one_time_line():
    one = firm()
    body = factories.user_of(one).organisation
    Message.objects.create(organisation=body, title="申请已受理", body="请留意进度", created_at=clock.now())
    raised = dispute(one)
    raised.state, raised.answer, raised.answered_by, raised.answered_at = (
        "upheld",
        "已补录",
        factories.user(),
        clock.now(),
    )
    raised.save()
    correction(one, "confirmed")
    events = page(one, "dealings").context["part"].object_list
    assert [(event.kind, event.title) for event in events] == [
        ("correction", "批准更正：出口额"),
        ("correction", "录入更正：出口额"),
        ("dispute", "答复对“2018年出口额”的异议：已采纳"),
        ("dispute", "对“2018年出口额”提出异议"),
        ("notice", "申请已受理"),
    ]
    only = page(one, "dealings", kind="notice").context["part"].object_list
    assert [event.title for event in only] == ["申请已受理"]
    assert len(page(one, "dealings", kind="nonsense").context["part"].object_list) == 5


def test_changes_name_people_imports_and_rows():
    one = firm()
    former(one, name="南通旧名有限公司", kind="renamed")
    correction(one)
    answer = page(one, "changes")
    assert [(each.source.file_name, each.rows, each.live) for each in answer.context["brought"] if each.source] == [
        ("出口额.xlsx", [("出口额", 3)], 3)
    ]
    shown = html(answer)
    wanted = [
        "南通旧名有限公司",
        "报关单重复统计",
        "4,000,000.00 美元 → <strong>3,900,000.00 美元</strong>",
        "待批准",
        "手工登记",
    ]
    assert [word for word in wanted if word not in shown] == []


def former(of: Exporter, **said: str) -> FormerIdentity:
    given = {"changed_on": date(2019, 3, 1), "document_number": "准予变更通知书", "entered_at": clock.now(), **said}
    return FormerIdentity.objects.create(exporter=of, entered_by=factories.user(), **given)


def test_an_import_that_was_undone_is_still_named():
    one = firm()
    source = factories.customs_import("旧.xlsx")
    factories.customs_export(one, 1_00, year=2016, source=source)
    now, by = clock.now(), factories.user()
    Import.objects.filter(pk=source.pk).update(state="undone", undone_by=by, undone_at=now)
    registry.settle_firms(exporter_ids=[one.pk])
    found = {each.source.file_name: each.live for each in page(one, "changes").context["brought"] if each.source}
    assert found == {"旧.xlsx": 0, "出口额.xlsx": 3}
    assert "已撤销" in html(page(one, "changes"))


# ── the header ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_said_above_every_tab():
    one = firm()
    assert [word in html(page(one, "lists")) for word in ("有异议待答复", "有更正待批准")] == [False, False]
    dispute(one)
    correction(one)
    assert [word in html(page(one, "lists")) for word in ("有异议待答复", "有更正待批准")] == [True, True]


def test_a_merged_firm_leads_to_the_one_that_took_it():
    one, other = firm(), firm()
    Exporter.objects.filter(pk=one.pk).update(merged_into=other)
    shown = html(page(one))
    assert (f"/enterprises/{other.code}/" in shown, "不能再申请" in shown, "录入名单认定" in shown) == (
        True,
        True,
        False,
    )
    assert one.name in html(page(other, "changes"))


def test_keepers_find_every_form_and_others_none():
    one = firm()
    forms = [reverse(act.url_name, args=[one.pk, *act.more]) for act in views.ACTS]
    city, auditor = html(page(one)), html(page(one, client=signed_in(Role.AUDITOR)))
    assert [address for address in forms if address not in city] == []
    assert [address for address in forms if address in auditor] == []


# ── the way there ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_former_code_leads_to_the_page_of_today():
    one, old = firm(), factories.code()
    former(one, code=old, kind="recoded")
    client = signed_in()
    answers = [client.get(f"/enterprises/{code}/exports/") for code in (old, one.code.lower())]
    assert [answer.headers["Location"] for answer in answers] == [f"/enterprises/{one.code}/exports/"] * 2


def test_the_register_s_own_address_leads_here():
    one = firm()
    client = signed_in()
    answer = client.get(reverse("registry:exporter", args=[one.pk]))
    assert answer.headers["Location"] == reverse("firm", args=[one.code])
    assert client.get(f"/enterprises/{one.code}/nonsense/").status_code == 404
    assert client.get("/enterprises/911111111111111111/").status_code == 404


def test_the_search_leads_here_by_name_code_initials_and_former_name():
    one = firm(name="南通海星纺织有限公司")
    former(one, name="南通旧海机械厂", name_initials="ntjhjxc", kind="renamed")
    client = signed_in()
    words = ["海星", one.code[:17], "nthxfz", "hxfz", "旧海机械", "NTJH"]
    found = {
        word: f"/enterprises/{one.code}/" in client.get("/search/", {"q": word}).content.decode() for word in words
    }
    assert found == dict.fromkeys(words, True)
    assert "没有找到" in client.get("/search/", {"q": "找不到的厂"}).content.decode()


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR])
def test_officers_read_every_tab(role: Role):
    one, client = firm(), signed_in(role)
    assert {tab: page(one, tab, client).status_code for tab in OFFICERS} == dict.fromkeys(OFFICERS, 200)


def test_an_administrator_reads_nothing_of_a_firm_s_business():
    one, client = firm(), signed_in(Role.ADMINISTRATOR)
    wanted = {tab: 200 if tab in OPEN_TO_ALL else 403 for tab in OFFICERS}
    assert {tab: page(one, tab, client).status_code for tab in OFFICERS} == wanted
    assert tuple(name for name, _, _ in page(one, client=client).context["tabs"]) == OPEN_TO_ALL


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.INSURER_AGENT])
def test_exporters_and_insurers_read_none(role: Role):
    one, client = firm(), signed_in(role)
    assert {page(one, tab, client).status_code for tab in OFFICERS} == {403}


def test_a_district_reads_firms_of_its_areas_only():
    here, there = firm(), firm(area_=factories.area("tongzhou", "通州区"))
    client = signed_in(Role.DISTRICT_OFFICER)
    assert [page(one, tab, client).status_code for one in (here, there) for tab in ("overview", "exports")] == [
        200,
        200,
        404,
        404,
    ]
    old = factories.code()
    former(there, code=old, kind="recoded")
    assert client.get(f"/enterprises/{old}/").status_code == 404


def test_a_district_does_not_follow_a_merger_out_of_its_areas():
    here, there = firm(), firm(area_=factories.area("tongzhou", "通州区"))
    Exporter.objects.filter(pk=here.pk).update(merged_into=there)
    shown = html(page(here, client=signed_in(Role.DISTRICT_OFFICER)))
    assert (there.name in shown, f"/enterprises/{there.code}/" in shown) == (True, False)


def test_an_application_of_another_district_is_not_linked():
    application = factories.application(State.FIRST_REVIEW)
    other = factories.area("tongzhou", "通州区")
    Exporter.objects.filter(pk=application.exporter_id).update(area=other)
    body = factories.organisation(OrganisationKind.DISTRICT, areas=[other])
    client = signed_in(Role.DISTRICT_OFFICER, body)
    shown = [html(page(application.exporter, tab, client)) for tab in ("decisions", "applications")]
    assert [application.reference in each for each in shown] == [False, False]


# ── how many questions ──────────────────────────────────────────────────────────────────────────────────────────────


def more(of: Exporter, number: int) -> None:
    """One more of everything that a tab lists."""
    officer: User = factories.user()
    registry.add_designation(
        exporter_id=of.pk,
        kind=DesignationKind.PILOT_FIRM,
        document_number=f"通商发〔2019〕{number}号",
        valid_from=date(2019, 1, 1),
        valid_to=None,
        by=officer,
    )
    registry.record_existing_cover(
        exporter_id=of.pk,
        insurer_name="人保财险",
        valid_from=date(2010 + number, 1, 1),
        valid_to=date(2010 + number, 12, 31),
        document_number="在保名单",
        by=officer,
    )
    factories.customs_export(of, 1_00, year=2015 - number, source=factories.customs_import(f"{number}.xlsx"))
    former(of, name=f"南通旧名{number}", kind="renamed")
    correction(of, "confirmed")
    dispute(of, f"fact_{number}", state="declined", answered_by=officer, answered_at=clock.now())
    Message.objects.create(organisation=factories.user_of(of).organisation, title="通知", created_at=clock.now())


@pytest.mark.parametrize("tab", OFFICERS)
def test_a_tab_asks_as_often_for_three_rows_as_for_one(tab: str):
    one = factories.application(State.SECOND_REVIEW).exporter
    client = signed_in()
    more(one, 1)
    once = questions(client, one, tab)
    for number in (2, 3):
        more(one, number)
        factories.application(State.SECOND_REVIEW)
    assert questions(client, one, tab) == once


def questions(client: Client, of: Exporter, tab: str) -> int:
    page(of, tab, client)  # warm: compiled terms and content types are cached
    with CaptureQueriesContext(connection) as captured:
        assert page(of, tab, client).status_code == 200
    return len(captured)


# ── the arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────


def year(of: int, total: int, **said) -> rules.Year:
    given = {"months": 12, "annual": None, "monthly": total, "unknown": 0, "markets": {"US": total}, **said}
    return rules.Year(year=of, total=total, **given)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [(150, 100, "+50.0%"), (50, 100, "-50.0%"), (100, 100, "+0.0%"), (0, 100, "-100.0%"), (5, 0, "—"), (None, 5, "—")],
)
def test_change(now, before, said):
    assert rules.change(now, before) == said


def test_a_complete_list_without_the_firm_means_zero():
    lines = rules.year_lines([year(2018, 100)], {2017}, (2016, 2017, 2018), 2019)
    assert [(line.year, line.cents, line.source) for line in lines] == [
        (2018, 100, "12 个月的分月数"),
        (2017, 0, "完整名单中没有本企业，按 0 计"),
        (2016, None, "登记中没有数据"),
    ]


def test_a_year_that_is_not_over_is_not_set_beside_a_whole_one():
    lines = rules.year_lines([year(2019, 50), year(2018, 100), year(2017, 50)], set(), (), 2019)
    assert [line.change for line in lines] == ["年度未完", "+100.0%", "—"]


@pytest.mark.parametrize(
    ("annual", "monthly", "said"), [(90, 100, -10), (110, 100, 10), (100, 100, None), (None, 100, None)]
)
def test_a_difference_between_the_year_and_its_months_shows(annual, monthly, said):
    [line] = rules.year_lines([year(2018, 100, annual=annual, monthly=monthly)], set(), (), 2019)
    assert line.difference_cents == said


def test_markets_are_set_beside_the_year_before():
    lines = rules.market_lines(year(2018, 90, markets={"US": 60, "DE": 30}), year(2017, 40, markets={"US": 40}))
    assert [(line.code, line.share, line.before_cents, line.change) for line in lines] == [
        ("US", "66.7%", 40, "+50.0%"),
        ("DE", "33.3%", 0, "—"),
    ]
    assert rules.market_lines(None, None) == []
