"""The main job, from the customs register to a policy in hand and a subsidy charged to the fund.

One exporter, new to the city, goes through the whole of Nantong's 2019 scheme under plan B; every role acts in turn, in
a browser of its own. The exporter works on a phone. axe looks at every page; TONGBAO_SHOTS keeps a picture of each.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server
from tongbao.demo.rules import social_credit_code

FIRM = "南通新帆出口有限公司"
CODE = social_credit_code(77_001, "320602")
HEADERS = ["统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
PASSWORD = "xinfan-haiyun-2019"

Shot = Callable[..., Path]


@dataclass
class Walk:
    """What the steps share: the browser's doors, and what one step leaves for the next."""

    server: Server
    new_page: Callable[..., Page]
    sign_in: Callable[..., None]
    axe: Callable[[Page], None]
    fine: Callable[[Page], None]
    shot: Shot
    files: Path
    pages: dict[str, Page] = field(default_factory=dict)
    reference: str = ""

    def as_(self, username: str) -> Page:
        """The page of someone at a desk, signed in on first use."""
        if username not in self.pages:
            self.pages[username] = self.new_page(viewport={"width": 1366, "height": 860})
            self.sign_in(self.pages[username], username)
        return self.pages[username]

    def phone(self) -> Page:
        """The exporter's phone."""
        if "phone" not in self.pages:
            self.pages["phone"] = self.new_page(
                viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True
            )
        return self.pages["phone"]

    def go(self, page: Page, path: str) -> Page:
        """Open an address of the platform."""
        page.goto(self.server.url + path)
        return page

    def look(self, page: Page, name: str) -> None:
        """Check a page for everyone's access, that nothing sticks out sideways, and keep its picture."""
        page.wait_for_load_state("networkidle")
        self.fine(page)
        self.shot(page, name)

    def file(self, name: str, content: bytes) -> Path:
        """A file on the disk of whoever uploads it."""
        path = self.files / name
        path.write_bytes(content)
        return path


@pytest.fixture
def walk(
    demo_server: Server,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    axe: Callable[[Page], None],
    fine: Callable[[Page], None],
    shot: Shot,
    tmp_path: Path,
) -> Walk:
    return Walk(demo_server, new_page, sign_in, axe, fine, shot, tmp_path)


def test_the_main_job(walk: Walk):
    read_the_terms(walk)
    import_the_register(walk)
    check_without_signing_in(walk)
    open_an_account(walk)
    apply_on_the_phone(walk)
    review_twice(walk)
    confirm_a_rate_and_underwrite(walk)
    take_the_policy(walk)
    move_money_by_two_persons(walk)
    follow_the_money(walk)


def read_the_terms(walk: Walk) -> None:
    page = walk.phone()
    walk.look(walk.go(page, "/"), "01-landing-phone")
    desk = walk.new_page(viewport={"width": 1366, "height": 860})
    walk.look(walk.go(desk, "/"), "01-landing")
    desk.get_by_role("link", name="政策条款").first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("政策条款")
    walk.look(desk, "02-terms")


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "出口额"
    for row in [HEADERS, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def import_the_register(walk: Walk) -> None:
    page = walk.go(walk.as_("shangwu-1"), "/registry/imports/new/customs_exports/")
    walk.look(page, "03-import")
    bad = [[CODE, FIRM, "崇川区", 2018, None, "美国", -5], ["91320602MA900XXXXX", "", "火星区", 2018, None, "??", 1]]
    page.get_by_label("文件", exact=True).set_input_files(workbook(walk.files / "有错.xlsx", bad))
    page.get_by_role("button", name="上传并读取").click()
    expect(page.get_by_role("main")).to_contain_text("火星区")
    walk.look(page, "04-import-errors")
    good = [
        [CODE, FIRM, "崇川区", 2017, None, "美国", 2_000_000],
        [CODE, FIRM, "崇川区", 2017, None, "巴西", 1_500_000],
        [CODE, FIRM, "崇川区", 2018, None, "美国", 2_500_010],
        [CODE, FIRM, "崇川区", 2018, None, "巴西", 2_500_000],
    ]
    walk.go(page, "/registry/imports/new/customs_exports/")
    page.get_by_label("文件", exact=True).set_input_files(workbook(walk.files / "出口额.xlsx", good))
    page.get_by_role("button", name="上传并读取").click()
    walk.look(page, "04-import-preview")
    page.get_by_role("button", name=re.compile("确认导入")).click()
    expect(page.get_by_role("main")).to_contain_text("已导入")
    walk.look(page, "04-import-done")


def check_without_signing_in(walk: Walk) -> None:
    page = walk.go(walk.phone(), "/scheme/check/")
    walk.look(page, "05-check")
    page.get_by_label("工商注册地").select_option("崇川区")
    page.get_by_label("美元", exact=True).check()
    page.get_by_label("2018年海关出口额").fill("5,000,010.00")
    page.get_by_label("2018年对美出口额（选填）").fill("2,500,010.00")
    page.get_by_label("否", exact=True).first.check()
    page.get_by_role("button", name="测算").click()
    expect(page.get_by_role("main")).to_contain_text("方案B")
    expect(page.get_by_role("main")).to_contain_text("17,682.28")
    walk.look(page, "06-check-result")


def open_an_account(walk: Walk) -> None:
    officer = walk.go(walk.as_("chongchuan-1"), "/people/open-exporter/")
    officer.get_by_label("统一社会信用代码").fill(CODE)
    officer.get_by_label("企业名称").fill(FIRM)
    officer.get_by_label("所在区域").select_option("崇川区")
    officer.get_by_label("经办人姓名").fill("李新帆")
    officer.get_by_role("button", name="开通").click()
    password = officer.locator(".secret").inner_text()
    walk.axe(officer)
    page = walk.phone()
    walk.look(walk.go(page, "/accounts/login/"), "07-sign-in")
    walk.sign_in(page, CODE, password)
    page.locator("input[type=password]").first.fill(password)
    for place in (1, 2):
        page.locator("input[type=password]").nth(place).fill(PASSWORD)
    walk.axe(page)
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.wait_for_url(lambda url: "password" not in url)
    walk.look(walk.go(page, "/"), "08-enterprise-home")
    walk.look(walk.go(page, "/registry/mine/"), "08-my-facts")


def apply_on_the_phone(walk: Walk) -> None:
    page = walk.go(walk.phone(), "/applications/mine/")
    page.get_by_role("button", name="开始申请").click()
    walk.look(page, "08-tasks")
    walk.reference = page.url.rstrip("/").split("/")[-2]
    page.get_by_role("link", name=re.compile("方案")).first.click()
    walk.look(page, "09-plan")
    page.locator("label").filter(has_text="方案B").click()
    page.get_by_role("button", name="保存并继续").click()
    walk.look(page, "10-insurer")
    page.locator("label").filter(has_text="中国出口信用保险公司").click()
    page.get_by_label(re.compile("服从调剂")).check()
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("联系电话").fill("12345")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("main")).to_contain_text("11 位手机号")
    walk.look(page, "11-data-with-a-fault")
    page.get_by_label("联系人姓名").fill("李新帆")
    page.get_by_label("联系电话").fill("13800001234")
    page.get_by_label("通讯地址").fill("崇川区工农路 88 号")
    page.get_by_label("以上资料无误").check()
    page.get_by_role("button", name="保存并继续").click()
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    walk.look(page, "12-declaration")
    page.get_by_role("button", name="保存并继续").click()
    hand_in_papers(walk, page)


def hand_in_papers(walk: Walk, page: Page) -> None:
    page.get_by_label("盖章申请表").set_input_files(walk.file("申请表.pdf", b"MZ\x90\x00 this is a program"))
    page.get_by_label("营业执照").set_input_files(walk.file("执照.pdf", PDF))
    page.get_by_role("button", name="保存并继续").click()
    walk.look(page, "13-papers-with-a-fault")
    page.get_by_label("盖章申请表").set_input_files(walk.file("盖章申请表.pdf", PDF))
    if not page.get_by_role("main").get_by_text("执照.pdf").count():
        page.get_by_label("营业执照").set_input_files(walk.file("执照.pdf", PDF))
    page.get_by_role("button", name="保存并继续").click()
    walk.look(page, "14-check-answers")
    second_tab = page.context.new_page()
    second_tab.goto(page.url)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("main")).to_contain_text("排队序号")
    walk.look(page, "15-receipt")
    number = page.locator(".big-number strong").inner_text()
    second_tab.get_by_role("button", name="提交申请").click()
    expect(second_tab.locator(".big-number strong")).to_have_text(number)
    second_tab.close()


def review_twice(walk: Walk) -> None:
    path = f"/applications/{walk.reference}/review/"
    district = walk.as_("chongchuan-1")
    walk.look(walk.go(district, "/"), "16-district-home")
    walk.look(walk.go(district, path), "16-first-review")
    approve(district, "资料齐全，情况属实。")
    city = walk.go(walk.as_("shangwu-1"), path)
    expect(city.get_by_role("main")).to_contain_text("答复")
    for username in ("xinbao-1", "renbao-1"):
        answer_the_inquiry(walk, username)
    walk.look(walk.go(city, path), "18-second-review")
    approve(city, "同意。")
    again = walk.as_("shangwu-2").goto(walk.server.url + path)
    assert again is not None
    expect(walk.as_("shangwu-2").get_by_role("main")).to_contain_text("周敏")


def approve(page: Page, note: str) -> None:
    verdict = page.locator("details.verdict").filter(has=page.get_by_text("通过", exact=True)).first
    if verdict.get_attribute("open") is None:
        verdict.locator("summary").click()
    verdict.locator("textarea").fill(note)
    verdict.get_by_role("button", name="通过").click()
    page.wait_for_load_state()
    expect(page.get_by_role("main")).not_to_contain_text("需要修改")


def answer_the_inquiry(walk: Walk, username: str) -> None:
    page = walk.go(walk.as_(username), "/registry/inquiries/")
    walk.look(page, f"17-inquiries-{username}")
    page.get_by_label("企业名称或代码").fill(CODE)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("row").filter(has_text=FIRM).get_by_role("link", name="答复").click()
    page.get_by_label("未投保").check()
    page.get_by_role("button", name="答复，返回列表").click()
    expect(page.get_by_role("main")).not_to_contain_text("需要修改")


def confirm_a_rate_and_underwrite(walk: Walk) -> None:
    page = walk.go(walk.as_("xinbao-1"), "/funds/rates/")
    walk.look(page, "19-rates")
    walk.look(walk.go(page, "/policies/underwriting/"), "20-underwriting-list")
    walk.go(page, f"/policies/underwriting/{walk.reference}/")
    page.get_by_label("录入日期").fill("2019-10-15")
    page.get_by_label(re.compile("赔偿比例")).fill("80")
    page.get_by_label("保单号", exact=True).fill("SCH-2019-77001")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("main")).to_contain_text("35,364.57")
    walk.look(page, "20-underwrite")
    page.get_by_role("button", name="确认报价").click()
    walk.look(page, "21-awaiting-share")
    page.get_by_label("缴费日期").fill("2019-10-15")
    page.get_by_label("缴费凭证号").fill("POS-20191015-01")
    page.get_by_role("button", name="登记缴费").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="出单").click()
    expect(page.get_by_role("main")).to_contain_text("保障中")
    walk.look(page, "21-policy-insurer")


def take_the_policy(walk: Walk) -> None:
    page = walk.go(walk.phone(), "/policies/mine/")
    walk.look(page, "21-my-policies")
    page.get_by_role("link", name=re.compile("SCH-2019-77001|查看")).first.click()
    walk.look(page, "21-policy")
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("下载保险凭证")).first.click()
    certificate = Path(coming.value.path()).read_bytes()
    assert certificate.startswith(b"%PDF")
    walk.file("certificate.pdf", certificate)
    page.get_by_role("link", name="打开查验页").click()
    public = walk.new_page(viewport={"width": 390, "height": 844}, is_mobile=True)
    public.goto(page.url)
    expect(public.get_by_role("main")).to_contain_text(FIRM)
    expect(public.get_by_role("main")).not_to_contain_text("35,364.57")
    walk.look(public, "23-verified")


def move_money_by_two_persons(walk: Walk) -> None:
    page = walk.go(walk.as_("caizheng-1"), "/funds/return/")
    page.get_by_label("资金池（保险人）").select_option(index=1)
    for label, value in {"金额（元）": "10,000.00", "退款凭证号": "TK-2019-01", "退款日期": "2019-10-14"}.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("事由").fill("多拨的资金退回")
    page.get_by_label(re.compile("扫描件")).set_input_files(walk.file("退款凭证.pdf", PDF))
    page.get_by_role("button", name="下一步").click()
    walk.look(page, "24-booking-check")
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_role("main")).to_contain_text("您是登记人，不能复核自己登记的业务")
    path = page.url.removeprefix(walk.server.url)
    city = walk.go(walk.as_("shangwu-1"), path)
    walk.look(city, "24-booking")
    city.get_by_role("button", name="确认入账").click()
    expect(city.get_by_role("main")).to_contain_text("复核入账")
    walk.look(city, "24-booking-booked")


def follow_the_money(walk: Walk) -> None:
    page = walk.go(walk.as_("caizheng-1"), "/funds/")
    walk.look(page, "24-fund")
    walk.look(walk.go(page, f"/cases/{walk.reference}/?tab=money"), "25-case-money")
    row = page.get_by_role("row").filter(has_text="列支").filter(has_text="17,682.28").first
    row.get_by_role("link").first.click()
    walk.look(page, "25-fund-entry")
    expect(page.get_by_role("main")).to_contain_text("17,682.28")
    walk.go(page, f"/cases/{walk.reference}/?tab=money")
    page.get_by_role("row").filter(has_text="17,682.28").get_by_role("link", name="追溯").first.click()
    expect(page.get_by_role("main")).to_contain_text("五(二)")
    walk.look(page, "26-trace")
    audit = walk.as_("shenji-1")
    walk.look(walk.go(audit, "/log/"), "27-audit")
    verified = walk.server.tongbao("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
