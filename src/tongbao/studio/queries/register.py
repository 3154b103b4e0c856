"""The whole register as one table of facts, worked out once for each state of the register."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Count, Max, Q, Sum

from tongbao import clock
from tongbao.accounts import queries as accounts
from tongbao.registry import queries as registered
from tongbao.registry import rules as registry
from tongbao.registry.models import CoverInquiry, CustomsExport, Designation, ExistingCover, Exporter, YearTotal
from tongbao.scheme.rules import Scheme
from tongbao.screening import queries as screening

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Basis:
    """What the facts of a firm rest on beside its own rows; firms' facts are the same for terms with the same basis."""

    base_year: int
    emerging: frozenset[str]
    edition: str  # the edition to whose inquiries the insurers have answered
    insurers: tuple[tuple[str, str], ...]
    as_of: date


@dataclass(frozen=True)
class Snapshot:
    """The facts of every firm, in the order of their codes; the lists stand side by side."""

    basis: Basis
    version: tuple[Any, ...]
    ids: tuple[int, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    areas: tuple[str, ...]
    facts: tuple[Facts, ...]
    known: int  # firms whose exports of the base year are on record
    until: int  # the last month of the base year that the register holds; 12 also when only whole years are known

    @cached_property
    def table(self) -> Any:
        """The facts as columns, for judging every firm at once; made when first asked for."""
        return screening.facts_table(self.facts, self.codes)

    def __hash__(self) -> int:
        return hash((self.basis, self.version))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and (self.basis, self.version) == (other.basis, other.version)

    @property
    def without_data(self) -> bool:
        """Whether the register holds no exports of the base year at all: then every firm's are unknown."""
        return bool(self.codes) and self.known == 0


def register(scheme: Scheme, edition: str | None = None, state: tuple[Any, ...] | None = None) -> Snapshot:
    """The facts of every firm today, as `registry.queries.facts_of` gives them one by one.

    `edition`: whose inquiries to the insurers count (default: the scheme's own; a draft asks for the edition it is
    based on). A firm without known cover counts as not insured elsewhere, as if it had declared so. `state`: the
    register's `version()`, where it was asked already.
    """
    basis = Basis(
        base_year=scheme.base_year,
        emerging=registered.emerging_markets(scheme),
        edition=edition or scheme.code,
        insurers=tuple((insurer.id, insurer.title) for insurer in scheme.insurers),
        as_of=clock.today(),
    )
    return _snapshot(basis, state or version())


def version() -> tuple[Any, ...]:
    """What changes whenever a fact may have: every firm's facts have a version, raised with each change."""
    return (
        *Exporter.objects.aggregate(
            a=Max("created_at"), b=Count("pk"), c=Sum("facts_version"), d=Count("pk", filter=Q(present=True))
        ).values(),
        *YearTotal.objects.aggregate(a=Max("pk"), b=Sum("total_cents")).values(),
        tuple(sorted(registered.complete_years())),
        *CoverInquiry.objects.aggregate(a=Max("pk"), b=Count("pk"), c=Max("answered_at")).values(),
    )


@lru_cache(maxsize=4)
def _snapshot(basis: Basis, version: tuple[Any, ...]) -> Snapshot:
    present = Exporter.objects.filter(present=True).order_by("code")
    firms = list(present.values_list("pk", "code", "name", "area__code"))
    rows = _Rows(basis)
    today, names = accounts.area_codes_on(basis.as_of), registered.area_names()
    facts = tuple(
        registry.facts(
            rows.register(pk, today.get(area, area), names[today.get(area, area)]),
            base_year=basis.base_year,
            emerging=basis.emerging,
            as_of=basis.as_of,
        ).values
        for pk, _, _, area in firms
    )
    return Snapshot(
        basis=basis,
        version=version,
        ids=tuple(pk for pk, *_ in firms),
        codes=tuple(code for _, code, *_ in firms),
        names=tuple(name for _, _, name, _ in firms),
        areas=tuple(area for *_, area in firms),
        facts=facts,
        known=len(rows.figures_of_year(basis.base_year)),
        until=rows.until(),
    )


class _Rows:
    """Every row of the register that facts rest on, by firm: seven queries, however many firms."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self.figures = _by_firm(
            (firm, registry.Figure(year, month, country, cents, ""))
            for firm, year, month, country, cents in _figures_since(basis.base_year - 1)
        )
        self.lists = _by_firm(_listed())
        self.covers = _by_firm(
            (firm, registry.Cover(insurer, first, last, number))
            for firm, insurer, first, last, number in ExistingCover.objects.filter(live=True)
            .order_by()
            .values_list("exporter_id", "insurer_name", "valid_from", "valid_to", "document_number")
        )
        self.answers = _answers(basis)
        self.complete = registered.complete_years()
        kept = Designation.objects.filter(live=True, valid_from__lte=basis.as_of).exclude(valid_to__lt=basis.as_of)
        self.kept_lists = set(kept.order_by().values_list("kind", flat=True).distinct())
        self.latest_month = _latest_month(basis.as_of)

    def register(self, pk: int, area: str, area_name: str) -> registry.Register:
        """What the register holds of one firm."""
        return registry.Register(
            area=area,
            area_name=area_name,
            figures=self.figures.get(pk, []),
            complete_years=self.complete,
            latest_month=self.latest_month,
            lists=self.lists.get(pk, []),
            kept_lists=self.kept_lists,
            covers=self.covers.get(pk, []),
            answers=[
                registry.Answer(title, *self.answers.get((pk, id), (None, None))) for id, title in self.basis.insurers
            ],
            declared_uninsured=True,
        )

    def until(self) -> int:
        """The last month of the base year on record, when that year is still running."""
        year, month = self.latest_month or (0, 12)
        return month if year == self.basis.base_year else 12

    def figures_of_year(self, year: int) -> set[int]:
        """Firms with exports on record in a year."""
        return {firm for firm, figures in self.figures.items() if any(one.year == year for one in figures)}


def _figures_since(year: int) -> Iterable[tuple[int, int, int, str, int]]:
    rows = CustomsExport.objects.filter(live=True, year__gte=year).order_by()
    return rows.values_list("exporter_id", "year", "month", "country", "amount_cents").iterator(chunk_size=10_000)


def _by_firm(rows: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for firm, row in rows:
        found[firm].append(row)
    return found


def _listed() -> Iterable[tuple[int, registry.Listed]]:
    fields = ("exporter_id", "kind", "document_number", "valid_from", "valid_to", "confirmed_by_id")
    for firm, kind, number, first, last, confirmed in Designation.objects.filter(live=True).values_list(*fields):
        counts = registry.DesignationKind(kind) not in registry.NEED_SECOND_PERSON or confirmed is not None
        yield firm, registry.Listed(kind, number, first, last, counts)


def _answers(basis: Basis) -> dict[tuple[int, str], tuple[bool | None, date | None]]:
    asked = CoverInquiry.objects.filter(edition__code=basis.edition)
    rows = asked.values_list("exporter_id", "insurer__code", "insured", "answered_at__date")
    return {(firm, insurer): (insured, at) for firm, insurer, insured, at in rows}


def _latest_month(as_of: date) -> tuple[int, int] | None:
    """The last closed month of which the register holds any firm's figures."""
    year, month = registry.closed_month(as_of)
    rows = CustomsExport.objects.filter(live=True, month__gt=0).order_by("-year", "-month")
    rows = rows.exclude(year__gt=year).exclude(year=year, month__gt=month)
    return rows.values_list("year", "month").first()
