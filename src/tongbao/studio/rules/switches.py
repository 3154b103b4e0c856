"""Grounds of priority switched off and on again, together with the thresholds that only they use."""

import re
from collections.abc import Iterator

from tongbao.studio.rules.text import Editing, Path, Source, raw

PRIORITIES: Path = ("priorities",)
THRESHOLDS: Path = ("thresholds",)
CONDITIONS = ("when", "if_unknown")


def switch(editing: Editing, base: Source, off: set[str], on: list[str]) -> None:
    """Take grounds out of the text, and put others back as `base` has them."""
    source = editing.source
    if off:
        kept = {name for path in _conditions(source) if not _of(path, off) for name in _names(source, path)}
        freed = {name for path in _conditions(source) if _of(path, off) for name in _names(source, path)} - kept
        wanted = {name for id in on for name in _needed(base, id)}
        editing.drop_items(PRIORITIES, off)
        editing.drop_items(THRESHOLDS, freed & set(map(str, source.items(THRESHOLDS))) - wanted)
    if on:
        needed = dict.fromkeys(name for id in on for name in _needed(base, id))
        missing = [name for name in needed if name not in source.items(THRESHOLDS)]
        editing.add_items(PRIORITIES, [raw(base, (*PRIORITIES, id)) for id in on])
        editing.add_items(THRESHOLDS, [raw(base, (*THRESHOLDS, name)) for name in missing])


def _of(path: Path, ids: set[str]) -> bool:
    return path[0] == "priorities" and path[1] in ids


def _needed(base: Source, id: str) -> Iterator[str]:
    """The thresholds that a ground of the base uses."""
    known = base.items(THRESHOLDS)
    for key in CONDITIONS:
        yield from (name for name in _names(base, (*PRIORITIES, id, key)) if name in known)


def _names(source: Source, path: Path) -> list[str]:
    return re.findall(r"[A-Za-z]\w*", source.value(path) or "")


def _conditions(source: Source) -> Iterator[Path]:
    """Where conditions stand in a text."""
    parts = [(section, id) for section in ("criteria", "priorities") for id in source.items((section,))]
    of_plans = [
        ("plans", plan, "conditions", id)
        for plan in source.items(("plans",))
        for id in source.items(("plans", plan, "conditions"))
    ]
    for part in (*parts, *of_plans):
        yield from ((*part, key) for key in CONDITIONS)
