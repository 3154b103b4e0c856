"""A customs list on its way in, against the least that any import must do and against django-import-export; and the
search of enterprises on a full register.

Every run is a process of its own on a database of its own (SQLite, in a file, made by the product's migrations). What
is compared runs in turn, and a ratio is taken turn by turn. Each program's figures are compared with the ones that the
list was made from before anything is reported.
"""

import json
import shutil
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import customs, peers
from benchmarks.marks import digest
from benchmarks.processes import Run, run

TARGET_FLOOR, TARGET_PEER, TARGET_MILLISECONDS = 5, 5, 100
CLOCK = "2019-10-15T09:00"  # within the year of the edition
FLOORS = {
    "floor": "floor: bare calamine read, and the figures in one bulk_create",
    "sql": "the same with the driver's executemany, past Django",
}
STEPS = {
    "receive": "received: looked at for danger, kept",
    "read": "columns recognised, read, checked row by row, compared with the register, loaded",
    "confirm": "confirmed",
    "settle": "settled: which figures count, the facts of each firm",
}
PEERS = {
    "blind": "django-import-export, in bulk, nothing looked up: its fastest mode",
    "bulk": "django-import-export, in bulk, each row looked up",
    "default": "django-import-export, its default mode",
}
ONCE = ("bulk", "default")  # minutes each: in the first turn only, and compared by processor time
Measured = dict[str, list[dict[str, Any]]]


def measure(folder: Path, *, rows: int, turns: int, sizes: list[int], firms: int, asked: int) -> dict[str, Any]:
    """Import `rows` rows in `turns` turns, lists of `sizes` rows for their memory; ask a register of `firms` firms its
    questions `asked` times. The figures of the report."""
    bench = _Bench((folder / "imports").resolve(), rows)
    taken: Measured = {}
    for turn in range(turns):
        print(f"  {rows:,} rows: turn {turn + 1} of {turns}", flush=True)
        for kind in ("floor", "sql", "whole", *(peer for peer in PEERS if turn == 0 or peer not in ONCE)):
            taken.setdefault(kind, []).append(bench.take(kind))
    undone = bench.undo()
    print("  a list with faults, and lists of other lengths", flush=True)
    return {
        "rows": rows,
        "columns": len(customs.TITLES),
        "firms": taken["whole"][0]["firms"],
        **_figures(taken),
        "undo": {name: round(undone[name]["undo"], 2) for name in ("seconds", "cpu_seconds")},
        "faulty": bench.faulty(),
        "memory": [bench.memory(size, form) for size in sizes for form in ("list", "list.csv")],
        "search": bench.search(firms, asked),
    }


class _Bench:
    """A folder with lists, and a database that was made once and is copied for each run."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.home, self.answer, self.log = folder / "home", folder / "answer.json", folder / "run.log"
        folder.mkdir(parents=True, exist_ok=True)
        self.empty = self._new("empty")
        self._ours("benchmarks.imports_page", "prepare", "-", self.answer, home=self.empty)
        self.wanted = digest(customs.figures(rows))

    def take(self, kind: str) -> dict[str, Any]:
        """One run of a kind on an empty database; its figures are the list's."""
        if kind in PEERS:
            found = self._peer(kind)
        else:
            self._fresh()
            found = self._page(kind, self._list(self.rows, "list"))
        if (found["figures"], found["digest"]) != (self.rows, self.wanted):
            raise RuntimeError(f"{kind} kept other figures than the list has: {found['figures']:,} of {self.rows:,}")
        return found

    def undo(self) -> dict[str, Any]:
        """The last import taken back: nothing of it counts any more."""
        self._fresh()
        path = self._list(self.rows, "list")
        self._page("whole", path)
        found = self._page("undo", path)
        if found["figures"] or found["firms"] or found["years"]:
            raise RuntimeError(f"the import was undone and still counts: {found}")
        return found

    def faulty(self) -> dict[str, int]:
        """A list with wrong rows: each of them is found and none of the others."""
        self._fresh()
        found = self._page("whole", self._list(self.rows, "faulty"))
        wrong = len(range(customs.EVERY // 2, self.rows, customs.EVERY))
        if (found["rows"], found["faulty_rows"], found["figures"]) != (self.rows, wrong, self.rows - wrong):
            raise RuntimeError(f"{wrong} rows are wrong: {found}")
        return {"rows": found["rows"], "wrong": wrong, "found": found["faulty_rows"]}

    def memory(self, rows: int, form: str) -> dict[str, Any]:
        """How much memory the import of a list of another length takes."""
        path = self._list(rows, form)
        self._fresh()
        found = self._page("whole", path)
        if found["figures"] != rows:
            raise RuntimeError(f"{path.name}: {found}")
        seconds = round(found["seconds"]["whole"], 1)
        return {"rows": rows, "form": path.suffix[1:], "peak_mib": found["peak_mib"], "seconds": seconds}

    def search(self, firms: int, asked: int) -> dict[str, Any]:
        """The questions to a full register; `milliseconds` is the slowest one's."""
        print(f"  search: making a register of {firms:,} firms", flush=True)
        home = self._new("search")
        self._ours("benchmarks.search_page", "make", str(firms), home=home)
        self._ours("benchmarks.search_page", "ask", str(firms), str(asked), self.answer, home=home)
        found: dict[str, Any] = json.loads(self.answer.read_text())
        shutil.rmtree(home)
        return {**found, "milliseconds": max(row["milliseconds"] for row in found["rows"])}

    def _list(self, rows: int, form: str) -> Path:
        """A list, made in another process: what one process holds is counted as its children's."""
        path = customs.path_of(self.folder, rows, form)
        if not path.exists():
            run([sys.executable, "-m", "benchmarks.customs", self.folder, str(rows), form], self.log)
        return path

    def _new(self, name: str) -> Path:
        """A folder with an empty database of the present models."""
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        self._ours("tongbao.cli", "migrate", home=home)
        return home

    def _fresh(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.empty, self.home)

    def _page(self, what: str, path: Path) -> dict[str, Any]:
        taken = self._ours("benchmarks.imports_page", what, path, self.answer, home=self.home)
        return {**json.loads(self.answer.read_text()), "peak_mib": taken.peak_mib}

    def _ours(self, module: str, *words: str | Path, home: Path) -> Run:
        environment = {"TONGBAO_DATA_DIR": str(home), "TONGBAO_CLOCK": CLOCK, "DATABASE_URL": ""}
        return run([sys.executable, "-m", module, *words], self.log, environment)

    def _peer(self, mode: str) -> dict[str, Any]:
        path = self._list(self.rows, "plain")
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        module, answer = "benchmarks.engines.django_import_export", self.home / "answer.json"
        taken = run([peers.python(), "-m", module, mode, path, answer], self.log)
        return {**json.loads(answer.read_text()), "peak_mib": taken.peak_mib}


def _figures(taken: Measured) -> dict[str, Any]:
    ours = taken["whole"]
    lines = [_line(kind, what, taken[kind], "whole") for kind, what in FLOORS.items()]
    lines[1:1] = [
        _line("floor.read", "of this the read", taken["floor"], "read"),
        _line("floor.insert", "of this the insert", taken["floor"], "insert"),
    ]
    lines += [_line("whole", "tongbao, end to end", ours, "whole")]
    lines += [_line(f"whole.{step}", said, ours, step) for step, said in STEPS.items()]
    lines += [_line(kind, what, taken[kind], "whole") for kind, what in PEERS.items()]
    pairs = {kind: list(zip(ours, taken[kind], strict=False)) for kind in (*FLOORS, *PEERS)}
    return {
        "lines": lines,
        "ratio": {
            kind: _ratio(pairs[kind], "cpu_seconds" if kind in ONCE else "seconds", kind in PEERS) for kind in pairs
        },
        "cpu_ratio": {kind: _ratio(pairs[kind], "cpu_seconds", kind in PEERS) for kind in pairs},
        "peak_mib": {kind: max(one["peak_mib"] for one in found) for kind, found in taken.items()},
    }


def _line(name: str, what: str, found: list[dict[str, Any]], part: str) -> dict[str, Any]:
    """A line of the table."""

    def of(kind: str) -> list[float]:
        return [one[kind][part] for one in found]

    return {
        "id": name,
        "what": what,
        "seconds": round(statistics.median(of("seconds")), 2),
        "best_seconds": round(min(of("seconds")), 2),
        "cpu_seconds": round(statistics.median(of("cpu_seconds")), 2),
        "turns": len(found),
    }


def _ratio(pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]], kind: str, is_peer: bool) -> float:
    """How many times the floor's time ours takes, or how many times ours a peer's takes; the median of the turns."""
    times = [ours[kind]["whole"] / other[kind]["whole"] for ours, other in pairs]
    return round(statistics.median(1 / one if is_peer else one for one in times), 2)
