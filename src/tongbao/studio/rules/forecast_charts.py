"""The use of a pool as a fan chart: ECharts options in whole yuan."""

from typing import Any

from tongbao.studio.rules.forecast_result import PoolUse, Result

MEDIAN, FUND = "中位数（元）", "资金（元）"
# From the highest line down, each painted over the one before: what remains visible lies between two lines.
LINES = (
    (4, "P95（元）", "#d3e4e8"),
    (3, "P75（元）", "#8fbfc8"),
    (2, MEDIAN, "#8fbfc8"),
    (1, "P25（元）", "#d3e4e8"),
    (0, "P5（元）", "#ffffff"),
)
MIDDLE, EDGE, LIMIT = "#0b5563", "#4b9aa5", "#9a5b6e"


def fans(result: Result) -> list[tuple[str, str, dict[str, Any], str]]:
    """A chart for each pool: title, name on the page, options, and what it shows in words."""
    return [
        (
            pool.title,
            f"fan-{number}",
            fan(result, pool),
            f"{pool.title}到各周末用去的资金：模拟的 P5、P25、中位数、P75、P95",
        )
        for number, pool in enumerate(result.pools)
    ]


def fan(result: Result, pool: PoolUse) -> dict[str, Any]:
    """Money used by the end of each week: the middle line, half of all runs around it, nine in ten around these."""
    series = [_line(name, [fen // 100 for fen in pool.fan[at]], shade, middle=at == 2) for at, name, shade in LINES]
    if pool.fund_fen is not None:
        fund = [pool.fund_fen // 100] * len(result.weeks)
        limit = {"color": LIMIT, "type": "dashed", "width": 2}
        series.append(
            {"name": "资金（元）", "type": "line", "data": fund, "symbol": "none", "lineStyle": limit, "z": 9}
        )
    return {
        "legend": {"data": [_key(MEDIAN, MIDDLE), _key(FUND, LIMIT)]},
        "grid": {"bottom": 32},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "name": "截至",
            "nameLocation": "middle",
            "nameGap": 28,
            "boundaryGap": False,
            "data": [f"{day:%Y-%m-%d}" for day in result.weeks],
        },
        "yAxis": {"type": "value", "splitLine": {"show": False}},
        "series": series,
    }


def _line(name: str, yuan: list[int], shade: str, *, middle: bool) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "data": yuan,
        "symbol": "none",
        "itemStyle": {"color": MIDDLE if middle else shade},
        "lineStyle": {"color": MIDDLE if middle else EDGE, "width": 2 if middle else 1},
        "areaStyle": {"color": shade, "opacity": 1},
    }


def _key(name: str, colour: str) -> dict[str, Any]:
    return {"name": name, "icon": "roundRect", "itemStyle": {"color": colour}}


def _fund(yuan: list[int]) -> dict[str, Any]:
    line = {"color": LIMIT, "type": "dashed", "width": 2}
    return {
        "name": FUND,
        "type": "line",
        "data": yuan,
        "symbol": "none",
        "lineStyle": line,
        "z": 9,
    }
