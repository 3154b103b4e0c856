"""Master data: what a firm is called and where it is registered."""

import re
from datetime import date
from typing import Any, NamedTuple

from tongbao.batch.rules import Column
from tongbao.registry.rules import figures
from tongbao.registry.rules.figures import Wrong
from tongbao.registry.rules.tables.firm import AREA, WHO, read_area
from tongbao.registry.rules.tables.shapes import Cell, Context, Found, table


class FirmRow(NamedTuple):
    """One firm; `registered_on` is an ISO date or empty."""

    row: int
    code: str
    name: str
    area: str
    customs_code: str
    nature: str
    registered_on: str
    address: str

    @property
    def key(self) -> tuple[str]:
        """The firm."""
        return (self.code,)


def _customs_code(cell: Any, found: Found, context: Context) -> str:
    """Ten characters; what its digits mean is not relied on."""
    typed = figures.text(cell).upper()
    if typed and not re.fullmatch(r"[0-9A-Z]{10}", typed):
        raise Wrong("海关注册编码应为 10 位数字或字母；没有的请留空")
    return typed


def _nature(cell: Any, found: Found, context: Context) -> str:
    return figures.read_text(cell, "企业性质", 20)


def _address(cell: Any, found: Found, context: Context) -> str:
    return figures.read_text(cell, "注册地址", 200)


def _registered_on(cell: Any, found: Found, context: Context) -> str:
    day: date | None = figures.read_day(cell)
    if day and day > context.today:
        raise Wrong("成立日期还没有到，请核对")
    return day.isoformat() if day else ""


MASTER_DATA = table(
    id="master_data",
    title="企业主数据",
    sheet="企业",
    cells=(
        *WHO,
        Cell(AREA, read_area),
        Cell(
            Column(
                "customs_code",
                "海关注册编码",
                "10 位",
                ("3206961234",),
                required=False,
                others=("海关编码", "海关代码"),
            ),
            _customs_code,
        ),
        Cell(Column("nature", "企业性质", "照登记填写", ("私营企业",), required=False, others=("企业类型",)), _nature),
        Cell(
            Column(
                "registered_on",
                "成立日期",
                "日期，例如 2015-06-30",
                ("2015-06-30",),
                required=False,
                others=("注册日期",),
            ),
            _registered_on,
            is_day=True,
        ),
        Cell(
            Column(
                "address",
                "注册地址",
                "照营业执照填写",
                ("南通市崇川区某路1号",),
                required=False,
                others=("地址", "住所"),
            ),
            _address,
        ),
    ),
    make=FirmRow,
    repeated="与第 {row} 行重复：同一企业只能有一行，请删除多余的行",
    repeated_at="code",
)
