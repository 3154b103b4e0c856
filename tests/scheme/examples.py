"""The documented examples of docs/guides/scheme-shapes, laid over the smallest edition; and golden cases, read."""

import io
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tongbao.scheme import rules

PROJECT = Path(__file__).parents[2]
SHAPES = PROJECT / "docs" / "guides" / "scheme-shapes"
GOLDEN = Path(__file__).parent / "golden"
BASE = "base"


def yaml(path: Path) -> Any:
    """A YAML file as plain data; percentages, dates and quoted amounts stay as they are written."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Every example but the base, by file name."""
    return sorted(path.stem for path in SHAPES.glob("*.yaml") if path.stem != BASE)


@cache
def text(name: str) -> str:
    """An example as a whole scheme file: parts with the id of one in the base replace it, others are added, and what
    has no id replaces the section.
    """
    whole = yaml(SHAPES / f"{BASE}.yaml")
    for key, part in yaml(SHAPES / f"{name}.yaml").items():
        whole[key] = _laid_over(whole.get(key), part)
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(whole, out)
    return out.getvalue()


def _laid_over(below: Any, above: Any) -> Any:
    if not isinstance(below, list) or not isinstance(above, list) or any("id" not in part for part in above):
        return above
    found = {part["id"]: part for part in below}
    return list({**found, **{part["id"]: part for part in above}}.values())


@cache
def compiled(name: str) -> rules.CompiledTerms:
    """An example ready to decide."""
    return rules.compile(rules.load(text(name), f"{name}.yaml"))


@cache
def golden(name: str) -> dict[str, Any]:
    """The golden file of an example, or of an edition."""
    path = GOLDEN / "shapes" / f"{name}.yaml"
    found: dict[str, Any] = yaml(path if path.exists() else GOLDEN / f"{name}.yaml")
    return found


def cases(section: str) -> list[tuple[str, dict[str, Any]]]:
    """(example, case) of one kind, over all examples; the defaults of its file are filled into the facts of a case."""
    return [
        (name, {**case, "事实": {**golden(name).get("缺省事实", {}), **case["事实"]}} if "事实" in case else case)
        for name in names()
        for case in golden(name).get(section, [])
        if "名称" in case
    ]
