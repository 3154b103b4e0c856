"""The columns that say which firm a row is about."""

import re
from typing import Any

from tongbao.batch.rules import Column
from tongbao.registry.rules import figures
from tongbao.registry.rules.figures import Wrong
from tongbao.registry.rules.tables.shapes import Cell, Context, Found

CODE = Column(
    "code",
    "统一社会信用代码",
    "18 位，与营业执照一致",
    ("91320602MA1XAMPLEP",),
    others=("信用代码", "企业代码", "社会信用代码"),
)
NAME = Column("name", "企业名称", "与营业执照一致", ("南通某某纺织品有限公司",), others=("单位名称", "公司名称"))
AREA = Column(
    "area",
    "工商注册地",
    "区、县（市）或功能区的名称",
    ("崇川区", "经济技术开发区"),
    others=("所属区域", "区域", "注册地", "所在区"),
)


def read_code(cell: Any, found: Found, context: Context) -> str:
    """The firm's code of today: a former code leads to it."""
    code = figures.read_code(cell, context.exceptions)
    return context.aliases.get(code, code)


def read_known_code(cell: Any, found: Found, context: Context) -> str:
    """The code of a firm that the register holds; empty when the list gives names only."""
    if cell is None:
        return ""
    code = read_code(cell, found, context)
    if not context.knows(code):
        raise Wrong("企业名册里没有这个代码，请先导入企业主数据或登记这家企业")
    return code


def read_name(cell: Any, found: Found, context: Context) -> str:
    """The firm's name as written."""
    return figures.read_name(cell)


def read_area(cell: Any, found: Found, context: Context) -> str:
    """The code of the area."""
    return figures.read_area(cell, context.areas)


def read_name_or_find(cell: Any, found: Found, context: Context) -> str:
    """The name; where the row has no code, the one firm of that name must be found."""
    if found.get("code") != "":  # a code was given, or was wrong: that is said already
        return "" if cell is None else figures.read_name(cell)
    name = figures.read_name(cell)
    codes = context.named(name)
    if not codes:
        raise Wrong(f"企业名册里没有叫“{name}”的企业，请补上统一社会信用代码，或先登记这家企业")
    if len(codes) > 1:
        raise Wrong(f"叫“{name}”的企业有 {len(codes)} 家（{'、'.join(codes[:3])}），请补上统一社会信用代码")
    return name


def code_of(code: str, name: str, context: Context) -> str:
    """The code of a row that may name its firm only."""
    return code or context.named(re.sub(r"\s+", " ", name).strip())[0]


WHO = (Cell(CODE, read_code), Cell(NAME, read_name))
WHO_KNOWN = (
    Cell(
        Column(
            CODE.key, CODE.title, "18 位；名单只有企业名称的可以留空", CODE.samples, required=False, others=CODE.others
        ),
        read_known_code,
    ),
    Cell(NAME, read_name_or_find, alone=False),
)
