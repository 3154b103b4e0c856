"""Statements whose text is worked out once in a process: for the few verbs that thousands of firms call in one minute.

Django builds the text of a statement anew each time, which costs several times what the database needs to answer it.
Here the text is kept and only the values change. What is asked stays a queryset, its rows stay models; nothing that was
read is kept. Rows are written without signals, and with plain values only.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models.expressions import Expression
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

R = TypeVar("R")


class Given(Expression):
    """The place of a value that is only known when the question is asked."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A place for the value, and as the value this place itself."""
        return "%s", [self]


def compiled(question: Callable[..., "models.QuerySet[Any, R]"]) -> Callable[..., list[R]]:
    """A question that is a queryset of its (positional) arguments, and none of them None; asking it gives the rows.

    An argument may stand wherever a queryset takes an expression: `filter(pk=pk)`, `filter(year__gte=year)`; it cannot
    be a list or decide what is asked. Related rows come by `select_related`, not by `prefetch_related`; other values
    by `values_list`, not beside a model's fields.
    """

    @wraps(question)
    def ask(*given: Any) -> list[R]:
        known: dict[Any, _Asked] = _here().__dict__.setdefault("compiled_questions", {})
        if question not in known:
            known[question] = _Asked(question(*map(Given, range(len(given)))))
        return known[question].rows(given)

    return ask


def _here() -> BaseDatabaseWrapper:
    """This thread's own connection."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor() -> Any:
    """This connection's one cursor for our statements; each has read its answer to the end when the next begins."""
    here = _here()
    here.close_if_health_check_failed()
    if here.queries_logged:
        return _new_cursor(here)
    kept: Any = here.__dict__.get("once_cursor")
    if kept is None or kept.cursor.connection is not here.connection:
        kept = here.__dict__["once_cursor"] = _new_cursor(here)
    return kept


def _new_cursor(here: BaseDatabaseWrapper) -> Any:
    """The database plans our statements once where the driver may prepare them (`prepare_threshold`)."""
    here.ensure_connection()
    driver: Any = here.connection
    if getattr(driver, "prepare_threshold", None) is None:
        return here.cursor()
    plain, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        return here.cursor()
    finally:
        driver.cursor_factory = plain


class _Asked:
    """A compiled question of one connection."""

    def __init__(self, queryset: "models.QuerySet[Any, Any]") -> None:
        self.compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.places = self.compiler.as_sql()
        self.locks = queryset.query.select_for_update
        self.converters = self.compiler.get_converters([one[0] for one in self.compiler.select])
        self.made = _made(queryset, self.compiler)

    def rows(self, given: Sequence[Any]) -> list[Any]:
        """The rows for these arguments."""
        here = self.compiler.connection
        if self.locks and here.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        known = [here.ops.adapt_unknown_value(value) for value in given]
        cursor = _cursor()
        cursor.execute(self.sql, [known[one.place] if isinstance(one, Given) else one for one in self.places])
        rows = cursor.fetchall()
        return list(map(self.made, self.compiler.apply_converters(rows, self.converters) if self.converters else rows))


def _made(queryset: "models.QuerySet[Any, Any]", compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes of a line of the answer that which the queryset would give."""
    if queryset._iterable_class is not ModelIterable:
        return (lambda line: line[0]) if queryset._iterable_class is FlatValuesListIterable else tuple
    whole, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(fields[0], fields[-1] + 1)
    names = [column[0].target.attname for column in compiler.select[own]]
    others = get_related_populators(compiler.klass_info, compiler.select, queryset.db)  # type: ignore[call-arg]

    def row(line: Sequence[Any]) -> Any:
        found = whole.from_db(queryset.db, names, line[own])
        for other in others:
            other.populate(line, found)
        return found

    return row


def insert(*rows: models.Model) -> None:
    """Keep new rows of one model with one statement; each has its id afterwards."""
    begin, places, fields = _inserting(type(rows[0]))
    here = _here()
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]
    cursor = _cursor()
    cursor.execute(begin.format(", ".join([places] * len(rows))), values)
    kept = cursor.fetchall()
    for row, (pk,) in zip(rows, kept, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, here.alias


def update(row: models.Model, *names: str) -> None:
    """Keep these fields of a row that is there."""
    text, fields = _updating(type(row), names)
    here = _here()
    values = [field.get_db_prep_save(field.pre_save(row, False), here) for field in fields]
    _change(text, [*values, row.pk], 1)


def add(model: type[models.Model], name: str, amounts: Mapping[int, int]) -> None:
    """Add to a number of several rows (id → how much) with one statement."""
    text = _adding(model, name, len(amounts))
    _change(text, [*(part for pair in amounts.items() for part in pair), *amounts], len(amounts))


def _change(text: str, values: Sequence[Any], wanted: int) -> None:
    cursor = _cursor()
    cursor.execute(text, values)
    if cursor.rowcount != wanted:
        raise DatabaseError(f"{wanted} rows should have changed, {cursor.rowcount} did: {text}")


# The names in these texts are those of our own tables and columns.


@cache
def _inserting(model: type[models.Model]) -> tuple[str, str, list[Any]]:
    table, pk = _table_and_id(model)
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(map(_column, fields))
    places = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {table} ({columns}) VALUES {{}} RETURNING {pk}", places, fields  # noqa: S608


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    table, pk = _table_and_id(model)
    fields = [model._meta.get_field(one) for one in names]
    changes = ", ".join(f"{_column(field)} = %s" for field in fields)
    return f"UPDATE {table} SET {changes} WHERE {pk} = %s", fields  # noqa: S608


@cache
def _adding(model: type[models.Model], name: str, count: int) -> str:
    table, pk = _table_and_id(model)
    column = _column(model._meta.get_field(name))
    cases = " ".join(["WHEN %s THEN CAST(%s AS bigint)"] * count)
    which = ", ".join(["%s"] * count)
    return f"UPDATE {table} SET {column} = {column} + CASE {pk} {cases} END WHERE {pk} IN ({which})"  # noqa: S608


def _table_and_id(model: type[models.Model]) -> tuple[str, str]:
    return _here().ops.quote_name(model._meta.db_table), _column(model._meta.pk)


def _column(field: Any) -> str:
    return _here().ops.quote_name(field.column)
