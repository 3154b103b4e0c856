"""The append-only constraint survives what migrations do to a table."""

import pytest
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from tongbao.audit.models import AppendOnly

CONSTRAINT = AppendOnly(name="audit_trial_append_only")


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
