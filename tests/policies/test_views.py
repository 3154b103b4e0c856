"""The pages: who may open them, what they show, what a form says when it is refused."""

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests import factories
from tests.policies import world as make
from tests.policies.world import World
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds.rules import AccountKind
from tongbao.intake.models import Application
from tongbao.intake.rules import State as ApplicationState
from tongbao.policies import actions, rules
from tongbao.policies.models import ExcludedCountries, Policy
from tongbao.policies.rules import State

pytestmark = pytest.mark.django_db
SAID = {"entry_date": "2019-10-14", "insured_percentage": "80", "number": "SX-1"}


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, name: str, *args, status: int = 200, **query) -> str:
    response = signed_in(person).get(reverse(f"policies:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


# ── underwriting ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_worklist_shows_the_own_insurers_applications(world: World):
    application = make.approved(world)
    shown = page(world.agent, "underwriting")
    assert (application.reference in shown, "3 天" in shown, "待报价" in shown) == (True, True, True)
    assert application.reference not in page(world.other_agent, "underwriting")
    assert application.reference not in page(world.agent, "underwriting", step="issue")
    export = signed_in(world.agent).get(reverse("policies:underwriting"), {"export": "xlsx"})
    assert export.content[:2] == b"PK"


def test_the_quote_page_shows_the_sums_before_saving(world: World):
    application = make.approved(world, "B", "5000010.00")
    address = reverse("policies:quote", args=[application.reference])
    client = signed_in(world.agent)
    first = client.get(address).content.decode()
    assert "35,364.57 元" in first
    tried = client.post(
        address, {"entry_date": "2019-10-14", "insured_percentage": "", "estimate": "1"}
    ).content.decode()
    assert [words in tried for words in ("5,000.01 美元", "17,682.28 元", "17,682.29 元", "2019-10-28", "请填写")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    part = client.post(address, {"entry_date": "2019-10-14", "estimate": "1"}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="estimate"')
    assert Policy.objects.count() == 0


def test_without_a_rate_the_quote_page_leads_to_the_rates():
    world = make.build()
    make.fill(world)
    application = make.approved(world)
    shown = page(world.agent, "quote", application.reference)
    assert "2019年10月的汇率尚未录入。请先在“汇率”页录入，并由另一人确认。" in shown
    assert reverse("funds:rates") in shown


def test_a_quote_is_saved_and_shown_and_sent_twice_does_no_harm(world: World):
    application = make.approved(world)
    address = reverse("policies:quote", args=[application.reference])
    client = signed_in(world.agent)
    answers = [client.post(address, SAID), client.post(address, SAID)]
    policy = Policy.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [reverse("policies:policy", args=[policy.pk])] * 2
    assert client.get(address).headers["Location"] == reverse("policies:policy", args=[policy.pk])
    shown = page(world.agent, "policy", policy.pk)
    assert [words in shown for words in ("10,609.35 元", "1,500.00 美元", "下一步：出单", "80%")] == [True] * 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"insured_percentage": ""}, "请填写赔偿比例"),
        ({"insured_percentage": "0.8"}, "赔偿比例应在 50% 到 95% 之间"),
        ({"insured_percentage": "八成"}, "请填写百分数"),
        ({"entry_date": "2019-10-16"}, "录入日期不能晚于今天"),
        ({"entry_date": "昨天"}, "请按“年-月-日”填写日期"),
        ({"number": ""}, "请填写保单号"),
    ],
)
def test_a_slip_in_the_quote_stands_beside_its_field(world: World, change, sentence):
    application = make.approved(world)
    response = signed_in(world.agent).post(reverse("policies:quote", args=[application.reference]), {**SAID, **change})
    shown = response.content.decode()
    assert (response.status_code, sentence in shown, "field-wrong" in shown) == (200, True, True)


def test_another_insurers_application_is_not_there(world: World):
    application = make.approved(world)
    for name in ("quote", "decline"):
        page(world.other_agent, name, application.reference, status=404)


def test_declining_from_the_page(world: World):
    application = make.approved(world)
    address = reverse("policies:decline", args=[application.reference])
    client = signed_in(world.agent)
    assert "请填写不予承保的原因" in client.post(address, {"reason": ""}).content.decode()
    assert client.post(address, {"reason": "买方风险过高"}).status_code == 302
    assert Application.objects.get(pk=application.pk).state == ApplicationState.DECLINED
    assert "不在待承保状态" in client.post(address, {"reason": "再来"}).content.decode()


# ── a policy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_payment_then_issue_then_paper(world: World):
    policy = make.quoted(world, make.approved(world, "B"))
    client = signed_in(world.agent)
    pay = reverse("policies:payment", args=[policy.pk])
    wrong = client.post(pay, {"paid_on": "2019-10-13", "voucher": "HD-1"})
    assert (wrong.status_code, "缴费日期不能早于录入日期" in wrong.content.decode()) == (200, True)
    assert client.post(pay, {"paid_on": "2019-10-15", "voucher": "HD-1"}).status_code == 302
    issue = reverse("policies:issue", args=[policy.pk])
    answer = client.post(issue, follow=True)
    assert "已出单，已通知企业下载保险凭证" in answer.content.decode()
    twice = client.post(issue)
    assert (twice.status_code, "这张保单已经出单" in twice.content.decode()) == (409, True)
    policy.refresh_from_db()
    assert (policy.state, policy.certificate is not None) == (State.IN_FORCE, True)
    assert make.balance(world, AccountKind.CHARGED) == 1_768_225


def test_a_pool_that_is_short_is_said_in_words():
    world = make.build()
    make.fill(world, 1_092_763)
    make.set_rate(world, rate=make.Decimal("7.29"))
    policy = make.quoted(world, make.approved(world))
    shown = signed_in(world.agent).post(reverse("policies:issue", args=[policy.pk]), follow=True).content.decode()
    assert "资金池还缺 7.37 元" in shown
    assert "暂时不能出单" in shown


def test_the_paper_is_made_at_the_download_when_the_issue_could_not(world: World, monkeypatch):
    policy = make.quoted(world, make.approved(world))

    def broken(_: rules.Certificate) -> bytes:
        raise RuntimeError("no font")

    with monkeypatch.context() as patch:
        patch.setattr(rules, "render", broken)
        assert signed_in(world.agent).post(reverse("policies:issue", args=[policy.pk])).status_code == 302
    policy.refresh_from_db()
    assert (policy.state, policy.certificate) == (State.IN_FORCE, None)
    answer = signed_in(make.exporter_of(policy)).get(reverse("policies:certificate", args=[policy.pk]))
    content = b"".join(answer.streaming_content)
    assert "南通海之源纺织品有限公司" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_before_issue_the_download_says_why_not(world: World):
    policy = make.quoted(world, make.approved(world))
    assert "还没有出单" in page(make.exporter_of(policy), "certificate", policy.pk, status=409)


def test_a_policy_is_seen_by_its_own_people_only(world: World):
    policy = make.issued(world)
    other_district = factories.user(Role.DISTRICT_OFFICER)
    other_district.organisation.areas.set([factories.area("tongzhou", "通州区")])
    people = {
        make.exporter_of(policy): 200,
        world.agent: 200,
        world.district: 200,
        world.city: 200,
        world.finance: 200,
        factories.user(Role.AUDITOR): 200,
        factories.user(Role.EXPORTER): 404,
        world.other_agent: 404,
        other_district: 404,
        factories.user(Role.ADMINISTRATOR): 403,
    }
    for name in ("policy", "certificate"):
        address = reverse(f"policies:{name}", args=[policy.pk])
        assert {person: signed_in(person).get(address).status_code for person in people} == people


def test_only_the_own_insurer_acts(world: World):
    policy = make.quoted(world, make.approved(world))
    for name in ("issue", "payment", "correct"):
        address = reverse(f"policies:{name}", args=[policy.pk])
        people = {world.other_agent: 404, world.city: 403, make.exporter_of(policy): 403}
        assert {person: signed_in(person).post(address).status_code for person in people} == people


def test_a_quote_is_corrected_on_its_page(world: World):
    policy = make.quoted(world, make.approved(world))
    assert 'value="80"' in page(world.agent, "correct", policy.pk)
    address = reverse("policies:correct", args=[policy.pk])
    assert signed_in(world.agent).post(address, {**SAID, "insured_percentage": "75.5"}).status_code == 302
    policy.refresh_from_db()
    assert policy.figures()["insured_percentage"] == "0.7550"


def test_the_firm_reads_its_policy_on_its_own_page(world: World):
    policy = make.issued(world)
    shown = page(make.exporter_of(policy), "mine")
    assert [words in shown for words in (policy.number, "下载保险凭证", "10.00 万美元")] == [True] * 3
    assert "您还没有保单" in page(factories.user(Role.EXPORTER), "mine")


def test_the_history_tells_firms_the_body_and_officers_the_person(world: World):
    policy = make.issued(world)
    assert world.agent.name not in page(make.exporter_of(policy), "policy", policy.pk)
    assert world.agent.name in page(world.city, "policy", policy.pk)


def test_lists_take_a_constant_number_of_queries(world: World, django_assert_max_num_queries):
    for number in range(3):
        make.issued(world, make.approved(world, name=f"企业{number}"), f"SX-{number}")
        make.quoted(world, make.approved(world, name=f"又一家{number}"), f"SY-{number}")
    for person, name in ((world.city, "list"), (world.agent, "underwriting")):
        client = signed_in(person)
        client.get(reverse(f"policies:{name}"))
        with django_assert_max_num_queries(20):
            assert client.get(reverse(f"policies:{name}")).status_code == 200


def test_the_export_holds_what_the_screen_has_no_room_for(world: World):
    policy = make.issued(world)
    answer = signed_in(world.city).get(reverse("policies:list"), {"export": "xlsx"})
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    found = dict(zip(head, row, strict=True))
    wanted = ("保单号", "被保险人", "统一社会信用代码", "区域", "保险人", "申请编号", "保费", "财政扶持", "状态")
    assert tuple(found[name] for name in wanted) == (
        policy.number,
        policy.insured.name,
        policy.insured.code,
        "崇川区",
        world.sinosure.name,
        policy.application.reference,
        10609.35,
        10609.35,
        "保障中",
    )


# ── countries ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_insurer_lists_countries_by_their_chinese_names(world: World):
    client = signed_in(world.agent)
    address = reverse("policies:list_excluded")
    assert "伊朗" in client.get(address).content.decode()
    said = {"valid_from": "2019-10-01", "document_number": "国别清单", "countries": ["IR", "SY"]}
    assert "请从列出的选项中选择" in client.post(address, {**said, "countries": ["XX"]}).content.decode()
    assert client.post(address, said).status_code == 302
    assert ExcludedCountries.objects.get().countries == ["IR", "SY"]
    assert "伊朗" in page(world.city, "excluded")
    assert "伊朗" not in page(world.other_agent, "excluded")


# ── public verification ─────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_verifies_a_policy_but_reads_no_premium(world: World):
    policy = make.issued(world)
    client = Client()
    answer = client.get(reverse("policies:verify"), {"code": rules.shown_code(policy.verification_code).lower()})
    assert answer.headers["Location"] == reverse("policies:verified", args=[policy.verification_code])
    shown = client.get(answer.headers["Location"]).content.decode()
    told = ("保单真实有效", policy.number, policy.insured.name, "100,000.00 美元", "2019-09-01 至 2020-08-31")
    assert [words in shown for words in told] == [True] * len(told)
    kept = ("10,609.35", "1,500.00", "5,000,000", policy.insured.code, "0.03%", "7.0729")
    assert [words in shown for words in kept] == [False] * len(kept)


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "二维码"])
def test_a_wrong_code_is_answered_in_plain_words(world: World, code: str):
    answer = Client().get(reverse("policies:verified", args=[code]))
    assert (answer.status_code, "没有查到这张保单" in answer.content.decode()) == (404, True)


def test_an_empty_code_is_asked_for():
    assert "请填写查验码" in Client().get(reverse("policies:verify"), {"code": ""}).content.decode()
    assert Client().get(reverse("policies:verify"), {"code": "—"}).status_code == 200


def test_a_quote_is_no_policy_and_an_expired_one_says_so(world: World, set_clock):
    policy = make.quoted(world, make.approved(world))
    address = reverse("policies:verified", args=[policy.verification_code])
    assert Client().get(address).status_code == 404
    actions.issue(policy_id=policy.pk, by=world.agent)
    set_clock("2020-09-02T09:00")
    actions.expire(policy_id=policy.pk)
    assert "保障期限已结束" in Client().get(address).content.decode()
    assert date(2020, 8, 31) == Policy.objects.get().cover_to
