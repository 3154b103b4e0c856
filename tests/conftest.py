"""What every test may rely on.

- The clock runs from 2019-10-15 09:00 in Shanghai, inside the first scheme's year (`set_clock` sets another moment).
- `db` (pytest-django) gives a database that is rolled back afterwards: for nearly every test.
- `committed_db` gives a copy of the migrated database that may be committed to, from several threads too: append-only
  tables cannot be emptied, so `transaction=True` would not work.
- DATABASE_URL decides between SQLite and PostgreSQL; `python -m tests.postgres COMMAND` starts a PostgreSQL for it.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests need: no collected static files, quick passwords, uploads in a temporary folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="tongbao-files-")


def pytest_unconfigure() -> None:
    """Take the temporary uploads away."""
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses a database, so that `-m database` runs them again on PostgreSQL."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or names & {"db", "committed_db", "django_db_setup"}:
            item.add_marker(pytest.mark.database)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`set_clock("2019-11-04T09:00")`: from now on it is that moment in Shanghai, and time runs on."""

    def set_to(moment: str) -> None:
        monkeypatch.setenv("TONGBAO_CLOCK", moment)
        monkeypatch.setenv("TONGBAO_CLOCK_ANCHOR", datetime.now(UTC).isoformat())  # noqa: TID251  what the clock stands on

    return set_to


@pytest.fixture(autouse=True)
def _in_the_first_year(set_clock: Callable[[str], None]) -> None:
    set_clock("2019-10-15T09:00")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker):
    """The test database, made whichever tests run: pytest-django alone makes none for those with `committed_db` only,
    and they would find the real one."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def template_database(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The migrated database, untouched by any test: a file (SQLite) or a database's name (PostgreSQL)."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            return connection.settings_dict["NAME"]
        path = tmp_path_factory.mktemp("template") / "template.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        copy.close()
        return str(path)


@pytest.fixture
def committed_db(template_database: str, django_db_blocker, tmp_path: Path) -> Iterator[None]:
    """A fresh copy of the migrated database; commits are real, other threads see them."""
    swap = _postgres_copy if connection.vendor == "postgresql" else _sqlite_copy
    with django_db_blocker.unblock():
        yield from swap(template_database, tmp_path)


def _sqlite_copy(template: str, tmp_path: Path) -> Iterator[None]:
    shared, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "committed.sqlite3"
    path.write_bytes(Path(template).read_bytes())
    connection.connection = None  # the one in memory would be lost if it were closed
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        connection.connection = shared


def _postgres_copy(template: str, _: Path) -> Iterator[None]:
    copy = f"{template}_{uuid4().hex[:8]}"
    _administer(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.settings_dict["NAME"] = template
        _administer(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _administer(statement: str) -> None:
    connections.close_all()  # a template must have no visitors
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
