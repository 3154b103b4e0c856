"""The register's pages: who sees what, and what happens to a workbook."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests import factories
from tests.registry.lists import A
from tests.registry.test_actions import asked, designate
from tongbao.accounts.rules import Role
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


def html(response) -> str:
    return response.content.decode()


def sheets(content: bytes) -> dict[str, list]:
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


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
    codes = [client.get(reverse("registry:exporter", args=[one.pk]), follow=True).status_code for one in (here, there)]
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
    shown = html(client.get(reverse("registry:exporter", args=[one.pk]), follow=True))
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
    shown = html(client.get(reverse("registry:exporter", args=[one.pk]), follow=True))
    assert "已列入市商务局发布的政策导向企业名单" in shown


def test_existing_cover_makes_a_firm_ineligible(client: Client):
    one = firm()
    signed_in(client, Role.CITY_OFFICER)
    said = {"insurer_name": "中国信保", "valid_from": "2019-01-01", "valid_to": "2019-12-31", "document_number": "名单"}
    client.post(reverse("registry:record_cover", args=[one.pk]), said)
    assert "已投保短期出口信用保险，不属于尚未投保的企业" in html(
        client.get(reverse("registry:exporter", args=[one.pk]), follow=True)
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
    shown = html(client.get(f"/enterprises/{one.code}/lists/"))
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
