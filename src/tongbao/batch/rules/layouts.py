"""How a file's table is to be read: which sheet, which row of headings, which column is which, which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongbao.batch.rules.shapes import Kind, letter
from tongbao.refusal import Refusal

UNITS = {"usd": "美元", "wan_usd": "万美元", "thousand_usd": "千美元"}


@dataclass(frozen=True)
class Layout:
    """How a file's table is read. `heading_row` as Excel counts; `columns`: key → index from 0; `unit`: of UNITS."""

    sheet: str
    heading_row: int
    columns: Mapping[str, int]
    unit: str = "usd"

    def to_json(self) -> dict[str, Any]:
        """As remembered."""
        return {
            "sheet": self.sheet,
            "heading_row": self.heading_row,
            "columns": dict(self.columns),
            "unit": self.unit,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        """A layout as remembered. Refusal `import.layout` when it is none."""
        try:
            columns = {str(key): int(index) for key, index in data["columns"].items()}
            layout = cls(str(data["sheet"]), int(data["heading_row"]), columns, str(data.get("unit", "usd")))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise _useless() from None
        if layout.heading_row < 1 or layout.unit not in UNITS or any(index < 0 for index in columns.values()):
            raise _useless()
        return layout


def _useless() -> Refusal:
    return Refusal("import.layout", "保存的对应关系已不能用。请重新指定表头和各列，或重新上传文件。")


def check_layout(kind: Kind, layout: Layout, width: int) -> None:
    """Whether a table of `width` columns can be read so.

    Refusals: `import.layout` (unknown column, unit or row), `import.column` (not in the file), `import.heading_twice`
    (one column of the file used for two), `import.headings` (required columns not told).
    """
    known = {column.key: column for column in kind.columns}
    if layout.unit not in UNITS or layout.heading_row < 1 or layout.columns.keys() - known.keys():
        raise _useless()
    taken: dict[int, str] = {}
    for key, index in layout.columns.items():
        title = known[key].title
        if not 0 <= index < width:
            where = f"没有 {letter(index)} 列" if index >= 0 else "没有这一列"
            raise Refusal("import.column", f"“{title}”指定的列不对：文件里{where}。请重新选择。")
        if index in taken:
            raise Refusal(
                "import.heading_twice",
                f"{letter(index)} 列同时用作“{taken[index]}”和“{title}”。请各选一列。",
            )
        taken[index] = title
    missing = [column.title for column in kind.columns if column.required and column.key not in layout.columns]
    if missing:
        raise Refusal(
            "import.headings",
            f"还不知道哪一列是：{'、'.join(missing)}。请逐项选出文件里对应的列；文件里没有的，请补上后重新上传。",
        )
