"""A firm's facts: seven queries, whatever the firm, sent together."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from tongbao import once
from tongbao.accounts import queries as accounts
from tongbao.batch import rules as batch
from tongbao.registry import rules
from tongbao.registry.models import CompleteList, CoverInquiry, CustomsExport, Designation, ExistingCover, Exporter
from tongbao.registry.queries.lists import emerging_markets
from tongbao.scheme.rules import Scheme


def facts_of(
    exporter: Exporter,
    scheme: Scheme,
    *,
    as_of: date,
    received_on: date | None = None,
    declared_uninsured: bool = False,
) -> rules.Facts:
    """What the register knows of a firm on a day, for the conditions of a scheme, with where each fact comes from.

    `received_on`: the day of receipt, on which existing cover counts (clause 二(一); default: `as_of`).
    `declared_uninsured`: the firm has declared that it holds no cover elsewhere.
    """
    return rules.facts(
        _register(exporter, scheme, as_of, declared_uninsured),
        base_year=scheme.base_year,
        emerging=emerging_markets(scheme),
        as_of=as_of,
        received_on=received_on,
    )


def _register(exporter: Exporter, scheme: Scheme, as_of: date, declared_uninsured: bool) -> rules.Register:
    area = accounts.area_on(exporter.area, as_of) or exporter.area
    figures, years, latest, listed, kept, covers, answered = once.together(
        _figures_since.of(exporter.pk, scheme.base_year - 1),
        _complete_years.of(),
        _latest_month.of(*rules.closed_month(as_of)),
        _listed.of(exporter.pk),
        _kept_lists.of(as_of),
        _covers.of(exporter.pk),
        _answered.of(exporter.pk, scheme.code),
    )
    return rules.Register(
        area=area.code,
        area_name=area.name,
        figures=[rules.Figure(*row) for row in figures],
        complete_years=set(years),
        latest_month=next(iter(latest), None),
        lists=[
            rules.Listed(kind, number, begins, ends, kind not in rules.NEED_SECOND_PERSON or by is not None)
            for kind, number, begins, ends, by in listed
        ],
        kept_lists=set(kept),
        covers=[rules.Cover(*row) for row in covers],
        answers=_answers(scheme, answered),
        declared_uninsured=declared_uninsured,
    )


def complete_years() -> set[int]:
    """Years whose customs list was declared complete; one declared with an import counts once it is settled."""
    return set(_complete_years())


def _figures(exporter: Exporter, first_year: int) -> list[rules.Figure]:
    return [rules.Figure(*row) for row in _figures_since(exporter.pk, first_year)]


def _answers(scheme: Scheme, answered: Sequence[tuple[Any, ...]]) -> list[rules.Answer]:
    found = {code: answer for code, *answer in answered}
    return [rules.Answer(insurer.title, *found.get(insurer.id, (None, None))) for insurer in scheme.insurers]


@once.compiled
def _figures_since(exporter_id: int, year: int) -> QuerySet[CustomsExport, tuple[Any, ...]]:
    rows = CustomsExport.objects.filter(exporter=exporter_id, live=True, year__gte=year)
    return rows.order_by("year", "month", "country").values_list(
        "year", "month", "country", "amount_cents", "source__file_name", "source_id", "row"
    )


@once.compiled
def _complete_years() -> QuerySet[CompleteList, int]:
    by_hand_or_settled = Q(source=None) | Q(source__state=batch.ImportState.CONFIRMED, source__work="")
    return CompleteList.objects.filter(by_hand_or_settled).values_list("year", flat=True)


@once.compiled
def _latest_month(year: int, month: int) -> QuerySet[CustomsExport, tuple[int, int]]:
    """The last month, not after this one, of which the register holds any firm's figures."""
    rows = CustomsExport.objects.filter(live=True, month__gt=0).order_by("-year", "-month")
    rows = rows.exclude(year__gt=year).exclude(year=year, month__gt=month)
    return rows.values_list("year", "month")[:1]


@once.compiled
def _listed(exporter_id: int) -> QuerySet[Designation, tuple[Any, ...]]:
    places = Designation.objects.filter(exporter=exporter_id, live=True)
    return places.values_list("kind", "document_number", "valid_from", "valid_to", "confirmed_by")


@once.compiled
def _kept_lists(on: date) -> QuerySet[Designation, str]:
    places = Designation.objects.filter(live=True, valid_from__lte=on).exclude(valid_to__lt=on)
    return places.order_by().values_list("kind", flat=True).distinct()


@once.compiled
def _covers(exporter_id: int) -> QuerySet[ExistingCover, tuple[Any, ...]]:
    covers = ExistingCover.objects.filter(exporter=exporter_id, live=True)
    return covers.values_list("insurer_name", "valid_from", "valid_to", "document_number")


@once.compiled
def _answered(exporter_id: int, edition_code: str) -> QuerySet[CoverInquiry, tuple[Any, ...]]:
    asked = CoverInquiry.objects.filter(exporter=exporter_id, edition__code=edition_code)
    return asked.values_list("insurer__code", "insured", "answered_at__date")


def exports_by_country(exporter: Exporter, year: int) -> list[tuple[str, int]]:
    """(alpha-2, cents) of a year, the biggest first."""
    sums: dict[str, int] = {}
    for figure in rules.of_year(_figures(exporter, year), year):
        sums[figure.country] = sums.get(figure.country, 0) + figure.cents
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
