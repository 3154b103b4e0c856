"""The measuring half of benchmarks/rush.py on a database that the environment names. What needs Django is imported when
Django is set up. `python -m benchmarks.rush_page WHAT … ANSWER.json`, WHAT:
    prepare FIRMS               firms with complete drafts; the answer is their browsers
    capture VISITORS            the statements of two submissions, for the floor
    write VISITORS WRITERS      every draft submitted by processes with a connection each
    check REFERENCES            whether everything is exact, and those references acknowledged exist
    fill PLACES                 a queue of so many places (benchmarks/rush_queue.py)
    reach RECORDS               the same until the log has so many records
    cost VISITORS FROM COUNT    what a submission takes of processor and time, one after another
    verify                      what the proof of chain and fund takes
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.marks import percentiles
from benchmarks.rush_firms import Visitor, prepare
from tongbao.cli.context import start_django

WARM = 12  # submissions of each writer before the clock runs: it has its connection and statements, and the terms
COSTED = 250  # submissions whose cost is measured


def main() -> None:
    """Measure and write the answer."""
    what, *words, answer = sys.argv[1:]
    start_django()
    Path(answer).write_text(json.dumps(WHAT[what](*words)))


def visitors(path: str) -> list[Visitor]:
    """The browsers that `prepare` has written."""
    return [Visitor(**one) for one in json.loads(Path(path).read_text())]


def _prepare(firms: str) -> list[dict[str, Any]]:
    from django.db import connection

    found = prepare(int(firms))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [asdict(one) for one in found]


def submit(visitor: Visitor, by: Any) -> tuple[float, float]:
    """One submission, as the view asks for it: when it began and ended."""
    from tongbao.intake import actions

    begun = time.perf_counter()
    actions.submit(application_id=visitor.application, key=visitor.key, by=by)
    return begun, time.perf_counter()


def people(every: Sequence[Visitor]) -> list[Any]:
    """Who submits; not measured, because a request has read them already."""
    from tongbao.accounts.models import User

    found = User.objects.select_related("organisation").in_bulk([one.user for one in every])
    return [found[one.user] for one in every]


def _capture(path: str) -> dict[str, Any]:
    from django.db import connection

    from benchmarks.rush_floor import Listener, script, spread

    every = visitors(path)
    warm, first, second = every[:WARM], every[WARM], every[WARM + 7]
    spread()
    for one, by in zip(warm, people(warm), strict=True):
        submit(one, by)
    runs = []
    for one, by in zip((first, second), people((first, second)), strict=True):
        listener = Listener()
        with connection.execute_wrapper(listener):
            submit(one, by)
        runs.append(listener.heard)
    statements = [[one["sql"], one["seconds"]] for one in runs[1]]
    return {"script": script((first, second), runs), "statements": statements}


def _write(path: str, writers: str) -> dict[str, Any]:
    """Accepted in a second and how long each took, from the first to begin to the last to end."""
    count = int(writers)
    every = visitors(path)
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(count), context.Queue()
    shares = [every[place::count] for place in range(count)]
    crowd = [context.Process(target=_writer, args=(share, start, results)) for share in shares]
    for one in crowd:
        one.start()
    spans = [span for _ in crowd for span in results.get()]
    for one in crowd:
        one.join()
    spans.sort()
    seconds = max(end for _, end in spans) - spans[0][0]
    took = sorted((end - begin) * 1000 for begin, end in spans)
    return {"accepted": len(spans), "seconds": seconds, "per_second": len(spans) / seconds, **percentiles(took)}


def _writer(share: Sequence[Visitor], start: Any, results: Any) -> None:
    pairs = list(zip(share, people(share), strict=True))
    for one, by in pairs[:WARM]:
        submit(one, by)
    start.wait()
    results.put([submit(one, by) for one, by in pairs[WARM:]])


def _check(path: str) -> dict[str, Any]:
    """Numbers from 1 to n, nothing oversold, nothing acknowledged and lost, and what the product's own proof says."""
    from django.db.models import Sum

    from tongbao.audit import queries as audit
    from tongbao.funds import queries as funds
    from tongbao.funds.models import Allotment, Reservation
    from tongbao.intake import queries as intake
    from tongbao.intake.models import Application

    acknowledged = set(json.loads(Path(path).read_text()))
    numbers = list(Reservation.objects.order_by("queue_number").values_list("queue_number", flat=True))
    kept = set(Application.objects.exclude(reservation=None).values_list("reference", flat=True))
    reserved = Reservation.objects.filter(state="reserved").aggregate(fen=Sum("amount_fen"))["fen"] or 0
    allotted = Allotment.objects.aggregate(fen=Sum("amount_fen"))["fen"]
    found = [*audit.faults(), *funds.faults(), *intake.faults()]
    return {
        "places": len(numbers),
        "numbers_exact": numbers == list(range(1, len(numbers) + 1)),
        "waiting": Reservation.objects.filter(state="waiting").count(),
        "reserved_fen": reserved,
        "allotted_fen": allotted,
        "oversold": reserved > allotted,
        "acknowledged": len(acknowledged),
        "lost": sorted(acknowledged - kept),
        "faults": found[:5],
    }


def _fill(places: str) -> dict[str, int]:
    from tongbao.funds.models import Reservation

    return _more(int(places) - Reservation.objects.count())


def _reach(records: str) -> dict[str, int]:
    from benchmarks.rush_queue import RECORDS_OF_TEN
    from tongbao.audit.models import Record

    return _more(max(0, int(records) - Record.objects.count()) * 10 // RECORDS_OF_TEN)


def _more(places: int) -> dict[str, int]:
    from django.db import connection

    from benchmarks.rush_queue import fill, fund
    from tongbao.audit.models import Record
    from tongbao.funds.models import Reservation

    if not Reservation.objects.exists():
        fund()
    fill(places)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"places": Reservation.objects.count(), "records": Record.objects.count()}


def _cost(path: str, start: str, count: str) -> dict[str, float]:
    """The median of the time, and of the processor what ours and the database's process took for each."""
    from django.db import connection

    every = visitors(path)[int(start) :][: int(count)]
    pairs = list(zip(every, people(every), strict=True))
    for one, by in pairs[:WARM]:
        submit(one, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()[0]
    ours, theirs = time.process_time(), _spent(process)
    spans = [submit(one, by) for one, by in pairs[WARM:]]
    ours, theirs = time.process_time() - ours, _spent(process) - theirs
    took = sorted((end - begin) * 1000 for begin, end in spans)
    each = {"ours": ours * 1000 / len(spans), "postgres": theirs * 1000 / len(spans)}
    return {"submissions": len(spans), **percentiles(took), **each}


def _spent(process: int) -> float:
    """Seconds of processor time of another process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _verify() -> dict[str, Any]:
    """Seconds of each part of the proof; stops the measurement when something is found."""
    from tongbao.audit import queries as audit
    from tongbao.audit.models import Record
    from tongbao.funds import queries as funds
    from tongbao.funds.models import Reservation, Transfer

    seconds = {}
    parts = {"chain": audit.faults, "replay of the fund": funds.replay_faults, "bookings and rates": funds.unrecorded}
    for name, faults in parts.items():
        begun = time.perf_counter()
        if found := list(faults()):
            raise RuntimeError(f"{name}: {found[:5]}")
        seconds[name] = time.perf_counter() - begun
    counts = {model._meta.model_name: model.objects.count() for model in (Record, Reservation, Transfer)}
    return {"parts": seconds, "seconds": sum(seconds.values()), "counts": counts}


WHAT: dict[str, Callable[..., Any]] = {
    "prepare": _prepare, "capture": _capture, "write": _write, "check": _check,
    "fill": _fill, "reach": _reach, "cost": _cost, "verify": _verify,
}  # fmt: skip

if __name__ == "__main__":
    main()
