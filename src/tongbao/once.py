"""Statements whose text is worked out once in a process: for the few verbs that thousands of firms call in one minute.

Django builds the text of a statement anew each time, which costs several times what the database needs to answer it.
Here the text is kept and only the values change. What is asked stays a queryset, its rows stay models; nothing that was
read is kept. Rows are written without signals, and with plain values only.

Statements that do not wait for each other's answers go out `together`: PostgreSQL and we hand each other the processor
once for all of them, not once for each.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, update_wrapper
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg import RawCursor

R = TypeVar("R")


class Given(Expression):
    """The place of a value that is only known when the question is asked."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A place for the value, and as the value this place itself."""
        return "%s", [self]


@dataclass(frozen=True)
class Step(Generic[R]):
    """One statement, not sent yet, and what to make of its answer."""

    sql: str
    values: Sequence[Any]
    take: Callable[[Any], R]


class Question(Generic[R]):
    """A compiled question."""

    def __init__(self, question: "Callable[..., models.QuerySet[Any, R]]") -> None:
        self.question = question
        update_wrapper(self, question)

    def __call__(self, *given: Any) -> list[R]:
        """Its rows for these arguments."""
        rows: list[R] = together(self.of(*given))[0]
        return rows

    def of(self, *given: Any) -> Step[list[R]]:
        """The step that asks it for these arguments."""
        known: dict[Any, _Asked] = _here().__dict__.setdefault("compiled_questions", {})
        if self.question not in known:
            known[self.question] = _Asked(self.question(*map(Given, range(len(given)))))
        return known[self.question].step(given)


def compiled(question: "Callable[..., models.QuerySet[Any, R]]") -> Question[R]:
    """A question that is a queryset of its (positional) arguments, and none of them None; asking it gives the rows.

    An argument may stand wherever a queryset takes an expression: `filter(pk=pk)`, `filter(year__gte=year)`; it cannot
    be a list or decide what is asked. Related rows come by `select_related`, not by `prefetch_related`; other values
    by `values_list`, not beside a model's fields.
    """
    return Question(question)


def together(*steps: Step[Any]) -> list[Any]:
    """Send steps in one go and give their answers, in their order; the database carries them out one after another.

    The first that fails raises its error, and none after it is carried out.
    """
    here = _here()
    here.close_if_health_check_failed()
    here.ensure_connection()
    here.validate_no_broken_transaction()
    if not _quick(here):
        with here.cursor() as cursor:
            return [_sent(cursor, step.sql, step) for step in steps]
    with here.wrap_database_errors:
        first, *others = _cursors(here, len(steps))
        if not others:
            return [_sent(first, _numbered(steps[0].sql), steps[0])]
        with here.connection.pipeline():  # ends by waiting for all answers
            for cursor, step in zip((first, *others), steps, strict=True):
                cursor.execute(_numbered(step.sql), step.values)
        return [step.take(cursor) for cursor, step in zip((first, *others), steps, strict=True)]


def _sent(cursor: Any, sql: str, step: Step[R]) -> R:
    cursor.execute(sql, step.values)
    return step.take(cursor)


def _here() -> BaseDatabaseWrapper:
    """This thread's own connection."""
    return connections[DEFAULT_DB_ALIAS]


def _quick(here: BaseDatabaseWrapper) -> bool:
    """Whether the driver may keep the database's plans (`prepare_threshold`), and nobody listens to each statement."""
    quick = getattr(here.connection, "prepare_threshold", None) is not None
    return quick and not (here.queries_logged or here.execute_wrappers)


def _cursors(here: BaseDatabaseWrapper, wanted: int) -> Sequence[Any]:
    """This connection's cursors for our statements; each has read its answer to the end when the next comes to it."""
    kept: list[Any] = here.__dict__.setdefault("once_cursors", [])
    if kept and kept[0].connection is not here.connection:
        kept.clear()
    while len(kept) < wanted:
        kept.append(_new_cursor(here))
    return kept[:wanted]


def _new_cursor(here: BaseDatabaseWrapper) -> Any:
    """One that sends text and values as they are."""
    driver: Any = here.connection
    plain, driver.cursor_factory = driver.cursor_factory, RawCursor
    try:
        return here.create_cursor()
    finally:
        driver.cursor_factory = plain


@cache
def _numbered(sql: str) -> str:
    """A statement with the database's own places for values."""
    places = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(places)}", sql)


_PLACE = re.compile("%[s%]")


class _Asked:
    """A compiled question of one connection."""

    def __init__(self, queryset: "models.QuerySet[Any, Any]") -> None:
        self.compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.places = self.compiler.as_sql()
        self.locks = queryset.query.select_for_update
        self.converters = self.compiler.get_converters([one[0] for one in self.compiler.select])
        self.made = _made(queryset, self.compiler)

    def step(self, given: Sequence[Any]) -> Step[list[Any]]:
        """The question with these arguments."""
        here = self.compiler.connection
        if self.locks and here.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        known = [here.ops.adapt_unknown_value(value) for value in given]
        values = [known[one.place] if isinstance(one, Given) else one for one in self.places]
        return Step(self.sql, values, self.rows)

    def rows(self, cursor: Any) -> list[Any]:
        """What the queryset would give."""
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
    together(inserting(*rows))


def update(row: models.Model, *names: str) -> None:
    """Keep these fields of a row that is there."""
    together(updating(row, *names))


def inserting(*rows: models.Model) -> Step[None]:
    """The step of `insert`."""
    begin, places, fields = _inserting(type(rows[0]))
    here = _here()
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]

    def number(cursor: Any) -> None:
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, here.alias

    return Step(begin.format(", ".join([places] * len(rows))), values, number)


def updating(row: models.Model, *names: str) -> Step[None]:
    """The step of `update`."""
    text, fields = _updating(type(row), names)
    here = _here()
    values = [field.get_db_prep_save(field.pre_save(row, False), here) for field in fields]
    return Step(text, [*values, row.pk], _changed(text, 1))


def adding(model: type[models.Model], name: str, amounts: Mapping[int, int]) -> Step[None]:
    """The step that adds to a number of several rows (id → how much) with one statement."""
    text = _adding(model, name, len(amounts))
    values = [*(part for pair in amounts.items() for part in pair), *amounts]
    return Step(text, values, _changed(text, len(amounts)))


def _changed(text: str, wanted: int) -> Callable[[Any], None]:
    def check(cursor: Any) -> None:
        if cursor.rowcount != wanted:
            raise DatabaseError(f"{wanted} rows should have changed, {cursor.rowcount} did: {text}")

    return check


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
