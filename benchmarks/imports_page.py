"""The measuring half of benchmarks/imports.py: `python -m benchmarks.imports_page WHAT FILE ANSWER.json`, on a database
that the environment names. What needs Django is imported when Django is set up. WHAT:
    prepare  the officer and the area that a list needs
    floor    the bare reader over the file, then its figures in one bulk_create
    sql      the same with the least that the database's driver can do: executemany
    whole    the import as officer and worker do it, from the bytes to facts
    undo     the last import taken back
"""

import gc
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import customs
from benchmarks.marks import digest
from tongbao.cli.context import start_django

OFFICER = "bench"
BATCH = 100  # Django allows SQLite 999 values a statement; with 250,000 allowed, batches of 250 to 25,000 were slower
Figures = list[tuple[int, int, int, int, str, int]]  # firm, origin, year, month, country, cents


def main() -> None:
    """Measure and write the answer."""
    what, path, answer = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    start_django()
    answer.write_text(json.dumps(WHAT[what](path)))


class Watch:
    """Seconds on the wall and of the processor, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Add what is inside to a name."""
        begun, used = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - begun
        self.cpu_seconds[name] = self.cpu_seconds.get(name, 0) + time.process_time() - used

    def figures(self) -> dict[str, dict[str, float]]:
        """For the answer."""
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}


def prepare(path: Path | None = None) -> dict[str, Any]:
    """An officer and an area, when they are not there."""
    from tongbao import clock
    from tongbao.accounts.models import Area, Organisation, User

    Area.objects.get_or_create(code="chongchuan", defaults={"name": customs.AREA})
    city, _ = Organisation.objects.get_or_create(code="bench", defaults={"kind": "city", "name": "市商务局"})
    said = {"name": "测速", "role": "city_officer", "organisation": city, "date_joined": clock.now()}
    User.objects.get_or_create(username=OFFICER, defaults=said)
    return {}


def floor(path: Path) -> dict[str, Any]:
    """The bare reader, and one bulk_create in one transaction."""
    return _floor(path, _bulk_create)


def sql(path: Path) -> dict[str, Any]:
    """The bare reader, and one executemany in one transaction."""
    return _floor(path, _executemany)


def _floor(path: Path, insert: Callable[[Figures], None]) -> dict[str, Any]:
    from django.db import transaction
    from python_calamine import CalamineWorkbook

    content, watch = path.read_bytes(), Watch()
    with watch.on("whole"), watch.on("read"):
        cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    rows = len(cells) - 1
    del cells
    figures = _with_firms(rows)
    gc.collect()
    with watch.on("whole"), watch.on("insert"), transaction.atomic():
        insert(figures)
    return {**watch.figures(), **_kept(live=False)}


def _with_firms(rows: int) -> Figures:
    """What the insert is given: the figures, with the ids of their origin and of their firms, which are made here."""
    from tongbao import clock
    from tongbao.accounts.models import Area, User
    from tongbao.batch.models import Import
    from tongbao.registry.models import Exporter

    figures = list(customs.figures(rows))
    officer, area, now = User.objects.get(username=OFFICER), Area.objects.get(name=customs.AREA), clock.now()
    source = Import.objects.create(
        kind="customs_exports", file_name="floor", file_hash="", state="uploaded", uploaded_by=officer, uploaded_at=now
    )
    codes = dict.fromkeys(figure.code for figure in figures)
    Exporter.objects.bulk_create(Exporter(code=code, name=code, area=area, created_at=now) for code in codes)
    ids = dict(Exporter.objects.values_list("code", "pk"))
    return [(ids[code], source.pk, *rest) for code, *rest in figures]


def _bulk_create(figures: Figures) -> None:
    from tongbao.registry.models import CustomsExport

    rows = [
        CustomsExport(exporter_id=firm, source_id=source, year=year, month=month, country=country, amount_cents=cents)
        for firm, source, year, month, country, cents in figures
    ]
    CustomsExport.objects.bulk_create(rows, batch_size=BATCH)


def _executemany(figures: Figures) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry_customsexport (exporter_id, source_id, year, month, country, amount_cents, row, live)"
            " VALUES (%s, %s, %s, %s, %s, %s, 0, FALSE)",
            figures,
        )


def whole(path: Path) -> dict[str, Any]:
    """Each step of an import, from the bytes of the file to the facts of its firms."""
    from tongbao.accounts.models import User
    from tongbao.batch.models import Import
    from tongbao.registry import actions, jobs, rules

    officer, content, watch = User.objects.get(username=OFFICER), path.read_bytes(), Watch()
    rules.initials(customs.name(0))  # a worker is up for days: its dictionary of pinyin is there
    with watch.on("whole"):
        with watch.on("receive"):
            pk = actions.receive_file(kind="customs_exports", file_name=path.name, content=content, by=officer).pk
        with watch.on("read"):
            jobs.work(pk)  # looks at the columns, reads, checks, loads
        _check_read(Import.objects.get(pk=pk))
        with watch.on("confirm"):
            actions.confirm_import(import_id=pk, checked=True, only_good=True, by=officer)
        with watch.on("settle"):
            jobs.work(pk)  # which figures count, the years of each firm
    done = Import.objects.get(pk=pk)
    assert not done.work, done.work
    return {**watch.figures(), "rows": done.row_count, "faulty_rows": done.faulty_row_count, **_kept(), **_facts()}


def _check_read(source: Any) -> None:
    """The columns were recognised without a person's help, and the file was read to its end."""
    assert source.state == "previewed", (source.state, source.failure, source.guess)


def undo(path: Path | None = None) -> dict[str, Any]:
    """The last import taken back."""
    from tongbao.accounts.models import User
    from tongbao.batch.models import Import
    from tongbao.registry import actions, jobs

    source, watch = Import.objects.latest("pk"), Watch()
    with watch.on("undo"):
        actions.undo_import(import_id=source.pk, why="测速", by=User.objects.get(username=OFFICER))
        jobs.work(source.pk)
    return {**watch.figures(), **_kept(), **_facts()}


def _kept(*, live: bool = True) -> dict[str, Any]:
    """How many figures there are (`live`: that count), and their mark."""
    from tongbao.registry.models import CustomsExport

    rows = CustomsExport.objects.filter(live=live).order_by()
    found = list(rows.values_list("exporter__code", "year", "month", "country", "amount_cents"))
    return {"figures": len(found), "digest": digest(found)}


def _facts() -> dict[str, int]:
    """What the facts of the firms rest on: their years, summed up."""
    from tongbao.registry.models import Exporter, YearTotal

    cents = YearTotal.objects.values_list("total_cents", flat=True)
    return {"firms": Exporter.objects.filter(present=True).count(), "years": len(cents), "cents": sum(cents)}


WHAT: dict[str, Callable[[Path], dict[str, Any]]] = {
    "prepare": prepare, "floor": floor, "sql": sql, "whole": whole, "undo": undo,
}  # fmt: skip

if __name__ == "__main__":
    main()
