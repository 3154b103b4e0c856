"""The fund as pictures; each has its figures as a table beside it."""

from typing import Any

from tongbao.funds import queries
from tongbao.funds.rules import TransferKind


def fund_chart(pools: list[queries.PoolFigures]) -> dict[str, Any] | None:
    """The pools as bars of what is charged, reserved and still available, in whole yuan; None before any allotment."""
    shown = [figures for figures in pools if figures.allotted]
    if not shown:
        return None
    parts = (("已列支", "charged"), ("已预占", "reserved"), ("可用额度", "available"))
    return {
        "color": ["#0b5563", "#4b9aa5", "#d3dfe2"],
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [str(figures.pool) for figures in shown],
            "inverse": True,
        },
        "series": [
            {
                "name": f"{label}（元）",
                "type": "bar",
                "stack": "fund",
                "barMaxWidth": 36,
                "data": [getattr(figures, name) // 100 for figures in shown],
            }
            for label, name in parts
        ],
    }


def months_chart(lines: list[queries.Line]) -> dict[str, Any] | None:
    """What was reserved and what was charged in each month, in whole yuan; None before anything was."""
    if not lines:
        return None
    kinds = (TransferKind.RESERVE, TransferKind.CHARGE)
    return {
        "color": ["#4b9aa5", "#0b5563"],
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{line.month:%Y-%m}" for line in lines]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": f"{kind.label}（元）",
                "type": "bar",
                "barMaxWidth": 36,
                "data": [line.figures[kind] // 100 for line in lines],
            }
            for kind in kinds
        ],
    }
