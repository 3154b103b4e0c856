"""The environment of the peers: build/bench-venv, made from benchmarks/requirements.txt with its hashes checked."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
HOME = ROOT / "build" / "bench-venv"


def python() -> Path:
    """The interpreter of the peers; makes their environment when there is none or the lock has changed."""
    program, stamp = HOME / "bin" / "python", HOME / ".installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print("  making build/bench-venv for the peers (about a minute)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
        pip = [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
        stamp.write_text(wanted)
    return program


def versions(names: Sequence[str]) -> dict[str, str]:
    """The versions of some peers, as their environment has them."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    said = subprocess.run([python(), "-c", code, *names], check=True, capture_output=True, text=True).stdout.split()
    return dict(zip(names, said, strict=True))
