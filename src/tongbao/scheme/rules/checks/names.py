"""Names and citations: an id stands once, can be written in a condition, and a clause cited stands in `clauses`."""

from typing import Any

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.checks.sections import Found, Sections, twice
from tongbao.scheme.rules.source import Path


def duplicates(s: Sections) -> Found:
    """An id stands once in its list; band ids once over all groups; a pool is not named like an insurer's own."""
    for key, items in s.items.items():
        yield from twice(((key, index, "id"), item.id) for index, item in items if hasattr(item, "id"))
    yield from twice(
        (("bands", i, "bands", j, "id"), band.id) for i, group in s.of("bands") for j, band in enumerate(group.bands)
    )
    for i, plan in s.of("plans"):
        yield from twice((("plans", i, "conditions", j, "id"), c.id) for j, c in enumerate(plan.conditions))
    own = {insurer.id for _, insurer in s.of("insurers") if insurer.fund_yuan is not None}
    for i, pool in s.of("pools"):
        if pool.id in own:
            yield ("pools", i, "id"), f"编号“{pool.id}”已是一家保险人自有资金的编号", "给共用资金另取一个编号"


def citations(s: Sections) -> Found:
    """Every clause cited stands in `clauses`; a default says why."""
    known = s.ids("clauses")

    def walk(data: Any, path: Path) -> Found:
        if isinstance(data, dict):
            clause = data.get("clause")
            if isinstance(clause, str) and clause.strip() and clause not in known:
                yield (*path, "clause"), f"clauses 中没有“{clause}”这一条", "检查条款编号，或先在 clauses 中列出"
            if _yes(data.get("default")) and not str(data.get("note") or "").strip():
                yield (*path, "default"), "方案未写明的取值没有说明理由", "在 note 中写明为什么这样取值"
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(value, dict | list):
                yield from walk(value, (*path, key))

    if known:
        yield from walk(s.raw, ())


def _yes(value: Any) -> bool:
    """Whether a part is read as saying yes: `default: yes` is, as `default: true` is."""
    return str(value).lower() in ("true", "yes", "y", "on", "t", "1")


def written(s: Sections) -> Found:
    """Names that conditions write are plain words that mean nothing else, told apart without regard to case."""
    seen: dict[str, str] = {}
    named = [((key, i, "id"), item.id) for key in ("facts", "thresholds") for i, item in s.of(key)]
    for path, id in named:
        if "-" in id:
            yield path, f"编号“{id}”里的连字符在条件中会读成减号", "改用下划线"
        elif not grammar.is_name(id):
            yield path, f"编号“{id}”在条件中另有含义，会读成别的意思", "换一个编号，例如在后面加上 _value"
        if seen.setdefault(id.lower(), id) != id:
            yield path, f"编号“{id}”与“{seen[id.lower()]}”只有大小写不同", "换一个编号"
