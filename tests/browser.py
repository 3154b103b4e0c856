"""Find a Chromium for the journeys, or fetch one: `python -m tests.browser` prints its path.

Looks at TONGBAO_CHROMIUM, then PATH, then playwright's own; else lets playwright fetch it, else apt-get when root.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium that is there already."""
    if named := os.environ.get("TONGBAO_CHROMIUM"):
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()


def fetch() -> str | None:
    """The path of a Chromium fetched now, with Chinese fonts where the machine has none."""
    libraries = ["--with-deps"] if os.geteuid() == 0 else []
    _quietly([sys.executable, "-m", "playwright", "install", *libraries, "chromium"], seconds=600)
    if found := find():
        return found
    _apt("chromium")
    return find()


def main() -> int:
    """Print the path, or say what to do."""
    path = find() or fetch()
    if not path:
        print("没有找到 Chromium：请安装后重试，或用 TONGBAO_CHROMIUM 指明它的路径。", file=sys.stderr)
        return 1
    if not _has_chinese_font():
        _apt("fonts-noto-cjk")
    print(path)
    return 0


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def _apt(package: str) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _quietly(["apt-get", "update"], seconds=300)
        _quietly(["apt-get", "install", "-y", "--no-install-recommends", package], seconds=900)


def _quietly(command: list[str], *, seconds: int) -> None:
    try:
        subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except subprocess.TimeoutExpired:
        print(f"{command[0]}: 超时", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
