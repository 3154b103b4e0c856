"""Everything that people get wrong: each has a clear sentence and leaves nothing half done."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server
from tongbao.demo.rules import social_credit_code

GOOD, OTHER = social_credit_code(88_001, "320602"), social_credit_code(88_002, "320602")
FIRM, OTHER_FIRM = "南通误填纺织有限公司", "南通漏填机械有限公司"
HEADERS = ["统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）"]
WRONG_DIGIT = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")
# Row 2 is good; every other has one fault, and the sentence says which.
ROWS: list[tuple[list[object], str]] = [
    ([GOOD, FIRM, "崇川区", 2018, None, "美国", 100], ""),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "日本", 100], "与第 4 行重复：同一企业、年月、国别只能有一行"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "JP", 200], "与第 3 行重复：同一企业、年月、国别只能有一行"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "韩国", -5], "出口额不能是负数"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "法国", 99_999_999_999], "超过 100 亿美元，请核对单位是不是美元"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "亚特兰蒂斯", 1], "不认识国别“亚特兰蒂斯”"),
    ([OTHER, OTHER_FIRM, "火星区", 2018, None, "德国", 1], "没有叫“火星区”的区域"),
    ([WRONG_DIGIT, FIRM, "崇川区", 2018, None, "德国", 1], "统一社会信用代码校验不通过"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "英国", "=1+1"], "这一格是公式：请复制后选择性粘贴为数值"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "意大利", 1], "B11:B12 是合并单元格：请取消合并"),
    ([OTHER, None, "崇川区", 2018, None, "西班牙", 1], "B11:B12 是合并单元格：请取消合并"),
    ([OTHER, OTHER_FIRM, "崇川区", 2018, None, "巴西", 1], "这一行被隐藏：请取消隐藏，核对后保留或删除"),
]
MB = 1024 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
FIGURES = "SELECT count(*) FROM registry_customsexport WHERE live"
Fine = Callable[[Page], None]
SignIn = Callable[..., None]
Ask = Callable[..., str]


def book(path: Path, *, sheet: str = "出口额", change: Callable[[Worksheet], None] | None = None) -> Path:
    made = Workbook()
    page = made.active
    page.title = sheet
    for cells in [HEADERS, *(cells for cells, _ in ROWS)]:
        page.append(cells)
    if sheet != "出口额":
        made.create_sheet("另一张")
    if change:
        change(page)
    made.save(path)
    return path


def spoil(page: Worksheet) -> None:
    page.merge_cells("B11:B12")
    page.row_dimensions[13].hidden = True


def send_workbook(page: Page, demo_server: Server, path: Path) -> None:
    page.goto(f"{demo_server.url}/registry/imports/new/customs_exports/")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="上传并读取").click()


def test_a_workbook_with_every_fault(
    demo_server: Server, page: Page, sign_in: SignIn, ask: Ask, fine: Fine, tmp_path: Path
):
    sign_in(page, "shangwu-1")
    before = ask(FIGURES)
    send_workbook(page, demo_server, book(tmp_path / "有错.xlsx", change=spoil))
    rows = page.get_by_role("row")
    for number, (_, sentence) in enumerate(ROWS, start=2):
        if sentence:
            expect(rows.filter(has_text=sentence).filter(has_text=str(number)).first).to_be_visible()
    fine(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("main")).to_contain_text("还有 11 行有误。请改好后重新上传，或勾选“只导入无误的行”。")
    assert ask(FIGURES) == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("坏.xlsx", b"PK\x03\x04 not really a workbook", "这不是能读取的表格。请上传 Excel 工作簿"),
        ("旧.xls", b"\xd0\xcf\x11\xe0" + b"0" * 600, "工作簿已损坏，读不出来"),
        ("大.xlsx", b"PK" + b"0" * (50 * MB), "文件有 50.0 MB，超过 40 MB 的上限，没有读取。"),
        ("空.xlsx", b"", "这个文件是空的"),
    ],
)
def test_what_is_no_workbook(
    demo_server: Server, page: Page, sign_in: SignIn, ask: Ask, tmp_path: Path, name: str, content: bytes, sentence: str
):
    sign_in(page, "shangwu-1")
    (tmp_path / name).write_bytes(content)
    before = ask("SELECT count(*) FROM batch_import")
    send_workbook(page, demo_server, tmp_path / name)
    expect(page.locator("#id_file_error")).to_contain_text(sentence)
    assert ask("SELECT count(*) FROM batch_import") == before


def test_a_sheet_with_another_name_is_found_and_named(
    demo_server: Server, page: Page, sign_in: SignIn, fine: Fine, tmp_path: Path
):
    sign_in(page, "shangwu-1")
    send_workbook(page, demo_server, book(tmp_path / "错表.xlsx", sheet="第一张"))
    expect(page.get_by_role("main")).to_contain_text("工作表“第一张”，表头在第 1 行")
    fine(page)


def fill_in(page: Page, demo_server: Server) -> str:
    """The parts of an application but its papers; back comes its number."""
    page.goto(f"{demo_server.url}/applications/start/")
    page.get_by_role("button", name="开始申请").click()
    reference = page.url.rstrip("/").split("/")[-2]
    for part, label in (("plan", "方案D"), ("insurer", "中国出口信用保险公司")):
        page.goto(f"{demo_server.url}/applications/{reference}/{part}/")
        page.locator("label").filter(has_text=label).first.click()
        page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("联系人姓名").fill("王嘉和")
    page.get_by_label("联系电话").fill("0513-85215678")
    page.get_by_label("通讯地址").fill("青年中路 6 号")
    page.get_by_label("以上资料无误").check()
    page.get_by_role("button", name="保存并继续").click()
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="保存并继续").click()
    return reference


def refused_papers(page: Page, tmp_path: Path, fine: Fine) -> None:
    """A program, a picture too big for the rule, one too big to be received: each has its sentence."""
    files = {
        "申请表.pdf": (b"MZ\x90\x00 this is a program", "这不是 PDF 文件（名称以 .pdf 结尾，内容却不是）"),
        "扫描件.pdf": (b"%PDF-" + b"0" * (12 * MB), "文件有 12.0 MB，超过 10 MB 的上限。请压缩或分开后重新上传。"),
        "原图.pdf": (b"%PDF-" + b"0" * (44 * MB), "文件太大：这次上传合计 44.0 MB，没有接收。"),
    }
    for name, (content, sentence) in files.items():
        (tmp_path / name).write_bytes(content)
        page.get_by_label("盖章申请表").set_input_files(tmp_path / name)
        page.get_by_role("button", name="保存并继续").click()
        expect(page.get_by_role("main")).to_contain_text(sentence)
        fine(page)


def test_papers_then_twice_from_two_tabs_after_the_session_ended(
    demo_server: Server, phone: Page, sign_in: SignIn, ask: Ask, fine: Fine, tmp_path: Path
):
    sign_in(phone, "qiye-d")
    reference = fill_in(phone, demo_server)
    refused_papers(phone, tmp_path, fine)
    of_it = "FROM intake_paper JOIN intake_application a ON a.id = application_id WHERE reference = ?"
    assert ask(f"SELECT count(*) {of_it}", reference) == "0"
    for name in ("盖章申请表", "营业执照"):
        (tmp_path / f"{name}.pdf").write_bytes(PDF)
        phone.get_by_label(name).set_input_files(tmp_path / f"{name}.pdf")
    phone.get_by_role("button", name="保存并继续").click()

    phone.context.clear_cookies()  # the session ends while the summary is open
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.locator("body")).to_contain_text("没有保存")
    fine(phone)
    state = "SELECT state FROM intake_application WHERE reference = ?"
    assert ask(state, reference) == "draft"

    sign_in(phone, "qiye-d")
    phone.goto(f"{demo_server.url}/applications/{reference}/check/")
    tab, stale = phone.context.new_page(), phone.context.new_page()
    tab.goto(phone.url)
    stale.goto(f"{demo_server.url}/applications/{reference}/plan/")
    phone.get_by_role("button", name="提交申请").dblclick()
    number = phone.locator(".big-number strong").inner_text()
    tab.get_by_role("button", name="提交申请").click()
    expect(tab.locator(".big-number strong")).to_have_text(number)
    stale.get_by_role("button", name="保存并继续").click()
    expect(stale.get_by_role("main")).to_contain_text("已经提交")
    assert ask("SELECT count(*) FROM funds_reservation WHERE reference = ?", reference) == "1"
    assert demo_server.tongbao("verify").returncode == 0


def test_a_file_that_somebody_else_just_decided(
    demo_server: Server, new_page: Callable[..., Page], sign_in: SignIn, ask: Ask, fine: Fine
):
    reference = ask("SELECT reference FROM intake_application WHERE state = 'second_review' ORDER BY id DESC")
    first, second = new_page(), new_page()
    for page, username in ((first, "shangwu-1"), (second, "shangwu-2")):
        sign_in(page, username)
        page.goto(f"{demo_server.url}/applications/{reference}/review/")
    for page in (first, second):
        verdict = page.locator("details.verdict").filter(has=page.get_by_text("不予支持")).first
        if verdict.get_attribute("open") is None:
            verdict.locator("summary").click()
        verdict.locator("select").select_option(index=1)
        verdict.locator("button[type=submit]").click()
        page.wait_for_load_state()
    expect(second.get_by_role("main")).to_contain_text("您的意见没有保存")
    fine(second)
    decided = "SELECT count(*) FROM intake_review r JOIN intake_application a ON a.id = application_id"
    assert ask(f"{decided} WHERE reference = ? AND level = 'second'", reference) == "1"
