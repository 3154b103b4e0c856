"""Loading a scheme through the browser: every fault at once, a preview, a confirmation; then versions to look at."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.scheme.nantong import TEXT
from tongbao.accounts.models import Area
from tongbao.accounts.rules import Role
from tongbao.scheme import actions, queries
from tongbao.scheme.models import Edition, Terms

LOAD, LIST = "/scheme/editions/load/", "/scheme/editions/"
FIRST = "/scheme/editions/nantong-2019/1/"
LATER = TEXT.replace("effective_from: 2019-09-01", "effective_from: 2020-01-01").replace(
    "limit_usd: 10万", "limit_usd: 12万"
)


@pytest.fixture
def officer(db, client: Client) -> Client:
    client.force_login(factories.user(Role.CITY_OFFICER))
    return client


def upload(client: Client, content: str | bytes, name: str = "nantong-2019.yaml") -> HttpResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post(LOAD, {"file": SimpleUploadedFile(name, data)})


def hidden(page: HttpResponse) -> dict[str, str]:
    """What the confirm button sends, as a browser does: with the line ends of forms."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    sent = {name: html.unescape(value).replace("\n", "\r\n") for name, value in found}
    return {name: value for name, value in sent.items() if name in ("step", "name", "follows", "text")}


def said(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def load(text: str) -> Terms:
    return actions.load_edition(text=text, name="nantong-2019.yaml", by=None)


def test_a_good_file_is_previewed_then_confirmed(officer: Client):
    preview = upload(officer, TEXT)
    for wanted in ("将成为第 1 版", "2019-09-01", "覆盖 6 个，共列 11 个", "500 万元", "确认载入为第 1 版"):
        assert wanted in said(preview)
    assert Terms.objects.count() == 0
    done = officer.post(LOAD, hidden(preview), follow=True)
    assert done.redirect_chain == [(FIRST, 302)]
    assert "已载入为第 1 版" in said(done)
    terms = Terms.objects.get()
    assert terms.source == TEXT  # line ends and all, although a form sent it back
    assert terms.hash in preview.content.decode()
    assert Area.objects.count() == 11


def test_a_second_click_loads_nothing_again(officer: Client):
    sent = hidden(upload(officer, TEXT))
    officer.post(LOAD, sent)
    assert "内容与第 1 版相同，未重复载入" in said(officer.post(LOAD, sent, follow=True))
    assert Terms.objects.count() == 1


def test_the_same_content_has_nothing_to_confirm(officer: Client):
    load(TEXT)
    page = upload(officer, "# 另一条注释\n" + TEXT)
    assert "内容与第 1 版相同" in said(page)
    assert hidden(page) == {}


def test_every_fault_stands_in_the_table_and_nothing_is_stored(officer: Client):
    bad = TEXT.replace("when: NOT insured", "when: NOT insurd").replace("limit_usd: 5万", "limit_usd: -1")
    page = upload(officer, bad)
    assert page.status_code == 200
    for wanted in (
        "文件有 2 处需要修改",
        "没有名为“insurd”的事实",
        "when: NOT insurd",
        "二(一)",
        "四(二)",
        "第 269 行",
    ):
        assert wanted in said(page)
    assert (Edition.objects.count(), Terms.objects.count(), Area.objects.count()) == (0, 0, 0)


def test_a_version_shows_what_it_changes(officer: Client):
    load(TEXT)
    preview = upload(officer, LATER)
    for wanted in (
        "与第 1 版的不同（2 处）",
        "保障方案 › 方案A › 最高赔偿限额",
        "plans.A.limit_usd",
        "100,000 美元",
        "120,000 美元",
    ):
        assert wanted in said(preview)
    load(LATER)
    assert "与上一版的不同（2 处）" in said(officer.get(f"{LIST}nantong-2019/2/"))


def test_a_later_version_is_looked_at_here_but_published_by_two(officer: Client):
    load(TEXT)
    preview = upload(officer, LATER)
    assert "请在“政策研究”中用这个文件起草" in said(preview)
    assert hidden(preview) == {}
    sent = {"step": "store", "text": LATER, "name": "a.yaml", "follows": "1"}
    assert "由另一位同事批准后发布" in said(officer.post(LOAD, sent))
    assert Terms.objects.count() == 1


def test_a_version_that_would_start_too_early_cannot_be_confirmed(officer: Client):
    load(LATER)
    page = upload(officer, TEXT)
    assert "生效日期早于第 1 版的 2020-01-01，不能载入" in said(page)
    assert hidden(page) == {}
    answer = officer.post(LOAD, {"step": "store", "text": TEXT, "name": "a.yaml", "follows": "1"})
    assert "新版本的生效日期早于第1版" in said(answer)
    assert Terms.objects.count() == 1


def test_a_version_loaded_by_somebody_else_meanwhile_is_looked_at_first(officer: Client):
    sent = hidden(upload(officer, LATER))
    load(TEXT)
    again = officer.post(LOAD, sent)
    assert "预览之后又有人载入了新的版本" in said(again)
    assert "将成为第 2 版" in said(again)
    assert Terms.objects.count() == 1


def test_a_new_year_says_what_it_replaces(officer: Client):
    load(TEXT)
    page = upload(
        officer, TEXT.replace("code: nantong-2019", "code: nantong-2020").replace("year: 2019", "year: 2020", 1)
    )
    assert "发布后，它就是现行方案，替代“南通市2019年度" in said(page)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("方案.docx", b"PK", "请选择 .yaml 或 .yml 文件"),
        ("方案.yaml", TEXT.encode("gb18030"), "文件不是 UTF-8 编码"),
        ("方案.yaml", b"", "这个文件是空的"),
        ("方案.YML", b"# " + b"x" * 1024 * 1024, "文件有 1.0 MB，超过 1 MB 的上限"),
    ],
)
def test_a_file_that_is_no_scheme_is_refused_beside_its_field(
    officer: Client, name: str, content: bytes, sentence: str
):
    page = said(upload(officer, content, name))
    assert page.count(sentence) == 2  # in the summary and beside the field
    assert Terms.objects.count() == 0


def test_no_file_at_all(officer: Client):
    assert "请上传方案文件" in said(officer.post(LOAD))


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01binary", b"- a\n- b", b"a: [", b"[" * 50_000, b"edition: {year: 1e999999999}", b"a: &x 1\nb: *x"],
)
def test_odd_files_get_faults_not_a_crash(officer: Client, content: bytes):
    page = upload(officer, content)
    assert page.status_code == 200
    assert "需要修改" in said(page)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("limit_usd: 5万", "limit_usd: 1e999999999", "“limit_usd”应为金额"),
        ("limit_usd: 5万", "limit_usd: 1e15", "金额太大"),
        ("value: 7.0729", "value: 1e999999", "应为数字"),
        ("title: 方案A\n", 'title: "方\\0A"\n', "不能保存的控制字符"),
        ("id: haimen", f"id: {'h' * 21}", "“id”最多 20 个字符"),
        ("city: 南通市", f"city: {'南' * 41}", "“city”最多 40 个字符"),
    ],
)
def test_values_that_no_database_keeps_are_faults(officer: Client, old: str, new: str, sentence: str):
    assert TEXT.count(old) >= 1
    assert sentence in said(upload(officer, TEXT.replace(old, new, 1)))


def test_what_a_browser_sends_back_is_checked_again(officer: Client):
    sent = {"step": "store", "name": "a.yaml", "follows": "0"}
    bad = officer.post(LOAD, {**sent, "text": TEXT.replace("when: NOT insured", "when: NOT insurd")})
    assert "文件有 1 处需要修改" in said(bad)
    lost = officer.post(LOAD, sent, follow=True)
    assert "预览的内容没有完整收到" in said(lost)
    assert Terms.objects.count() == 0


def test_the_list_says_which_version_counts_today(officer: Client):
    load(TEXT)
    load(LATER)
    page = officer.get(LIST)
    first, second = Terms.objects.order_by("version")
    for wanted in ("现行方案", "今天执行", "尚未生效", first.hash[:12], second.hash[:12]):
        assert wanted in said(page)
    assert f'title="{first.hash}"' in page.content.decode()
    ((shelf,),) = (queries.shelves(date(2019, 10, 15)),)
    assert (shelf.in_force, shelf.versions, shelf.current) == (first, (second, first), True)


def test_the_list_asks_as_little_for_many_versions_as_for_one(officer: Client):
    load(TEXT)
    counts = []
    for month in (10, 11, 12):
        with CaptureQueriesContext(connection) as asked:
            officer.get(LIST)
        counts.append(len(asked))
        load(TEXT.replace("effective_from: 2019-09-01", f"effective_from: 2019-{month}-01"))
    assert counts[1:] == counts[:-1]


def test_without_an_edition_the_list_shows_the_way(officer: Client):
    page = officer.get(LIST)
    assert "还没有载入年度方案" in said(page)
    assert LOAD in page.content.decode()


def test_source_and_terms_of_a_version(officer: Client):
    load(TEXT)
    load(LATER)
    source = officer.get(f"{FIRST}source/")
    assert source.content.decode() == TEXT
    assert source["Content-Disposition"] == 'attachment; filename="nantong-2019-v1.yaml"'
    second = said(Client().get("/scheme/terms/nantong-2019/2/"))
    assert "今天执行的是 第 1 版" in second
    assert "今天执行的是" not in said(Client().get("/scheme/terms/nantong-2019/1/"))
    for address in (f"{LIST}nantong-2019/3/", f"{LIST}nantong-2019/3/source/", "/scheme/terms/suzhou-2019/1/"):
        assert officer.get(address).status_code == 404


def reader(role: Role) -> Any:
    client = Client()
    client.force_login(factories.user(role))
    return client


@pytest.mark.parametrize("role", list(Role))
def test_who_looks_and_who_loads(db, role: Role):
    load(TEXT)
    client = reader(role)
    looks = role in (Role.CITY_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
    loads = looks and role != Role.AUDITOR
    assert [client.get(address).status_code for address in (LIST, FIRST, f"{FIRST}source/")] == [
        200 if looks else 403
    ] * 3
    assert client.get(LOAD).status_code == (200 if loads else 403)
    assert upload(client, LATER).status_code == (200 if loads else 403)
    assert (LOAD in client.get(LIST).content.decode()) is loads
    assert (LIST in client.get("/scheme/terms/").content.decode()) is looks  # the menu


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_platform_asks_its_officers_for_a_scheme(db, role: Role):
    person = factories.user(role)
    asked = [line.label for line in queries.todo(person)]
    assert asked == (["载入年度方案"] if role in (Role.CITY_OFFICER, Role.ADMINISTRATOR) else [])
    load(TEXT)
    assert queries.todo(person) == []
