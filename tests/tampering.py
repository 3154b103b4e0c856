"""Changing the database behind the application's back, as someone with the administrator's password could."""

from django.db import connection


def run(table: str, *statements: str) -> None:
    """Lift the triggers that keep the rows of a table as they are, then run SQL; for tests with a `committed_db` of
    their own.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for name, made in cursor.fetchall():
                if "BEFORE INSERT" not in made:
                    cursor.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            cursor.execute(statement)
