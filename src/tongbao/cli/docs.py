"""`python -m tongbao.cli.docs`: write docs/reference/ from the code; with --check only compare.

states.md holds a diagram for each table of transitions in the rules; pages.md says which role may open which page;
policy-coverage.md says what is done of each clause of the policy; scheme-format.md and scheme-shapes.md what a scheme
file may say, with examples.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tongbao import flow
from tongbao.accounts.rules import Role
from tongbao.cli import scheme_format
from tongbao.cli.context import start_django

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"
STATES = """# 状态图

由各环节 `rules.py` 的 `TRANSITIONS` 生成（`make docs`），请勿手改。
"""
PAGES = """# 谁能打开哪个页面

由各环节 `urls.py` 和 `views.py` 生成（`make docs`），请勿手改。

“●”表示可以打开；看到哪些内容，另由服务器按单位和区域限定。

| 地址 | 访客 | {roles} |
| --- | --- | {rules} |
"""


def written() -> dict[Path, str]:
    """What each generated document should say."""
    from tongbao.cli import coverage  # reads rows' modules, which need Django

    return {
        FOLDER / "states.md": "\n".join([STATES, *_diagrams()]),
        FOLDER / "pages.md": _pages(),
        FOLDER / "policy-coverage.md": coverage.markdown(),
        FOLDER / "scheme-format.md": scheme_format.format_page(),
        FOLDER / "scheme-shapes.md": scheme_format.examples_page(),
    }


def stale() -> list[str]:
    """The documents that do not say what they should."""
    return [path.name for path, text in written().items() if not path.exists() or path.read_text() != text]


def main(arguments: list[str]) -> int:
    """Write, or with --check report what is stale (exit code 1)."""
    start_django()
    if "--check" in arguments:
        for name in (old := stale()):
            print(f"docs/reference/{name} 已过期：请运行 make docs", file=sys.stderr)
        return 1 if old else 0
    for path, text in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


def pages() -> Iterator[tuple[str, Callable[..., Any]]]:
    """(route, view) of every page of our own, in the order of the addresses."""
    from django.urls import get_resolver

    found = [
        (route, view)
        for route, view in _walk(get_resolver().url_patterns, "/")
        if view.__module__.startswith("tongbao")
    ]
    return iter(sorted(found, key=lambda pair: pair[0]))


def _walk(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry.url_patterns, route)
        else:
            yield route, entry.callback


def _pages() -> str:
    head = PAGES.format(roles=" | ".join(role.label for role in Role), rules=" | ".join("---" for _ in Role))
    return head + "".join(_row(route, getattr(view, "access", ())) for route, view in pages())


def _row(route: str, access: tuple[Role, ...] | None) -> str:
    """`access` None: everybody; empty: everyone signed in; else those roles."""
    marks = ["●" if access is None else ""] + ["●" if not access or role in access else "" for role in Role]
    return f"| `{route}` | " + " | ".join(marks) + " |\n"


def _diagrams() -> Iterator[str]:
    for context in flow.STATIONS:
        if find_spec(f"tongbao.{context}.rules"):
            rules = import_module(f"tongbao.{context}.rules")
            tables = [getattr(rules, name) for name in sorted(dir(rules)) if name.endswith("TRANSITIONS")]
            yield from (_diagram(context, table) for table in tables)


def _diagram(context: str, table: Mapping[Any, Iterable[Any]]) -> str:
    """One table as a mermaid diagram; states without a way out end."""
    states = list(dict.fromkeys([*table, *(after for afters in table.values() for after in sorted(afters, key=str))]))
    lines = [f"## {type(states[0]).__name__}（{context}）", "", "```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{getattr(state, "label", state)} {state}" as {state}' for state in states]
    lines.append(f"    [*] --> {states[0]}")
    lines += [f"    {before} --> {after}" for before in table for after in sorted(table[before], key=str)]
    lines += [f"    {state} --> [*]" for state in states if not table.get(state)]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
