"""The studio's answer on the server: the page that says what a changed draft does to the whole register.

The register is the demonstration city's, in a database of its own. The pages are asked for by Django's test client, in
a process as the server's: sessions, permissions, queries, decisions, template; all but the network. Before each timed
answer the draft's text is changed and saved, so that no decision can come from a cache.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.processes import run

TARGET_MILLISECONDS = 200
CLOCK = "2019-10-15T09:00"  # the demo clock: within the year of the edition


def measure(folder: Path, turns: int) -> dict[str, Any]:
    """Make the demonstration city when there is none, then ask for the pages; the figures of the report."""
    home, log = (folder / "studio").resolve(), (folder / "studio.log").resolve()
    home.mkdir(parents=True, exist_ok=True)
    environment = {"TONGBAO_DATA_DIR": str(home), "TONGBAO_CLOCK": CLOCK, "DATABASE_URL": ""}
    answer = home / "answer.json"
    for module, *words in (
        ("tongbao.cli", "migrate"),
        ("tongbao.cli", "demo", "--if-empty"),
        ("benchmarks.studio_page", str(turns), answer),
    ):
        run([sys.executable, "-m", module, *words], log, environment)
    found: dict[str, Any] = json.loads(answer.read_text())
    return found
