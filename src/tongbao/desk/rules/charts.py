"""Figures as charts: options of the drawing library, made of plain numbers; money in whole yuan."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tongbao import money

GRID = {"left": 8, "right": 40, "top": 36, "bottom": 8, "containLabel": True}


def yuan(fen: int) -> int:
    """Fen as whole yuan, half up: a chart shows sizes, the table beside it exact sums."""
    return money.half_up(Decimal(fen) / 100)


def funnel(steps: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Steps of the work from top to bottom, with how many came so far."""
    return {
        "grid": {**GRID, "top": 8},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "minInterval": 1, "splitLine": {"show": False}, "axisLabel": {"show": False}},
        "yAxis": {
            "type": "category",
            "name": "",
            "inverse": True,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "data": [label for label, _ in steps],
        },
        "series": [
            {
                "name": "申请（件）",
                "type": "bar",
                "barMaxWidth": 28,
                "label": {"show": True, "position": "right"},
                "data": [count for _, count in steps],
            }
        ],
    }


def pools(figures: Iterable[tuple[str, int, int, int]]) -> dict[str, Any]:
    """Pools side by side: name, then charged, reserved and available in fen, stacked to the allotment."""
    rows = list(figures)
    parts = {
        "已列支（元）": [yuan(charged) for _, charged, _, _ in rows],
        "已预占（元）": [yuan(reserved) for _, _, reserved, _ in rows],
        "可用（元）": [yuan(available) for _, _, _, available in rows],
    }
    return {
        "color": ["#0b5563", "#4b9aa5", "#cfdfe3"],  # spent, promised, free: from full to pale
        "grid": GRID,
        "legend": {"top": 0, "left": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "data": [name for name, *_ in rows],
        },
        "series": [
            {
                "name": name,
                "type": "bar",
                "stack": "pool",
                "barMaxWidth": 32,
                "data": data,
            }
            for name, data in parts.items()
        ],
    }
