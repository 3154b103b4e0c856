"""Triggers that keep entries out of locked months, as constraints, so that they live through every migration."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

Editor = BaseDatabaseSchemaEditor
REMADE = "new__"  # the name under which SQLite makes a table anew


class InOpenMonth(models.BaseConstraint):
    """No row of the table carries an instant (`at`) of a month that its pool's edition has locked; held by triggers on
    SQLite and PostgreSQL.

    The tables that the trigger reads bear `ReadByTriggers`, or SQLite could not make them anew.
    """

    LOCKED = (
        "EXISTS (SELECT 1 FROM funds_pool JOIN funds_monthclose ON funds_monthclose.edition_id = funds_pool.edition_id"
        " WHERE funds_pool.id = NEW.pool_id AND NEW.at < funds_monthclose.ends_at)"
    )

    def _statements(self, model: type[models.Model], editor: Editor) -> list[Statement]:
        table = Table(model._meta.db_table, editor.quote_name)  # a reference: a renamed table keeps its trigger
        before = f"CREATE TRIGGER {self.name} BEFORE INSERT ON %(table)s FOR EACH ROW"
        if editor.connection.vendor == "sqlite":
            then = "BEGIN SELECT RAISE(ABORT, 'month-locked'); END"
            return [Statement(f"{before} WHEN {self.LOCKED} {then}", table=table)]
        raised = "RAISE EXCEPTION 'month-locked' USING ERRCODE = 'integrity_constraint_violation'"
        return [
            Statement(
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                f"IF {self.LOCKED} THEN {raised}; END IF; RETURN NEW; END$$",
                table=table,
            ),
            Statement(f"{before} EXECUTE FUNCTION {self.name}()", table=table),
        ]

    def constraint_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called while a table is made: the trigger follows it."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called when the constraint is added to a table that exists."""
        for statement in self._statements(model, schema_editor):
            schema_editor.execute(statement)

    def remove_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called when the constraint is removed."""
        sqlite = schema_editor.connection.vendor == "sqlite"
        on = "" if sqlite else f" ON {schema_editor.quote_name(model._meta.db_table)}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}{on}")

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one row: the verbs refuse it with a sentence before."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InOpenMonth) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class ReadByTriggers(models.BaseConstraint):
    """A table that triggers of other tables read.

    SQLite changes a table by making it anew under another name and renaming it, and refuses to rename while a trigger
    names a table that is not there: so those triggers are put aside meanwhile. PostgreSQL needs nothing.
    """

    def constraint_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called while a table is made, also anew: put its readers aside, and back when it is there."""
        if schema_editor.connection.vendor != "sqlite":
            return
        table = model._meta.db_table.strip('"').removeprefix(REMADE)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> %s AND instr(sql, %s) > 0",
                [table, f"{table}."],
            )
            readers = cursor.fetchall()
        for name, statement in readers:
            schema_editor.execute(f"DROP TRIGGER {schema_editor.quote_name(name)}")
            schema_editor.deferred_sql.append(statement)

    def create_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Nothing to make: it only speaks up when the table is made anew."""

    def remove_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Nothing to take away."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one row."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReadByTriggers) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)
