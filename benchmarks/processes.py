"""Child processes measured from outside: wall time, processor time, peak memory."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BYTECODE = ROOT / "build" / "bytecode"
MIB = 1024  # ru_maxrss is in KiB on Linux


@dataclass(frozen=True)
class Run:
    """What one run took: seconds on the wall, seconds of all processors, MiB of the largest process."""

    seconds: float
    cpu_seconds: float
    peak_mib: int


def run(command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, its output in `log`, `within` this environment.

    Raises RuntimeError with the end of that output when it fails.
    """
    begun = time.perf_counter()
    with log.open("wb") as sink:
        around = within(environment or {})
        process = subprocess.Popen([*map(str, command)], stdout=sink, stderr=sink, cwd=ROOT, env=around)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{tail}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // MIB)


def within(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measured program: `environment` on top of this process's own, and where our code lies.

    Python may keep its bytecode, as an installed program does, in build/: what is measured is not its compiler.
    """
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    whole = {**os.environ, "PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": str(BYTECODE), **environment}
    whole.pop("PYTHONDONTWRITEBYTECODE", None)
    return whole
