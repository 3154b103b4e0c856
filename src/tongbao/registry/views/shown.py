"""What the pages of imports show."""

from collections.abc import Callable
from typing import Any

from django.http import Http404

from tongbao import money
from tongbao.accounts.rules import Role
from tongbao.batch import queries as batches
from tongbao.batch import rules as batch
from tongbao.batch.permissions import can_decide
from tongbao.batch.rules import ImportState
from tongbao.registry import permissions, queries, rules

SHOWN_FAULTS = 50


def kind_or_404(kind: str) -> batch.Kind:
    """A kind of list by its id."""
    if kind not in rules.TABLES:
        raise Http404(kind)
    return rules.TABLES[kind].kind


def needs_columns(user: Any, pending: Any) -> bool:
    """Whether the person's next step is to look at the columns."""
    keeps = user.role == Role.CITY_OFFICER
    return keeps and pending.state == ImportState.UPLOADED and not pending.work and bool(pending.guess)


def of_columns(pending: Any, guess: batch.Guess) -> dict[str, Any]:
    """The page on which columns are matched."""
    return {
        "title": "核对列的对应",
        "pending": pending,
        "guess": guess,
        "sheets": queries.sheet_names(pending),
        "rows": range(1, max(12, guess.layout.heading_row) + 1),
    }


def of_import(user: Any, pending: Any) -> dict[str, Any]:
    """An import's page."""
    table = rules.TABLES[pending.kind]
    keeps = user.role == Role.CITY_OFFICER
    waiting = queries.unconfirmed_of(pending).count() if pending.state == ImportState.CONFIRMED else 0
    rejected = batches.rejected(pending, SHOWN_FAULTS)
    return {
        "title": pending.file_name,
        "pending": pending,
        "kind": table.kind,
        "decides": keeps and can_decide(user, pending, ImportState.CONFIRMED),
        "relays": keeps and can_decide(user, pending, ImportState.READING),
        "discards": keeps and can_decide(user, pending, ImportState.DISCARDED),
        "undoes": keeps and can_decide(user, pending, ImportState.UNDONE),
        "waiting": waiting,
        "confirms_list": permissions.can_confirm_list(user, pending, waiting),
        "faults": [fault for _, _, faults in rejected for fault in faults][:SHOWN_FAULTS],
        "headings": [column.title for column in table.kind.columns],
        "sample": [_as_read(table, row) for row in pending.summary.get("sample", [])],
        "layout": _layout(table.kind, pending),
        "again": batches.same_file(pending.file_hash, pending.kind, pending.uploaded_by.organisation)
        if pending.state == ImportState.PREVIEWED
        else None,
    }


def _as_read(table: rules.Table, row: list[Any]) -> tuple[int, list[tuple[str, str]]]:
    """A row of the sample in words: its number, then for each column its title and a text."""
    areas = queries.area_names()
    number, *values = row
    say: dict[str, Callable[[Any], Any]] = {
        "area": lambda value: areas.get(value, value),
        "country": rules.country_name,
        "month": lambda value: value or "全年",
        "amount": money.text,
        "kind": lambda value: rules.SHORT_NAMES[rules.DesignationKind(value)],
    }
    pairs = zip(table.kind.columns, values, strict=True)
    return number, [(one.title, str(say[one.key](value) if one.key in say else value)) for one, value in pairs]


def _layout(kind: batch.Kind, pending: Any) -> str:
    """How the columns were matched, in one sentence."""
    if not pending.layout:
        return ""
    layout = batch.Layout.from_json(pending.layout)
    pairs = [
        f"{batch.letter(layout.columns[column.key])} 列为{column.title}"
        for column in kind.columns
        if column.key in layout.columns
    ]
    unit = f"，金额单位：{batch.UNITS[layout.unit]}" if any(column.unit for column in kind.columns) else ""
    sheet = f"工作表“{layout.sheet}”，" if layout.sheet else ""
    return f"{sheet}表头在第 {layout.heading_row} 行；{'，'.join(pairs)}{unit}。"


def error_sheets(pending: Any) -> dict[str, Any]:
    """The error workbook's sheets."""
    kind = rules.TABLES[pending.kind].kind
    rejected = batches.rejected(pending)
    listed = [
        (fault["row"], fault["column"], fault["title"], fault["value"], fault["reason"])
        for _, _, faults in rejected
        for fault in faults
    ]
    rows = [
        (*cells, row, "；".join(dict.fromkeys(fault["reason"] for fault in faults))) for row, cells, faults in rejected
    ]
    return {
        "错误清单": [("行", "列", "列名", "原值", "原因"), *listed],
        "出错的行": [(*batch.headings(kind), "原行号", "原因"), *rows],
    }
