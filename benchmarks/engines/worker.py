"""A process that decides: `python -m benchmarks.engines.worker ENGINE TASK.json`, driven line by line on its input.

Every engine runs in a process like this one, so that all are timed by the same few lines. It needs nothing but the
standard library, because the peers live in an environment of their own. Lines understood:
    answers            → one JSON line: for every firm of the task {answer: value}
    time MODE SECONDS  → one JSON line: seconds for one decision, over whole rounds of the firms for about SECONDS
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Protocol


class Engine(Protocol):
    """What a module of this folder offers as `Engine`."""

    def answers(self) -> list[dict[str, Any]]:
        """Every firm's answers by name."""

    def run(self, mode: str) -> float:
        """Decide on every firm once; the seconds that count."""


def main() -> None:
    """Serve until standard input ends."""
    name, task = sys.argv[1:]
    given = json.loads(Path(task).read_text())
    engine: Engine = importlib.import_module(f"benchmarks.engines.{name}").Engine(given)
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        match line.split():
            case ["answers"]:
                said: Any = engine.answers()
            case ["time", mode, seconds]:
                said = measure(engine, mode, float(seconds), len(given["firms"]))
        print(json.dumps(said), flush=True)


def measure(engine: Engine, mode: str, seconds: float, firms: int) -> float:
    """Seconds for one decision: the mean over as many whole rounds as fit."""
    until, spent, rounds = time.perf_counter() + seconds, 0.0, 0
    while not rounds or time.perf_counter() < until:
        spent += engine.run(mode)
        rounds += 1
    return spent / rounds / firms


if __name__ == "__main__":
    main()
