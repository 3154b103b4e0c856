"""The append-only constraint, from the start or once a condition holds, survives what migrations do to a table."""

from collections.abc import Sequence

import pytest
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from tongbao.audit.models import AppendOnly

CONSTRAINT = AppendOnly(name="audit_trial_append_only")
LATER = AppendOnly(name="audit_later_append_only", once="sealed_on IS NOT NULL OR note = 'sealed_on; note'")


class Steps:
    """Migration operations on one made-up table, applied at once."""

    def __init__(self) -> None:
        self.state = ProjectState()

    def apply(self, *operations: migrations.operations.base.Operation) -> None:
        with connection.schema_editor() as editor:
            for operation in operations:
                after = self.state.clone()
                operation.state_forwards("audit", after)
                operation.database_forwards("audit", editor, self.state, after)
                self.state = after


@pytest.fixture
def steps(committed_db) -> Steps:
    made = Steps()
    fields = [("id", models.BigAutoField(primary_key=True)), ("number", models.IntegerField())]
    made.apply(migrations.CreateModel("Trial", fields, options={"constraints": [CONSTRAINT]}))
    return made


def is_append_only(table: str = "audit_trial") -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (number) VALUES (1)")
        refused = []
        for statement in (f"UPDATE {table} SET number = 2", f"DELETE FROM {table}"):
            try:
                with transaction.atomic():
                    cursor.execute(statement)
            except DatabaseError as error:
                refused.append("append-only" in str(error))
        cursor.execute(f"SELECT count(*) FROM {table} WHERE number = 1")
        return refused == [True, True] and cursor.fetchone()[0] >= 1


def test_from_the_start(steps: Steps):
    assert is_append_only()


@pytest.mark.parametrize(
    "change",
    [
        migrations.AddField("Trial", "note", models.TextField(default="")),
        migrations.AlterField("Trial", "number", models.BigIntegerField()),
        migrations.RenameField("Trial", "id", "key"),
        migrations.AddConstraint("Trial", models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")),
    ],
    ids=["add", "alter", "rename", "constrain"],
)
def test_after_a_change_of_the_table(steps: Steps, change: migrations.operations.base.Operation):
    steps.apply(change)
    if isinstance(change, migrations.AddField):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_trial (number, note) VALUES (1, '')")
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute("UPDATE audit_trial SET number = 2")
    else:
        assert is_append_only()


def test_after_a_change_of_the_name(steps: Steps):
    steps.apply(migrations.RenameModel("Trial", "Proof"))
    assert is_append_only("audit_proof")


def test_it_can_be_lifted_and_put_back(steps: Steps):
    steps.apply(migrations.RemoveConstraint("Trial", CONSTRAINT.name))
    assert is_append_only() is False
    steps.apply(migrations.AddConstraint("Trial", CONSTRAINT))
    assert is_append_only()


# ── once a condition holds ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def later(committed_db) -> Steps:
    made = Steps()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("number", models.IntegerField()),
        ("sealed_on", models.DateField(null=True)),
        ("note", models.CharField(max_length=40, default="", db_default="")),
    ]
    made.apply(migrations.CreateModel("Later", fields, options={"constraints": [LATER]}))
    return made


def execute(statement: str, parameters: Sequence[object] = ()) -> str:
    """What the database says of a statement: nothing when it is done."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    except DatabaseError as error:
        return "append-only" if "append-only" in str(error) else str(error)
    return ""


def rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, sealed_on IS NOT NULL, note FROM audit_later ORDER BY number")
        return [(number, bool(sealed), note) for number, sealed, note in cursor.fetchall()]


def freezes_later() -> bool:
    """A row changes and goes as it likes until it is sealed; then nothing of it does, whatever is done to others."""
    execute("DELETE FROM audit_later WHERE sealed_on IS NULL")
    before = rows()
    said = [
        execute("INSERT INTO audit_later (number) VALUES (101), (102)"),
        execute("UPDATE audit_later SET number = number + 1 WHERE number > 100"),
        execute("DELETE FROM audit_later WHERE number = 102"),
        execute("UPDATE audit_later SET sealed_on = '2019-10-15', number = 200 WHERE number = 103"),
        execute("UPDATE audit_later SET number = 1 WHERE number = 200"),
        execute("UPDATE audit_later SET sealed_on = NULL WHERE number = 200"),
        execute("UPDATE audit_later SET number = number"),
        execute("DELETE FROM audit_later WHERE number = 200"),
    ]
    assert [row for row in rows() if row not in before] == [(200, True, "")]
    return said == [""] * 4 + ["append-only"] * 4


def test_a_row_changes_until_it_is_sealed_and_never_after(later: Steps):
    assert freezes_later()


def test_a_word_in_quotes_is_no_column(later: Steps):
    said = [
        execute("INSERT INTO audit_later (number, note) VALUES (1, 'sealed_on; note'), (2, 'note')"),
        execute("UPDATE audit_later SET number = 3 WHERE number = 1"),
        execute("UPDATE audit_later SET number = 4 WHERE number = 2"),
    ]
    assert (said, rows()) == (["", "append-only", ""], [(1, False, "sealed_on; note"), (4, False, "note")])


def test_a_table_with_sealed_rows_cannot_be_emptied_at_once(later: Steps):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    assert execute("TRUNCATE audit_later") == "append-only"


@pytest.mark.parametrize(
    "change",
    [
        migrations.AddField("Later", "extra", models.TextField(default="", db_default="")),
        migrations.AlterField("Later", "number", models.BigIntegerField()),
        migrations.RenameField("Later", "id", "key"),
        migrations.AddConstraint("Later", models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")),
        migrations.AlterField("Later", "sealed_on", models.DateTimeField(null=True)),
    ],
    ids=["add", "alter", "rename", "constrain", "alter its column"],
)
def test_it_freezes_later_after_a_change_of_the_table(later: Steps, change: migrations.operations.base.Operation):
    if connection.vendor == "postgresql" and getattr(change, "name", "") == "sealed_on":
        later.apply(migrations.RemoveConstraint("Later", LATER.name), change, migrations.AddConstraint("Later", LATER))
    else:
        later.apply(change)
    assert freezes_later()


def test_a_condition_can_be_put_in_place_of_another(later: Steps):
    always = AppendOnly(name="audit_later_always")
    later.apply(migrations.RemoveConstraint("Later", LATER.name), migrations.AddConstraint("Later", always))
    execute("INSERT INTO audit_later (number) VALUES (1)")
    assert execute("UPDATE audit_later SET number = 2") == "append-only"
    later.apply(migrations.RemoveConstraint("Later", always.name), migrations.AddConstraint("Later", LATER))
    assert freezes_later()


# ── in migrations ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("constraint", [CONSTRAINT, LATER])
def test_a_migration_writes_it_as_it_was_declared(constraint: AppendOnly):
    path, args, kwargs = constraint.deconstruct()
    assert (path, AppendOnly(*args, **kwargs), constraint.clone()) == (
        "tongbao.audit.models.AppendOnly",
        constraint,
        constraint,
    )
    said, _ = MigrationWriter.serialize(constraint)
    assert ("once" in said) == bool(constraint.once)


@pytest.mark.parametrize(
    ("now", "operations"),
    [
        (AppendOnly(name="one"), []),
        (AppendOnly(name="one", once="number = 1"), ["RemoveConstraint", "AddConstraint"]),
    ],
)
def test_another_condition_is_another_migration(now: AppendOnly, operations: list[str]):
    fields = [("id", models.BigAutoField(primary_key=True)), ("number", models.IntegerField())]

    def state(constraint: AppendOnly) -> ProjectState:
        made = ProjectState()
        made.add_model(ModelState("audit", "Trial", fields, {"constraints": [constraint]}))
        return made

    changes = MigrationAutodetector(state(AppendOnly(name="one")), state(now))._detect_changes()
    assert [type(one).__name__ for app in changes.values() for step in app for one in step.operations] == operations
