"""The people of a story, each at a screen of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.journeys.conftest import Server

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
PAPER = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": PDF}
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@dataclass
class People:
    """Who acts, at which page."""

    server: "Server"
    new_page: Callable[..., Page]
    sign_in: Callable[..., None]
    fine: Callable[[Page], None]
    shot: Callable[..., Path]
    ask: Callable[..., str]
    pages: dict[str, Page] = field(default_factory=dict)

    def at(self, username: str, path: str, **options: object) -> Page:
        """This person's page, opened there; signed in on first use, and nobody without a name."""
        if username not in self.pages:
            self.pages[username] = self.new_page(**(options or {"viewport": DESK}))
            if username:
                self.sign_in(self.pages[username], username)
        self.pages[username].goto(self.server.url + path)
        return self.pages[username]

    def phone(self, username: str, path: str) -> Page:
        """The same on a phone."""
        return self.at(username, path, viewport=PHONE, is_mobile=True, has_touch=True)

    def look(self, page: Page, name: str = "") -> None:
        """Nothing for axe to find, nothing too wide; a desk's page at the width of a phone too. A name: a picture."""
        page.wait_for_load_state()
        if page.viewport_size == DESK:
            page.set_viewport_size(PHONE)
            self.fine(page)
            page.set_viewport_size(DESK)
        self.fine(page)
        if name:
            self.shot(page, name)


def main(page: Page) -> object:
    """What the page says."""
    return expect(page.get_by_role("main"))


def fill(page: Page, typed: dict[str, str]) -> None:
    """Each of these fields, by its label."""
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)
