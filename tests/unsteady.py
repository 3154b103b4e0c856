"""A database that cannot serve everybody at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

from tongbao.audit.models import ChainHead

LAST_STEP = "audit_chainhead"  # the row that a verb changes last


class Deadlock(Exception):  # noqa: N818  as the driver names it
    """What the driver says of it."""

    sqlstate = "40P01"


@contextmanager
def every_verb_twice() -> Iterator[list[str]]:
    """Undo each verb the first time it comes to its last step, as a deadlock would; gives what was undone so far."""
    undone: list[str] = []
    first_time = True

    def fail_every_other_time(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal first_time
        if sql.startswith(f'UPDATE "{LAST_STEP}"'):
            failing, first_time = first_time, not first_time
            if failing:
                undone.append(sql)
                raise OperationalError("deadlock detected") from Deadlock()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_every_other_time):
        yield undone


@contextmanager
def locked_out() -> Iterator[None]:
    """Somebody else holds the end of the chain (on SQLite: the whole database), and we do not wait long for it."""
    has_it, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ChainHead.objects.select_for_update().get(pk=1)
                has_it.set()
                let_go.wait(30)
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'")
    holder = threading.Thread(target=hold)
    holder.start()
    has_it.wait(30)
    try:
        yield
    finally:
        let_go.set()
        holder.join()
