"""The pages of an import: template, upload, columns, progress, preview, confirm, errors, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.batch.books import book
from tests.registry.lists import HEAD, A, B, figures, imported, previewed, received, row, workbook
from tests.registry.test_views import html, sheets, signed_in
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.registry import jobs, rules
from tongbao.registry.models import Exporter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _edition():
    factories.nantong()
    factories.area()


def page(name: str, pending: Import) -> str:
    return reverse(f"registry:{name}", args=[pending.pk])


def send(client: Client, content: bytes, name: str = "出口额.xlsx", kind: str = "customs_exports"):
    address = reverse("registry:upload", args=[kind])
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("kind", rules.TABLES)
def test_every_template_reads_back_as_an_empty_list(client: Client, kind: str):
    signed_in(client, Role.CITY_OFFICER)
    table = rules.TABLES[kind].kind
    content = client.get(reverse("registry:template", args=[kind])).content
    assert sheets(content)[table.sheet] == [[column.title for column in table.columns]]
    send(client, content, kind=kind)
    refused = Import.objects.get()
    assert (refused.state, "没有数据行" in refused.failure) == ("failed", True)
    assert "没有数据行" in html(client.get(page("import", refused)))


def test_unknown_kinds_are_not_found(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    assert client.get(reverse("registry:upload", args=["weather"])).status_code == 404
    shown = html(client.get(reverse("registry:new_import")))
    assert all(table.kind.title in shown for table in rules.TABLES.values())


def test_upload_preview_confirm_done(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    sent = send(client, workbook(row(amount=3_000_000), row(B, "日本", 1.5)))
    pending = Import.objects.get()
    assert (sent.status_code, sent.headers["Location"], figures()) == (302, page("import", pending), [])
    shown = html(client.get(page("import", pending)))
    assert ("本文件是 2018 年全部出口企业名单" in shown, "3,000,000.00" in shown, "表头在第 1 行" in shown) == (
        True,
    ) * 3
    assert client.post(page("import", pending), {"complete": ["2018"]}).status_code == 302
    assert len(figures()) == 2
    shown = html(client.get(page("import", pending)))
    assert ("已声明为 2018 年全部出口企业名单" in shown, "撤销这次导入" in shown) == (True, True)
    assert "这份文件已导入，没有重复写入。" in html(client.post(page("import", pending), {}))
    assert len(figures()) == 2


def test_foreign_headings_are_matched_by_the_person(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    head = ["企业代码", "单位", "所在区", "统计年份", "目的国", "出口额（万美元）"]
    content = book([head, (A, "甲公司", "崇川区", 2018, "美国", 12.5)], head=["海关出口统计表"])
    sent = send(client, content)
    pending = Import.objects.get()
    assert client.get(sent.headers["Location"]).headers["Location"] == page("columns", pending)
    shown = html(client.get(page("columns", pending)))
    assert ("海关出口统计表" in shown, "第 2 行" in shown, "万美元" in shown) == (True, True, True)
    chosen = {"column_code": 0, "column_name": 1, "column_area": 2, "column_year": 3, "column_country": 4}
    said = {**chosen, "column_month": "", "unit": "wan_usd"}
    assert "请选择出口额（美元）" in html(client.post(page("columns", pending), {**said, "column_amount": ""}))
    twice = html(client.post(page("columns", pending), {**said, "column_amount": 4}))
    assert "两" in twice
    client.post(page("columns", pending), {**said, "column_amount": 5, "unit": "usd"})
    assert "表头写的单位是万美元，却按美元读取，请核对。" in html(client.get(page("import", pending)))
    client.post(page("columns", pending), {**said, "column_amount": 5})
    shown = html(client.get(page("import", pending)))
    assert "金额按万美元读取，已换算为美元。" in shown
    client.post(page("import", pending), {})
    assert figures() == [(A, 2018, 0, "US", 12_500_000)]


def test_another_heading_row_is_looked_at_when_asked(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    pending = received(workbook(row()), by=factories.user(Role.CITY_OFFICER))
    client.force_login(pending.uploaded_by)
    client.post(page("look_again", pending), {"sheet": "出口额", "heading_row": "2"})
    pending.refresh_from_db()
    assert (pending.state, pending.layout["heading_row"]) in (("uploaded", 2), ("failed", 2))
    client.post(page("look_again", pending), {"sheet": "出口额", "heading_row": "1"})
    pending.refresh_from_db()
    assert pending.state == "previewed"  # it follows the template after all


def test_progress_is_shown_until_the_work_is_over(client: Client, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 0)
    asked: list[int] = []
    monkeypatch.setattr(jobs, "async_task", lambda path, pk, **_: asked.append(pk))
    signed_in(client, Role.CITY_OFFICER)
    send(client, workbook(row()))
    pending = Import.objects.get()
    shown = html(client.get(page("import", pending)))
    assert (asked, "正在识别表头" in shown, 'http-equiv="refresh"' in shown) == ([pending.pk], True, True)
    answer = client.get(page("progress", pending))
    assert ("HX-Refresh" in answer.headers, "每 1s" in html(answer), "every 1s" in html(answer)) == (False, False, True)
    jobs.work(pending.pk)
    assert client.get(page("progress", pending)).headers["HX-Refresh"] == "true"
    assert "确认导入 1 行" in html(client.get(page("import", pending)))


def test_errors_are_shown_and_taken_along(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    send(client, workbook(row(), row(B, "火星", "=1+1")))
    pending = Import.objects.get()
    shown = html(client.get(page("import", pending)))
    assert "不认识国别“火星”，请填写中文名称或 ISO 代码，例如 美国、US" in shown
    taken = sheets(client.get(page("errors", pending)).content)
    assert [line[:4] for line in taken["错误清单"]] == [
        ["行", "列", "列名", "原值"],
        [3.0, "F", "国别", "火星"],
        [3.0, "G", "出口额（美元）", ""],
        [3.0, "G", "出口额（美元）", ""],
    ]
    assert taken["出错的行"][1][:6] == [B, f"公司{B[-4:]}", "崇川区", "2018", "", "火星"]
    refused = html(client.post(page("import", pending), {}))
    assert "还有 1 行有误。请改好后重新上传，或勾选“只导入无误的行”。" in refused
    client.post(page("import", pending), {"only_good": "on"})
    assert [figure[0] for figure in figures()] == [A]


def test_a_corrected_error_workbook_can_be_uploaded_again(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    send(client, workbook(row(B, "火星")))
    taken = sheets(client.get(page("errors", Import.objects.get())).content)["出错的行"]
    fixed = [[*line[:5], "美国", *line[6:]] for line in taken[1:]]
    send(client, book(fixed, head=taken[0], sheet="出错的行"))
    again = Import.objects.first()
    assert again is not None
    client.get(page("import", again))
    assert again.guess["layout"]["columns"]["amount"] == 6


def test_cells_that_could_run_are_neutralised_in_the_error_workbook(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    csv = ",".join(HEAD) + "\r\n" + f"{A},@SUM(A1),崇川区,2018,,火星,-5\r\n"
    send(client, csv.encode("gb18030"), "出口额.csv")
    taken = sheets(client.get(page("errors", Import.objects.get())).content)["出错的行"]
    assert (taken[1][1], taken[1][6]) == ("'@SUM(A1)", "'-5")


def test_doubts_must_be_ticked(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    codes = [factories.code(8_000_000 + number) for number in range(8)]
    imported(*(row(code, year=2017, amount=500_000 + place) for place, code in enumerate(codes)))
    pending = previewed(*(row(code, amount=50) for code in codes), by=officer)
    assert "可能是万美元" in html(client.get(page("import", pending)))
    assert "请先核对上面的疑点" in html(client.post(page("import", pending), {}))
    client.post(page("import", pending), {"checked": "on"})
    pending.refresh_from_db()
    assert pending.state == "confirmed"


def test_a_second_click_on_upload_finds_the_first(client: Client, set_clock):
    signed_in(client, Role.CITY_OFFICER)
    content = workbook(row(B))
    addresses = [send(client, content).headers["Location"] for _ in range(2)]
    assert (len(set(addresses)), Import.objects.count()) == (1, 1)
    set_clock("2019-10-15T09:05")
    send(client, content)
    assert Import.objects.count() == 2


def test_the_same_file_again_is_pointed_out(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    imported(row(), by=officer)
    content = workbook(row(B))
    send(client, content)
    client.post(page("import", Import.objects.order_by("-pk")[0]), {})
    send(client, content)
    assert "同样内容的文件已经导入过" in html(client.get(page("import", Import.objects.order_by("-pk")[0])))


def test_an_import_is_undone_with_a_reason(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    done = imported(row(), by=officer)
    assert "登记恢复到没有导入它的样子" in html(client.get(page("undo", done)))
    assert "请填写撤销原因" in html(client.post(page("undo", done), {"why": ""}))
    assert client.post(page("undo", done), {"why": "年份填错"}).headers["Location"] == page("import", done)
    assert (figures(), Exporter.objects.filter(present=True).count()) == ([], 0)
    shown = html(client.get(page("import", done)))
    assert ("撤销（年份填错）" in shown, "已撤销" in shown) == (True, True)
    assert "这次导入已撤销" in html(client.post(page("undo", done), {"why": "再来"}))


def test_a_policy_direction_list_waits_for_a_second_officer(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    imported(row(), by=officer)
    done = imported((A, None, "政策导向", "88号", "2019-01-01", None), kind="designations", by=officer)
    assert "确认这份名单" not in html(client.get(page("import", done)))
    assert client.post(page("confirm_list", done)).status_code == 409
    client.force_login(factories.user(Role.CITY_OFFICER, officer.organisation))
    assert "确认这份名单" in html(client.get(page("import", done)))
    assert client.post(page("confirm_list", done)).status_code == 302


def test_a_50_mb_file_is_refused_unread(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    shown = html(send(client, b"PK" + b"0" * 50 * 1024 * 1024))
    assert "文件有 50.0 MB，超过 40 MB 的上限，没有读取。" in shown
    assert not Import.objects.exists()


@pytest.mark.parametrize(("size", "sentence"), [(0, "这个文件是空的"), (40 * 1024 * 1024 + 1, "超过 40 MB 的上限")])
def test_files_just_outside_the_limits(client: Client, size: int, sentence: str):
    signed_in(client, Role.CITY_OFFICER)
    assert sentence in html(send(client, b"0" * size))


def test_a_file_that_is_no_table_is_refused_beside_its_field(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    shown = html(send(client, b"MZ\x90\x00 this program", "出口额.xlsx"))
    assert "请上传 Excel 工作簿（.xlsx、.xls）或 CSV 文本（.csv）" in shown
    assert 'id="id_file_error"' in shown
    assert not Import.objects.exists()


def test_an_import_can_be_given_up(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    pending = previewed(row(), by=officer)
    client.post(page("discard", pending))
    pending.refresh_from_db()
    assert (pending.state, pending.work, client.get(page("discard", pending)).status_code) == ("discarded", "", 405)


def test_another_body_does_not_see_an_import(client: Client):
    pending = previewed(row())
    signed_in(client, Role.CITY_OFFICER)
    names = ("import", "columns", "progress", "errors", "original", "undo")
    assert [client.get(page(name, pending)).status_code for name in names] == [404] * 6
    assert [client.post(page(name, pending)).status_code for name in ("discard", "look_again", "confirm_list")] == [
        404
    ] * 3
    signed_in(client, Role.AUDITOR)
    shown = client.get(page("import", pending))
    assert (shown.status_code, "确认导入" in html(shown)) == (200, False)
    assert client.get(page("original", pending)).status_code == 200


def test_the_list_is_filtered_by_kind_and_state(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    imported(row(), by=officer)
    imported((A, "甲公司", "崇川区", "", "", "", ""), kind="master_data", by=officer)
    previewed(row(year=2016), by=officer)
    for asked, found in (("", 3), ("kind=master_data", 1), ("state=previewed", 1)):
        assert f"共 <strong>{found}</strong> 条" in html(client.get(f"{reverse('registry:imports')}?{asked}"))
