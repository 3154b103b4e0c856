"""The project's own files as the architecture tests read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

from tongbao import flow

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tongbao"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, and those about to be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product, except migrations, which Django writes."""
    return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def templates() -> list[Path]:
    """Every template of the product."""
    return sorted(path for path in PACKAGE.rglob("templates/**/*") if path.suffix in {".html", ".txt"})


def context_of(path: Path) -> str:
    """The context (or floor or roof package) a file belongs to; a floor module is its own."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def room_of(path: Path) -> str:
    """The room of its context a module stands in: `rules` for rules.py and for anything in rules/."""
    parts = path.relative_to(PACKAGE).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def in_rooms(*rooms: str) -> list[Path]:
    """The modules of these rooms in every context."""
    return [path for path in modules() if context_of(path) in flow.CONTEXTS and room_of(path) in rooms]


def name(path: Path) -> str:
    """How a file is named in a failure."""
    return str(path.relative_to(ROOT))


def where(path: Path, node: ast.AST) -> str:
    """How a place in a module is named in a failure."""
    return f"{name(path)}:{getattr(node, 'lineno', 0)}"
