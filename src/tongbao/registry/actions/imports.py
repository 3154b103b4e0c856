"""Customs lists enter the register: previewed, then confirmed, in one transaction each."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from tongbao import clock, money
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.batch import actions as batch
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.permissions import check_decide
from tongbao.batch.rules import Examined, ImportState
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries, rules
from tongbao.registry.models import CompleteList, CustomsExport, Exporter

AT_ONCE = 1_000
KEPT_CHANGES = 500  # replaced figures that the record names firm by firm; the totals are of all


@audit.action
def preview_import(*, examined: Examined, by: User) -> Import:
    """Keep an examined customs list for confirmation (`queries.examine_exports` reads it)."""
    permissions.check_keep(by)
    return batch.preview(kind=rules.CUSTOMS_EXPORTS.id, examined=examined, by=by)


@audit.action
def discard_import(*, import_id: int, by: User) -> Import:
    """Give up a list that waits."""
    permissions.check_import(by, batches.lock_import(import_id))
    return batch.discard(import_id=import_id, by=by)


@audit.action
def confirm_import(*, import_id: int, only_good: bool = False, complete: Collection[int] = (), by: User) -> Import:
    """Write a previewed list into the register: firms that are new, figures that are new, figures that changed.

    A figure already there with the same amount is left alone; with another amount it is replaced, and the record
    names the old and the new sum. `only_good` leaves faulty rows out; `complete` names years whose list this file is
    in full (firms not in it then count as 0; clause 二(一)).
    Refusals: `registry.keep`, `import.not_own` (403), `import.confirmed_already`, `import.discarded_already`,
    `import.faults`, `import.nothing`, `import.not_complete`.
    """
    pending = batches.lock_import(import_id)
    permissions.check_import(by, pending)
    check_decide(by, pending, ImportState.CONFIRMED)
    _check_rows(pending, only_good, complete)
    written = _Written()
    areas = {area.code: area for area in Area.objects.all()}
    for rows in batches.waiting_rows(pending):
        _write(pending, [rules.Row(*row) for row in rows], areas, written)
    for year in sorted(set(complete) - queries.complete_years()):
        declare_complete(year=year, source=pending, by=by)
    done = batch.confirm(import_id=import_id, result=written.counts() | {"complete": sorted(complete)}, by=by)
    audit.record(
        "registry.import",
        done,
        by=by,
        file=done.file_name,
        left_out=done.faulty_row_count,
        totals={str(year): money.text(cents) for year, cents in sorted(written.totals.items())},
        replaced=written.replaced[:KEPT_CHANGES],
        **written.counts(),
    )
    return done


def _check_rows(pending: Import, only_good: bool, complete: Collection[int]) -> None:
    if not pending.summary.get("rows"):
        raise Refusal("import.nothing", "文件里没有可以导入的行。请按错误清单修改后重新上传。")
    if pending.faulty_row_count and not only_good:
        raise Refusal(
            "import.faults",
            f"还有 {pending.faulty_row_count} 行有误。请改好后重新上传，或勾选“只导入无误的行”。",
            "only_good",
        )
    if pending.faulty_row_count and complete:
        raise Refusal("import.not_complete", "有的行没有导入，不能声明为完整名单。请改好全部错误后再声明。", "complete")
    missing = set(complete) - {entry["year"] for entry in pending.summary["years"]}
    if missing:
        years = "、".join(str(year) for year in sorted(missing))
        raise Refusal("import.not_complete", f"文件里没有 {years} 年的数据，不能声明为该年的完整名单。", "complete")


@dataclass
class _Written:
    """What confirming has written so far; sums in cents."""

    new_firms: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    totals: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    replaced: list[dict[str, Any]] = field(default_factory=list)
    old_cents: int = 0
    new_cents: int = 0

    def counts(self) -> dict[str, Any]:
        """For the page and the record."""
        return {
            "new_firms": self.new_firms,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "replaced_old_usd": money.text(self.old_cents),
            "replaced_new_usd": money.text(self.new_cents),
        }


def _write(pending: Import, rows: list[rules.Row], areas: dict[str, Area], written: _Written) -> None:
    """One chunk. Rows come in the order of codes, so that two imports at once lock firms in the same order."""
    firms = _firms(pending, rows, areas, written)
    old = _old_figures(firms, rows)
    new, changed = [], []
    for row in rows:
        written.totals[row.year] += row.cents
        figure = old.get(row.key)
        if figure is None:
            new.append(_figure(pending, firms[row.code], row))
        elif figure.amount_cents != row.cents:
            changed.append((row, figure))
    written.new += len(new)
    written.changed += len(changed)
    written.same += len(rows) - len(new) - len(changed)
    CustomsExport.objects.bulk_create(new, batch_size=AT_ONCE)
    _replace(pending, changed, written)


def _firms(pending: Import, rows: list[rules.Row], areas: dict[str, Area], written: _Written) -> dict[str, Exporter]:
    """The firms of some rows, those that are new made, all of them locked."""
    wanted = {row.code: row for row in rows}
    known = queries.known_codes(wanted)
    now = clock.now()
    fresh = [
        Exporter(
            code=code,
            name=row.name,
            name_initials=rules.initials(row.name),
            area=areas[row.area],
            source=pending,
            created_at=now,
        )
        for code, row in sorted(wanted.items())
        if code not in known
    ]
    Exporter.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)  # another import may be as quick
    written.new_firms += len(fresh)
    return queries.lock_by_codes(wanted)


def _old_figures(
    firms: dict[str, Exporter], rows: Iterable[rules.Row]
) -> dict[tuple[str, int, int, str], CustomsExport]:
    codes = {firm.pk: code for code, firm in firms.items()}
    years = {row.year for row in rows}
    return {
        (codes[figure.exporter_id], figure.year, figure.month, figure.country): figure
        for figure in queries.figures_of(codes, years)
    }


def _figure(pending: Import, firm: Exporter, row: rules.Row) -> CustomsExport:
    return CustomsExport(
        exporter=firm, year=row.year, month=row.month, country=row.country, amount_cents=row.cents, source=pending
    )


def _replace(pending: Import, changed: list[tuple[rules.Row, CustomsExport]], written: _Written) -> None:
    before = {row.key: figure.amount_cents for row, figure in changed}
    written.replaced += rules.changes([row for row, _ in changed], before)
    for row, figure in changed:
        written.old_cents += figure.amount_cents
        written.new_cents += row.cents
        figure.amount_cents, figure.source = row.cents, pending
    CustomsExport.objects.bulk_update(
        [figure for _, figure in changed], ["amount_cents", "source"], batch_size=AT_ONCE // 4
    )


@audit.action
def declare_complete(*, year: int, by: User, source: Import | None = None) -> CompleteList:
    """Declare that the register holds every firm that exported in a year: the others count as 0 (clause 二(一)).

    A second declaration changes nothing. Refusals: `registry.keep` (403).
    """
    permissions.check_keep(by)
    declared, made = CompleteList.objects.get_or_create(
        year=year, defaults={"source": source, "declared_by": by, "declared_at": clock.now()}
    )
    audit.record("registry.complete" if made else "registry.complete_again", declared, by=by, year=year)
    return declared
