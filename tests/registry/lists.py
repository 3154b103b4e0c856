"""Lists for tests: uploaded, read, confirmed, as the pages and the worker do it."""

from dataclasses import replace
from typing import Any

from tests import factories
from tests.batch.books import book
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.registry import actions, jobs, queries, rules
from tongbao.registry.models import CustomsExport

HEAD = ("统一社会信用代码", "企业名称", "工商注册地", "年份", "月份", "国别", "出口额（美元）")
A, B = factories.code(9000001), factories.code(9000002)


def row(code: str = A, country: str = "美国", amount: float | str = 100, *, year: int = 2018, month: int | None = None):
    """A row of a customs list."""
    return (code, f"公司{code[-4:]}", "崇川区", year, month, country, amount)


def workbook(*rows: Any, kind: str = "customs_exports") -> bytes:
    """A workbook with the headings of a kind."""
    table = rules.TABLES[kind]
    return book(rows, head=[column.title for column in table.kind.columns], sheet=table.kind.sheet)


def received(content: bytes, *, kind: str = "customs_exports", by=None, name: str = "出口额.xlsx") -> Import:
    """An uploaded list, not read yet."""
    factories.area()
    by = by or factories.user(Role.CITY_OFFICER)
    got = actions.receive_file(kind=kind, file_name=name, content=content, by=by)
    guess = queries.look_at(got)  # as the worker does, but a list that follows the template is not read at once here
    actions.look(import_id=got.pk, guess=replace(guess, exact=False))
    return Import.objects.get(pk=got.pk)


def previewed(*rows: Any, kind: str = "customs_exports", by=None, name: str = "出口额.xlsx") -> Import:
    """A list that was read and waits for confirmation."""
    return read(received(workbook(*rows, kind=kind), kind=kind, by=by, name=name))


def read(pending: Import) -> Import:
    """Read an uploaded list with the columns that were guessed."""
    from tongbao.batch.rules import Layout

    layout = Layout.from_json(pending.layout)
    actions.read_file(import_id=pending.pk, layout=layout, by=pending.uploaded_by)
    jobs.work(pending.pk)
    return Import.objects.get(pk=pending.pk)


def imported(*rows: Any, kind: str = "customs_exports", by=None, name: str = "出口额.xlsx", **said: Any) -> Import:
    """A list that counts."""
    return confirmed(previewed(*rows, kind=kind, by=by, name=name), **said)


def confirmed(pending: Import, **said: Any) -> Import:
    """Confirm a list, and let the worker settle it."""
    actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by, **said)
    jobs.work(pending.pk)
    return Import.objects.get(pk=pending.pk)


def undone(source: Import, why: str = "年份填错") -> Import:
    """Take a list back, and let the worker settle it."""
    actions.undo_import(import_id=source.pk, why=why, by=source.uploaded_by)
    jobs.work(source.pk)
    return Import.objects.get(pk=source.pk)


def figures() -> list[tuple[str, int, int, str, int]]:
    """Every figure that counts."""
    keys = ("exporter__code", "year", "month", "country", "amount_cents")
    return sorted(CustomsExport.objects.filter(live=True).values_list(*keys))
