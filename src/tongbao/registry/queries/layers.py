"""The rows of some firms with what decides which of them count."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.registry import rules
from tongbao.registry.models import CustomsExport, Designation, ExistingCover, Exporter, Particulars

LAYERED: tuple[type[Any], ...] = (Particulars, Designation, ExistingCover, CustomsExport)
_STARTS: dict[str, tuple[type[Any], ...]] = {  # where an import's firms are found; its other rows are of the same firms
    rules.CUSTOMS_EXPORTS.kind.id: (Particulars,),
    rules.MASTER_DATA.kind.id: (Particulars,),
    rules.DESIGNATIONS.kind.id: (Designation,),
    rules.EXISTING_COVER.kind.id: (ExistingCover,),
}


def firms_of(source: Import, after: int = 0, most: int | None = None) -> list[int]:
    """The ids of the firms that an import speaks of, in order, from the one after `after`, at most `most`."""
    found: set[int] = set()
    for model in _STARTS.get(source.kind, LAYERED):
        rows = model.objects.filter(source=source, exporter_id__gt=after).order_by("exporter_id")
        ids = rows.values_list("exporter_id", flat=True).distinct()
        found |= set(ids[:most] if most is not None else ids)
    return sorted(found)[:most]


def first_of(ids: Iterable[int]) -> Exporter:
    """The first of some firms, by id; Exporter.DoesNotExist when there is none."""
    return Exporter.objects.filter(pk__in=list(ids)[:1]).get()


def lock_firms(ids: Iterable[int]) -> dict[int, Exporter]:
    """Firms by id, locked in the order of their ids until the transaction ends."""
    firms = Exporter.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return {firm.pk: firm for firm in firms}


class Strengths:
    """How strong the rows of each origin are; asked once for each import. None: its rows do not count."""

    def __init__(self) -> None:
        self.imports: dict[int, tuple[str, datetime, int] | None] = {}

    def _origin(self, source_id: int) -> tuple[str, datetime, int] | None:
        if source_id not in self.imports:
            source = Import.objects.get(pk=source_id)
            at = source.decided_at if source.state == ImportState.CONFIRMED else None
            self.imports[source_id] = None if at is None else (source.kind, at, source.pk)
        return self.imports[source_id]

    def of(self, source_id: int | None, entered_at: datetime | None, number: int) -> rules.Standing | None:
        """Of a row from an import, or typed at `entered_at` as the row with this id."""
        if source_id is None:
            assert entered_at is not None
            return rules.standing("", entered_at, number)
        origin = self._origin(source_id)
        return rules.standing(*origin) if origin else None

    def of_particulars(self, source_id: int | None, entered_at: datetime | None, number: int) -> rules.Standing | None:
        """The same for what is said of a firm itself."""
        if source_id is None:
            assert entered_at is not None
            return rules.standing_of_particulars("", entered_at, number)
        origin = self._origin(source_id)
        return rules.standing_of_particulars(*origin) if origin else None


def figures_of_firms(ids: Iterable[int]) -> Iterator[tuple[int, int, int, int, str, int, int, bool]]:
    """Every figure of some firms, counting or not: id, firm, year, month, country, cents, source, live."""
    rows = CustomsExport.objects.filter(exporter_id__in=list(ids)).order_by()
    fields = ("pk", "exporter_id", "year", "month", "country", "amount_cents", "source_id", "live")
    yield from rows.values_list(*fields).iterator(chunk_size=10_000)


def rows_of_firms(model: type[Model], ids: Iterable[int]) -> QuerySet[Any]:
    """Every row of another table about some firms, counting or not."""
    return model._default_manager.filter(exporter_id__in=list(ids)).order_by("pk")


def waiting_rows(source: Import, model: type[Model], most: int) -> list[int]:
    """Ids of some rows that an import has loaded into a table."""
    return list(model._default_manager.filter(source=source).order_by("pk").values_list("pk", flat=True)[:most])


def nobodys(most: int) -> list[int]:
    """Ids of firms that were only ever named by imports that were given up: nothing speaks of them."""
    said = [Exists(model.objects.filter(exporter=OuterRef("pk"))) for model in LAYERED]
    silent = Exporter.objects.filter(present=False)
    for one in said:
        silent = silent.filter(~Q(one))
    return list(silent.order_by("pk").values_list("pk", flat=True)[:most])
