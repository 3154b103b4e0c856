import re
from pathlib import Path

from tongbao.cli import assets
from tongbao.desk import context

USED = re.compile(r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']")


def test_every_icon_in_use_is_on_the_list():
    listed = {Path(target).stem for _, target in assets.listed() if target.startswith("icons/")}
    templates = (assets.PROJECT / "src").rglob("templates/**/*.html")
    used = {name for path in templates for name in USED.findall(path.read_text())}
    used |= {item.icon for item in context.menu_items()}
    assert sorted(used - listed) == []


def test_the_lock_names_no_host():
    assert "resolved" not in (assets.PROJECT / "package-lock.json").read_text()


def test_installing_again_does_nothing(tmp_path: Path, monkeypatch):
    for name in ("package.json", "package-lock.json", ".npmrc", "assets.txt"):
        (tmp_path / name).write_text("" if name == "assets.txt" else "{}")
    (tmp_path / "assets.txt").write_text("# list\n\na/b.css => c/d.css\n")

    def pretend(node: Path) -> None:
        calls.append(node)
        (node / "node_modules" / "a").mkdir(parents=True, exist_ok=True)
        (node / "node_modules" / "a" / "b.css").write_text("b")

    calls: list[Path] = []
    monkeypatch.setattr(assets, "_npm_ci", pretend)
    assert [assets.install(tmp_path), assets.install(tmp_path)] == [True, False]
    assert (tmp_path / "build" / "assets" / "c" / "d.css").read_text() == "b"
    (tmp_path / "assets.txt").write_text("a/b.css => c/e.css\n")
    assert assets.install(tmp_path)
    assert not (tmp_path / "build" / "assets" / "c" / "d.css").exists()
    assert len(calls) == 2
