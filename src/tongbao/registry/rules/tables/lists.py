"""Lists of designated firms, and of firms that are insured already."""

from datetime import date
from typing import Any, NamedTuple

from tongbao.batch.rules import Column
from tongbao.registry.rules import figures
from tongbao.registry.rules.figures import Wrong
from tongbao.registry.rules.tables.firm import WHO_KNOWN
from tongbao.registry.rules.tables.shapes import Cell, Context, Found, table
from tongbao.registry.rules.vocabulary import SHORT_NAMES, DesignationKind


class DesignationRow(NamedTuple):
    """A firm's place on a list; days in ISO form, `valid_to` empty when the list has no end."""

    row: int
    code: str
    name: str
    kind: str
    document_number: str
    valid_from: str
    valid_to: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Firm (by code, else by name), list, document."""
        return self.code or self.name, self.kind, self.document_number


class CoverRow(NamedTuple):
    """A policy held elsewhere; days in ISO form."""

    row: int
    code: str
    name: str
    insurer_name: str
    valid_from: str
    valid_to: str
    document_number: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Firm (by code, else by name), insurer, first day."""
        return self.code or self.name, self.insurer_name, self.valid_from


def _kind(cell: Any, found: Found, context: Context) -> str:
    typed = figures.text(cell)
    for kind in DesignationKind:
        if typed and typed in (kind.value, kind.label, SHORT_NAMES[kind]):
            return kind.value
    choices = "、".join(SHORT_NAMES[kind] for kind in DesignationKind)
    raise Wrong(f"没有叫“{typed}”的名单，请填写：{choices}" if typed else f"请填写名单：{choices}")


def _needed(title: str, length: int) -> Any:
    def read(cell: Any, found: Found, context: Context) -> str:
        typed = figures.read_text(cell, title, length)
        if not typed:
            raise Wrong(f"请填写{title}")
        return typed

    return read


def _from(cell: Any, found: Found, context: Context) -> str:
    day = figures.read_day(cell)
    if day is None:
        raise Wrong("请填写日期，例如 2019-01-01")
    return day.isoformat()


def _to(cell: Any, found: Found, context: Context) -> str:
    """The last day, or empty; never before the first."""
    day = figures.read_day(cell)
    first = found.get("valid_from")
    if day and first and day < date.fromisoformat(first):
        raise Wrong("结束日期早于开始日期，请核对")
    return day.isoformat() if day else ""


def _needed_to(cell: Any, found: Found, context: Context) -> str:
    if not (day := _to(cell, found, context)):
        raise Wrong("请填写终保日期，例如 2019-12-31")
    return day


DESIGNATIONS = table(
    id="designations",
    title="名单认定",
    sheet="名单",
    cells=(
        *WHO_KNOWN,
        Cell(
            Column("kind", "名单", "填写名单的简称", tuple(SHORT_NAMES.values()), others=("名单类别", "认定类别")),
            _kind,
        ),
        Cell(
            Column("document_number", "文号或名单名称", "便于查考", ("苏商贸〔2017〕310号",), others=("文号", "依据")),
            _needed("文号或名单名称", 120),
        ),
        Cell(
            Column("valid_from", "生效日期", "日期，例如 2019-01-01", ("2019-01-01",), others=("认定日期", "开始日期")),
            _from,
            is_day=True,
        ),
        Cell(
            Column(
                "valid_to",
                "失效日期",
                "长期有效的留空",
                ("2019-12-31",),
                required=False,
                others=("结束日期", "截止日期"),
            ),
            _to,
            alone=False,
            is_day=True,
        ),
    ),
    make=DesignationRow,
    repeated="与第 {row} 行重复：同一企业在同一文号的名单里只能有一行，请删除多余的行",
    repeated_at="document_number",
)

EXISTING_COVER = table(
    id="existing_cover",
    title="已有保险",
    sheet="已有保险",
    cells=(
        *WHO_KNOWN,
        Cell(
            Column("insurer_name", "保险机构", "写全称", ("中国出口信用保险公司",), others=("保险公司", "承保机构")),
            _needed("保险机构", 60),
        ),
        Cell(
            Column("valid_from", "起保日期", "日期，例如 2019-03-01", ("2019-03-01",), others=("生效日期", "保险起期")),
            _from,
            is_day=True,
        ),
        Cell(
            Column("valid_to", "终保日期", "日期，例如 2020-02-29", ("2020-02-29",), others=("到期日期", "保险止期")),
            _needed_to,
            alone=False,
            is_day=True,
        ),
        Cell(
            Column(
                "document_number", "依据", "例如保险人提供的名单及日期", ("中国信保在保名单 2019-08",), others=("文号",)
            ),
            _needed("依据", 120),
        ),
    ),
    make=CoverRow,
    repeated="与第 {row} 行重复：同一企业、保险机构和起保日期只能有一行，请删除多余的行",
    repeated_at="valid_from",
)
