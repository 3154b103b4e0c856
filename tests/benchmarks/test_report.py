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
    run = {"to_floor": 0.5, "per_second": 200.0, "accepted": 5_000, "p50": 9.0, "p99": 90.0, "errors": {}}
    run |= {"what": "all at once", "exact": {"places": 5_040}}
    runs = {"action": run, **dict.fromkeys(report.rush_report.RUNS, run)}
    floor = {"per_second": 400.0, "turns": [400.0]}
    costs = [{"places": 1_000_000, "p50": 7.0, "ours": 5.0, "postgres": 2.0, "to_first": 1.1}]
    proof = {
        "seconds": 50.0,
        "parts": {"chain": 9.0},
        "counts": {"record": 10**6},
        "cpu_seconds": 40.0,
        "peak_mib": 600,
    }
    about = {"firms": 5_000, "statements": 27, "writers": 8, "workers": 2, "settings": {"fsync": "on"}}
    rushed = {**about, **runs, "floor": floor, "queue": costs, "verify": proof}
    parts = {"decide": {"rows": rows}, "screening": {"rows": [screened]}, "studio": {"milliseconds": 150.0}}
    return {**parts, "imports": imported, "rush": rushed}


def test_targets_are_judged_one_by_one():
    judged = {one["what"]: one["met"] for one in report.targets(result())}
    assert set(judged.values()) == {True}
    assert len(judged) == 1 + len(report.decide.PEERS) + 3 + 2 + len(report.imports.PEERS) + 6


def test_a_missed_target_says_so():
    missed = [one["what"] for one in report.targets(result(microseconds=50.1, ratio=1.51)) if not one["met"]]
    assert missed == [
        "one traced decision",
        "screening 1,000,000 firms, 10,000,000 rows: time against the floor",
    ]


def test_an_error_of_the_site_is_a_missed_target():
    found = result()
    found["rush"]["minute"] = {**found["rush"]["minute"], "errors": {"503": 1}}
    assert [one["what"] for one in report.targets(found) if not one["met"]] == ["errors of the site"]


def test_the_opening_minute_says_all_its_figures():
    said = report.SECTIONS["rush"](result()["rush"])
    assert "| site, all at once | " in said
    assert "fsync on" in said
    assert "1,000,000 records" in said


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
