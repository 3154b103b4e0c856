"""The register's own stories: a foreign list brought in by the worker and taken back; a firm that objects."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from stdnum.cn import uscc

from tests.journeys.conftest import Server

pytestmark = pytest.mark.journey
SignIn = Callable[..., None]
Ask = Callable[..., str]
Fine = Callable[[Page], None]
HEAD = ["序号", "企业代码", "单位", "所在区", "统计年份", "目的国", "出口额（万美元）", "备注"]
LIVE = "SELECT count(*) FROM registry_customsexport WHERE live"
PAPER = {"name": "报关单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 paper"}


def foreign_list(firms: int) -> bytes:
    """As another authority sends it: two rows of titles, other headings, another unit, GB18030."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["南通海关出口统计", *[""] * 7])
    writer.writerow(HEAD)
    for number in range(firms):
        body = f"91320600MB{number:07d}"
        name = f"南通远航{number:04d}进出口有限公司"
        writer.writerow([number + 1, body + uscc.calc_check_digit(body), name, "崇川区", 2018, "德国", "12.5", "—"])
    return out.getvalue().encode("gb18030")


def test_a_foreign_list_is_brought_in_and_taken_back(
    demo_server: Server, page: Page, sign_in: SignIn, ask: Ask, fine: Fine, tmp_path: Path
):
    sign_in(page, "shangwu-1")
    before = ask(LIVE)
    (tmp_path / "海关.csv").write_bytes(foreign_list(2_000))  # too big to be read while the officer waits
    page.goto(f"{demo_server.url}/registry/imports/new/customs_exports/")
    page.get_by_label("文件", exact=True).set_input_files(tmp_path / "海关.csv")
    page.get_by_role("button", name="上传并读取").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("核对列的对应", timeout=30_000)
    expect(page.get_by_role("main")).to_contain_text("万美元")
    expect(page.get_by_label("表头在第几行")).to_have_value("2")
    fine(page)
    page.get_by_label("企业名称").select_option("2")
    page.get_by_label("工商注册地").select_option("3")
    page.get_by_label("国别").select_option("5")
    page.get_by_label("出口额（美元）").select_option("6")
    page.get_by_label("万美元", exact=True).check()
    page.get_by_role("button", name="按这样读取").click()

    expect(page.get_by_role("button", name="确认导入 2,000 行")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("金额按万美元读取，已换算为美元。")
    fine(page)
    assert ask(LIVE) == before
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("link", name="撤销这次导入")).to_be_visible(timeout=60_000)
    assert int(ask(LIVE)) == int(before) + 2_000
    imported = page.url

    page.goto(f"{demo_server.url}/registry/?q=ntyh0042")
    expect(page.get_by_role("main")).to_contain_text("南通远航0042进出口有限公司")
    expect(page.get_by_role("main")).to_contain_text("12.50 万美元")

    page.goto(imported)
    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_label("撤销原因").fill("单位弄错")
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_role("main")).to_contain_text("已撤销")
    expect(page.locator("#progress")).to_have_count(0, timeout=60_000)
    assert ask(LIVE) == before
    page.goto(f"{demo_server.url}/registry/?q=ntyh0042")
    expect(page.get_by_role("main")).to_contain_text("没有符合条件的记录")
    assert demo_server.tongbao("verify").returncode == 0


def test_a_firm_objects_and_two_officers_put_it_right(
    demo_server: Server, phone: Page, new_page: Callable[..., Page], sign_in: SignIn, ask: Ask, fine: Fine
):
    sign_in(phone, "qiye-b")
    phone.goto(f"{demo_server.url}/registry/mine/")
    phone.get_by_role("link", name=re.compile("有出入")).first.click()
    fine(phone)
    phone.get_by_role("button", name="提交异议").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    phone.get_by_label("哪里不对，正确的是什么").fill("三月份的报关单漏统计了")
    phone.get_by_label("证明材料").set_input_files(PAPER)
    phone.get_by_role("button", name="提交异议").dblclick()
    expect(phone.get_by_role("main")).to_contain_text("待答复")
    fine(phone)
    raised = ask("SELECT id FROM registry_dispute ORDER BY id DESC")
    assert ask("SELECT count(*) FROM registry_dispute WHERE statement = ?", "三月份的报关单漏统计了") == "1"

    first, second = new_page(), new_page()
    sign_in(first, "shangwu-1")
    first.goto(f"{demo_server.url}/registry/disputes/{raised}/")
    first.get_by_role("link", name="更正出口额").click()
    first.get_by_role("main").get_by_role("link").filter(has_text=re.compile("国$")).first.click()
    first.get_by_label("更正后的出口额（美元）").fill("6,666,666.00")
    first.get_by_label("更正理由").fill("海关补充的报关单")
    fine(first)
    first.get_by_role("button", name="提交更正").click()
    expect(first.get_by_role("main")).to_contain_text("待批准")
    expect(first.get_by_role("button", name="批准更正")).to_have_count(0)

    sign_in(second, "shangwu-2")
    second.goto(first.url)
    second.get_by_role("button", name="批准更正").click()
    expect(second.get_by_role("main")).to_contain_text("已生效")
    second.goto(f"{demo_server.url}/registry/disputes/{raised}/")
    second.get_by_label("采纳：企业说得对").check()
    second.get_by_label("答复").fill("已按补充的报关单更正。")
    second.get_by_role("button", name="答复企业").click()
    expect(second.get_by_role("main")).to_contain_text("已采纳")
    fine(second)

    phone.goto(f"{demo_server.url}/registry/mine/disputes/")
    expect(phone.get_by_role("main")).to_contain_text("已按补充的报关单更正。")
    assert demo_server.tongbao("verify").returncode == 0
