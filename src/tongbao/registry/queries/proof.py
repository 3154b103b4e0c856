"""Whether the register is what its origins say: rows compared with the log, and what counts worked out once more."""

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterator
from typing import Any

from tongbao.audit import queries as log
from tongbao.batch.models import Import
from tongbao.registry import rules
from tongbao.registry.models import CustomsExport, Designation, ExistingCover, Exporter, Particulars, YearTotal
from tongbao.registry.queries.layers import Strengths, figures_of_firms

FIRMS = 400  # looked at together
# What an origin says, in the columns that nothing may change afterwards.
_SAID: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Particulars, ("exporter_id", "row", "name", "area_id", "customs_code", "nature", "registered_on", "address")),
    (CustomsExport, ("exporter_id", "row", "year", "month", "country", "amount_cents")),
    (Designation, ("exporter_id", "row", "kind", "document_number", "valid_from", "valid_to", "entered_by_id")),
    (ExistingCover, ("exporter_id", "row", "insurer_name", "valid_from", "valid_to", "document_number")),
)


def rows_digest(source: Import) -> str:
    """The hash of every row that an import has brought, in the order in which they were written."""
    digest = hashlib.sha256()
    for model, columns in _SAID:
        rows = model.objects.filter(source=source).order_by("pk").values_list(*columns)
        for row in rows.iterator(chunk_size=5_000):
            digest.update(repr(tuple(map(str, row))).encode())
    return digest.hexdigest()


def faults() -> Generator[str, None, int | None]:
    """A Chinese sentence for each import whose rows are not what was read, and each firm about which something else
    counts than its origins say; returns how many firms were looked at."""
    yield from _changed_rows()
    settling = set(Import.objects.exclude(work="").values_list("pk", flat=True))
    if settling:
        return None  # what counts is being worked out at this moment
    ids = list(Exporter.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), FIRMS):
        yield from _wrong_firms(ids[start : start + FIRMS])
    return len(ids)


def _changed_rows() -> Iterator[str]:
    told: dict[str, str] = {}
    for record in log.of_verbs("registry.read", "registry.correction_entered"):
        told[str(record.detail["source"])] = record.detail["rows_sha256"]
    imports = {str(source.pk): source for source in Import.objects.filter(pk__in=[int(pk) for pk in told])}
    for pk, digest in told.items():
        source = imports.get(pk)
        if source is None:
            yield f"导入批次 {pk} 的记录还在，批次却不见了"
        elif source.state in ("confirmed", "undone") and rows_digest(source) != digest:
            yield f"导入批次 {pk}（{source.file_name}）的数据与读取时的记录不符"


def _wrong_firms(ids: list[int]) -> Iterator[str]:
    firms = {firm.pk: firm for firm in Exporter.objects.filter(pk__in=ids).select_related("area")}
    strengths = Strengths()
    rows = list(figures_of_firms(ids))
    winning = rules.winners(rows, lambda row: row[1:5], lambda row: strengths.of(row[6], None, row[0]))
    counting = {row[0] for row in winning}
    wrong = {row[1] for row in rows if row[7] != (row[0] in counting)}
    yield from (f"企业 {firms[pk].code} 有效的出口额与各批次不符" for pk in sorted(wrong))
    figures: dict[int, list[tuple[int, int, str, int]]] = defaultdict(list)
    for row in winning:
        figures[row[1]].append((row[2], row[3], row[4], row[5]))
    yield from _wrong_totals(firms, figures)
    yield from _wrong_particulars(firms, strengths)


def _wrong_totals(firms: dict[int, Exporter], figures: dict[int, list[tuple[int, int, str, int]]]) -> Iterator[str]:
    kept: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    totals = YearTotal.objects.filter(exporter_id__in=list(firms)).order_by()
    for firm_id, year, total, months in totals.values_list("exporter_id", "year", "total_cents", "months"):
        kept[firm_id][year] = (total, months)
    for pk, firm in firms.items():
        years = rules.years(figures.get(pk, []), rules.UNKNOWN)
        if {year: (one.total, one.months) for year, one in years.items()} != kept.get(pk, {}):
            yield f"企业 {firm.code} 的年度合计与出口额不符"


def _wrong_particulars(firms: dict[int, Exporter], strengths: Strengths) -> Iterator[str]:
    said = rules.winners(
        Particulars.objects.filter(exporter_id__in=list(firms)).order_by("pk"),
        lambda row: row.exporter_id,
        lambda row: strengths.of_particulars(row.source_id, row.entered_at, row.pk),
    )
    best = {row.exporter_id: row for row in said}
    for pk, firm in firms.items():
        row = best.get(pk)
        if firm.present != (row is not None):
            yield f"企业 {firm.code} 在册与否与各批次不符"
        elif row is not None and (row.name, row.area_id) != (firm.name, firm.area_id):
            yield f"企业 {firm.code} 的名称或注册地与有效的登记不符"
