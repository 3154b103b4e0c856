"""A firm's exports as charts: ECharts options of whole dollars."""

from collections.abc import Sequence
from typing import Any

from tongbao.registry.rules.countries import country_name

SHOWN = 10


def market_chart(countries: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """The biggest markets (pairs of alpha-2 and cents, the biggest first) as lying bars, the others as one."""
    shown = [(country_name(code), cents) for code, cents in countries[:SHOWN]]
    if len(countries) > SHOWN:
        shown.append(("其他", sum(cents for _, cents in countries[SHOWN:])))
    shown.reverse()  # ECharts draws from the bottom up
    return {
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "name": "市场", "data": [name for name, _ in shown]},
        "series": [{"type": "bar", "name": "出口额（美元）", "data": [cents // 100 for _, cents in shown]}],
    }
