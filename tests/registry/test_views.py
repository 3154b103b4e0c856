"""The register's pages: who sees what, and what happens to a workbook."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests import factories
from tests.batch.books import book
from tests.registry.test_actions import HEAD, A, B, asked, designate, figures, previewed, row
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.registry import actions
from tongbao.registry.models import CoverInquiry, Designation, Exporter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _edition():
    factories.nantong()


def signed_in(client: Client, role: Role, organisation=None):
    person = factories.user(role, organisation)
    client.force_login(person)
    return person


def send(client: Client, content: bytes, name: str = "出口额.xlsx"):
    return client.post(reverse("registry:upload"), {"file": SimpleUploadedFile(name, content)})


def html(response) -> str:
    return response.content.decode()


def sheets(content: bytes) -> dict[str, list]:
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


# ── imports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_template_reads_back_as_an_empty_list(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    content = client.get(reverse("registry:template")).content
    assert sheets(content)["出口额"] == [list(HEAD)]
    assert "没有数据行" in html(send(client, content))


def test_upload_preview_confirm_done(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    factories.area()
    sent = send(client, book([row(amount=3_000_000), row(B, "日本", 1.5)], head=HEAD, sheet="出口额"))
    pending = Import.objects.get()
    page = reverse("registry:import", args=[pending.pk])
    assert (sent.status_code, sent.headers["Location"], figures()) == (302, page, [])
    assert "本文件是 2018 年全部出口企业名单" in html(client.get(page))
    assert client.post(page, {"complete": ["2018"]}).status_code == 302
    assert len(figures()) == 2
    assert "新登记企业" in html(client.get(page))
    assert "这份文件已导入，没有重复写入。" in html(client.post(page, {}))
    assert len(figures()) == 2


def test_errors_are_shown_and_taken_along(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    factories.area()
    send(client, book([row(), row(B, "火星", "=1+1")], head=HEAD, sheet="出口额"))
    pending = Import.objects.get()
    shown = html(client.get(reverse("registry:import", args=[pending.pk])))
    assert "不认识国别“火星”，请填写中文名称或 ISO 代码，例如 美国、US" in shown
    taken = sheets(client.get(reverse("registry:errors", args=[pending.pk])).content)
    assert [line[:4] for line in taken["错误清单"]] == [
        ["行", "列", "列名", "原值"],
        [3.0, "F", "国别", "火星"],
        [3.0, "G", "出口额（美元）", ""],
        [3.0, "G", "出口额（美元）", ""],
    ]
    assert taken["出错的行"][1][:6] == [B, f"公司{B[-4:]}", "崇川区", "2018", "", "火星"]
    refused = html(client.post(reverse("registry:import", args=[pending.pk]), {}))
    assert "还有 1 行有误。请改好后重新上传，或勾选“只导入无误的行”。" in refused
    client.post(reverse("registry:import", args=[pending.pk]), {"only_good": "on"})
    assert [figure[0] for figure in figures()] == [A]


def test_a_50_mb_file_is_refused_unread(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    shown = html(send(client, b"PK" + b"0" * 50 * 1024 * 1024))
    assert "文件有 50.0 MB，超过 20 MB 的上限，没有读取。" in shown
    assert not Import.objects.exists()


@pytest.mark.parametrize(("size", "sentence"), [(0, "这个文件是空的"), (20 * 1024 * 1024 + 1, "超过 20 MB 的上限")])
def test_files_just_outside_the_limits(client: Client, size: int, sentence: str):
    signed_in(client, Role.CITY_OFFICER)
    assert sentence in html(send(client, b"0" * size))


def test_a_file_that_is_no_workbook_is_refused_beside_its_field(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    shown = html(send(client, b"MZ\x90 this program", "出口额.xlsx"))
    assert "这不是 Excel 工作簿（.xlsx）。请下载模板，填好后上传。" in shown
    assert 'id="id_file_error"' in shown


def test_an_import_can_be_given_up(client: Client):
    officer = signed_in(client, Role.CITY_OFFICER)
    pending = previewed(row(), by=officer)
    client.post(reverse("registry:discard", args=[pending.pk]))
    pending.refresh_from_db()
    assert (pending.state, client.get(reverse("registry:discard", args=[pending.pk])).status_code) == ("discarded", 405)


def test_another_body_does_not_see_an_import(client: Client):
    pending = previewed(row())
    signed_in(client, Role.CITY_OFFICER)
    assert client.get(reverse("registry:import", args=[pending.pk])).status_code == 404
    signed_in(client, Role.AUDITOR)
    shown = client.get(reverse("registry:import", args=[pending.pk]))
    assert (shown.status_code, "确认导入" in html(shown)) == (200, False)


# ── exporters ───────────────────────────────────────────────────────────────────────────────────────────────────────


def firm(area=None, cents: int = 500_000_000, **said) -> Exporter:
    made = factories.exporter(area, **said)
    factories.customs_export(made, cents)
    return made


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many(client: Client, django_assert_num_queries):
    signed_in(client, Role.CITY_OFFICER)
    firm()
    client.get(reverse("registry:exporters"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("registry:exporters"))
    for _ in range(5):
        firm()
    with django_assert_num_queries(len(one)):
        client.get(reverse("registry:exporters"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [("q=南通", 2), ("q=ntfz", 1), ("band=0", 0), ("band=2", 1), ("area=", 2), ("listed=pilot_firm", 0)],
)
def test_the_list_is_searched_and_filtered(client: Client, asked: str, found: int):
    signed_in(client, Role.CITY_OFFICER)
    firm(name="南通纺织有限公司")
    firm(name="南通机械有限公司", cents=100_000_000)
    assert f"共 <strong>{found}</strong> 条" in html(client.get(f"{reverse('registry:exporters')}?{asked}"))


def test_the_list_is_taken_along(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    one = firm()
    taken = sheets(client.get(f"{reverse('registry:exporters')}?export=xlsx").content)["出口企业"]
    assert taken[1][:4] == [one.name, one.code, "崇川区", 5_000_000.0]


def test_a_district_sees_its_own_firms_only(client: Client):
    here, there = firm(), firm(factories.area("tongzhou", "通州区"))
    signed_in(client, Role.DISTRICT_OFFICER)
    codes = [client.get(reverse("registry:exporter", args=[one.pk])).status_code for one in (here, there)]
    assert codes == [200, 404]


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.INSURER_AGENT])
def test_exporters_and_insurers_do_not_see_the_register(client: Client, role: Role):
    one = firm()
    signed_in(client, role)
    addresses = [
        reverse("registry:exporters"),
        reverse("registry:exporter", args=[one.pk]),
        reverse("registry:imports"),
    ]
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]


def test_a_firm_s_page_shows_findings_with_their_origin(client: Client):
    one = firm()
    signed_in(client, Role.FINANCE_OFFICER)
    shown = html(client.get(reverse("registry:exporter", args=[one.pk])))
    assert "2018 年出口额 5,000,000.00 美元，来自 出口额.xlsx（1 行）。" in shown
    assert "录入名单认定" not in shown


def test_an_exporter_sees_itself(client: Client):
    one, other = firm(), firm(cents=777_777_77)
    client.force_login(factories.user_of(one))
    shown = html(client.get(reverse("registry:mine")))
    assert (one.code in shown, "5,000,000.00 美元" in shown, "10,609.35 元" in shown) == (True, True, True)
    assert (other.code in shown, "777,777.77" in shown) == (False, False)


def test_an_exporter_that_is_not_in_the_register_is_told_what_to_do(client: Client):
    signed_in(client, Role.EXPORTER)
    assert "企业名册里还没有贵公司" in html(client.get(reverse("registry:mine")))


def test_the_city_enters_a_firm(client: Client):
    signed_in(client, Role.CITY_OFFICER)
    said = {"code": A, "name": "南通新公司", "area": factories.area().pk}
    made = client.post(reverse("registry:register"), said)
    assert made.headers["Location"] == reverse("registry:exporter", args=[Exporter.objects.get().pk])
    assert "这个代码已登记为“南通新公司”，无需重复登记。" in html(client.post(reverse("registry:register"), said))


# ── designations and cover ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_designation_is_entered_by_one_and_confirmed_by_another(client: Client):
    one = firm()
    officer = signed_in(client, Role.CITY_OFFICER)
    said = {"kind": "policy_direction", "document_number": "通商发〔2019〕88号", "valid_from": "2019-01-01"}
    client.post(reverse("registry:designate", args=[one.pk]), said)
    entered = Designation.objects.get()
    assert (entered.entered_by, entered.confirmed_by) == (officer, None)
    confirm = reverse("registry:confirm_designation", args=[entered.pk])
    assert client.post(confirm).status_code == 409
    signed_in(client, Role.CITY_OFFICER)
    assert "待第二人确认" in html(client.get(reverse("registry:designations")))
    assert client.post(confirm).status_code == 302
    assert "已列入市商务局发布的政策导向企业名单" in html(client.get(reverse("registry:exporter", args=[one.pk])))


def test_existing_cover_makes_a_firm_ineligible(client: Client):
    one = firm()
    signed_in(client, Role.CITY_OFFICER)
    said = {"insurer_name": "中国信保", "valid_from": "2019-01-01", "valid_to": "2019-12-31", "document_number": "名单"}
    client.post(reverse("registry:record_cover", args=[one.pk]), said)
    assert "已投保短期出口信用保险，不属于尚未投保的企业" in html(
        client.get(reverse("registry:exporter", args=[one.pk]))
    )


def test_an_insurer_answers_its_own_inquiries(client: Client):
    _, one, (lead, second) = asked()
    signed_in(client, Role.INSURER_AGENT, lead.insurer)
    assert one.name in html(client.get(reverse("registry:inquiries")))
    assert client.get(reverse("registry:answer", args=[second.pk])).status_code == 404
    address = reverse("registry:answer", args=[lead.pk])
    assert "请写明保单号和保险期间" in html(client.post(address, {"insured": "yes"}))
    assert "请选择这家企业在贵公司是否已投保短期出口信用保险" in html(client.post(address, {}))
    assert client.post(address, {"insured": "no", "next": "yes"}).headers["Location"] == reverse("registry:inquiries")
    assert CoverInquiry.objects.get(pk=lead.pk).insured is False
    assert "这家企业已经答复过" in html(client.post(address, {"insured": "no"}))


def test_officers_see_the_answers(client: Client):
    _, one, (lead, _) = asked()
    agent = factories.user(Role.INSURER_AGENT, lead.insurer)
    actions.answer_cover(inquiry_id=lead.pk, insured=True, note="保单 S123，至 2020-03-01", by=agent)
    signed_in(client, Role.DISTRICT_OFFICER)
    shown = html(client.get(reverse("registry:exporter", args=[one.pk])))
    assert ("保单 S123，至 2020-03-01" in shown, "待答复" in shown) == (True, True)


def test_designating_is_the_city_s_alone(client: Client):
    entered = designate()
    signed_in(client, Role.DISTRICT_OFFICER)
    pages = [
        ("designate", entered.exporter_id),
        ("record_cover", entered.exporter_id),
        ("confirm_designation", entered.pk),
    ]
    assert [client.post(reverse(f"registry:{name}", args=[pk])).status_code for name, pk in pages] == [403] * 3
