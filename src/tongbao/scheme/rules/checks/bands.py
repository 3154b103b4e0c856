"""Bands and the holes between them."""

from itertools import pairwise

from tongbao.scheme.rules.checks.sections import Found, Sections
from tongbao.scheme.rules.shapes import Span
from tongbao.scheme.rules.source import Path
from tongbao.scheme.rules.wording import span


def bands(s: Sections) -> Found:
    """Bands stand from low to high without overlap; what lies between is a declared hole, exactly."""
    for i, group in s.of("bands"):
        path: Path = ("bands", i)
        if group.fact not in s.ids("facts"):
            yield (*path, "fact"), f"没有名为“{group.fact}”的事实", "先在 facts 中定义"
        elif not s.number(group.fact):
            yield (*path, "fact"), f"“{group.fact}”不是数字，不能分档", "用 type: number 的事实分档"
        stretches = [((*path, "bands", j), band) for j, band in enumerate(group.bands)]
        stretches += [((*path, "holes", j), hole) for j, hole in enumerate(group.holes)]
        wrong = [fault for where, stretch in stretches for fault in _ends(where, stretch)]
        yield from wrong
        if not wrong:
            yield from _neighbours(stretches)


def _ends(path: Path, stretch: Span) -> Found:
    low, high = stretch.low, stretch.high
    if None not in (stretch.from_, stretch.above) or None not in (stretch.to, stretch.below):
        yield path, "同一端写了两次", "from 与 above 选一个，to 与 below 选一个"
    elif low is not None and high is not None and low > high:
        yield path, f"下限 {low} 高于上限 {high}", "检查两端"
    elif low is not None and low == high and not stretch.holds(low):
        yield path, f"两端都是 {low} 而不都含端点，里面没有数", "用 from 和 to 写一个点，或检查两端"


def _neighbours(stretches: list[tuple[Path, Span]]) -> Found:
    ordered = sorted(stretches, key=lambda pair: (pair[1].low is not None, pair[1].low or 0, pair[1].from_ is None))
    for (_, lower), (path, upper) in pairwise(ordered):
        if lower.high is None or upper.low is None or lower.high > upper.low:
            yield path, f"与 {span(lower)}重叠", "分档之间不能重叠，检查两端"
        elif lower.high == upper.low and lower.to is not None and upper.from_ is not None:
            yield path, f"与 {span(lower)}在端点 {lower.high} 重叠", "一边用 above 或 below，表示不含端点"
        elif lower.high < upper.low or (lower.to is None and upper.from_ is None):
            yield path, f"与 {span(lower)}之间有未说明的空档", "补上分档，或在 holes 中写明空档及理由"
