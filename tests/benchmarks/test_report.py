"""The report says what was measured, and the document in the repository shows the figures kept beside it."""

import json

from benchmarks import __main__ as command
from benchmarks import report


def result(microseconds=40.0, ratio=1.2):
    rows = [{"id": "ours.decide", "microseconds": microseconds, "times_ours": 1.0}]
    rows += [{"id": peer, "microseconds": 500.0, "times_ours": 12.5} for peer in report.decide.PEERS]
    sizes = {"scale": 1, "firms": 1_000_000, "export_rows": 10_000_000}
    screened = {**sizes, "ratio": {"floor": ratio}, "peak_mib": {"screen": 900}}
    searched = {"firms": 100_000, "rows": [{}], "milliseconds": 80.0}
    imported = {"ratio": {"floor": 4.0, **dict.fromkeys(report.imports.PEERS, 6.0)}, "search": searched}
    parts = {"decide": {"rows": rows}, "screening": {"rows": [screened]}, "studio": {"milliseconds": 150.0}}
    return {**parts, "imports": imported}


def test_targets_are_judged_one_by_one():
    judged = {one["what"]: one["met"] for one in report.targets(result())}
    assert set(judged.values()) == {True}
    assert len(judged) == 1 + len(report.decide.PEERS) + 3 + 2 + len(report.imports.PEERS)


def test_a_missed_target_says_so():
    missed = [one["what"] for one in report.targets(result(microseconds=50.1, ratio=1.51)) if not one["met"]]
    assert missed == [
        "one traced decision",
        "screening 1,000,000 firms, 10,000,000 rows: time against the floor",
    ]


def test_parts_left_out_are_not_judged():
    assert report.targets({}) == []


def test_a_table_is_aligned():
    assert report.table(("what", "ms"), [("page", 5), ("a", 120)], "lr").splitlines() == [
        "| what |  ms |",
        "| ---- | --: |",
        "| page |   5 |",
        "| a    | 120 |",
    ]


def test_the_document_shows_the_figures_kept():
    kept = json.loads(command.KEPT.read_text(encoding="utf-8"))
    document = command.DOCUMENT.read_text(encoding="utf-8")
    assert command.renewed(document, kept) == document
    assert not kept["quick"]
    assert set(kept) >= {"machine", "targets", *command.PARTS}


def machine(date, **more):
    return {"date": date, "versions": {}, "busy": False, **more}


def test_parts_not_measured_stay_as_they_were_with_their_own_machine():
    everything = result()
    first = {"quick": False, "machine": machine("day 1"), **{name: everything[name] for name in ("decide", "studio")}}
    second = {"quick": False, "machine": machine("day 2"), "imports": everything["imports"]}
    kept = command.merged(first, second)
    assert kept["machine"] == machine("day 2", parts=["imports"])
    assert kept["earlier"] == [machine("day 1", parts=["decide", "studio"])]
    assert {name: kept[name] for name in everything if name in kept} == {
        name: everything[name] for name in ("decide", "studio", "imports")
    }
    assert kept["targets"] == report.targets(kept)
    third = {"quick": False, "machine": machine("day 3"), "studio": {"milliseconds": 1.0}}
    again = command.merged(kept, third)
    assert again["machine"] == machine("day 3", parts=["studio"])
    assert again["earlier"] == [machine("day 2", parts=["imports"]), machine("day 1", parts=["decide"])]
    assert again["studio"] == {"milliseconds": 1.0}


def test_a_machine_is_forgotten_with_the_last_part_measured_on_it():
    first = {"quick": False, "machine": machine("day 1"), "studio": {"milliseconds": 1.0}}
    second = {"quick": False, "machine": machine("day 2"), "studio": {"milliseconds": 2.0}}
    assert command.merged(first, second)["earlier"] == []
