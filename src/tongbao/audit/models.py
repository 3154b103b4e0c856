"""What is kept of every act: an append-only, hash-chained log."""

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

Editor = BaseDatabaseSchemaEditor


class AppendOnly(models.BaseConstraint):
    """A table whose rows are never changed or deleted, held by triggers on SQLite and PostgreSQL.

    It is a constraint, not a hand-written migration, because SQLite changes a table by making it anew, and triggers
    that the model does not know about are lost on the way.
    """

    def _statements(self, model: type[models.Model], editor: Editor) -> list[Statement]:
        table = Table(model._meta.db_table, editor.quote_name)  # a reference: a renamed table keeps its triggers
        if editor.connection.vendor == "sqlite":
            return [
                Statement(
                    f"CREATE TRIGGER {self._trigger(verb)} BEFORE {verb} ON %(table)s "
                    "BEGIN SELECT RAISE(ABORT, 'append-only'); END",
                    table=table,
                )
                for verb in ("UPDATE", "DELETE")
            ]
        statements = []
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            name = self._trigger(verb)
            statements += [
                Statement(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                    "RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$",
                    table=table,
                ),
                Statement(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON %(table)s FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
                    table=table,
                ),
            ]
        return statements

    def _trigger(self, verb: str) -> str:
        return f"{self.name}_{verb.lower()}"

    def constraint_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called while a table is made: the triggers follow it, as a conditional unique index does."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called when the constraint is added to a table that exists."""
        for statement in self._statements(model, schema_editor):
            schema_editor.execute(statement)

    def remove_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called when the constraint is removed."""
        sqlite = schema_editor.connection.vendor == "sqlite"
        on = "" if sqlite else f" ON {schema_editor.quote_name(model._meta.db_table)}"
        for verb in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self._trigger(verb)}{on}")

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one row."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Record(models.Model):
    """One act: who did which verb to what, when; `detail` holds facts of the act, hashes of personal data only."""

    number = models.PositiveBigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人编号", null=True)  # no foreign key: the log outlives people
    actor_name = models.CharField("操作人", max_length=120)
    actor_body = models.CharField("所属单位", max_length=200, blank=True)
    verb = models.CharField("动作", max_length=60)
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.CharField("对象编号", max_length=60)
    reference = models.CharField("业务编号", max_length=60, blank=True, db_index=True)
    detail = models.JSONField("内容", default=dict)
    previous_hash = models.CharField("前一摘要", max_length=64)
    hash = models.CharField("摘要", max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]
        constraints: ClassVar = [AppendOnly(name="audit_record_append_only")]

    def content(self) -> dict[str, Any]:
        """The part of a record that its hash covers beside number and instant."""
        return {
            "actor_id": self.actor_id,
            "actor_name": self.actor_name,
            "actor_body": self.actor_body,
            "verb": self.verb,
            "subject": f"{self.subject_type}:{self.subject_id}",
            "reference": self.reference,
            "detail": self.detail,
        }


class ChainHead(models.Model):
    """The end of the chain: one row, the last lock every transaction takes."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
