"""Every page that staff may meet, at a desk and as narrow as a phone: axe finds nothing, nothing too wide."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server

TABS = ("overview", "grounds", "papers", "money", "policy", "trail")
FIRM_TABS = ("overview", "exports", "lists", "decisions", "applications", "policies", "dealings", "changes")
OF_SINOSURE = "AND insurer_id = (SELECT id FROM accounts_organisation WHERE code = 'sinosure')"
COMMON = ("/messages/", "/people/me/", "/search/?q=南通")
# Beside the entries of the menu; {…} is answered by QUESTIONS.
MORE: dict[str, tuple[str, ...]] = {
    "chongchuan-1": (
        "/help/",
        "/no-such-page/",
        "/people/open-exporter/",
        "/registry/{chongchuan}/",
        "/applications/{here}/review/",
    ),
    "shangwu-1": (
        "/registry/new/",
        "/registry/quality/unknown/",
        "/registry/{firm}/facts/exports_usd/",
        *(f"/enterprises/{{firm_code}}/{tab}/" for tab in FIRM_TABS),
        "/registry/imports/new/",
        "/registry/imports/new/customs_exports/",
        "/registry/imports/{import}/",
        "/registry/imports/{import}/undo/",
        "/registry/codes/new/",
        "/registry/{firm}/",
        "/registry/{firm}/correct/",
        "/registry/{firm}/correct/particulars/",
        "/registry/{firm}/identity/renamed/",
        "/registry/{firm}/identity/recoded/",
        "/registry/{firm}/identity/merged/",
        "/registry/corrections/{correction}/",
        "/registry/disputes/{dispute}/",
        "/registry/{firm}/designate/",
        "/registry/{firm}/cover/",
        "/applications/{second_review}/review/",
        "/applications/{first_review}/review/",
        "/people/open-exporter/",
        "/funds/queue/{place}/",
        "/scheme/editions/load/",
        "/scheme/editions/nantong-2019/1/",
        "/policies/{in_force}/",
        "/policies/repricing/",
        "/policies/cancellations/{cancellation}/",
        "/funds/bookings/{booking}/",
        "/funds/rates/{rate}/",
    ),
    "xinbao-1": (
        "/policies/underwriting/{to_quote}/",
        "/policies/underwriting/{to_quote}/decline/",
        "/policies/{quoted}/",
        "/policies/{quoted}/correct/",
        "/policies/{awaiting}/",
        "/policies/{in_force}/",
        "/policies/{in_force}/cancel/",
        "/policies/{cancelled}/",
        "/policies/cancellations/{cancellation}/",
        "/policies/repricing/",
        "/policies/excluded-countries/new/",
        "/funds/rates/enter/",
        "/funds/rates/{rate}/",
        "/funds/rates/{rate}/correct/",
        "/funds/reconciliation/upload/",
        "/funds/reconciliation/{statement}/",
        "/registry/inquiries/{inquiry}/",
    ),
    "caizheng-1": (
        "/funds/allot/",
        "/funds/prepay/",
        "/funds/move/",
        "/funds/return/",
        "/funds/close/",
        "/funds/bookings/{booking}/",
        "/funds/ledger/{charge}/",
        "/funds/ledger/?month=2019-09&kind=charge",
        "/funds/queue/{place}/",
        "/funds/queue/{waiting}/",
        "/funds/books/?month=2019-09",
        "/funds/books/statements/?by=month",
        "/funds/books/months/",
        "/funds/reconciliation/upload/",
        "/funds/reconciliation/{statement}/",
        "/funds/rates/parities/",
        "/funds/rates/parities/enter/",
        "/funds/rates/parities/{parity}/correct/",
    ),
    "shenji-1": (
        "/log/{record}/",
        "/log/verify/",
        "/cases/{issued}/trace/{charge}/",
        "/cases/{issued}/decisions/{decision}/",
        "/funds/ledger/{charge}/",
    ),
    "guanli-1": (
        "/people/add/",
        "/people/organisations/add/",
        "/people/{person}/",
        "/scheme/editions/load/",
        "/log/{record}/",
    ),
}
QUESTIONS = {
    "firm_code": "SELECT e.code FROM registry_exporter e JOIN intake_application a ON a.exporter_id = e.id"
    " WHERE a.state = 'issued'",
    "import": "SELECT id FROM batch_import WHERE kind = 'customs_exports' AND state = 'confirmed'",
    "correction": "SELECT id FROM registry_correction",
    "dispute": "SELECT id FROM registry_dispute",
    "chongchuan": "SELECT exporter_id FROM intake_application i JOIN accounts_area a ON a.id = area_id"
    " WHERE a.code = 'chongchuan'",
    "here": "SELECT reference FROM intake_application i JOIN accounts_area a ON a.id = area_id"
    " WHERE a.code = 'chongchuan' AND state NOT IN ('draft', 'withdrawn') ORDER BY i.id DESC",
    "firm": "SELECT exporter_id FROM intake_application WHERE state = 'issued' ORDER BY id",
    "first_review": "SELECT reference FROM intake_application WHERE state = 'first_review' ORDER BY id",
    "second_review": "SELECT reference FROM intake_application WHERE state = 'second_review' ORDER BY id",
    "issued": "SELECT reference FROM intake_application WHERE state = 'issued' ORDER BY id",
    "decision": "SELECT decision_id FROM intake_application WHERE state = 'issued' ORDER BY id",
    "to_quote": "SELECT reference FROM intake_application i WHERE state = 'approved'"
    f" AND id NOT IN (SELECT application_id FROM policies_policy) {OF_SINOSURE} ORDER BY id",
    "quoted": "SELECT id FROM policies_policy WHERE state = 'quoted'",
    "awaiting": f"SELECT id FROM policies_policy WHERE state = 'awaiting_exporter_share' {OF_SINOSURE}",
    "in_force": f"SELECT id FROM policies_policy WHERE state = 'in_force' {OF_SINOSURE} ORDER BY id",
    "inquiry": "SELECT id FROM registry_coverinquiry WHERE insured IS NULL"
    " AND insurer_id = (SELECT id FROM accounts_organisation WHERE code = 'sinosure') ORDER BY id",
    "booking": "SELECT id FROM funds_booking ORDER BY id",
    "cancelled": "SELECT policy_id FROM policies_cancellation WHERE state = 'approved' ORDER BY id",
    "cancellation": "SELECT id FROM policies_cancellation WHERE state = 'approved' ORDER BY id",
    "rate": f"SELECT id FROM funds_exchangerate WHERE corrects_id IS NULL {OF_SINOSURE} ORDER BY id",
    "parity": "SELECT id FROM funds_parity ORDER BY id",
    "statement": "SELECT id FROM funds_insurerstatement ORDER BY id",
    "waiting": "SELECT reservation_id FROM intake_application WHERE state = 'submitted' ORDER BY id",
    "place": "SELECT reservation_id FROM intake_application WHERE state = 'issued' ORDER BY id",
    "charge": "SELECT id FROM funds_transfer WHERE kind = 'charge' ORDER BY id",
    "record": "SELECT max(number) FROM audit_record",
    "person": "SELECT id FROM accounts_user WHERE username = 'shangwu-2'",
}
Fine = Callable[[Page], None]


@pytest.fixture
def seen(demo_server: Server, page: Page, fine: Fine) -> Callable[..., None]:
    """Look at the page as it is, or open these one after the other; wide, then narrow."""

    def look() -> None:
        expect(page.locator("h1")).to_have_count(1)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 860})
            fine(page)

    def each(*paths: str) -> None:
        for path in paths:
            page.goto(demo_server.url + path)
            look()
        if not paths:
            look()

    return each


@pytest.mark.parametrize("username", MORE)
def test_every_page_of(
    username: str,
    page: Page,
    seen: Callable[..., None],
    sign_in: Callable[..., None],
    ask: Callable[..., str],
):
    sign_in(page, username)
    entries = page.get_by_role("navigation", name="主导航").get_by_role("link").all()
    menu = [entry.get_attribute("href") or "" for entry in entries]
    assert len(menu) > 3
    answers = {name: ask(question) for name, question in QUESTIONS.items()}
    seen(*menu, *(path.format(**answers) for path in MORE[username]), *COMMON)


@pytest.mark.parametrize("username", ["chongchuan-1", "shangwu-1", "xinbao-1", "caizheng-1", "shenji-1"])
def test_the_tabs_of_a_case(
    username: str, page: Page, seen: Callable[..., None], sign_in: Callable[..., None], ask: Callable[..., str]
):
    here = "AND area_id = (SELECT id FROM accounts_area WHERE code = 'chongchuan')"
    reference = ask(f"SELECT reference FROM intake_application WHERE state = 'issued' {OF_SINOSURE} {here} ORDER BY id")
    sign_in(page, username)
    seen(*(f"/cases/{reference}/?tab={tab}" for tab in TABS))


@pytest.mark.parametrize("path", ["/funds/allot/", "/funds/prepay/", "/funds/move/", "/funds/return/"])
def test_money_that_comes_in_sent_empty(path: str, page: Page, seen: Callable[..., None], sign_in: Callable[..., None]):
    sign_in(page, "caizheng-1")
    seen(path)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    seen()


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("xinbao-1", "/policies/underwriting/{to_quote}/"),
        ("xinbao-1", "/funds/rates/enter/"),
        ("xinbao-1", "/funds/rates/{rate}/correct/"),
        ("xinbao-1", "/policies/{in_force}/cancel/"),
        ("caizheng-1", "/funds/rates/parities/enter/"),
        ("caizheng-1", "/funds/reconciliation/upload/"),
        ("shangwu-1", "/registry/new/"),
        ("shangwu-1", "/registry/imports/new/customs_exports/"),
        ("shangwu-1", "/registry/{firm}/designate/"),
        ("guanli-1", "/people/add/"),
    ],
)
def test_a_form_sent_empty(
    username: str,
    path: str,
    page: Page,
    demo_server: Server,
    seen: Callable[..., None],
    sign_in: Callable[..., None],
    ask: Callable[..., str],
):
    sign_in(page, username)
    named = {name: ask(QUESTIONS[name]) for name in ("to_quote", "firm", "rate", "in_force")}
    page.goto(demo_server.url + path.format(**named))
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    seen()


def test_an_import_with_faults(
    page: Page, demo_server: Server, seen: Callable[..., None], sign_in: Callable[..., None], tmp_path: Path
):
    book = Workbook()
    sheet = book.active
    sheet.title = "出口额"
    sheet.append(["统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）"])
    for number in range(40):
        sheet.append(
            [f"9132060{number}", "一家名字特别特别长的南通进出口贸易有限责任公司", "火星", 1999, 13, "??", "很多"]
        )
    book.save(tmp_path / "一个名字很长的海关出口额文件2019年10月第二次修订.xlsx")
    sign_in(page, "shangwu-1")
    page.goto(f"{demo_server.url}/registry/imports/new/customs_exports/")
    page.get_by_label("文件", exact=True).set_input_files(next(tmp_path.iterdir()))
    page.get_by_role("button", name="上传并读取").click()
    expect(page.get_by_role("main")).to_contain_text("火星")
    seen()
    seen("/registry/imports/")


def test_two_steps_of_booking(page: Page, demo_server: Server, seen: Callable[..., None], sign_in: Callable[..., None]):
    """What was typed is shown for checking before anything is booked."""
    sign_in(page, "caizheng-1")
    page.goto(f"{demo_server.url}/funds/allot/")
    page.get_by_label("资金池（保险人）").select_option(index=1)
    page.get_by_label("金额（元）").fill("10,000.00")
    page.get_by_label("文号").fill("通财〔2019〕99号")
    page.get_by_label("下达日期").fill("2019-10-14")
    paper = {"name": "下达文件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 paper"}
    page.get_by_label("文件扫描件").set_input_files(paper)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text("10,000.00 元")
    seen()
