"""One traced decision of the whole edition, against zen-engine and OpenFisca on equivalent rules.

All three answer the same questions on the same firms (benchmarks/equivalent.py): each criterion, priority ground, plan
condition, eligibility, availability, and four figures a plan. The answers are compared before anything is timed. Then
each engine decides in its own process, in turn, and the ratio is taken turn by turn, so that a busy moment of the
machine falls on both sides of it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.equivalent import rules_of
from benchmarks.firms import firms
from tongbao.scheme import rules

ROOT = peers.ROOT
SCHEME = "schemes/nantong-2019.yaml"
MODES = (  # engine, mode, what it is
    ("ours", "decide", "tongbao: decide, trace kept, sentences made when read"),
    ("ours", "say", "tongbao: decide, and everything as JSON with its sentences"),
    ("zen_graph", "one", "zen-engine, trace on, one node, compiled once: its fastest form"),
    ("zen_graph", "drawn", "zen-engine, trace on, a node for each station, compiled once"),
    ("zen_graph", "documented", "zen-engine, trace on, one node, create_decision as its README"),
    ("openfisca_system", "answers", "OpenFisca, trace on, calculating the answers only"),
    ("openfisca_system", "whole", "OpenFisca, trace on, with the making of the simulation"),
)
PEERS = {
    "zen_graph.one": "zen-engine, its fastest form",
    "zen_graph.drawn": "zen-engine, a node for each station",
    "zen_graph.documented": "zen-engine, as its README",
    "openfisca_system.answers": "OpenFisca, calculation only",
}
TARGET_MICROSECONDS, TARGET_RATIO = 50, 10
MONEY = ("_cents", "_fen")


class Worker:
    """One engine in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, line: str) -> Any:
        """Send one line, wait for the one line that answers it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if line:
            print(line, file=self.process.stdin, flush=True)
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"the engine stopped with exit code {self.process.wait()}")
        return json.loads(said)


def measure(count: int, turns: int, seconds: float) -> dict[str, Any]:
    """Compare answers on `count` firms, then time `turns` turns of `seconds` each; the figures of the report."""
    task = task_of(count)
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "task.json"
        path.write_text(json.dumps(task, ensure_ascii=False))
        workers = {
            name: stack.enter_context(_worker(name, path)) for name in dict.fromkeys(name for name, _, _ in MODES)
        }
        said = {name: worker.ask("answers") for name, worker in workers.items()}
        compared = differences(said["ours"], said["zen_graph"], exact=True)
        compared += differences(said["ours"], said["openfisca_system"], exact=False)
        if compared:
            raise RuntimeError("the engines disagree, nothing was timed:\n" + "\n".join(compared[:20]))
        times = _times(workers, turns, seconds)
    return {"firms": count, "answers": len(task["rules"]["answers"]), "rows": _rows(times), **_spread(said["ours"])}


def task_of(count: int) -> dict[str, Any]:
    """What every worker is given: the file of the edition, the same rules as trees, and the firms."""
    path = ROOT / SCHEME
    terms = rules.compile(rules.load(path.read_text(encoding="utf-8"), SCHEME))
    return {"scheme": str(path), "rules": rules_of(terms), "firms": firms(count)}


def differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], *, exact: bool) -> list[str]:
    """Where two engines answer differently. Not `exact`: figures of money may differ as single precision does."""
    return [
        f"firm {number}, {name}: {value} here, {other.get(name)} there"
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True))
        for name, value in one.items()
        if not _same(name, value, other.get(name), exact)
    ]


def _same(name: str, here: Any, there: Any, exact: bool) -> bool:
    if exact or not name.endswith(MONEY):
        return bool(here == there)
    return there is not None and abs(here - there) <= 1 + 1e-6 * abs(here)


@contextmanager
def _worker(name: str, task: Path) -> Iterator[Worker]:
    program = sys.executable if name == "ours" else str(peers.python())
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")] if name == "ours" else [str(ROOT)])
    command = [program, "-m", "benchmarks.engines.worker", name, str(task)]
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(
        command, env=environment, cwd=task.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            worker = Worker(process)
            worker.ask("")
            yield worker
        finally:
            process.kill()


def _times(workers: dict[str, Worker], turns: int, seconds: float) -> dict[tuple[str, str], list[float]]:
    times: dict[tuple[str, str], list[float]] = {(engine, mode): [] for engine, mode, _ in MODES}
    for turn in range(turns + 1):
        for engine, mode in times:
            took = workers[engine].ask(f"time {mode} {seconds}")
            if turn:  # the first turn warms up
                times[engine, mode].append(took)
    return times


def _rows(times: dict[tuple[str, str], list[float]]) -> list[dict[str, Any]]:
    ours = times["ours", "decide"]
    return [
        {
            "id": f"{engine}.{mode}",
            "what": what,
            "microseconds": round(statistics.median(times[engine, mode]) * 1e6, 2),
            "best_microseconds": round(min(times[engine, mode]) * 1e6, 2),
            "times_ours": round(statistics.median(a / b for a, b in zip(times[engine, mode], ours, strict=True)), 2),
        }
        for engine, mode, what in MODES
    ]


def _spread(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """How many of the firms are eligible and get each plan: the input is no easy one."""
    names = ["eligible", "priority", *(name for name in answers[0] if name.endswith("_available"))]
    return {
        "share_of_firms": {name: round(sum(bool(one[name]) for one in answers) / len(answers), 3) for name in names}
    }
