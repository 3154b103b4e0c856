"""`tongbao screen` on a made-up national register, against the bare aggregation of benchmarks/floor.py.

Every run is a process of its own, the command as an officer types it: starting Python, checking the edition, reading
both files, checking every row, facts, findings, offers, funnel, writing everything. Floor and screening run in turn on
files that were just read, and the ratio is taken turn by turn. A sample of firms is then decided one by one from the
same rows by benchmarks/one_firm.py and compared field by field.
"""

import json
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks import one_firm, register
from benchmarks.processes import Run, run

ROOT = register.ROOT
SCHEME = ROOT / "schemes" / "nantong-2019.yaml"
OUT = "out.parquet"
TARGET_RATIO, TARGET_PEAK_MIB = 1.5, 4096
FLOORS = ("floor", "sums", "one-sum")
BYTES_AT_ONE = 2**30  # room for inputs, output, rejected rows and spill at scale 1


def measure(folder: Path, scales: list[float], turns: int, sample: int) -> dict[str, Any]:
    """Each scale in turn; {"rows": [figures of a scale, …], "skipped": [why a scale was left out, …]}."""
    rows, skipped = [], []
    folder.mkdir(parents=True, exist_ok=True)
    _warm(folder)
    for scale in scales:
        free = shutil.disk_usage(folder).free
        if free < scale * BYTES_AT_ONE:
            wanted = scale * BYTES_AT_ONE / 2**30
            skipped.append(f"scale {scale:g}: needs {wanted:.0f} GB of disk, {free / 2**30:.0f} GB are free")
            continue
        print(f"  scale {scale:g}: making the files", flush=True)
        run([sys.executable, "-m", "benchmarks.register", folder, "--scale", str(scale)], folder / "register.log")
        rows.append(_scale(folder, scale, turns if scale <= 1 else 1, sample))
    return {"rows": rows, "skipped": skipped}


def _warm(folder: Path) -> None:
    """Run everything once on a few rows: the first start of a program compiles it."""
    for command in _commands(folder, 1 / 1000).values():
        run(command, folder / "run.log")


def _commands(folder: Path, scale: float) -> dict[str, list[str | Path]]:
    """What runs at a scale, by name; screening last."""
    files = register.make(folder, scale)
    floors = {
        kind: [sys.executable, "-m", "benchmarks.floor", kind, *files, folder / "floor.parquet"] for kind in FLOORS
    }
    return {**floors, "screen": [sys.executable, "-m", "tongbao.cli", "screen", SCHEME, *files, folder / OUT]}


def _scale(folder: Path, scale: float, turns: int, sample: int) -> dict[str, Any]:
    commands, log = _commands(folder, scale), folder / "run.log"
    taken: dict[str, list[Run]] = {kind: [] for kind in commands}
    run(commands["one-sum"], log)  # brings the files into the page cache
    for turn in range(turns):
        print(f"  scale {scale:g}: turn {turn + 1} of {turns}", flush=True)
        for kind, command in commands.items():
            taken[kind].append(run(command, log))
    print(f"  scale {scale:g}: deciding {sample} firms one by one", flush=True)
    compared = one_firm.compare(SCHEME, *register.make(folder, scale), folder / OUT, sample)
    sizes = {"scale": scale, "firms": int(register.FIRMS * scale), "export_rows": int(register.ROWS * scale)}
    return {**sizes, **_figures(taken), "compared": compared}


def _figures(taken: dict[str, list[Run]]) -> dict[str, Any]:
    def middle(kind: str, field: str) -> float:
        return round(float(statistics.median(getattr(one, field) for one in taken[kind])), 2)

    def ratio(kind: str, field: str) -> float:
        pairs = zip(taken["screen"], taken[kind], strict=True)
        return round(float(statistics.median(getattr(a, field) / getattr(b, field) for a, b in pairs)), 2)

    floors = [kind for kind in taken if kind != "screen"]
    return {
        "seconds": {kind: middle(kind, "seconds") for kind in taken},
        "cpu_seconds": {kind: middle(kind, "cpu_seconds") for kind in taken},
        "peak_mib": {kind: max(one.peak_mib for one in taken[kind]) for kind in taken},
        "ratio": {kind: ratio(kind, "seconds") for kind in floors},
        "cpu_ratio": {kind: ratio(kind, "cpu_seconds") for kind in floors},
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), [float(one) for one in sys.argv[2:]], 1, 100), indent=1))
