"""The money of a pool over time as a picture; the figures stand as a table beside it."""

from typing import Any

from tongbao.funds.queries import PoolPicture
from tongbao.funds.rules import thinned


def money_chart(picture: PoolPicture) -> dict[str, Any]:
    """What is charged, reserved and available at the end of each day, stacked, in whole yuan."""
    days = thinned(list(picture.days))
    parts = (("已列支", "charged"), ("已预占", "reserved"), ("可用额度", "available"))
    return {
        "color": ["#0b5563", "#4b9aa5", "#d3dfe2"],
        "legend": {"icon": "rect"},
        "grid": {"left": 32, "right": 32, "bottom": 28},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "name": "日期",
            "nameLocation": "middle",
            "nameGap": 26,
            "boundaryGap": False,
            "data": [str(day.day) for day in days],
        },
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": f"{label}（元）",
                "type": "line",
                "stack": "fund",
                "step": "end",
                "showSymbol": False,
                "lineStyle": {"width": 0},
                "areaStyle": {"opacity": 1},
                "data": [getattr(day, name) // 100 for day in days],
            }
            for label, name in parts
        ],
    }
