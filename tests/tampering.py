"""Changing the database behind the application's back, as someone with the administrator's password could."""

from django.db import connection


def run(table: str, *statements: str, triggers: str = "") -> None:
    """Lift the triggers of an append-only table (`triggers`: what their names begin with, by default the table), then
    run SQL; for tests with a `committed_db` of their own.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {triggers or table}_append_only_{verb}")
        for statement in statements:
            cursor.execute(statement)
