"""Every measurement in one run: `python -m benchmarks` (make bench), `python -m benchmarks --quick` (make bench-quick).

Prints tables and writes them with all figures to build/benchmarks/result.json. With --keep also to
benchmarks/results/reference.json and docs/benchmarks.md, which are part of the repository; parts that were not measured
stay as they were kept, with the machine and day of theirs. Exit code 1: engines or paths disagree, or a part could not
run. A missed target is reported, it is no failure: machines differ.
"""

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from benchmarks import decide, imports, machine, peers, report, rush, screening, studio

ROOT = machine.ROOT
OUT = ROOT / "build" / "benchmarks"
KEPT = ROOT / "benchmarks" / "results" / "reference.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: written by make bench KEEP=1 -->", "<!-- end of figures -->"


def main() -> int:
    """Run the parts asked for."""
    wanted = _arguments()
    begun = machine.describe()
    if machine.is_busy():
        print(f"The machine is busy (load {begun['load_before']}): times will be longer than they are.", flush=True)
    result: dict[str, Any] = {"quick": wanted.quick, "machine": {**begun, "busy": machine.is_busy()}}
    failed = [name for name in wanted.parts if not _part(name, wanted, result)]
    for names in (theirs for name, theirs in PEERS.items() if name in result):
        result["machine"]["versions"] |= peers.versions(names)
    result["targets"] = [] if wanted.quick else report.targets(result)  # small sizes prove no speed
    print("\n" + report.text(result))
    path = OUT / "result.json"
    _write(path, result)
    print(f"\nAll figures: {path.relative_to(ROOT)}")
    if failed:
        print(f"Could not be measured: {', '.join(failed)} (see above)", file=sys.stderr)
    elif wanted.keep:
        kept = merged(json.loads(KEPT.read_text(encoding="utf-8")), result)
        _write(KEPT, kept)
        DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8"), kept), encoding="utf-8")
        print(f"Kept in {KEPT.relative_to(ROOT)} and {DOCUMENT.relative_to(ROOT)}")
    return 1 if failed else 0


def merged(kept: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """What was kept, with the parts of this result in the place of the older ones; each part keeps its own machine."""
    older = [name for name in PARTS if name in kept and name not in result]
    measured = [name for name in PARTS if name in result]
    earlier = [
        {**one, "parts": left}
        for one in (kept["machine"], *kept.get("earlier", ()))
        if (left := [name for name in one.get("parts", older) if name in older])
    ]
    whole = {"quick": result["quick"], "machine": {**result["machine"], "parts": measured}, "earlier": earlier}
    whole |= {name: result.get(name, kept.get(name)) for name in PARTS if name in older + measured}
    return {**whole, "targets": report.targets(whole)}


def renewed(document: str, result: dict[str, Any]) -> str:
    """The document with these figures between its two marks."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{report.text(result)}\n\n{END}{after}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help="decide, screening, studio, imports, rush (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, proves no speed")
    parser.add_argument(
        "--scales", nargs="+", type=float, help="sizes of screening; 1 is 1,000,000 firms (default 0.1 1 10)"
    )
    parser.add_argument(
        "--data", type=Path, default=OUT / "data", help="where the made-up files go (10 GB at scale 10)"
    )
    parser.add_argument("--keep", action="store_true", help="also renew the result and the document of the repository")
    wanted = parser.parse_args()
    wanted.parts = wanted.parts or list(PARTS)
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"no part named {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    wanted.scales = wanted.scales or ([0.01] if wanted.quick else [0.1, 1, 10])
    if wanted.keep and wanted.quick:
        parser.error("small sizes prove no speed: --quick is not kept")
    return wanted


def _part(name: str, wanted: argparse.Namespace, result: dict[str, Any]) -> bool:
    """Measure one part into `result`; False, with what went wrong, when it could not be measured."""
    print(f"{name} …", flush=True)
    try:
        result[name] = PARTS[name](wanted)
    except Exception:  # the other parts are still worth measuring
        traceback.print_exc()
        return False
    return True


def _decide(wanted: argparse.Namespace) -> dict[str, Any]:
    return decide.measure(count=100, turns=1, seconds=0.1) if wanted.quick else decide.measure(1000, 15, 1.0)


def _screening(wanted: argparse.Namespace) -> dict[str, Any]:
    return screening.measure(
        wanted.data, wanted.scales, turns=1 if wanted.quick else 3, sample=200 if wanted.quick else 2000
    )


def _studio(wanted: argparse.Namespace) -> dict[str, Any]:
    return studio.measure(wanted.data, turns=2 if wanted.quick else 20)


def _imports(wanted: argparse.Namespace) -> dict[str, Any]:
    if wanted.quick:
        return imports.measure(wanted.data, rows=2_400, turns=1, sizes=[1_200, 4_800], firms=1_000, asked=2)
    return imports.measure(wanted.data, rows=100_000, turns=3, sizes=[20_000, 200_000], firms=100_000, asked=20)


def _rush(wanted: argparse.Namespace) -> dict[str, Any]:
    if wanted.quick:
        return rush.measure(wanted.data, firms=160, minute=4, sizes=(100, 400), events=1_000)
    return rush.measure(wanted.data, firms=5_000)


def _write(path: Path, result: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


PARTS = {"decide": _decide, "screening": _screening, "studio": _studio, "imports": _imports, "rush": _rush}
PEERS = {"decide": ("zen-engine", "openfisca-core"), "imports": ("django-import-export", "tablib", "openpyxl")}

if __name__ == "__main__":
    sys.exit(main())
