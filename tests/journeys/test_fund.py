"""Money moves by two persons and in order: quota and cash, a rate put right, a policy given up, the next firm served.

A firm that waits changes its insurer; finance moves quota; the insurer corrects a rate and its policies; another firm
gives its policy up on the phone, and the money serves the one that waits. Slips on the way change nothing.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server, serve
from tests.journeys.people import PAPER, People, fill, main

SINOSURE, PICC = "中国出口信用保险公司", "中国人民财产保险股份有限公司"
OF_PICC = "insurer_id = (SELECT id FROM accounts_organisation WHERE code = 'picc')"
POLICY = f"SELECT id FROM policies_policy WHERE state = 'in_force' AND {OF_PICC}"
DRAFT = "SELECT reference FROM intake_application WHERE state = 'draft'"
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


def test_money_moves_by_two_persons_and_in_order(people: People):
    a_waiting_firm_changes_its_insurer(people)
    quota_and_cash_move_by_two_persons(people)
    a_rate_is_put_right(people)
    a_cancelled_policy_serves_the_next_in_line(people)
    assert people.server.tongbao("verify").returncode == 0


def a_waiting_firm_changes_its_insurer(people: People) -> None:
    reference = people.ask(DRAFT)
    page = people.phone(people.ask(APPLIED, reference), f"/applications/{reference}/insurer/")
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
    page.goto(f"{people.server.url}/applications/{reference}/")
    main(page).to_contain_text("第 2 位，前面 1 家")
    people.look(page, "30-waiting")
    page.get_by_role("link", name="更换保险公司").click()
    people.look(page, "30-switch")
    page.locator("label").filter(has_text=SINOSURE).click()
    page.get_by_role("button", name="保存").dblclick()
    main(page).not_to_contain_text("候补")
    expect(page.locator(".big-number strong")).to_have_text(number)
    assert people.ask(STATE, reference) == "first_review"


def type_in(page: Page, typed: dict[str, str]) -> None:
    """Typed, with its paper, and on to the next step; what the fund does not allow is said at once."""
    fill(page, typed)
    page.get_by_label(re.compile("扫描件")).set_input_files(PAPER)
    page.get_by_role("button", name="下一步").click()


def prepare(page: Page, typed: dict[str, str]) -> None:
    """Typed and looked over; the second person has it then."""
    type_in(page, typed)
    page.get_by_role("button", name="提交复核").click()


def quota_and_cash_move_by_two_persons(people: People) -> None:
    finance = people.at("caizheng-1", "/funds/move/")
    finance.get_by_label("转出资金池").select_option(index=1)
    finance.get_by_label("转入资金池").select_option(index=1)
    why = {"同意调剂的文号": "通商财〔2019〕12号", "文件日期": "2019-10-14", "事由": "人保财险池有企业候补"}
    type_in(finance, {"金额（元）": "12,000.00", **why})
    main(finance).to_contain_text("请选择另一个资金池作为转入方")
    finance.get_by_label("转入资金池").select_option(index=2)
    type_in(finance, {})
    main(finance).to_contain_text("请先办理“退回财政”")  # the insurer holds cash for all of its quota

    people.at("caizheng-1", "/funds/return/")
    finance.get_by_label("资金池（保险人）").select_option(index=1)
    back = {"退款凭证号": "TK-2019-07", "退款日期": "2019-10-14", "事由": "多拨的资金退回"}
    type_in(finance, {"金额（元）": "4,400,000.00", **back})
    main(finance).to_contain_text("保险人未列支的预付资金只有 4,355,528.12 元")
    main(finance).to_contain_text("已上传：")  # the paper need not be chosen again
    prepare(finance, {"金额（元）": "12,000.00"})
    main(finance).to_contain_text("您是登记人，不能复核自己登记的业务")
    confirm(people, finance, "return")

    people.at("caizheng-1", "/funds/move/")
    finance.get_by_label("转出资金池").select_option(index=1)
    finance.get_by_label("转入资金池").select_option(index=2)
    prepare(finance, {"金额（元）": "12,000.00", **why})
    confirm(people, finance, "move")
    assert people.ask("SELECT count(*) FROM funds_booking WHERE state = 'booked' AND kind IN ('return', 'move')") == "2"


def confirm(people: People, finance: Page, name: str) -> None:
    """The city finds in its worklist what finance has just prepared, and books it; a second click does no harm."""
    city = people.at("shangwu-1", "/")
    city.get_by_role("link", name=re.compile("待复核的资金业务")).click()
    city.get_by_role("link", name=finance.url.rstrip("/").split("/")[-1], exact=True).click()
    people.look(city, f"31-confirm-{name}")
    city.get_by_role("button", name="确认入账").dblclick()
    main(city).to_contain_text("周敏复核入账")


def a_rate_is_put_right(people: People) -> None:
    rate = people.ask(f"SELECT id FROM funds_exchangerate WHERE month = '2019-09-01' AND {OF_PICC}")
    agent = people.at("renbao-1", f"/funds/rates/{rate}/correct/")
    fill(agent, {"更正后的汇率（1 美元折合人民币元）": "7.8000", "更正原因": "录入时看错了一行"})
    agent.get_by_label("依据").set_input_files({**PAPER, "name": "系统截图.pdf"})
    agent.get_by_role("button", name="提交更正").click()
    expect(agent.get_by_role("alert").first).to_contain_text("请勾选“已核对”后再提交")
    people.look(agent)
    fill(agent, {"更正后的汇率（1 美元折合人民币元）": "7.0800"})
    agent.get_by_label("依据").set_input_files({**PAPER, "name": "系统截图.pdf"})
    agent.get_by_role("button", name="提交更正").click()
    main(agent).to_contain_text("待确认")
    city = people.at("shangwu-1", "/funds/rates/")
    people.look(city)
    city.get_by_role("button", name="确认 2019-09 的更正").click()
    main(city).to_contain_text("已冲正")

    policy = people.ask(POLICY)
    people.at("renbao-1", "/").get_by_role("link", name=re.compile("冲正")).first.click()
    people.look(agent)
    agent.get_by_role("row").filter(has_text="7.0800").get_by_role("link").first.click()
    people.look(agent, "32-reprice")
    agent.get_by_role("button", name="冲正并重新列支").click()
    main(agent).to_contain_text("27,589.62 元")
    people.look(agent)
    assert people.ask("SELECT subsidy_fen FROM policies_policy WHERE id = ?", policy) == "2758962"


def a_cancelled_policy_serves_the_next_in_line(people: People) -> None:
    policy, waiting = people.ask(POLICY), people.ask(WAITING)
    case = "SELECT reference FROM intake_application a JOIN policies_policy p ON p.application_id = a.id WHERE p.id = ?"
    phone = people.phone(people.ask(APPLIED, people.ask(case, policy)), "/policies/mine/")
    phone.get_by_role("link", name=re.compile("查看详情")).click()
    phone.get_by_role("link", name="申请注销").click()
    phone.get_by_label("最后保障日").fill("2019-10-14")
    phone.get_by_role("button", name="提出注销申请").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    people.look(phone)
    fill(phone, {"最后保障日": "2019-10-15", "说明": "公司转做内销，不再出口。"})
    phone.get_by_label("原因", exact=True).select_option(label="不再出口")
    phone.locator("input[name=understood]").check()
    main(phone).to_contain_text("27,589.62 × 321 ÷ 366 ＝ 24,197.45 元")
    phone.get_by_role("button", name="提出注销申请").dblclick()
    main(phone).to_contain_text("批准前保单继续有效")
    people.look(phone, "33-cancel-asked")
    path = phone.url.removeprefix(people.server.url)

    agent = people.at("renbao-1", path)
    agent.locator("input[name=understood]").check()
    agent.get_by_role("button", name="同意注销", exact=True).click()
    assert people.ask(STATE, waiting) == "submitted"  # nothing has moved yet
    city = people.at("shangwu-1", path)
    people.look(city, "33-cancel-approve")
    city.get_by_role("button", name="批准注销").click()
    main(city).to_contain_text("保单已注销，保障到 2019-10-15 为止")
    assert people.ask(STATE, waiting) == "first_review"
    phone = people.phone(people.ask(APPLIED, waiting), "/")
    main(phone).not_to_contain_text("候补第")
    people.look(phone)
