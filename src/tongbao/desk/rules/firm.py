"""A firm's exports as lines of a table and as a chart, and the kinds of what passed between it and the platform."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tongbao.labels import Labelled

MONTHS = range(1, 13)
TENTH = Decimal("0.1")


class Dealing(Labelled):
    """What passes between the platform, the insurers and a firm."""

    NOTICE = "notice", "通知"
    DISPUTE = "dispute", "异议与答复"
    INQUIRY = "inquiry", "投保核查"
    CORRECTION = "correction", "资料更正"


@dataclass(frozen=True)
class Year:
    """A firm's year as the register adds it up, in cents (registry.YearTotal)."""

    year: int
    total: int
    months: int
    annual: int | None
    monthly: int | None
    unknown: int
    markets: Mapping[str, int]


@dataclass(frozen=True)
class YearLine:
    """A year beside the one before; `cents` is None when the register does not know, 0 when a complete list says so."""

    year: int
    cents: int | None
    change: str
    source: str
    known_share: str
    unknown_share: str
    markets: int
    difference_cents: int | None = None  # the whole year's figure less its months, when both are there and differ


@dataclass(frozen=True)
class MarketLine:
    """A market in a year, beside the year before; cents."""

    code: str
    cents: int
    share: str
    before_cents: int | None
    change: str


def share(part: int | None, whole: int | None) -> str:
    """A share with one decimal: '37.5%'; a dash when there is nothing to divide."""
    if part is None or not whole:
        return "—"
    return f"{(Decimal(part) * 100 / whole).quantize(TENTH, ROUND_HALF_UP)}%"


def change(now: int | None, before: int | None) -> str:
    """How much more or less than before: '+12.5%'; a dash when either is unknown or the earlier one is zero."""
    if now is None or not before:
        return "—"
    return f"{(Decimal(now - before) * 100 / before).quantize(TENTH, ROUND_HALF_UP):+}%"


def year_lines(
    years: Sequence[Year], complete: Collection[int], wanted: Collection[int], this_year: int
) -> list[YearLine]:
    """Every year of which something is known, and those `wanted`, newest first.

    `complete`: years in which absence means zero; `this_year` is not over, so it is not set beside a whole one.
    """
    held = {one.year: one for one in years}
    return [_line(year, held, complete, over=year < this_year) for year in sorted({*held, *wanted}, reverse=True)]


def _line(year: int, held: Mapping[int, Year], complete: Collection[int], *, over: bool) -> YearLine:
    cents, one = _cents(year, held, complete), held.get(year)
    moved = change(cents, _cents(year - 1, held, complete)) if over else "年度未完"
    if one is None:
        said = "完整名单中没有本企业，按 0 计" if year in complete else "登记中没有数据"
        return YearLine(year, cents, moved, said, "—", "—", 0)
    both = one.annual is not None and one.monthly is not None and one.months > 0
    return YearLine(
        year=year,
        cents=cents,
        change=moved,
        source=f"{one.months} 个月的分月数" if one.months else "全年合计数",
        known_share=share(one.total - one.unknown, one.total),
        unknown_share=share(one.unknown, one.total),
        markets=sum(1 for cents in one.markets.values() if cents),
        difference_cents=(one.annual or 0) - (one.monthly or 0) or None if both else None,
    )


def _cents(year: int, held: Mapping[int, Year], complete: Collection[int]) -> int | None:
    if year in held:
        return held[year].total
    return 0 if year in complete else None


def market_lines(year: Year | None, before: Year | None) -> list[MarketLine]:
    """Every market of a year, the biggest first; a market of the year before that has gone is not listed."""
    if year is None:
        return []
    earlier = {} if before is None else before.markets
    lines = []
    for code, cents in sorted(year.markets.items(), key=lambda item: (-item[1], item[0])):
        was = None if before is None else earlier.get(code, 0)
        lines.append(MarketLine(code, cents, share(cents, year.total), was, change(cents, was)))
    return lines


def month_chart(months: Mapping[tuple[int, int], int], years: Sequence[int]) -> dict[str, Any]:
    """The months of some years side by side, from (year, month) → cents, in whole dollars; months without: 0."""
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "name": "月份", "data": [f"{month}月" for month in MONTHS]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": f"{year}年出口额（美元）",
                "barMaxWidth": 22,
                "data": [months.get((year, month), 0) // 100 for month in MONTHS],
            }
            for year in years
        ],
    }
