"""What the journeys share: a real server of their own, a browser, and the accessibility check.

    def test_something(demo_server, page, axe): page.goto(demo_server.url + "/"); axe(page)

- `demo_server`: one `tongbao serve` with the demonstration data, for all journeys (they may add to the data). A story
  that uses up what others look for puts a server of its own in its place (test_fund.py).
- `server`: one `tongbao serve` with an empty, migrated database.
- `page`: a desktop page; `phone`: the size of a phone, with touch; `new_page(**options)`: further people at once.
- `sign_in(page, username)`: signs a demonstration account in.
- `axe(page)`: fails with a readable list when axe finds anything.
- `fine(page)`: axe finds nothing and nothing sticks out sideways, at this size.
- `people`: everybody of a longer story, each at a screen of their own (people.py).
- `shot(page, "03-apply")`: a screenshot; TONGBAO_SHOTS names the folder (docs/guides/images renews the guides).
"""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests import browser as chromium
from tests.journeys.people import People

DEMO_CLOCK = "2019-10-15T09:00"
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running `tongbao serve`: its address and where its data live."""

    url: str
    data_dir: Path
    environment: dict[str, str]

    def tongbao(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of the command on the same data."""
        return subprocess.run(_command(*arguments), env=self.environment, capture_output=True, text=True, check=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tongbao.cli", *arguments]


def _environment(data_dir: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAO_", "DATABASE_URL"))}
    return {**ours, "TONGBAO_DATA_DIR": str(data_dir), "TONGBAO_CLOCK": DEMO_CLOCK, "PYTHONPATH": "src"}


def _run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(_command(*arguments), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"tongbao {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"


def serve(data_dir: Path, *preparations: tuple[str, ...]) -> Iterator[Server]:
    """A `tongbao serve` on these data, after these verbs of the command."""
    environment = _environment(data_dir)
    for arguments in preparations:
        _run(environment, *arguments)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (data_dir / "serve.log").open("w")
    process = subprocess.Popen(_command("serve", "--port", str(port)), env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/accounts/login/", process, data_dir / "serve.log")
        yield Server(f"http://127.0.0.1:{port}", data_dir, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.close()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            pytest.fail(f"{url}: {error.code}\n{log.read_text()}")
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an empty, migrated database."""
    yield from serve(tmp_path_factory.mktemp("empty"), ("migrate",))


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration data, made once; copy it, do not use it."""
    data_dir = tmp_path_factory.mktemp("demo-data")
    for arguments in (("migrate",), ("demo",)):
        _run(_environment(data_dir), *arguments)
    return data_dir


@pytest.fixture(scope="session")
def demo_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demonstration data, shared by the journeys."""
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_data, data_dir)
    yield from serve(data_dir)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, wherever this machine has it."""
    path = chromium.find()
    if not path:
        pytest.fail("没有找到 Chromium：请用 make test，或用 TONGBAO_CHROMIUM 指明它的路径。")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page(**options)`: a page in a context of its own; whatever goes wrong in it fails the test."""
    opened, faults = [], []

    def open_page(**options: object) -> Page:
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _note(faults, page, said))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert faults == []


def _note(faults: list[str], page: Page, said: object) -> None:
    """Broken scripts and blocked content are faults; an answer of 403, 404 or 409 may be what the story is about."""
    if said.type == "error" and "the server responded with a status of 4" not in said.text:
        faults.append(f"{page.url}: {said.text}")


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page on a desk."""
    return new_page(viewport={"width": 1366, "height": 860})


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page on a phone."""
    return new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)


@pytest.fixture
def sign_in(demo_server: Server) -> Callable[..., None]:
    """`sign_in(page, username)`: with the password that the sign-in page shows in demo mode."""

    def enter(page: Page, username: str, password: str | None = None) -> None:
        from tongbao.accounts.rules import DEMO_PASSWORD

        page.context.clear_cookies()
        page.goto(f"{demo_server.url}/accounts/login/")
        page.locator("#id_login").fill(username)
        page.locator("#id_password").fill(password or DEMO_PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return enter


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """`axe(page)`: WCAG 2.1 A and AA and the best practices; nothing may be found."""
    checker = Axe()

    def check(page: Page) -> None:
        found = checker.run(page).response["violations"]
        said = [
            f"{fault['id']}: {fault['help']}\n    " + "\n    ".join(node["html"] for node in fault["nodes"])
            for fault in found
        ]
        assert not said, f"axe on {page.url}\n" + "\n".join(said)

    return check


@pytest.fixture(scope="session")
def fine(axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """`fine(page)`: nothing for axe to find, nothing wider than the screen."""

    def check(page: Page) -> None:
        axe(page)
        assert page.viewport_size is not None
        wide = page.evaluate("document.documentElement.scrollWidth")  # a phone's window grows with what is too wide
        assert wide <= page.viewport_size["width"], f"{page.url} is {wide} wide"

    return check


@pytest.fixture
def ask(demo_server: Server) -> Callable[..., str]:
    """`ask("SELECT reference …", value)`: one value from the demonstration data, read only."""

    def value(question: str, *values: object) -> str:
        database = sqlite3.connect(f"file:{demo_server.data_dir / 'tongbao.sqlite3'}?mode=ro", uri=True)
        with closing(database):
            (found,) = database.execute(question, values).fetchone()
        return str(found)

    return value


@pytest.fixture(scope="session")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`shot(page, name)`: keep a screenshot of the whole page."""
    folder = Path(os.environ.get("TONGBAO_SHOTS") or tmp_path_factory.mktemp("shots"))

    def keep(page: Page, name: str, *, full: bool = True) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=full, animations="disabled", scale="css")
        return path

    return keep


@pytest.fixture
def people(
    demo_server: Server,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    fine: Callable[[Page], None],
    shot: Callable[..., Path],
    ask: Callable[..., str],
) -> People:
    """Everybody of a story, each at a screen of their own."""
    return People(demo_server, new_page, sign_in, fine, shot, ask)
