"""The exporter's pages, one after the other, and the officers' pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.funds.models import Reservation
from tongbao.intake.models import Application, Paper
from tongbao.intake.rules import State

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, made: Application | None = None, *rest: Any) -> str:
    return reverse(f"intake:{name}", args=[made.reference, *rest] if made else [])


@pytest.fixture
def by() -> User:
    factories.pools(allotted_fen=50_000_000)
    return factories.firm()


def text_of(response: Any) -> str:
    return response.content.decode()


def test_the_whole_way_of_an_exporter(by):
    client, insurer = signed_in(by), factories.insurer("sinosure")
    assert client.get(at("mine")).url == at("start")
    assert "您需要准备" in text_of(client.get(at("start")))
    assert client.post(at("start")).status_code == 302
    made = Application.objects.get()
    pages = [
        ("plan", {"plan": "A"}, "insurer"),
        ("insurer", {"insurer": insurer.pk, "accepts_other_insurer": "on"}, "data"),
        (
            "data",
            {"confirmed": "on", "contact_name": "张海燕", "contact_phone": "13812345678", "address": "青年中路1号"},
            "declaration",
        ),
        ("declaration", {"declares_uninsured": "on", "declares_truth": "on"}, "papers"),
        ("papers", {"form": factories.upload(), "licence": factories.upload("执照.pdf")}, "check"),
    ]
    for name, typed, onward in pages:
        assert client.get(at(name, made)).status_code == 200
        assert client.post(at(name, made), typed).headers["Location"] == at(onward, made)
    assert client.get(at("form", made)).status_code == 200
    assert "提交申请" in text_of(client.get(at("check", made)))
    assert client.post(at("check", made), {"key": "k"}).headers["Location"] == at("receipt", made)
    receipt = text_of(client.get(at("receipt", made)))
    assert "10,927.63 元" in receipt
    assert client.post(at("check", made), {"key": "tab 2"}).headers["Location"] == at("receipt", made)
    assert Reservation.objects.count() == 1
    assert "区商务部门审核中" in text_of(client.get(at("application", made)))
    assert client.get(at("mine")).url == at("application", made)


def test_errors_stand_beside_their_fields_and_nothing_is_lost(by):
    client, made = signed_in(by), factories.draft(by)
    page = client.post(at("data", made), {"contact_name": "李四", "contact_phone": "12", "address": ""})
    assert page.context["form"].errors == {
        "confirmed": ["请确认：以上资料无误"],
        "contact_phone": ["请填写 11 位手机号，或带区号的固定电话，例如 0513-85215678"],
        "address": ["请填写通讯地址"],
    }
    assert 'value="李四"' in text_of(page)
    assert Application.objects.get().contact_name == "张海燕"


def test_save_and_go_on_later_keeps_what_is_there(by):
    client = signed_in(by)
    client.post(at("start"))
    made = Application.objects.get()
    answer = client.post(at("data", made), {"contact_name": "李四", "contact_phone": "", "address": "", "later": "1"})
    assert answer.headers["Location"] == at("tasks", made)
    assert Application.objects.get().contact_name == "李四"
    states = [task.state.label for task in client.get(at("tasks", made)).context["tasks"]]
    assert states == ["未开始", "未开始", "进行中", "未开始", "未开始", "暂不能填"]
    links = text_of(client.get(at("tasks", made)))
    for name in ("plan", "insurer", "declaration", "papers"):
        assert f'href="{at(name, made)}"' in links
        assert client.post(at(name, made), {"later": "1"}).headers["Location"] == at("tasks", made)


def test_changing_an_answer_returns_to_the_summary(by):
    client, made = signed_in(by), factories.draft(by)
    assert client.post(at("plan", made) + "?check", {"plan": "B"}).headers["Location"] == at("check", made)
    assert Application.objects.get().plan == "B"


def test_a_conditional_plan_asks_for_its_fallback():
    factories.pools(allotted_fen=50_000_000)
    by = factories.firm("6000000.00", us="5500000.00")
    client = signed_in(by)
    client.post(at("start"))
    made = Application.objects.get()
    page = client.post(at("plan", made), {"plan": "C"})
    assert page.context["form"].errors == {"fallback_plan": ["方案C还须市商务局确认政策导向，请选一个备选方案"]}
    assert client.post(at("plan", made), {"plan": "C", "fallback_plan": "B"}).status_code == 302


def test_an_exe_named_pdf_is_refused_at_its_field(by):
    client, made = signed_in(by), factories.draft(by)
    good, bad = factories.upload("新申请表.pdf"), factories.upload("执照.pdf", b"MZ\x90\x00")
    page = client.post(at("papers", made), {"form": good, "licence": bad})
    assert page.context["form"].errors == {
        "licence": ["这不是 PDF 文件（名称以 .pdf 结尾，内容却不是）。请用原来的软件重新导出后上传。"]
    }
    kept = Paper.objects.filter(replaced_at=None).order_by("kind").values_list("kind", "document__name")
    assert list(kept) == [("form", "新申请表.pdf"), ("licence", "申请表.pdf")]


def test_a_refused_submission_says_why_on_the_page(by):
    client = signed_in(by)
    client.post(at("start"))
    made = Application.objects.get()
    page = client.post(at("check", made), {"key": "k"})
    assert page.context["form"].non_field_errors()[0].startswith("还不能提交：请先选择方案。")
    assert Application.objects.get().state == State.DRAFT


def test_a_session_that_ended_leaves_nothing_half_done(by):
    made = factories.draft(by)
    answer = Client().post(
        at("check", made), {"key": "k"}, headers={"referer": "http://testserver" + at("check", made)}
    )
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert Application.objects.get().state == State.DRAFT


def test_pages_of_another_firm_are_not_found(by):
    made = factories.application(by=by)
    paper = Paper.objects.first()
    other = signed_in(factories.firm())
    names = ("application", "tasks", "plan", "insurer", "data", "declaration", "papers", "form", "check", "receipt")
    for address in [at(name, made) for name in (*names, "answer", "withdraw")] + [at("paper", made, paper.pk)]:
        assert other.get(address).status_code == 404, address


def test_an_edited_page_after_submission_says_so(by):
    made = factories.application(by=by)
    client = signed_in(by)
    page = client.post(at("plan", made), {"plan": "B"})
    assert (page.status_code, "已经提交" in text_of(page)) == (409, True)
    assert client.get(at("tasks", made)).headers["Location"] == at("application", made)


def test_answering_questions():
    made = factories.application(State.RETURNED)
    client, question = signed_in(made.created_by), made.questions.get()
    assert "印章不清晰" in text_of(client.get(at("answer", made)))
    page = client.post(at("answer", made), {})
    assert page.context["form"].errors == {f"answer_{question.pk}": ["请回答这个问题"]}
    sent = client.post(at("answer", made), {f"answer_{question.pk}": "已重新盖章", "answer": factories.upload()})
    assert sent.headers["Location"] == at("application", made)
    assert "已重新盖章" in text_of(client.get(at("application", made)))
    again = client.post(at("answer", made), {f"answer_{question.pk}": "再点一次"})
    assert "没有需要回答的问题" in text_of(again)


def test_correcting_and_submitting_again():
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    client = signed_in(made.created_by)
    assert "去补正" in text_of(client.get(at("application", made)))
    assert "缺公章" in text_of(client.get(at("tasks", made)))
    client.post(at("papers", made), {"form": factories.upload()})
    assert client.post(at("check", made), {"key": "k2"}).headers["Location"] == at("receipt", made)
    assert ">2<" in text_of(client.get(at("receipt", made)))


def test_withdrawing_asks_first(by):
    made = factories.application(by=by)
    client = signed_in(by)
    assert "确认撤回" in text_of(client.get(at("withdraw", made)))
    assert Application.objects.get().state == State.FIRST_REVIEW
    client.post(at("withdraw", made), {"why": "改投别家"})
    assert Application.objects.get().state == State.WITHDRAWN
    assert "重新申请" in text_of(client.get(at("application", made)))


# ── officers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lists_are_scoped(by):
    made = factories.application(by=by)
    factories.draft(factories.firm())
    tongzhou = factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area("tongzhou", "通州区")])
    people = {
        factories.user(Role.CITY_OFFICER): 1,
        factories.user(Role.DISTRICT_OFFICER): 1,
        factories.user(Role.DISTRICT_OFFICER, tongzhou): 0,
        factories.user(Role.FINANCE_OFFICER): 1,
        factories.user(Role.AUDITOR): 1,
        factories.user(Role.INSURER_AGENT, factories.insurer("sinosure")): 0,  # not approved yet
    }
    for person, count in people.items():
        page = signed_in(person).get(at("list"))
        assert (page.status_code, page.context["total"]) == (200, count), person
    for person in (by, factories.user(Role.ADMINISTRATOR)):
        assert signed_in(person).get(at("list")).status_code == 403
    assert made.state == State.FIRST_REVIEW


def test_insurers_see_what_was_approved_for_them():
    factories.application(State.APPROVED)
    counts = [
        signed_in(factories.user(Role.INSURER_AGENT, factories.insurer(code))).get(at("list")).context["total"]
        for code in ("sinosure", "picc")
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=first_review", 1),
        ("state=approved", 0),
        ("plan=A", 1),
        ("plan=B", 0),
        ("q=TB2019", 1),
        ("q=无此企业", 0),
        ("sort=-amount", 1),
    ],
)
def test_filters(by, query, count):
    factories.application(by=by)
    page = signed_in(factories.user()).get(f"{at('list')}?{query}")
    assert page.context["total"] == count


def test_the_list_costs_the_same_however_long(by, django_assert_max_num_queries):
    for _ in range(3):
        factories.application(by=factories.firm())
    client = signed_in(factories.user())
    client.get(at("list"))
    with django_assert_max_num_queries(12):
        client.get(at("list"))


def test_the_list_as_a_workbook(by):
    factories.application(by=by)
    answer = signed_in(factories.user()).get(at("list") + "?export=xlsx")
    assert answer.headers["Content-Type"].startswith("application/vnd.openxmlformats")


def test_reviewing_in_the_browser(by):
    made = factories.application(by=by)
    district, city = signed_in(factories.user(Role.DISTRICT_OFFICER)), signed_in(factories.user())
    page = district.get(at("review", made))
    assert [row.changed for row in page.context["criteria"]] == [False] * len(page.context["criteria"])
    assert district.post(at("review", made), {"verdict": "approve", "seen": 0}).headers["Location"] == at("list")
    refused = city.post(at("review", made), {"verdict": "approve", "seen": 1})
    assert "两家保险人还没有全部答复" in text_of(refused)
    factories.answer_cover(made)
    assert city.post(at("review", made), {"verdict": "approve", "seen": 1}).status_code == 302
    assert Application.objects.get().state == State.APPROVED
    late = signed_in(factories.user()).post(at("review", made), {"verdict": "approve", "seen": 1})
    assert "您的意见没有保存" in text_of(late)


def test_a_return_and_a_rejection_in_the_browser(by):
    made = factories.application(by=by)
    client = signed_in(factories.user(Role.DISTRICT_OFFICER))
    page = client.post(at("review", made), {"verdict": "return", "seen": 0, "return_kind": "clarification"})
    assert page.context["forms"]["return"].errors == {"question_papers": ["请至少写一个问题，让企业知道要补充什么。"]}
    page = client.post(at("review", made), {"verdict": "reject", "seen": 0, "reason": "other", "note": ""})
    assert page.context["forms"]["reject"].errors == {"note": ["选择“其他”时，请写明原因。"]}
    typed = {"verdict": "return", "seen": 0, "return_kind": "clarification", "question_papers": "印章不清晰"}
    assert client.post(at("review", made), typed).status_code == 302
    assert Application.objects.get().state == State.RETURNED


def test_another_district_finds_neither_file_nor_paper(by):
    made = factories.application(by=by)
    paper = Paper.objects.first()
    tongzhou = factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area("tongzhou", "通州区")])
    client = signed_in(factories.user(Role.DISTRICT_OFFICER, tongzhou))
    assert [client.get(at("review", made)).status_code, client.get(at("paper", made, paper.pk)).status_code] == [
        404
    ] * 2


def test_who_may_open_papers(by):
    made = factories.application(by=by)
    paper = Paper.objects.first()
    people = [by, factories.user(Role.DISTRICT_OFFICER), factories.user(), factories.user(Role.AUDITOR)]
    assert [signed_in(one).get(at("paper", made, paper.pk)).status_code for one in people] == [200] * 4
    others = [factories.user(Role.FINANCE_OFFICER), factories.user(Role.ADMINISTRATOR)]
    assert [signed_in(one).get(at("paper", made, paper.pk)).status_code for one in others] == [403, 404]
    stranger = Paper.objects.filter(application=factories.application(by=factories.firm())).first()
    assert signed_in(by).get(at("paper", made, stranger.pk)).status_code == 404


def test_changed_findings_are_marked(by):
    made = factories.application(by=by)
    factories.answer_cover(made, insured=True)
    page = signed_in(factories.user(Role.DISTRICT_OFFICER)).get(at("review", made))
    assert sum(row.changed for row in page.context["criteria"]) == 1
    assert "有变化" in text_of(page)
