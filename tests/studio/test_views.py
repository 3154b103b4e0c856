"""The studio's pages: two panes that follow each other, effects, comparison, approval."""

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests import factories
from tests.scheme.nantong import TEXT
from tests.studio import drafting
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.scheme.models import Terms
from tongbao.studio import actions
from tongbao.studio.models import Draft
from tongbao.studio.rules import DraftState

HTMX = {"HX-Request": "true"}


@pytest.fixture
def author(db) -> User:
    return factories.user(Role.CITY_OFFICER)


@pytest.fixture
def officer(author: User, client: Client) -> Client:
    client.force_login(author)
    return client


@pytest.fixture
def second(author: User) -> Client:
    other = Client()
    other.force_login(factories.user(Role.CITY_OFFICER, author.organisation))
    return other


def said(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def fields(page: HttpResponse) -> dict[str, str]:
    """What the form of the editor would send, as a browser does."""
    text = page.content.decode()
    sent = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1].startswith(("is:", "was:", "revision", "note")):
            sent[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    sent["text"] = shown_text(page).replace("\n", "\r\n")
    return sent


def shown_text(page: HttpResponse) -> str:
    found = re.search(r'<textarea class="form-control" name="text".*?>\n(.*?)</textarea>', page.content.decode(), re.S)
    assert found
    return html.unescape(found[1])


def edit(client: Client, draft: Draft, **changes: Any) -> HttpResponse:
    """Open the editor, type, press a button."""
    address = f"/studio/drafts/{draft.code}/edit/"
    sent = fields(client.get(address))
    step = changes.pop("step", "check")
    typed = {f"is:{name}" if "." in name else name: value for name, value in changes.items()}
    return client.post(address, {**sent, **typed, "step": step})


def test_a_draft_is_begun_from_a_version(officer: Client):
    terms = drafting.first_terms()
    page = officer.get(f"/studio/new/?from={terms.pk}")
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    typed = {"based_on": terms.pk, "title": "提高限额", "key": key}
    first, again = officer.post("/studio/new/", typed), officer.post("/studio/new/", typed)
    assert first["Location"] == again["Location"] == "/studio/drafts/nantong-2019-d1/edit/"
    assert "提高限额" in said(officer.get("/studio/"))


def test_a_draft_is_begun_from_a_file(officer: Client):
    terms = drafting.first_terms()
    key = "1b671a64-40d5-491e-99b0-da01ff1f3341"
    sent = {"based_on": terms.pk, "title": "自备", "key": key}
    wrong = officer.post("/studio/new/", {**sent, "file": SimpleUploadedFile("a.docx", b"x")})
    assert "请选择 .yaml 或 .yml 文件" in said(wrong)
    officer.post("/studio/new/", {**sent, "file": SimpleUploadedFile("a.yaml", drafting.HIGHER.encode())})
    assert Draft.objects.get().text == drafting.HIGHER


def test_what_is_changed_on_the_left_stands_on_the_right(officer: Client, author: User):
    draft = drafting.draft(by=author)
    page = edit(officer, draft, **{"plans.D.limit_usd": "8万"})
    assert shown_text(page) == drafting.HIGHER
    assert "改动还没有保存" in said(page)
    assert "原为 5万" in said(page)
    assert Draft.objects.get().text == TEXT


def test_what_is_changed_on_the_right_stands_on_the_left(officer: Client, author: User):
    draft = drafting.draft(by=author)
    page = edit(officer, draft, text=drafting.HIGHER)
    assert fields(page)["is:plans.D.limit_usd"] == "8万"


def test_changes_on_both_sides_come_together(officer: Client, author: User):
    draft = drafting.draft(by=author)
    done = edit(officer, draft, text=drafting.HIGHER, **{"plans.A.rate": "0.04%"}, note="两处", step="save")
    assert done["Location"] == f"/studio/drafts/{draft.code}/edit/"
    assert Draft.objects.get().text == drafting.HIGHER.replace("rate: 0.03%", "rate: 0.04%", 1)
    assert [one.note for one in draft.revisions.all()] == ["两处", "起草"]


def test_a_fault_stands_with_its_line_and_at_its_field(officer: Client, author: User):
    draft = drafting.draft(by=author)
    page = edit(officer, draft, **{"plans.A.rate": "0.04"})
    line = TEXT.splitlines().index("    rate: 0.03%") + 1
    content = page.content.decode()
    assert f'data-line="{line}"' in content
    assert f"<b>{line}</b>" in content
    assert 'id="id_is:plans.A.rate_error"' in content
    assert "有 1 处问题" in said(page)


def test_a_text_that_is_no_yaml_can_be_kept_and_mended(officer: Client, author: User):
    draft = drafting.draft(by=author)
    broken = edit(officer, draft, text="edition: [", step="save")
    assert broken.status_code == 302
    page = officer.get(f"/studio/drafts/{draft.code}/edit/")
    assert "YAML 语法错误" in said(page)
    assert "右边的文件读不出来" in said(page)
    edit(officer, draft, text=drafting.HIGHER, step="save")
    assert Draft.objects.get().faults == []


def test_htmx_gets_the_panes_only(officer: Client, author: User):
    draft = drafting.draft(by=author)
    address = f"/studio/drafts/{draft.code}/edit/"
    sent = fields(officer.get(address))
    typed = officer.post(address, {**sent, "text": drafting.HIGHER, "step": "check"}, headers=HTMX)
    assert "<html" not in typed.content.decode()
    assert "HX-Retarget" not in typed  # the text is left alone while it is typed
    both = officer.post(address, {**sent, "is:plans.A.rate": "0.04%", "step": "check"}, headers=HTMX)
    assert both["HX-Retarget"] == both["HX-Reselect"] == "#live"


def test_a_second_tab_is_told_and_may_replace_knowingly(officer: Client, second: Client, author: User):
    draft = drafting.draft(by=author)
    mine = fields(officer.get(f"/studio/drafts/{draft.code}/edit/"))
    edit(second, draft, text=drafting.HIGHER, step="save")
    other = TEXT.replace("limit_usd: 10万", "limit_usd: 12万")
    page = officer.post(f"/studio/drafts/{draft.code}/edit/", {**mine, "text": other, "step": "save"})
    assert "已改到第 2 次修改" in said(page)
    assert shown_text(page) == other
    assert Draft.objects.get().text == drafting.HIGHER
    officer.post(f"/studio/drafts/{draft.code}/edit/", {**mine, "text": other, "step": "over:2"})
    assert [one.text for one in draft.revisions.order_by("number")] == [TEXT, drafting.HIGHER, other]


def test_the_effect_shows_who_gains(officer: Client, author: User):
    draft = drafting.draft(text=drafting.HIGHER, by=author)
    firm = factories.exporter(name="南通小小贸易有限公司")
    factories.customs_export(firm, 20_000_000)
    page = officer.get(f"/studio/drafts/{draft.code}/effect/")
    assert "受益 1 家" in said(page)
    assert "方案D 1 家 不变 0.07 万元 不变 0.07 万元 不变" in said(page)
    assert "保费（全部参保） 0.07 万元 原 0.07 万元 （不变）" in said(page)
    left, right = f"terms-{draft.based_on.pk}", f"draft-{draft.code}"
    firms = officer.get("/studio/compare/firms/", {"left": left, "right": right, "turn": "gains"})
    assert "限额由 5.00 万美元提高到 8.00 万美元" in said(firms)
    book = officer.get("/studio/compare/firms/", {"left": left, "right": right, "export": "xlsx"})
    head, row = openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True)
    assert head[:4] == ("企业", "统一社会信用代码", "区域", "变化")
    assert row[:4] == (firm.name, firm.code, "崇川区", "受益")
    assert "回到比较" in said(officer.get("/studio/compare/firms/", {"left": left, "right": right, "q": "没有"}))


def test_any_two_are_compared(officer: Client, author: User):
    one = drafting.draft(text=drafting.HIGHER, by=author)
    two = drafting.draft(text=TEXT.replace("limit_usd: 10万", "limit_usd: 12万"), by=author, title="另一份")
    page = officer.get("/studio/compare/", {"left": f"draft-{one.code}", "right": f"draft-{two.code}"})
    assert "规则的不同（2 处）" in said(page)
    for wrong in ({}, {"left": "draft-none", "right": "terms-0"}, {"left": "terms-x"}):
        assert officer.get("/studio/compare/", wrong).status_code == 200
        assert officer.get("/studio/compare/firms/", wrong)["Location"] == "/studio/compare/"


def test_a_draft_with_faults_has_no_effect_yet(officer: Client, author: User):
    draft = drafting.draft(text="edition: 1", by=author)
    assert officer.get(f"/studio/drafts/{draft.code}/effect/")["Location"] == f"/studio/drafts/{draft.code}/"
    assert "改好后才能看效果和提交" in said(officer.get(f"/studio/drafts/{draft.code}/"))


def test_from_handing_in_to_publishing(officer: Client, second: Client, author: User):
    draft = drafting.draft(text=drafting.HIGHER, by=author)
    address = f"/studio/drafts/{draft.code}/"
    officer.post(f"{address}submit/", {"revision": 1})
    assert "批准并发布" not in officer.get(address).content.decode()
    assert "待批准发布的方案草案" in said(second.get("/"))
    page = second.get(address)
    assert "批准并发布为第 2 版" in said(page)
    assert "请填写退回意见" in said(second.post(f"{address}return/", {"reason": ""}))
    second.post(f"{address}return/", {"reason": "依据不足"})
    assert "草案被退回修改：依据不足" in said(officer.get(address))
    assert "被退回修改的方案草案" in said(officer.get("/"))
    officer.post(f"{address}submit/", {"revision": 1})
    sent = dict(re.findall(r'name="(seen|follows)" value="([^"]*)"', second.get(address).content.decode()))
    assert "发布后 " in said(second.get(address))
    assert second.post(f"{address}publish/", sent).status_code == 302
    assert ("已发布" in said(second.get(address)), "发布后 " in said(second.get(address))) == (True, False)
    assert second.post(f"{address}publish/", sent).status_code == 409
    assert (Draft.objects.get().state, Terms.objects.count()) == (DraftState.PUBLISHED, 2)


def test_a_page_that_did_not_arrive_whole_publishes_nothing(officer: Client, second: Client, author: User):
    draft = drafting.submitted(by=author)
    response = second.post(f"/studio/drafts/{draft.code}/publish/", {"seen": draft.submitted_hash})
    assert (response.status_code, Terms.objects.count()) == (409, 1)


def test_history_source_and_withdrawal(officer: Client, author: User):
    draft = drafting.draft(by=author)
    actions.save(code=draft.code, text=drafting.HIGHER, revision=1, by=author)
    address = f"/studio/drafts/{draft.code}/"
    assert "limit_usd: 8万" in said(officer.get(f"{address}history/2/"))
    assert "没有改动" in said(officer.get(f"{address}history/1/"))
    assert officer.get(f"{address}history/3/").status_code == 404
    assert officer.get(f"{address}source/").content.decode() == drafting.HIGHER
    officer.post(f"{address}withdraw/")
    assert "已撤销" in said(officer.get(address))
    assert officer.get("/studio/drafts/none/").status_code == 404


def test_the_list_asks_a_constant_number_of_questions(officer: Client, author: User, django_assert_max_num_queries):
    for place in range(3):
        drafting.draft(by=author, title=f"草案{place}")
    with django_assert_max_num_queries(14):
        officer.get("/studio/")


def test_an_auditor_reads_and_changes_nothing(author: User, client: Client):
    draft = drafting.draft(text=drafting.HIGHER, by=author)
    client.force_login(factories.user(Role.AUDITOR))
    page = client.get(f"/studio/drafts/{draft.code}/")
    assert '<form method="post" action="/studio' not in page.content.decode()
    assert client.get(f"/studio/drafts/{draft.code}/edit/").status_code == 403


@pytest.mark.parametrize("ref", ["terms-²", "terms-" + "9" * 30, "terms-" + "9" * 5000, "draft-", "x"])
def test_what_is_to_be_compared_and_is_not_there_leads_back(officer: Client, ref: str):
    there = officer.get(f"/studio/compare/firms/?left={ref}&right={ref}")
    assert (there.status_code, there.headers["Location"]) == (302, "/studio/compare/")


def test_a_revision_of_thousands_of_digits_replaces_nothing(officer: Client, author: User):
    draft = drafting.draft(by=author)
    sent = {"text": drafting.HIGHER, "revision": 9, "step": "over:" + "9" * 5000}
    assert officer.post(f"/studio/drafts/{draft.code}/edit/", sent).status_code == 200
    assert Draft.objects.get().revision == 1
