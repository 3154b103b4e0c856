"""Every page an enterprise or a visitor may meet, on a phone and at a desk: axe finds nothing, none is too wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server

PUBLIC = ("/", "/coverage/", "/accounts/login/", "/scheme/check/", "/scheme/terms/", "/help/", "/about/privacy/")
PUBLIC += ("/about/accessibility/", "/policies/verify/", "/policies/verify/AAAA-BBBB-CCCC/", "/no-such-page/")
PUBLIC += ("/queue-log/", "/about/queue-log/")
OWN = ("/", "/registry/mine/", "/applications/mine/", "/applications/start/", "/policies/mine/", "/messages/")
OWN += ("/people/me/", "/scheme/check/", "/accounts/password/change/", "/accounts/2fa/")
OWN += ("/accounts/2fa/totp/activate/", "/applications/")  # the last is not for enterprises
PARTS = ("tasks", "plan", "insurer", "data", "declaration", "papers", "form", "check")
TABS = ("overview", "grounds", "papers", "money", "policy", "trail")
# Who is looked for in the demonstration data by the state of their application, and which pages they have.
STATES: dict[str, tuple[str, ...]] = {
    "draft": PARTS,
    "submitted": ("", "receipt", "switch", "withdraw"),
    "first_review": ("", "receipt", "switch", "withdraw", "plan"),  # a page of the past says so
    "returned": ("", "tasks", "answer", "check", "withdraw"),
    "rejected": ("", "receipt"),
    "withdrawn": ("",),
    "declined": ("",),
    "lapsed": ("",),
    "approved": ("", "receipt"),
    "issued": ("", "receipt", "form"),
}
Fine = Callable[[Page], None]


@pytest.fixture(params=["phone", "page"])
def screen(request: pytest.FixtureRequest) -> Page:
    """A phone, then a desk."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def visit(demo_server: Server, screen: Page, fine: Fine) -> Callable[..., None]:
    """Open pages one after the other and look at each."""

    def each(*paths: str) -> None:
        for path in paths:
            screen.goto(demo_server.url + path)
            expect(screen.locator("h1")).to_have_count(1)
            fine(screen)

    return each


def send_empty(screen: Page) -> None:
    """Press the page's button with nothing filled in."""
    for box in screen.locator(
        "main input[type=text]:visible, main input[type=tel]:visible, main textarea:visible"
    ).all():
        box.fill("")
    screen.locator("main form button[type=submit]:visible").first.click()
    expect(screen.get_by_role("alert").first).to_be_visible()


def test_pages_for_everybody(visit: Callable[..., None], screen: Page, ask: Callable[..., str], fine: Fine):
    visit(*PUBLIC, "/policies/verify/" + ask("SELECT verification_code FROM policies_policy WHERE state = 'in_force'"))
    for path in ("/accounts/login/", "/scheme/check/", "/policies/verify/"):
        visit(path)
        send_empty(screen)
        fine(screen)


def test_the_outcome_of_the_check(visit: Callable[..., None], screen: Page, fine: Fine):
    for exports, area in (("6000000", "通州区"), ("1000000", "崇川区"), ("200000", "海门市")):
        visit("/scheme/check/")
        screen.get_by_label("工商注册地").select_option(area)
        screen.get_by_label("美元", exact=True).check()
        screen.get_by_label("2018年海关出口额").fill(exports)
        screen.get_by_label("否", exact=True).first.check()
        screen.get_by_role("button", name="测算").click()
        fine(screen)


def test_a_firm_that_has_not_applied(visit: Callable[..., None], screen: Page, sign_in: Callable[..., None]):
    sign_in(screen, "qiye-a")
    visit(*OWN)


@pytest.mark.parametrize("state", STATES)
def test_a_firm_whose_application_stands_at(
    visit: Callable[..., None], screen: Page, sign_in: Callable[..., None], ask: Callable[..., str], state: str
):
    reference = ask("SELECT reference FROM intake_application WHERE state = ? ORDER BY id", state)
    sign_in(screen, username_of(ask, reference))
    visit("/", "/applications/mine/", "/policies/mine/", "/messages/")
    visit(*(f"/applications/{reference}/{name}/".replace("//", "/") for name in STATES[state]))
    visit(*(f"/cases/{reference}/?tab={tab}" for tab in (TABS if state in ("issued", "returned") else TABS[:1])))


@pytest.mark.parametrize("kind", ["correction", "clarification"])
def test_a_returned_application(
    visit: Callable[..., None],
    screen: Page,
    sign_in: Callable[..., None],
    ask: Callable[..., str],
    fine: Fine,
    kind: str,
):
    question = "SELECT reference FROM intake_application WHERE state = 'returned' AND return_kind = ?"
    reference = ask(question, kind)
    sign_in(screen, username_of(ask, reference))
    visit("/", f"/applications/{reference}/")
    visit(*(f"/applications/{reference}/{name}/" for name in (PARTS if kind == "correction" else ("answer",))))
    if kind == "clarification":
        send_empty(screen)
        fine(screen)


@pytest.mark.parametrize("part", ["plan", "insurer", "data", "declaration", "papers"])
def test_a_part_sent_empty(
    visit: Callable[..., None],
    screen: Page,
    sign_in: Callable[..., None],
    ask: Callable[..., str],
    fine: Fine,
    part: str,
):
    reference = ask("SELECT reference FROM intake_application WHERE state = 'draft' ORDER BY id")
    sign_in(screen, username_of(ask, reference))
    visit(f"/applications/{reference}/{part}/")
    if part != "plan":  # chosen already
        send_empty(screen)
        fine(screen)


@pytest.mark.parametrize("state", ["in_force", "awaiting_exporter_share", "cancelled"])
def test_a_firm_with_a_policy(
    visit: Callable[..., None], screen: Page, sign_in: Callable[..., None], ask: Callable[..., str], state: str
):
    pk = ask("SELECT id FROM policies_policy WHERE state = ? ORDER BY id", state)
    reference = ask(
        "SELECT reference FROM intake_application WHERE id = (SELECT application_id FROM policies_policy WHERE id = ?)",
        pk,
    )
    decision = ask("SELECT decision_id FROM intake_application WHERE reference = ?", reference)
    sign_in(screen, username_of(ask, reference))
    visit("/", "/policies/mine/", f"/policies/{pk}/", f"/cases/{reference}/?tab=money")
    visit(f"/cases/{reference}/decisions/{decision}/")
    if state == "in_force":
        visit(f"/policies/{pk}/cancel/")
    if state == "cancelled":
        visit("/policies/cancellations/" + ask("SELECT id FROM policies_cancellation WHERE policy_id = ?", pk) + "/")


def username_of(ask: Callable[..., str], reference: str) -> str:
    """Who applied."""
    return ask(
        "SELECT username FROM accounts_user JOIN intake_application ON created_by_id = accounts_user.id"
        " WHERE reference = ?",
        reference,
    )
