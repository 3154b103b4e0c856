"""The world is built once for the whole matrix; every knock is undone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.permissions import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[worlds.World]:
    """One of everything, rolled back after the last test."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("TONGBAO_CLOCK", "2019-10-15T09:00")
        patch.setenv("TONGBAO_CLOCK_ANCHOR", datetime.now(UTC).isoformat())  # noqa: TID251  what the clock stands on
        yield worlds.build()
        transaction.set_rollback(True)
