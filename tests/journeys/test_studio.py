"""Next year's policy is tried before it is published: changed in either pane, seen on the register, approved by two."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1366, "height": 860}
Fine = Callable[[Page], None]


@pytest.fixture
def seen(fine: Fine, shot: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """The page as it is: nothing for axe to find, nothing too wide, at a desk and as narrow as a phone."""

    def look(page: Page, name: str) -> None:
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            fine(page)
            shot(page, f"studio-{name}-{size['width']}")

    return look


def change(page: Page, field: str, value: str) -> None:
    """Type into a field of the left pane and wait until both panes have followed."""
    group = page.locator(f'details:has([name="is:{field}"])')
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator(f'[name="is:{field}"]').fill(value)
        page.keyboard.press("Tab")


def begin(page: Page, server: Server, title: str) -> str:
    """A draft from the newest version; its address."""
    page.goto(f"{server.url}/studio/")
    page.get_by_role("link", name="起草新方案").click()
    page.get_by_label("起草依据").select_option(index=1)
    page.get_by_label("草案名称").fill(title)
    page.get_by_role("button", name="开始起草").click()
    page.wait_for_url(re.compile("/edit/$"))
    return page.url.removesuffix("edit/")


def test_from_a_draft_to_a_new_version(
    demo_server: Server, page: Page, new_page: Callable[..., Page], sign_in: Callable[..., None],
    seen: Callable[[Page, str], None],
) -> None:  # fmt: skip
    sign_in(page, "shangwu-1")
    draft = begin(page, demo_server, "方案 D 限额提高到 8 万美元")
    seen(page, "edit")

    change(page, "plans.D.limit_usd", "8万")
    text = page.locator("#id_text")
    expect(text).to_have_value(re.compile("limit_usd: 8万"))
    expect(page.locator("#strip")).to_contain_text("受益 1,394 家")

    change(page, "plans.A.rate", "0.04")
    expect(page.locator("#strip")).to_contain_text("有 1 处问题")
    expect(page.locator('.field-wrong:has([name="is:plans.A.rate"])')).to_contain_text("应为百分比并带百分号")
    seen(page, "fault")
    page.locator("a[data-line]").first.click()
    expect(text).to_be_focused()

    text.fill(text.input_value().replace("rate: 0.04\n", "rate: 0.03%\n", 1))
    expect(page.locator('[name="is:plans.A.rate"]')).to_have_value("0.03%")
    expect(page.locator("#strip")).to_contain_text("检查没有问题")
    page.get_by_label("改了什么").fill("方案 D 限额 8 万美元")
    page.get_by_role("button", name="保存并看效果").click()

    page.wait_for_url(f"{draft}effect/")
    seen(page, "effect")
    page.get_by_role("link", name="受影响的企业").click()
    expect(page.locator("#list")).to_contain_text("限额由 5.00 万美元提高到 8.00 万美元")
    page.get_by_label("区域").select_option(label="崇川区")
    expect(page.locator(".list-count")).to_contain_text("已筛选")
    seen(page, "firms")

    page.goto(draft)
    page.get_by_role("button", name="提交批准").click()
    expect(page.locator("main")).to_contain_text("等待市商务局另一位同事批准")
    expect(page.get_by_role("button", name=re.compile("批准并发布"))).to_have_count(0)

    colleague = new_page(viewport=WIDE)
    sign_in(colleague, "shangwu-2")
    colleague.get_by_role("link", name=re.compile("待批准发布的方案草案")).click()
    colleague.get_by_role("link", name="方案 D 限额提高到 8 万美元").click()
    seen(colleague, "approve")
    colleague.on("dialog", lambda dialog: dialog.accept())
    colleague.get_by_role("button", name="批准并发布为第 2 版").click()
    expect(colleague.locator("main")).to_contain_text("已批准并发布为第 2 版")
    colleague.goto(f"{demo_server.url}/scheme/editions/nantong-2019/2/")
    expect(colleague.locator("#changes")).to_contain_text("与上一版的不同（1 处）")


def test_two_people_at_once(
    demo_server: Server, page: Page, new_page: Callable[..., Page], sign_in: Callable[..., None],
    seen: Callable[[Page, str], None],
) -> None:  # fmt: skip
    sign_in(page, "shangwu-1")
    draft = begin(page, demo_server, "两个人同时改")
    colleague = new_page(viewport=WIDE)
    sign_in(colleague, "shangwu-2")
    colleague.goto(f"{draft}edit/")
    change(colleague, "parameters.reference_rate.value", "7.1")
    colleague.get_by_role("button", name="保存", exact=True).click()
    expect(colleague.locator("main")).to_contain_text("已保存")

    change(page, "parameters.reference_rate.value", "6.9")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("已改到第 2 次修改")
    expect(page.locator('[name="is:parameters.reference_rate.value"]')).to_have_value("6.9")
    seen(page, "conflict")
    page.get_by_role("button", name="用我的内容替换第 2 次修改").click()
    page.goto(draft)
    expect(page.locator("main")).to_contain_text("第 3 次")
    page.get_by_role("link", name="第 3 次").click()
    seen(page, "revision")


def test_without_scripts(demo_server: Server, new_page: Callable[..., Page], sign_in: Callable[..., None]) -> None:
    page = new_page(java_script_enabled=False, viewport=WIDE)
    sign_in(page, "shangwu-1")
    begin(page, demo_server, "不用脚本")
    page.locator("summary", has_text="保障方案").click()
    page.locator('[name="is:plans.B.limit_usd"]').fill("30万")
    page.get_by_role("button", name="检查，不保存").click()
    expect(page.locator("#id_text")).to_have_value(re.compile("limit_usd: 30万"))
    expect(page.locator("#strip")).to_contain_text("改动还没有保存")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("已保存")
