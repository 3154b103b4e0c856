"""Customs lists: exports of a firm to a country in a month or a year."""

from typing import Any, NamedTuple

from tongbao.batch.rules import Column
from tongbao.registry.rules import figures
from tongbao.registry.rules.tables.firm import AREA, WHO, read_area
from tongbao.registry.rules.tables.shapes import Cell, Context, Found, table


class FigureRow(NamedTuple):
    """One figure. `month` 0: the whole year; `cents`: USD cents."""

    row: int
    code: str
    name: str
    area: str
    year: int
    month: int
    country: str
    cents: int

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Firm, year, month, country."""
        return self.code, self.year, self.month, self.country


def _year(cell: Any, found: Found, context: Context) -> int:
    return figures.read_year(cell, context.today)


def _month(cell: Any, found: Found, context: Context) -> int:
    return figures.read_month(cell, found.get("year"), context.today)


def _country(cell: Any, found: Found, context: Context) -> str:
    return figures.read_country(cell)


def _cents(cell: Any, found: Found, context: Context) -> int:
    return figures.read_cents(cell, context.unit)


CUSTOMS_EXPORTS = table(
    id="customs_exports",
    title="海关出口额",
    sheet="出口额",
    cells=(
        *WHO,
        Cell(AREA, read_area),
        Cell(Column("year", "年份", "四位数字", ("2018",), others=("统计年份", "年度")), _year),
        Cell(
            Column("month", "月份", "1 到 12；全年合计数请留空", ("7", "（空）"), required=False, others=("统计月份",)),
            _month,
            alone=False,
        ),
        Cell(
            Column(
                "country",
                "国别",
                "国家（地区）名称、ISO 代码或海关旧代码；确实不详的填“不详”",
                ("美国", "US", "USA", "502"),
                others=("国家", "目的国", "国别（地区）", "目的国（地区）", "最终目的国", "最终目的国（地区）"),
            ),
            _country,
        ),
        Cell(
            Column(
                "amount",
                "出口额（美元）",
                "单位是美元；最多两位小数",
                ("125000.50",),
                others=("出口额", "金额（美元）", "美元值", "出口金额"),
                unit="usd",
            ),
            _cents,
            alone=False,
        ),
    ),
    make=FigureRow,
    repeated="与第 {row} 行重复：同一企业、年月、国别只能有一行，请合并或删除",
    repeated_at="country",
    same_firm=(("name", "名称"), ("area", "工商注册地")),
)
