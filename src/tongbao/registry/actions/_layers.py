"""Which rows of some firms count, worked out anew inside the verb under way; doing it again changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, OuterRef

from tongbao.registry import queries, rules
from tongbao.registry.models import CustomsExport, Designation, ExistingCover, Exporter, Particulars, YearTotal

AT_ONCE = 500


def settle(ids: Collection[int]) -> set[int]:
    """Work out which rows of some firms count; the ids of the firms that changed.

    Their facts' version rises, so that what was judged on the facts before is judged anew.
    """
    firms = queries.lock_firms(ids)
    strengths = queries.Strengths()
    changed = _settle_figures(firms, strengths)
    changed |= _settle_particulars(firms, strengths)
    changed |= _settle_rows(Designation, firms, strengths, attrgetter("exporter_id", "kind", "document_number"))
    changed |= _settle_rows(ExistingCover, firms, strengths, attrgetter("exporter_id", "insurer_name", "valid_from"))
    raise_versions(changed)
    return changed


def raise_versions(ids: Iterable[int]) -> None:
    """Note that facts of some firms may have changed."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        firms = Exporter.objects.filter(pk__in=wanted[start : start + AT_ONCE])
        firms.update(facts_version=F("facts_version") + 1)


def _switch(model: type[Any], on: list[int], off: list[int]) -> None:
    """Rows that count from now on, and rows that no longer do (these first: two may not count at once)."""
    for live, ids in ((False, off), (True, on)):
        for start in range(0, len(ids), AT_ONCE):
            model.objects.filter(pk__in=ids[start : start + AT_ONCE]).update(live=live)


def _settle_figures(firms: Mapping[int, Exporter], strengths: queries.Strengths) -> set[int]:
    rows = list(queries.figures_of_firms(firms))
    winning = rules.winners(rows, lambda row: row[1:5], lambda row: strengths.of(row[6], None, row[0]))
    best = {row[0] for row in winning}
    on = [row[0] for row in winning if not row[7]]
    off = [row[0] for row in rows if row[7] and row[0] not in best]
    if not on and not off:
        return set()
    _switch(CustomsExport, on, off)
    turned = {*on, *off}
    changed = {row[1] for row in rows if row[0] in turned}
    figures: dict[int, list[tuple[int, int, str, int]]] = defaultdict(list)
    for row in winning:
        figures[row[1]].append((row[2], row[3], row[4], row[5]))
    _sum_up({firm: figures[firm] for firm in changed})
    return changed


def _sum_up(figures: Mapping[int, list[tuple[int, int, str, int]]]) -> None:
    """Write the years of some firms anew."""
    YearTotal.objects.filter(exporter_id__in=list(figures)).delete()
    YearTotal.objects.bulk_create(
        [
            YearTotal(
                exporter_id=firm,
                year=year.year,
                months=year.months,
                held=year.held,
                total_cents=year.total,
                annual_cents=year.annual,
                monthly_cents=year.monthly,
                unknown_cents=year.unknown,
                markets=dict(year.markets),
            )
            for firm, mine in figures.items()
            for year in rules.years(mine, rules.UNKNOWN).values()
        ],
        batch_size=AT_ONCE,
    )


def _settle_rows(
    model: type[Any], firms: Mapping[int, Exporter], strengths: queries.Strengths, key: Callable[[Any], Any]
) -> set[int]:
    rows = list(queries.rows_of_firms(model, firms))
    best = {row.pk for row in rules.winners(rows, key, lambda row: strengths.of(row.source_id, row.entered_at, row.pk))}
    on = [row.pk for row in rows if row.pk in best and not row.live]
    off = [row.pk for row in rows if row.live and row.pk not in best]
    _switch(model, on, off)
    turned = {*on, *off}
    return {row.exporter_id for row in rows if row.pk in turned}


def _settle_particulars(firms: Mapping[int, Exporter], strengths: queries.Strengths) -> set[int]:
    """What the register says of the firms themselves; one that nothing speaks of any more is no longer present."""
    rows = list(queries.rows_of_firms(Particulars, firms))
    best = {
        row.exporter_id: row
        for row in rules.winners(
            rows,
            lambda row: row.exporter_id,
            lambda row: strengths.of_particulars(row.source_id, row.entered_at, row.pk),
        )
    }
    chosen = {row.pk for row in best.values()}
    _switch(
        Particulars,
        [row.pk for row in best.values() if not row.live],
        [row.pk for row in rows if row.live and row.pk not in chosen],
    )
    appeared: list[Exporter] = []
    gone: list[Exporter] = []
    said_otherwise: list[Exporter] = []
    for firm in firms.values():
        said = best.get(firm.pk)
        if said is None or not firm.present:
            (gone if said is None else appeared).append(firm)
        if said is not None and _take_over(firm, said):
            said_otherwise.append(firm)
    gone = [firm for firm in gone if firm.present]
    _be_present(appeared, True)
    _be_present(gone, False)
    Exporter.objects.bulk_update(said_otherwise, ["name", "name_initials", "area"], batch_size=AT_ONCE // 4)
    return {firm.pk for firm in (*appeared, *gone, *said_otherwise)}


def _be_present(firms: list[Exporter], present: bool) -> None:
    ids = [firm.pk for firm in firms]
    for start in range(0, len(ids), AT_ONCE):
        Exporter.objects.filter(pk__in=ids[start : start + AT_ONCE]).update(present=present)


def _take_over(firm: Exporter, said: Particulars) -> bool:
    """Make a firm's row say what counts; whether it said something else."""
    before = (firm.name, firm.area_id)
    firm.area_id = said.area_id
    if firm.name != said.name or not firm.name_initials:
        firm.name, firm.name_initials = said.name, rules.initials(said.name)
    return before != (firm.name, firm.area_id)


def touch_absent(year: int) -> None:
    """Note that the facts of every firm without figures of a year may have changed."""
    theirs = YearTotal.objects.filter(exporter=OuterRef("pk"), year=year)
    Exporter.objects.filter(~Exists(theirs), present=True).update(facts_version=F("facts_version") + 1)
