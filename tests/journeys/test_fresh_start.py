"""An empty platform is put to work: bodies and people, the scheme with its faults and its preview, the pools, the first
money, each time by two persons."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server

SCHEME = Path(__file__).parents[2] / "schemes" / "nantong-2019.yaml"
SECRET = "一把新的钥匙-2019"
BODIES = [
    ("市商务局", "swj", "市商务局"),
    ("财政部门", "czj", "市财政局"),
    ("保险人", "sinosure", "中国信保南通办事处"),
    ("保险人", "picc", "人保财险南通市分公司"),
]
PEOPLE = [
    ("zhang.sw", "张敏", "市商务局"),
    ("li.cz", "李强", "市财政局"),
    ("wang.xb", "王洁", "中国信保南通办事处"),
]
PAPER = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a stamped paper"}
Look = Callable[[str], None]


@pytest.fixture
def look(page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]) -> Look:
    """The page as it is: nothing for axe to find, no sideways scrolling at a desk or on a phone, a screenshot each."""

    def at(name: str) -> None:
        axe(page)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth") is True
            shot(page, f"{name}-{width}")
        page.set_viewport_size({"width": 1366, "height": 860})

    return at


def sign_in(page: Page, server: Server, username: str, password: str) -> None:
    """With a one-time password, which is changed at once."""
    page.context.clear_cookies()
    page.goto(f"{server.url}/accounts/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.locator("#id_oldpassword").fill(password)
    page.locator("#id_password1").fill(SECRET)
    page.locator("#id_password2").fill(SECRET)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/password/change/" not in url)


def register(page: Page, server: Server) -> dict[str, str]:
    """The bodies, and a person each of the city, the finance office and an insurer; their one-time passwords."""
    for kind, code, name in BODIES:
        page.goto(f"{server.url}/people/organisations/add/")
        page.get_by_label("单位类型").select_option(label=kind)
        page.get_by_label("单位编号").fill(code)
        page.get_by_label("单位名称").fill(name)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/add/" not in url)
    found = {}
    for username, name, body in PEOPLE:
        page.goto(f"{server.url}/people/add/")
        page.get_by_label("所属单位").select_option(label=body)
        page.get_by_label("姓名").fill(name)
        page.get_by_label("登录名").fill(username)
        page.locator("main form button[type=submit]").first.click()
        found[username] = page.locator(".secret").inner_text().strip()
    return found


def upload(page: Page, text: str) -> None:
    page.get_by_label("方案文件").set_input_files(
        {"name": SCHEME.name, "mimeType": "application/yaml", "buffer": text.encode()}
    )
    page.get_by_role("button", name="上传并检查").click()


def test_an_empty_platform_is_put_to_work(server: Server, page: Page, look: Look):
    text = SCHEME.read_text(encoding="utf-8")
    said = server.tongbao("admin", "guanli", "王管理").stdout
    sign_in(page, server, "guanli", re.findall(r"一次性密码：(\S+)", said)[0])
    secrets = register(page, server)

    sign_in(page, server, "zhang.sw", secrets["zhang.sw"])
    page.goto(server.url + "/")
    page.get_by_role("link", name=re.compile("载入年度方案")).click()
    bad = text.replace("when: NOT insured", "when: NOT insurd").replace("limit_usd: 5万", "limit_usd: 五万")
    upload(page, bad.replace("rate: 0.1%", "rate: 0.1"))
    expect(page.get_by_role("alert")).to_contain_text("处需要修改，没有载入")
    look("scheme-faults")
    upload(page, text)
    expect(page.get_by_role("main")).to_contain_text("将成为第 1 版")
    look("scheme-preview")
    page.get_by_role("button", name="确认载入为第 1 版").click()
    expect(page.locator("#messages")).to_contain_text("已载入为第 1 版")
    look("scheme-version")

    page.get_by_role("link", name="年度方案").first.click()
    page.get_by_role("link", name="核对方案文件").click()
    changed = text.replace("effective_from: 2019-09-01", "effective_from: 2020-01-01").replace(
        "商务局）, share: 50%", "商务局）, share: 60%"
    )
    upload(page, changed.replace("text: 召开政策宣讲会", "text: 分区域召开政策宣讲会"))
    expect(page.get_by_role("main")).to_contain_text("与第 1 版的不同（3 处）")
    look("scheme-changes")
    page.get_by_role("link", name="年度方案").first.click()
    look("scheme-editions")

    page.goto(f"{server.url}/funds/")
    look("funds-opening")
    page.get_by_role("button", name="开设资金池").click()
    expect(page.locator("#messages")).to_contain_text("资金池已开设")

    sign_in(page, server, "li.cz", secrets["li.cz"])
    page.goto(f"{server.url}/funds/")
    page.get_by_role("link", name="登记资金额度").click()
    expect(page.get_by_label("资金池（保险人）").locator("option")).to_have_count(3)
    allotment = prepare(page, look, "booking-allot", {"文号": "通财工贸〔2019〕31号", "下达日期": "2019-08-23"})
    page.goto(f"{server.url}/funds/prepay/")
    voucher = {"拨付凭证号": "2019-08-01", "拨付日期": "2019-08-26"}
    page.get_by_label("付款单位").select_option(label="市财政局")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    early = prepare(page, look, "booking-prepay", voucher, refused="超过已下达的资金额度")
    assert early == ""

    sign_in_again(page, server, "zhang.sw")
    page.get_by_role("link", name=re.compile("待复核的资金业务")).first.click()
    look("bookings")
    page.get_by_role("link", name=allotment, exact=True).click()
    look("booking-confirm")
    page.get_by_role("button", name="确认入账").click()
    expect(page.get_by_role("main")).to_contain_text("由 张敏 复核入账")
    look("booking-booked")

    sign_in_again(page, server, "li.cz")
    page.goto(f"{server.url}/funds/prepay/")
    page.get_by_label("付款单位").select_option(label="市财政局")
    prepayment = prepare(page, look, "booking-prepay-again", voucher)
    expect(page.get_by_role("main")).to_contain_text("您是登记人，不能复核自己登记的业务")
    look("booking-own")

    sign_in(page, server, "wang.xb", secrets["wang.xb"])
    page.goto(f"{server.url}/funds/bookings/{prepayment}/")
    page.get_by_role("button", name="确认入账").click()
    expect(page.get_by_role("alert").first).to_contain_text("请填写收据号")
    look("booking-receipt-missing")
    page.get_by_label("收据号", exact=True).fill("SJ201908-01")
    page.get_by_label(re.compile("收据扫描件")).set_input_files({**PAPER, "name": "收据.pdf"})
    page.get_by_role("button", name="确认入账").click()
    expect(page.get_by_role("main")).to_contain_text("由 王洁 复核入账")
    look("booking-receipt")


def prepare(page: Page, look: Look, name: str, typed: dict[str, str], refused: str = "") -> str:
    """Typed, checked, sent to the second person: the number of the booking; nothing when it was refused, with this."""
    page.get_by_label("资金池（保险人）").select_option(index=1)
    page.get_by_label("金额（元）").fill("4,500,000.00")
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label(re.compile("扫描件")).set_input_files(PAPER)
    look(f"{name}-typed")
    page.get_by_role("button", name="下一步").click()
    if refused:
        expect(page.get_by_role("alert").first).to_contain_text(refused)
        look(f"{name}-refused")
        return ""
    expect(page.get_by_role("main")).to_contain_text("4,500,000.00 元")
    look(f"{name}-check")
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator("#messages")).to_contain_text("已登记，等待复核")
    return page.url.rstrip("/").split("/")[-1]


def sign_in_again(page: Page, server: Server, username: str) -> None:
    """With the password that was chosen."""
    page.context.clear_cookies()
    page.goto(f"{server.url}/accounts/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(SECRET)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(server.url + "/")
