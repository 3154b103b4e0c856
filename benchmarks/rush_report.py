"""The figures of the opening minute as tables, and its targets."""

from collections.abc import Callable
from typing import Any

from benchmarks import rush

RUNS = ("minute", "at_once", "steady")
Judge = Callable[..., None]
Table = Callable[..., str]


def judge_all(part: dict[str, Any], judge: Judge) -> None:
    """Each target of the part."""
    judge("submission against the floor, as a verb", part["action"]["to_floor"], rush.TARGET_ACTION, "×", at_least=True)
    judge(
        "submission against the floor, through the site", part["at_once"]["to_floor"], rush.TARGET_HTTP, "×",
        at_least=True,
    )  # fmt: skip
    share = f"{rush.SHARE:.0%} of its capacity"
    judge(f"the site at {share}, 99th of 100", part["steady"]["p99"], rush.TARGET_P99, "ms")
    judge("errors of the site", sum(sum(part[run]["errors"].values()) for run in RUNS), 0, "errors")
    last = part["queue"][-1]
    judge(f"a submission after {last['places']:,} others", last["to_first"], rush.TARGET_FLAT, "×")
    proof = part["verify"]
    judge(f"proof of {proof['counts']['record']:,} records", proof["seconds"], rush.TARGET_VERIFY, "s")


def section(part: dict[str, Any], table: Table) -> str:
    """The part in Markdown."""
    return "\n\n".join(["### The opening minute", _said(part), _rates(part, table), _queue(part, table), _proof(part)])


def _said(part: dict[str, Any]) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in part["settings"].items())
    turns = ", ".join(f"{turn:,.0f}" for turn in part["floor"]["turns"])
    runs = [part["action"], *(part[run] for run in RUNS)]
    places = ", ".join(f"{run['exact']['places']:,}" for run in runs)
    return (
        f"{part['firms']:,} firms. A submission makes {part['statements']} statements; the floor is pgbench with the "
        f"same ones, {part['writers']} clients ({turns} in a second). The site has {part['workers']} workers.\n"
        f"After each run ({places} places): numbers from 1 on without gap or repeat, nothing oversold, everything "
        f"acknowledged is there, the proof finds no fault.\n{settings}."
    )


def _rates(part: dict[str, Any], table: Table) -> str:
    rows = [("floor", "", f"{part['floor']['per_second']:,.0f}", "1.00×", "", "", "")]
    for what, run in (("the verb", part["action"]), *((f"site, {part[run]['what']}", part[run]) for run in RUNS)):
        rate, ratio = f"{run['per_second']:,.0f}", f"{run['to_floor']:.2f}×"
        took = (f"{run['p50']:,.0f}", f"{run['p99']:,.0f}")
        errors = sum(run["errors"].values()) if "errors" in run else ""
        rows.append((what, f"{run['accepted']:,}", rate, ratio, *took, errors))
    return table(("what", "accepted", "in a second", "to floor", "p50 ms", "p99 ms", "errors"), rows, "lrrrrrr")


def _queue(part: dict[str, Any], table: Table) -> str:
    rows = [
        (
            f"{row['places']:,}",
            f"{row['p50']:.1f}",
            f"{row['ours']:.1f}",
            f"{row['postgres']:.1f}",
            f"{row['to_first']:.2f}×",
        )
        for row in part["queue"]
    ]
    heads = ("places in the queue", "ms", "processor ms, ours", "processor ms, database", "processor, to the first")
    return f"One submission after another, by the length of the queue:\n\n{table(heads, rows, 'rrrrr')}"


def _proof(part: dict[str, Any]) -> str:
    proof = part["verify"]
    counts = ", ".join(f"{count:,} {name}s" for name, count in proof["counts"].items())
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in proof["parts"].items())
    return (
        f"Proof of {counts}: {proof['seconds']:.1f} s ({parts}), processor {proof['cpu_seconds']:.1f} s, "
        f"{proof['peak_mib']:,} MiB at most."
    )
