"""The pages of the fund, as each role meets them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Allotment, Booking, ExchangeRate, Pool, Prepayment, Transfer

WAN = 10_000_00
PAGES = ("overview", "ledger", "rates")


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def as_role(role: Role) -> Client:
    return signed_in(factories.user(role))


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("凭证.pdf", b"%PDF-1.7 voucher", content_type="application/pdf")


def hidden(html: str) -> dict[str, str]:
    """The hidden inputs of the page's form."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR, Role.INSURER_AGENT])
@pytest.mark.parametrize("name", PAGES)
def test_readers_open_every_page(pools, role: Role, name: str):
    person = factories.user(role, pools[0].insurer if role == Role.INSURER_AGENT else None)
    factories.receive(pools[0])
    response = signed_in(person).get(reverse(f"funds:{name}"))
    assert response.status_code == 200
    assert "中国信保" in text(response) or name == "rates"


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.DISTRICT_OFFICER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("name", [*PAGES, "queue", "allot", "prepay", "enter_rate"])
def test_others_are_turned_away(pools, role: Role, name: str):
    assert as_role(role).get(reverse(f"funds:{name}")).status_code == 403


def test_an_insurer_sees_no_other_pool(pools):
    factories.receive(pools[1], reference="NT-PICC")
    client = signed_in(factories.user(Role.INSURER_AGENT, pools[0].insurer))
    for name in ("overview", "ledger"):
        assert "人保财险" not in text(client.get(reverse(f"funds:{name}")))
    theirs = Transfer.objects.filter(pool=pools[1]).first()
    assert client.get(reverse("funds:entry", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("funds:queue")).status_code == 403


def test_an_entry_opens_down_to_number_case_and_clause(pools):
    place = factories.receive(pools[0], amount_fen=10_609_35, reference="NT2019-00042", priority_class=0)
    shown = text(as_role(Role.AUDITOR).get(reverse("funds:entry", args=[place.transfers.get().pk])))
    for wanted in ("预占", "10,609.35 元", "/cases/NT2019-00042/", "二(三)", "排队序号", place.beneficiary_name):
        assert wanted in shown


@pytest.mark.parametrize(("kind", "clause"), [("allot", "五(一)"), ("prepay", "五(二)")])
def test_money_that_came_in_names_its_paper_and_clause(pools, kind: str, clause: str):
    entry = Transfer.objects.get(pool=pools[0], kind=kind)
    number = entry.allotment.document_number if kind == "allot" else entry.prepayment.voucher_number
    shown = text(as_role(Role.CITY_OFFICER).get(reverse("funds:entry", args=[entry.pk])))
    assert (clause in shown, number in shown) == (True, True)


def test_the_insurer_is_not_told_of_a_firm_it_does_not_insure_yet(pools):
    place = factories.receive(pools[0])
    agent = signed_in(factories.user(Role.INSURER_AGENT, pools[0].insurer))
    address = reverse("funds:entry", args=[place.transfers.get().pk])
    assert agent.get(address).status_code == 404
    assert "预占" not in [row.get_kind_display() for row in agent.get(reverse("funds:ledger")).context["table"].data]
    actions.charge(reservation_id=place.pk, amount_fen=place.amount_fen, key="one", by=None)
    assert place.beneficiary_name in text(agent.get(address))


def test_the_journal_is_filtered_and_exported(pools):
    factories.receive(pools[0], reference="NT-AAA")
    factories.receive(pools[1], reference="NT-BBB")
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:ledger")

    def found(**asked: Any) -> list[str]:
        response = client.get(address, asked)
        return [entry.kind for entry in response.context["table"].data]

    assert sorted(found()) == ["allot", "allot", "prepay", "prepay", "reserve", "reserve"]
    assert found(q="NT-AAA") == ["reserve"]
    assert sorted(found(pool=pools[1].pk)) == ["allot", "prepay", "reserve"]
    assert found(kind="prepay", pool=pools[0].pk) == ["prepay"]
    assert (len(found(since="2019-10-15", until="2019-10-15")), found(until="2019-10-14")) == (6, [])
    assert client.get(address, {"export": "xlsx"}).headers["Content-Type"].endswith("sheet")


def test_lists_take_a_constant_number_of_queries(pools, django_assert_max_num_queries):
    client = as_role(Role.FINANCE_OFFICER)
    for _ in range(20):
        factories.receive(pools[0], amount_fen=WAN)
    for name in ("ledger", "queue", "overview", "rates"):
        client.get(reverse(f"funds:{name}"))
        with django_assert_max_num_queries(14):
            client.get(reverse(f"funds:{name}"))


def test_the_queue_shows_numbers_and_places(pools):
    factories.receive(pools[0], amount_fen=10 * WAN)
    waits = factories.receive(pools[0], amount_fen=WAN, beneficiary_name="南通海纳纺织有限公司")
    client = as_role(Role.CITY_OFFICER)
    response = client.get(reverse("funds:queue"), {"state": "waiting"})
    assert [(row.queue_number, row.position) for row in response.context["table"].data] == [(2, 1)]
    assert "南通海纳纺织有限公司" in text(client.get(reverse("funds:place", args=[waits.pk])))


# ── booking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ALLOTMENT = {
    "amount_fen": "12.5万",
    "document_number": "通财〔2019〕88号",
    "day": "2019-10-10",
    "step": "check",
}


@pytest.fixture
def empty(db) -> Pool:
    return factories.pools()[0]


def test_an_allotment_is_typed_checked_and_prepared_once(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    checking = client.post(address, {**ALLOTMENT, "pool": empty.pk, "voucher": paper()})
    shown = text(checking)
    assert Booking.objects.count() == 0
    assert [wanted for wanted in ("125,000.00 元", "通财〔2019〕88号", "凭证.pdf") if wanted not in shown] == []
    answers = {**hidden(shown), "step": "book"}
    gone_to = [client.post(address, answers).headers["Location"] for _ in range(2)]  # a second click changes nothing
    prepared = Booking.objects.get()
    assert gone_to == [reverse("funds:booking", args=[prepared.pk])] * 2
    assert (prepared.state, prepared.amount_fen, prepared.voucher.name) == ("prepared", 12_500_000, "凭证.pdf")
    assert (Allotment.objects.count(), Transfer.objects.count()) == (0, 0)  # nothing moves before a second person
    download = client.get(reverse("funds:voucher", args=[prepared.voucher.pk]))
    assert b"".join(download.streaming_content) == b"%PDF-1.7 voucher"


def test_going_back_keeps_what_was_typed_and_the_paper(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    answers = hidden(text(client.post(address, {**ALLOTMENT, "pool": empty.pk, "voucher": paper()})))
    again = text(client.post(address, {**answers, "step": "edit"}))
    assert [wanted for wanted in ("12.5万", "通财〔2019〕88号", "已上传：凭证.pdf") if wanted not in again] == []
    checked = text(client.post(address, {**ALLOTMENT, "pool": empty.pk, "kept": hidden(again)["kept"]}))
    assert "确认无误，提交复核" in checked


def test_what_is_missing_is_said_beside_its_field(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    shown = client.post(address, {"pool": empty.pk, "step": "check"}).context["form"].errors
    assert dict(shown) == {
        "amount_fen": ["请填写金额（元）"],
        "document_number": ["请填写文号"],
        "day": ["请填写下达日期"],
        "voucher": ["请上传文件扫描件"],
    }


def test_a_program_named_pdf_is_refused(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    upload = SimpleUploadedFile("凭证.pdf", b"MZ program", content_type="application/pdf")
    response = client.post(address, {**ALLOTMENT, "pool": empty.pk, "voucher": upload})
    assert list(response.context["form"].errors) == ["voucher"]


def test_a_paper_too_big_to_be_received_is_not_mistaken_for_none(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    upload = SimpleUploadedFile("凭证.pdf", b"%PDF-" + b"0" * 44 * 1024 * 1024, content_type="application/pdf")
    response = client.post(address, {**ALLOTMENT, "pool": empty.pk, "voucher": upload})
    assert response.context["form"].errors == {
        "voucher": ["文件太大：这次上传合计 44.0 MB，没有接收。每份不超过 10 MB，请压缩；几份都较大时，请分几次上传。"]
    }
    assert "通财〔2019〕88号" in text(response)


def test_what_the_fund_does_not_allow_is_said_before_it_is_checked(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    too_much = {**ALLOTMENT, "pool": empty.pk, "amount_fen": "4500万", "voucher": paper()}
    refused = client.post(address, too_much)
    assert list(refused.context["form"].errors) == ["amount_fen"]
    assert ("已上传：凭证.pdf" in text(refused), Booking.objects.count()) == (True, 0)
    again = client.post(address, {**ALLOTMENT, "pool": empty.pk, "kept": hidden(text(refused))["kept"]})
    assert "确认无误，提交复核" in text(again)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    early = client.post(address, {**ALLOTMENT, "pool": empty.pk, "day": tomorrow, "voucher": paper()})
    assert list(early.context["form"].errors) == ["day"]


def test_what_has_changed_since_it_was_checked_is_said_at_booking(empty):
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    answers = hidden(text(client.post(address, {**ALLOTMENT, "pool": empty.pk, "voucher": paper()})))
    factories.allot(empty, 450_000_000)
    response = client.post(address, {**answers, "step": "book"})
    assert list(response.context["form"].errors) == ["amount_fen"]
    assert ("已上传：凭证.pdf" in text(response), Booking.objects.filter(state="prepared").count()) == (True, 0)


def test_nobody_books_on_anothers_paper(empty):
    stranger = factories.document()
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:allot")
    response = client.post(address, {**ALLOTMENT, "pool": empty.pk, "kept": stranger.pk})
    assert list(response.context["form"].errors) == ["voucher"]


def test_a_prepayment_is_typed_checked_and_prepared(empty):
    factories.allot(empty, 20 * WAN)
    client, address = as_role(Role.FINANCE_OFFICER), reverse("funds:prepay")
    typed = {"pool": empty.pk, "amount_fen": "200,000.00", "payer": "南通市财政局", "day": "2019-10-11"}
    typed |= {"voucher_number": "PZ-1", "voucher": paper(), "step": "check"}
    answers = hidden(text(client.post(address, typed)))
    client.post(address, {**answers, "step": "book"})
    prepared = Booking.objects.get(kind="prepayment")
    assert (prepared.amount_fen, prepared.payer, prepared.document_number) == (20 * WAN, "南通市财政局", "")
    assert (prepared.state, Prepayment.objects.count()) == ("prepared", 0)


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.AUDITOR, Role.INSURER_AGENT])
def test_only_finance_opens_the_forms(empty, role: Role):
    for name in ("allot", "prepay"):
        assert as_role(role).get(reverse(f"funds:{name}")).status_code == 403


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rate_goes_from_one_person_to_another(pools):
    insurer = pools[0].insurer
    first, second = (signed_in(factories.user(Role.INSURER_AGENT, insurer)) for _ in range(2))
    typed = {"month": "2019年10月", "cny_per_usd": "7.0729"}
    assert first.post(reverse("funds:enter_rate"), typed).headers["Location"] == reverse("funds:rates")
    rate = ExchangeRate.objects.get()
    assert "已核对，确认" not in text(first.get(reverse("funds:rates")))
    assert "1 美元 = 7.0729 元" in text(second.get(reverse("funds:rates")))
    address = reverse("funds:confirm_rate", args=[rate.pk])
    assert first.post(address, {"seen": "7.0729"}).status_code == 409
    second.post(address, {"seen": "7.0729"})
    assert second.post(address, {"seen": "7.0729"}).status_code == 409
    assert ExchangeRate.objects.get().confirmed_by is not None


def test_an_unusual_rate_asks_for_the_tick(pools):
    client = signed_in(factories.user(Role.INSURER_AGENT, pools[0].insurer))
    typed = {"month": "2019-10", "cny_per_usd": "7.9"}
    response = client.post(reverse("funds:enter_rate"), typed)
    assert list(response.context["form"].errors) == ["checked"]
    assert client.post(reverse("funds:enter_rate"), {**typed, "checked": "on"}).status_code == 302


def test_another_insurers_rate_is_not_there(pools):
    rate = factories.unconfirmed_rate(factories.user(Role.INSURER_AGENT, pools[1].insurer))
    client = signed_in(factories.user(Role.INSURER_AGENT, pools[0].insurer))
    assert client.post(reverse("funds:confirm_rate", args=[rate.pk])).status_code == 404
    assert as_role(Role.AUDITOR).post(reverse("funds:confirm_rate", args=[rate.pk])).status_code == 403


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.FINANCE_OFFICER])
def test_the_pools_of_a_new_edition_are_opened_with_a_button(db, role: Role):
    factories.insurer("sinosure"), factories.insurer("picc"), factories.nantong()
    client = as_role(role)
    page = text(client.get(reverse("funds:overview")))
    for wanted in ("待开设的资金池", "中国出口信用保险公司", "450.00 万元", "50.00 万元", reverse("funds:open_pools")):
        assert wanted in page
    done = text(client.post(reverse("funds:open_pools"), follow=True))
    assert "资金池已开设：中国信保、人保财险" in done
    assert "待开设的资金池" not in done
    client.post(reverse("funds:open_pools"))  # a second click
    assert list(Pool.objects.values_list("insurer__code", flat=True).order_by("pk")) == ["sinosure", "picc"]


def test_an_insurer_without_organisation_is_named_before_pools_are_opened(db):
    factories.insurer("sinosure"), factories.nantong()
    client = as_role(Role.FINANCE_OFFICER)
    page = text(client.get(reverse("funds:overview")))
    assert "单位编号填 picc" in page
    assert reverse("funds:open_pools") not in page
    assert client.post(reverse("funds:open_pools")).status_code == 409
    assert Pool.objects.count() == 0


def test_pools_need_an_edition(db):
    client = as_role(Role.CITY_OFFICER)
    assert "还没有资金池。市商务局载入年度方案后" in text(client.get(reverse("funds:overview")))
    assert client.post(reverse("funds:open_pools")).status_code == 409


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.INSURER_AGENT, Role.ADMINISTRATOR, Role.DISTRICT_OFFICER])
def test_others_do_not_open_pools(db, role: Role):
    factories.insurer("sinosure"), factories.insurer("picc"), factories.nantong()
    client = as_role(role)
    assert client.post(reverse("funds:open_pools")).status_code == 403
    assert reverse("funds:open_pools") not in text(client.get(reverse("funds:overview")))


def test_unopened_pools_are_somebodys_task(db):
    factories.insurer("sinosure"), factories.insurer("picc")
    officer = factories.user(Role.CITY_OFFICER)
    assert queries.todo(officer) == []
    edition = factories.nantong()
    assert [(line.label, line.count) for line in queries.todo(officer)] == [("待开设的资金池", 2)]
    actions.open_pools(edition=edition, by=officer)
    assert queries.todo(officer) == []
    assert queries.opening() is None
