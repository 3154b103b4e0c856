"""A newcomer opens the site for the first time, at a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Server

PAGES = ["/", "/accounts/login/"]


@pytest.mark.parametrize("path", PAGES)
def test_at_a_desk(server: Server, page: Page, axe: Callable[[Page], None], path: str):
    page.goto(server.url + path)
    expect(page.locator("h1")).to_have_count(1)
    axe(page)


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone(server: Server, phone: Page, fine: Callable[[Page], None], path: str):
    phone.goto(server.url + path)
    fine(phone)


def test_an_unknown_address_says_so_kindly(server: Server, page: Page, axe: Callable[[Page], None]):
    response = page.goto(f"{server.url}/there-is-no-such-page/")
    assert response is not None
    assert response.status == 404
    axe(page)


def test_the_headers_are_strict(server: Server, page: Page):
    response = page.goto(f"{server.url}/accounts/login/")
    assert response is not None
    headers = response.headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
