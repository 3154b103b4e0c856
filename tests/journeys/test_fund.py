"""A year of the fund in a morning: money moves by two persons, a rate is put right, a cancelled policy serves the next.

A firm that waits changes its insurer; finance moves quota; the insurer corrects a rate and its policies; another firm
gives its policy up on the phone, and the money serves the one that waits. Then the month is reconciled, signed and
locked, anybody computes the order of receipt again, and the auditor has everything replayed. Slips on the way change
nothing.
"""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server, serve

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
PAPER = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": PDF}
SINOSURE, PICC = "中国出口信用保险公司", "中国人民财产保险股份有限公司"
OF_PICC = "insurer_id = (SELECT id FROM accounts_organisation WHERE code = 'picc')"
POLICY = f"SELECT id FROM policies_policy WHERE state = 'in_force' AND {OF_PICC}"
WAITING = f"SELECT reference FROM intake_application WHERE state = 'submitted' AND {OF_PICC} ORDER BY id"
APPLIED = (
    "SELECT username FROM accounts_user u JOIN intake_application a ON a.created_by_id = u.id WHERE a.reference = ?"
)
STATE = "SELECT state FROM intake_application WHERE reference = ?"


@pytest.fixture(scope="module")
def demo_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this story's own: it uses up the firm that waits, which other stories look for."""
    data_dir = tmp_path_factory.mktemp("fund") / "data"
    shutil.copytree(demo_data, data_dir)
    yield from serve(data_dir)


@dataclass
class Walk:
    """The people, each at a screen of their own, and what one step leaves for the next."""

    server: Server
    new_page: Callable[..., Page]
    sign_in: Callable[..., None]
    fine: Callable[[Page], None]
    shot: Callable[..., Path]
    ask: Callable[..., str]
    files: Path
    pages: dict[str, Page] = field(default_factory=dict)

    def at(self, username: str, path: str, **options: object) -> Page:
        """This person's page, opened there; signed in on first use."""
        if username not in self.pages:
            self.pages[username] = self.new_page(**(options or {"viewport": {"width": 1280, "height": 860}}))
            if username:
                self.sign_in(self.pages[username], username)
        self.pages[username].goto(self.server.url + path)
        return self.pages[username]

    def phone(self, username: str, path: str) -> Page:
        """The same on a phone."""
        return self.at(username, path, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)

    def look(self, page: Page, name: str) -> None:
        """Nothing for axe to find, nothing too wide; its picture is kept."""
        self.fine(page)
        self.shot(page, f"fund-{name}")


@pytest.fixture
def walk(
    demo_server: Server,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    fine: Callable[[Page], None],
    shot: Callable[..., Path],
    ask: Callable[..., str],
    tmp_path: Path,
) -> Walk:
    return Walk(demo_server, new_page, sign_in, fine, shot, ask, tmp_path)


def test_money_moves_in_order_and_anybody_can_check_it(walk: Walk):
    a_waiting_firm_changes_its_insurer(walk)
    quota_and_cash_move_by_two_persons(walk)
    a_rate_is_put_right(walk)
    a_cancelled_policy_serves_the_next_in_line(walk)
    a_month_is_reconciled_and_signed(walk)
    a_month_is_locked_once(walk)
    anybody_computes_the_order_again(walk)
    the_auditor_has_everything_replayed(walk)


def main(page: Page) -> object:
    """What the page says."""
    return expect(page.get_by_role("main"))


def fill(page: Page, typed: dict[str, str]) -> None:
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)


def a_waiting_firm_changes_its_insurer(walk: Walk) -> None:
    username = walk.ask(APPLIED, reference := walk.ask("SELECT reference FROM intake_application WHERE state = 'draft'"))
    page = walk.phone(username, f"/applications/{reference}/insurer/")
    page.locator("label").filter(has_text=PICC).click()
    page.get_by_role("button", name="保存并继续").click()
    fill(page, {"联系人姓名": "王嘉和", "联系电话": "0513-85215678", "通讯地址": "青年中路 6 号"})
    page.get_by_label("以上资料无误").check()
    page.get_by_role("button", name="保存并继续").click()
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="保存并继续").click()
    for name in ("盖章申请表", "营业执照"):
        page.get_by_label(name).set_input_files({**PAPER, "name": f"{name}.pdf"})
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("button", name="提交申请").click()
    number = page.locator(".big-number strong").inner_text()
    page.goto(f"{walk.server.url}/applications/{reference}/")
    main(page).to_contain_text("第 2 位，前面 1 家")
    walk.look(page, "waiting")
    page.get_by_role("link", name="更换保险公司").click()
    walk.look(page, "switch")
    page.locator("label").filter(has_text=SINOSURE).click()
    page.get_by_role("button", name="保存").dblclick()
    main(page).not_to_contain_text("候补")
    expect(page.locator(".big-number strong")).to_have_text(number)
    assert walk.ask(STATE, reference) == "first_review"


def prepare(page: Page, typed: dict[str, str]) -> None:
    """Typed and looked over; the second person has it then."""
    fill(page, typed)
    page.get_by_label(re.compile("扫描件")).set_input_files(PAPER)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交复核").click()


def quota_and_cash_move_by_two_persons(walk: Walk) -> None:
    finance = walk.at("caizheng-1", "/funds/move/")
    finance.get_by_label("转出资金池").select_option(index=1)
    finance.get_by_label("转入资金池").select_option(index=1)
    why = {"同意调剂的文号": "通商财〔2019〕12号", "文件日期": "2019-10-14", "事由": "人保财险池有企业候补"}
    prepare(finance, {"金额（元）": "12,000.00", **why})
    main(finance).to_contain_text("请选择另一个资金池作为转入方")
    finance.get_by_label("转入资金池").select_option(index=2)
    prepare(finance, {})
    main(finance).to_contain_text("请先办理“退回财政”")  # the insurer holds cash for all of its quota

    walk.at("caizheng-1", "/funds/return/")
    finance.get_by_label("资金池（保险人）").select_option(index=1)
    back = {"退款凭证号": "TK-2019-07", "退款日期": "2019-10-14", "事由": "多拨的资金退回"}
    prepare(finance, {"金额（元）": "4,400,000.00", **back})
    main(finance).to_contain_text("保险人未列支的预付资金只有 4,355,528.12 元")
    prepare(finance, {"金额（元）": "12,000.00"})
    main(finance).to_contain_text("您是登记人，不能复核自己登记的业务")
    confirm(walk, finance, "return")

    walk.at("caizheng-1", "/funds/move/")
    finance.get_by_label("转出资金池").select_option(index=1)
    finance.get_by_label("转入资金池").select_option(index=2)
    prepare(finance, {"金额（元）": "12,000.00", **why})
    confirm(walk, finance, "move")
    assert walk.ask("SELECT count(*) FROM funds_booking WHERE state = 'booked' AND kind IN ('return', 'move')") == "2"


def confirm(walk: Walk, finance: Page, name: str) -> None:
    """The city finds in its worklist what finance has just prepared, and books it; a second click does no harm."""
    city = walk.at("shangwu-1", "/")
    city.get_by_role("link", name=re.compile("待复核的资金业务")).click()
    city.get_by_role("link", name=finance.url.rstrip("/").split("/")[-1], exact=True).click()
    walk.look(city, f"confirm-{name}")
    city.get_by_role("button", name="确认入账").dblclick()
    main(city).to_contain_text("周敏复核入账")


def a_rate_is_put_right(walk: Walk) -> None:
    rate = walk.ask(f"SELECT id FROM funds_exchangerate WHERE month = '2019-09-01' AND {OF_PICC}")
    agent = walk.at("renbao-1", f"/funds/rates/{rate}/correct/")
    fill(agent, {"更正后的汇率（1 美元折合人民币元）": "7.8000", "更正原因": "录入时看错了一行"})
    agent.get_by_label("依据").set_input_files({**PAPER, "name": "系统截图.pdf"})
    agent.get_by_role("button", name="提交更正").click()
    expect(agent.get_by_role("alert").first).to_contain_text("请勾选“已核对”后再提交")
    walk.look(agent, "rate-beyond")
    fill(agent, {"更正后的汇率（1 美元折合人民币元）": "7.0800"})
    agent.get_by_label("依据").set_input_files({**PAPER, "name": "系统截图.pdf"})
    agent.get_by_role("button", name="提交更正").click()
    main(agent).to_contain_text("待确认")
    city = walk.at("shangwu-1", "/funds/rates/")
    walk.look(city, "rate-confirm")
    city.get_by_role("button", name="确认 2019-09 的更正").click()
    main(city).to_contain_text("已冲正")

    policy = walk.ask(POLICY)
    walk.at("renbao-1", "/").get_by_role("link", name=re.compile("冲正")).first.click()
    walk.look(agent, "repricing")
    agent.get_by_role("row").filter(has_text="7.0800").get_by_role("link").first.click()
    walk.look(agent, "reprice")
    agent.get_by_role("button", name="冲正并重新列支").click()
    main(agent).to_contain_text("27,589.62 元")
    walk.look(agent, "repriced")
    assert walk.ask("SELECT subsidy_fen FROM policies_policy WHERE id = ?", policy) == "2758962"


def a_cancelled_policy_serves_the_next_in_line(walk: Walk) -> None:
    policy, waiting = walk.ask(POLICY), walk.ask(WAITING)
    case = "SELECT reference FROM intake_application a JOIN policies_policy p ON p.application_id = a.id WHERE p.id = ?"
    phone = walk.phone(walk.ask(APPLIED, walk.ask(case, policy)), "/policies/mine/")
    phone.get_by_role("link", name=re.compile("查看详情")).click()
    phone.get_by_role("link", name="申请注销").click()
    phone.get_by_label("最后保障日").fill("2019-10-14")
    phone.get_by_role("button", name="提出注销申请").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    walk.look(phone, "cancel-slips")
    fill(phone, {"最后保障日": "2019-10-15", "说明": "公司转做内销，不再出口。"})
    phone.get_by_label("原因", exact=True).select_option(label="不再出口")
    phone.locator("input[name=understood]").check()
    main(phone).to_contain_text("27,589.62 × 321 ÷ 366 ＝ 24,197.45 元")
    phone.get_by_role("button", name="提出注销申请").dblclick()
    main(phone).to_contain_text("批准前保单继续有效")
    walk.look(phone, "cancel-asked")
    path = phone.url.removeprefix(walk.server.url)

    agent = walk.at("renbao-1", path)
    agent.locator("input[name=understood]").check()
    agent.get_by_role("button", name="同意注销", exact=True).click()
    assert walk.ask(STATE, waiting) == "submitted"  # nothing has moved yet
    city = walk.at("shangwu-1", path)
    walk.look(city, "cancel-approve")
    city.get_by_role("button", name="批准注销").click()
    main(city).to_contain_text("保单已注销，保障到 2019-10-15 为止")
    assert walk.ask(STATE, waiting) == "first_review"
    phone = walk.phone(walk.ask(APPLIED, waiting), "/")
    main(phone).not_to_contain_text("候补第")
    walk.look(phone, "served")


def statement(path: Path, subsidy: object) -> Path:
    """The insurer's statement of September: the one policy, with this sum."""
    book = Workbook()
    sheet = book.active
    sheet.title = "对账单"
    sheet.append(["保单号", "被保险人", "录入日期", "财政扶持（元）"])
    sheet.append(["SCH000005-191900", "南通同达工具有限公司", "2019-09-24", subsidy])
    book.save(path)
    return path


def send_statement(page: Page, file: Path) -> None:
    page.get_by_label("资金池（保险人）").select_option(label=PICC)
    page.get_by_label("对账月份").fill("2019-09")
    page.get_by_label("对账单文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()


def a_month_is_reconciled_and_signed(walk: Walk) -> None:
    agent = walk.at("renbao-1", "/funds/reconciliation/upload/")
    send_statement(agent, statement(walk.files / "有错.xlsx", "二万七千"))
    main(agent).to_contain_text("对账单要整份无误才能确认")
    walk.look(agent, "statement-faults")
    walk.at("renbao-1", "/funds/reconciliation/upload/")
    send_statement(agent, statement(walk.files / "对账单.xlsx", 27_721.97))
    walk.look(agent, "statement-preview")
    agent.get_by_role("button", name=re.compile("确认")).click()
    path = agent.url.removeprefix(walk.server.url)
    main(agent).to_contain_text("还有 1 笔差异没有写明原因")

    finance = walk.at("caizheng-1", path)
    finance.get_by_role("button", name="写明原因").click()
    expect(finance.get_by_role("alert").first).to_be_visible()
    walk.look(finance, "statement-slips")
    finance.locator("input[name=marks]").check()
    finance.get_by_label("原因", exact=True).select_option(label="保险人次月更正")
    fill(finance, {"说明（选填）": "保险人多列 100 元，10 月对账单冲减"})
    finance.get_by_role("button", name="写明原因").click()
    main(finance).to_contain_text("已写明 1 笔差异的原因")
    for page in (agent, finance):
        page.goto(walk.server.url + path)
        page.get_by_role("button", name=re.compile("签字")).click()
    main(finance).to_contain_text("双方已签字，对账结果就此固定")
    walk.look(finance, "statement-signed")


def a_month_is_locked_once(walk: Walk) -> None:
    finance = walk.at("caizheng-1", "/funds/books/months/")
    tab = finance.context.new_page()
    tab.goto(finance.url)
    finance.get_by_role("button", name=re.compile("月结")).click()
    main(finance).to_contain_text("已月结")
    walk.look(finance, "month")
    tab.get_by_role("button", name=re.compile("月结")).click()
    expect(tab.locator("body")).to_contain_text("2019年8月已经月结，不需要再次办理")
    walk.look(tab, "month-again")
    tab.close()
    assert walk.ask("SELECT count(*) FROM funds_monthclose") == "1"


def anybody_computes_the_order_again(walk: Walk) -> None:
    page = walk.at("", "/queue-log/")
    walk.look(page, "queue-log")
    last = page.get_by_role("main").locator("dl").first.inner_text()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载全部（CSV）").click()
    log = shutil.copy(coming.value.path(), walk.files / "收件次序.csv")
    page.get_by_role("link", name="怎样自己核对").click()
    walk.look(page, "queue-check")
    (walk.files / "check.py").write_text(page.locator("pre code").first.inner_text(), encoding="utf-8")
    said = check(walk.files, log)
    assert said.startswith("相符：共 29 个序号")
    assert said.split()[-1] in last
    rows = list(csv.reader(log.open(encoding="utf-8-sig", newline="")))
    rows[3], rows[4] = [rows[3][0], *rows[4][1:]], [rows[4][0], *rows[3][1:]]  # two firms change their places
    with log.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert check(walk.files, log).startswith("不符：第 3 行")


def check(folder: Path, log: Path) -> str:
    """What the published program says."""
    command = [sys.executable, "-X", "utf8", str(folder / "check.py"), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    return (done.stdout + done.stderr).strip()


def the_auditor_has_everything_replayed(walk: Walk) -> None:
    page = walk.at("shenji-1", "/log/verify/")
    head = page.locator("dl code").inner_text()
    page.locator("main form input[type=text]").fill("第12条")
    page.get_by_role("button", name="开始校验").click()
    expect(page.get_by_role("alert").first).to_contain_text("链尾写成“序号:摘要”")
    walk.look(page, "verify-slip")
    page.locator("main form input[type=text]").fill(head)
    page.get_by_role("button", name="开始校验").click()
    main(page).to_contain_text("没有发现不符", timeout=60_000)
    walk.look(page, "verified")
    main(page).to_contain_text(head)
