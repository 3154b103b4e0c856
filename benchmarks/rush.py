"""The opening minute: thousands of firms hand in at once, against what the database alone could do.

One PostgreSQL for all of it, with fsync on. Every measurement has a copy of one prepared database: firms with complete
drafts and open sessions. The floor is pgbench with the statements of one submission; then the action, in processes of
its own; then the whole site as `tongbao serve` starts it. After each, everything is counted and proved.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import rush_floor, rush_page, rush_server
from benchmarks.processes import Run, run, within
from benchmarks.rush_firms import Visitor

WRITERS = 8
WORKERS = os.cpu_count() or 1  # of the web server, as `tongbao serve` has it by itself
MINUTE = 60
WARM = 40  # firms that come before the clock runs: connections are there, the terms are read
SHARE = 0.8  # of the capacity found, at which the 99th of a hundred is judged
SIZES = (100, 10_000, 1_000_000)  # places in the queue
EVENTS = 1_000_000  # records of the log
TARGET_ACTION, TARGET_HTTP, TARGET_P99, TARGET_FLAT, TARGET_VERIFY = 0.5, 0.15, 5_000, 1.25, 60
CLOCK = "2019-10-15T09:00"  # within the year of the edition


def measure(
    folder: Path, *, firms: int, minute: float = MINUTE, sizes: Sequence[int] = SIZES, events: int = EVENTS
) -> dict[str, Any]:
    """`firms` firms hand in, again and again; then some into a queue of each of the sizes; the figures of the report.

    The proof is measured before the last size, when the log has so many events.
    """
    folder = (folder / "rush").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with rush_server.running(folder / "server") as server:
        bench = _Bench(folder, server, firms)
        return {**bench.all(minute), **bench.queue(sizes, events)}


class _Bench:
    """A server with the database `firms`, made once and copied for each run."""

    def __init__(self, folder: Path, server: rush_server.Server, firms: int) -> None:
        self.folder, self.server, self.firms = folder, server, firms
        self.home, self.answer, self.log = folder / "home", folder / "answer.json", folder / "run.log"
        self.home.mkdir(exist_ok=True)
        self.visitors: list[Visitor] = []

    def all(self, minute: float) -> dict[str, Any]:
        """Everything, one after another."""
        print(f"  {self.firms:,} firms fill in", flush=True)
        self.prepare()
        captured = self.ours("capture", self.copy("captured"), self.listed("all", self.visitors))
        part = {"firms": self.firms, "settings": self.server.settings(), "workers": WORKERS, "writers": WRITERS}
        part["statements"] = len(captured["statements"])
        floors = [self.floor(captured["script"])]
        part["action"] = self.action()
        floors.append(self.floor(captured["script"]))
        part["minute"] = self.http("evenly within the minute", minute)
        part["at_once"] = self.http("all at once", 0)
        rate = part["at_once"]["per_second"] * SHARE
        part["steady"] = self.http(f"at {SHARE:.0%} of the capacity found", self.firms / rate)
        floors.append(self.floor(captured["script"]))
        part["floor"] = {"per_second": sorted(floors)[1], "turns": floors}
        for name in ("action", "minute", "at_once", "steady"):
            part[name]["to_floor"] = part[name]["per_second"] / part["floor"]["per_second"]
        return part

    @property
    def funded(self) -> int:
        """So many find money: floor and action make the same statements for each of them."""
        return self.firms * 8 // 10

    def prepare(self) -> None:
        """The database that everything begins with."""
        self.server.new("firms")
        self.tool("tongbao.cli", "firms", "migrate")
        self.tool("benchmarks.rush_page", "firms", "prepare", self.firms + WARM, self.answer)
        self.visitors = [Visitor(**one) for one in json.loads(self.answer.read_text())]

    def copy(self, name: str) -> str:
        """A copy of it."""
        return self.server.new(name, "firms")

    def listed(self, name: str, visitors: list[Visitor]) -> Path:
        """A file with these visitors."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps([vars(one) for one in visitors]))
        return path

    def floor(self, script: str) -> float:
        """Transactions in a second of pgbench."""
        path = self.folder / "floor.sql"
        path.write_text(script)
        name = self.copy("floor")
        each = self.funded // WRITERS
        found = rush_floor.run(self.server, name, path, self.visitors[0], clients=WRITERS, each=each)
        self.server.drop(name)
        print(f"  floor: {found['per_second']:,.0f} in a second", flush=True)
        return found["per_second"]

    def action(self) -> dict[str, Any]:
        """The verb in processes of its own."""
        name = self.copy("action")
        found = self.ours("write", name, self.listed("funded", self.visitors[: self.funded]), WRITERS)
        print(f"  action: {found['per_second']:,.0f} in a second", flush=True)
        return {**found, "exact": self.exact(name, [], self.funded)}

    def http(self, what: str, seconds: float) -> dict[str, Any]:
        """The site with its visitors arriving evenly within some seconds."""
        name = self.copy("site")
        with self.site(name) as port:
            self.visit(self.visitors[:WARM], port, 2)
            found = self.visit(self.visitors[WARM:], port, seconds)
        acknowledged = found.pop("acknowledged")
        print(f"  site, {what}: {found['per_second']:,.0f} in a second, p99 {found.get('p99', 0):,.0f} ms", flush=True)
        return {"what": what, **found, "exact": self.exact(name, acknowledged, self.firms + WARM)}

    def queue(self, sizes: Sequence[int], events: int) -> dict[str, Any]:
        """What a submission costs in a queue of each size, and the proof of so many events."""
        name, costs = self.copy("queue"), []
        every, used = self.listed("all", self.visitors), 0
        share = min(self.firms // len(sizes), rush_page.WARM + rush_page.COSTED)
        for size in sizes:
            if size == sizes[-1]:
                verify = self.verify(name, events)
            self.ours("fill", name, size)
            found = self.ours("cost", name, every, used, share)
            used += share
            cpu = found["ours"] + found["postgres"]
            print(f"  {size:,} places in the queue: {cpu:.1f} ms of processor a submission", flush=True)
            costs.append({"places": size, **found, "cpu": cpu, "to_first": cpu / costs[0]["cpu"] if costs else 1.0})
        self.server.drop(name)
        return {"queue": costs, "verify": verify}

    def verify(self, name: str, events: int) -> dict[str, Any]:
        """The proof, in a process of its own: seconds, peak memory."""
        self.ours("reach", name, events)
        ran = self.tool("benchmarks.rush_page", name, "verify", self.answer)
        found = json.loads(self.answer.read_text())
        print(f"  proof of {found['counts']['record']:,} records: {found['seconds']:.1f} s", flush=True)
        return {**found, "cpu_seconds": ran.cpu_seconds, "peak_mib": ran.peak_mib}

    def visit(self, visitors: list[Visitor], port: int, seconds: float) -> dict[str, Any]:
        """Visitors arriving, from a process of its own."""
        self.tool("benchmarks.rush_load", "site", self.listed("visiting", visitors), port, seconds, self.answer)
        found: dict[str, Any] = json.loads(self.answer.read_text())
        return found

    @contextmanager
    def site(self, name: str) -> Iterator[int]:
        """`tongbao serve` as production would run it here; its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "tongbao.cli", "serve", "--port", str(port)]
        with (self.folder / "serve.log").open("wb") as sink:
            site = subprocess.Popen(command, stdout=sink, stderr=sink, env=within(self.around(name)))
            try:
                _wait_for(f"http://127.0.0.1:{port}/", site)
                yield port
            finally:
                site.send_signal(signal.SIGTERM)
                site.wait()

    def exact(self, name: str, acknowledged: list[str], wanted: int) -> dict[str, Any]:
        """Whether the database that was left is exact; stops the measurement when it is not."""
        path = self.folder / "acknowledged.json"
        path.write_text(json.dumps(acknowledged))
        found = self.ours("check", name, path)
        self.server.drop(name)
        good = found["numbers_exact"] and not (found["oversold"] or found["lost"] or found["faults"])
        if not good or found["places"] > wanted:
            raise RuntimeError(f"not exact: {found}")
        return found

    def ours(self, what: str, name: str, *words: Any) -> Any:
        """The measuring half on a database; its answer."""
        self.tool("benchmarks.rush_page", name, what, *words, self.answer)
        return json.loads(self.answer.read_text())

    def tool(self, module: str, name: str, *words: Any) -> Run:
        """A program of ours on a database."""
        return run([sys.executable, "-m", module, *map(str, words)], self.log, self.around(name))

    def around(self, name: str) -> dict[str, str]:
        """What a program of ours finds around it."""
        hosts = {"TONGBAO_DATA_DIR": str(self.home), "TONGBAO_CLOCK": CLOCK}
        return {**hosts, "DATABASE_URL": self.server.url(name)}


def _wait_for(address: str, site: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5)
        except OSError:
            if site.poll() is not None:
                raise RuntimeError("the site did not start: see serve.log") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")
