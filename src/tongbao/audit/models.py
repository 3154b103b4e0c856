"""What is kept of every act: an append-only, hash-chained log; and what was found when it was last replayed."""

import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

from tongbao.audit import rules

Editor = BaseDatabaseSchemaEditor
REFUSE = "BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation'; END"


class AppendOnly(models.BaseConstraint):
    """A table whose rows are never changed or deleted, held by triggers on SQLite and PostgreSQL.

    With `once`, an SQL condition on the columns of a row by their bare names ("confirmed_at IS NOT NULL"), a row may
    change until the condition holds of it as it is kept, and never after.

    It is a constraint, not a hand-written migration, because SQLite changes a table by making it anew, and triggers
    that the model does not know about are lost on the way.
    """

    def __init__(self, *, name: str, once: str = "") -> None:
        super().__init__(name=name)
        self.once = once

    def _statements(self, model: type[models.Model], editor: Editor) -> list[str]:
        """What makes the triggers; the table's name stands open, so that they follow a table that is renamed."""
        when = f" WHEN ({self._of_old(model)})" if self.once else ""
        if editor.connection.vendor == "sqlite":
            return [
                f"CREATE TRIGGER {self._trigger(verb)} BEFORE {verb} ON %(table)s{when} "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
                for verb in ("UPDATE", "DELETE")
            ]
        statements = []
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            name = self._trigger(verb)
            each = f"ROW{when}" if when and verb != "TRUNCATE" else "STATEMENT"
            statements += [
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${REFUSE}$$",
                f"CREATE TRIGGER {name} BEFORE {verb} ON %(table)s FOR EACH {each} EXECUTE FUNCTION {name}()",
            ]
        return statements

    def _of_old(self, model: type[models.Model]) -> str:
        """The condition on the row as it was, its columns named OLD; what stands in quotes is left alone."""
        columns = "|".join(str(field.column) for field in model._meta.local_concrete_fields)
        return re.sub(
            rf"'[^']*'|\b(?:{columns})\b",
            lambda word: word[0] if word[0].startswith("'") else f'OLD."{word[0]}"',
            self.once,
        )

    def _trigger(self, verb: str) -> str:
        return f"{self.name}_{verb.lower()}"

    def constraint_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called while a table is made: the triggers follow it, as a conditional unique index does."""
        schema_editor.deferred_sql.extend(self._on(model, schema_editor, self._statements(model, schema_editor)))

    def create_sql(self, model: type[models.Model], schema_editor: Editor) -> Statement | None:  # type: ignore[override]
        """Called when the constraint is added to a table that exists; on PostgreSQL also while a table with defaults
        of its own is made, to be done when it is there, which takes one statement."""
        statements = self._statements(model, schema_editor)
        if schema_editor.connection.vendor == "sqlite":  # which takes one at a time
            for statement in self._on(model, schema_editor, statements):
                schema_editor.execute(statement)
            return None
        return self._on(model, schema_editor, [";\n".join(statements)])[0]

    def _on(self, model: type[models.Model], editor: Editor, statements: list[str]) -> list[Statement]:
        table = Table(model._meta.db_table, editor.quote_name)
        return [Statement(statement, table=table) for statement in statements]

    def remove_sql(self, model: type[models.Model], schema_editor: Editor) -> None:  # type: ignore[override]
        """Called when the constraint is removed."""
        sqlite = schema_editor.connection.vendor == "sqlite"
        on = "" if sqlite else f" ON {schema_editor.quote_name(model._meta.db_table)}"
        for verb in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self._trigger(verb)}{on}")

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one row."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """As a migration writes it; without a condition, as ever."""
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | ({"once": self.once} if self.once else {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and (other.name, other.once) == (self.name, self.once)

    def __hash__(self) -> int:
        return hash((self.name, self.once))


class CanonicalJSON(models.Field):
    """Facts kept as the very text that is hashed, so that a chain is checked without reading and writing them anew."""

    def get_internal_type(self) -> str:
        """A text in every database."""
        return "TextField"

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """The facts."""
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str:
        """The text."""
        return rules.canonical(super().get_prep_value(value))


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
    detail = CanonicalJSON("内容", default=dict)
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


class Verification(models.Model):
    """One replay of everything, asked for by a person, done by the worker check by check, and frozen when it ends."""

    asked_by_id = models.BigIntegerField("要求人编号")  # no foreign key, as in the log
    asked_by_name = models.CharField("要求人", max_length=120)
    asked_by_body = models.CharField("所属单位", max_length=200, blank=True)
    asked_at = models.DateTimeField("要求时间")
    published = models.CharField("要核对的链尾", max_length=90, blank=True)  # as read by rules.read_head
    state = models.CharField("结果", max_length=12, choices=rules.VerificationState.choices())
    attempt = models.PositiveSmallIntegerField("第几次", default=0)  # a worker overtaken by another writes no more
    touched_at = models.DateTimeField("最近进展", null=True)  # a worker that says nothing for long has died
    began_at = models.DateTimeField("开始", null=True)
    ended_at = models.DateTimeField("结束", null=True)
    head_number = models.PositiveBigIntegerField("开始时的链尾", default=0)
    head_hash = models.CharField("链尾摘要", max_length=64, blank=True)
    total = models.PositiveSmallIntegerField("项数", default=0)
    lines = models.JSONField("各项结果", default=list)  # rules.Line.to_json()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [AppendOnly(name="audit_verification_append_only", once="ended_at IS NOT NULL")]

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def found(self) -> list[rules.Line]:
        """What each check found, as far as they are done."""
        return [rules.Line.from_json(kept) for kept in self.lines]

    @property
    def fault_count(self) -> int:
        """How many faults there are in all."""
        return sum(line.count for line in self.found)

    @property
    def advice(self) -> str:
        """What to do when something is wrong."""
        return {
            rules.VerificationState.FAULTY.value: rules.ADVICE,
            rules.VerificationState.UNFINISHED.value: rules.GAVE_UP,
        }.get(self.state, "")

    @property
    def percent(self) -> int:
        """How many of the checks are done, 0 to 100."""
        return len(self.lines) * 100 // self.total if self.total else 0
