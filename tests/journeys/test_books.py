"""The books are proved: a month reconciled with the insurer, signed by both and locked; the order of receipt computed
again by somebody without an account; everything replayed for the auditor. Slips on the way change nothing.
"""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.journeys.people import People, fill, main

PICC = "中国人民财产保险股份有限公司"
POLICY = (
    "SELECT {} FROM policies_policy p JOIN registry_exporter e ON e.id = p.insured_id"
    " JOIN accounts_organisation o ON o.id = p.insurer_id WHERE o.code = ?"
)


def test_anybody_can_check_the_books(people: People, tmp_path: Path):
    a_month_is_reconciled_and_signed(people, tmp_path)
    a_month_is_locked_once(people)
    anybody_computes_the_order_again(people, tmp_path)
    the_auditor_has_everything_replayed(people)


def statement(people: People, path: Path, subsidy: object) -> Path:
    """The insurer's statement of September: its one policy, with this sum."""
    number, name = (people.ask(POLICY.format(column), "picc") for column in ("number", "e.name"))
    book = Workbook()
    sheet = book.active
    sheet.title = "对账单"
    sheet.append(["保单号", "被保险人", "录入日期", "财政扶持（元）"])
    sheet.append([number, name, "2019-09-24", subsidy])
    book.save(path)
    return path


def send_statement(page: Page, file: Path) -> None:
    page.get_by_label("资金池（保险人）").select_option(label=PICC)
    page.get_by_label("对账月份").fill("2019-09")
    page.get_by_label("对账单文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()


def a_month_is_reconciled_and_signed(people: People, files: Path) -> None:
    agent = people.at("renbao-1", "/funds/reconciliation/upload/")
    send_statement(agent, statement(people, files / "有错.xlsx", "二万七千"))
    main(agent).to_contain_text("对账单要整份无误才能确认")
    people.look(agent)
    people.at("renbao-1", "/funds/reconciliation/upload/")
    send_statement(agent, statement(people, files / "对账单.xlsx", 27_721.97))
    people.look(agent, "34-statement-preview")
    agent.get_by_role("button", name=re.compile("确认")).click()
    path = agent.url.removeprefix(people.server.url)
    main(agent).to_contain_text("还有 1 笔差异没有写明原因")

    finance = people.at("caizheng-1", path)
    finance.get_by_role("button", name="写明原因").click()
    expect(finance.get_by_role("alert").first).to_be_visible()
    people.look(finance)
    finance.locator("input[name=marks]").check()
    finance.get_by_label("原因", exact=True).select_option(label="保险人次月更正")
    fill(finance, {"说明（选填）": "保险人多列 100 元，10 月对账单冲减"})
    finance.get_by_role("button", name="写明原因").click()
    main(finance).to_contain_text("已写明 1 笔差异的原因")
    for page in (agent, finance):
        page.goto(people.server.url + path)
        page.get_by_role("button", name=re.compile("签字")).click()
    main(finance).to_contain_text("双方已签字，对账结果就此固定")
    people.look(finance, "34-statement-signed")


def a_month_is_locked_once(people: People) -> None:
    finance = people.at("caizheng-1", "/funds/books/months/")
    tab = finance.context.new_page()
    tab.goto(finance.url)
    finance.get_by_role("button", name=re.compile("月结")).click()
    main(finance).to_contain_text("已月结")
    people.look(finance, "35-month")
    tab.get_by_role("button", name=re.compile("月结")).click()
    expect(tab.locator("body")).to_contain_text("2019年8月已经月结，不需要再次办理")
    people.look(tab)
    tab.close()
    assert people.ask("SELECT count(*) FROM funds_monthclose") == "1"


def anybody_computes_the_order_again(people: People, files: Path) -> None:
    page = people.at("", "/queue-log/")
    people.look(page, "36-queue-log")
    last = page.get_by_role("main").locator("dl").first.inner_text()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载全部（CSV）").click()
    log = shutil.copy(coming.value.path(), files / "收件次序.csv")
    page.get_by_role("link", name="怎样自己核对").click()
    people.look(page)
    (files / "check.py").write_text(page.locator("pre code").first.inner_text(), encoding="utf-8")
    said = check(files, log)
    assert said.startswith("相符：共 ")
    assert said.split()[-1] in last
    rows = list(csv.reader(log.open(encoding="utf-8-sig", newline="")))
    rows[3], rows[4] = [rows[3][0], *rows[4][1:]], [rows[4][0], *rows[3][1:]]  # two firms change their places
    with log.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert check(files, log).startswith("不符：第 3 行")


def check(folder: Path, log: Path) -> str:
    """What the published program says."""
    command = [sys.executable, "-X", "utf8", str(folder / "check.py"), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    return (done.stdout + done.stderr).strip()


def the_auditor_has_everything_replayed(people: People) -> None:
    page = people.at("shenji-1", "/log/verify/")
    head = page.locator("dl code").inner_text()
    page.locator("main form input[type=text]").fill("第12条")
    page.get_by_role("button", name="开始校验").click()
    expect(page.get_by_role("alert").first).to_contain_text("链尾写成“序号:摘要”")
    people.look(page)
    page.locator("main form input[type=text]").fill(head)
    page.get_by_role("button", name="开始校验").click()
    main(page).to_contain_text("没有发现不符", timeout=60_000)
    people.look(page, "37-verified")
    main(page).to_contain_text(head)
