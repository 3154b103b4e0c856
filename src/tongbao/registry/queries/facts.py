"""A firm's facts: eight queries, whatever the firm."""

from datetime import date

from tongbao.accounts import queries as accounts
from tongbao.registry import rules
from tongbao.registry.models import CoverInquiry, CustomsExport, Designation, Exporter
from tongbao.registry.queries.imports import complete_years
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
    kinds = Designation.objects.filter(live=True, valid_from__lte=as_of).exclude(valid_to__lt=as_of)
    return rules.Register(
        area=area.code,
        area_name=area.name,
        figures=_figures(exporter, scheme.base_year - 1),
        complete_years=complete_years(),
        latest_month=_latest_month(as_of),
        lists=[
            rules.Listed(
                one.kind,
                one.document_number,
                one.valid_from,
                one.valid_to,
                rules.DesignationKind(one.kind) not in rules.NEED_SECOND_PERSON or one.confirmed_by_id is not None,
            )
            for one in Designation.objects.filter(exporter=exporter, live=True)
        ],
        kept_lists=set(kinds.order_by().values_list("kind", flat=True).distinct()),
        covers=[
            rules.Cover(one.insurer_name, one.valid_from, one.valid_to, one.document_number)
            for one in exporter.existing_covers.filter(live=True)
        ],
        answers=_answers(exporter, scheme),
        declared_uninsured=declared_uninsured,
    )


def _figures(exporter: Exporter, first_year: int | None = None) -> list[rules.Figure]:
    rows = CustomsExport.objects.filter(exporter=exporter, live=True).order_by("year", "month", "country")
    if first_year is not None:
        rows = rows.filter(year__gte=first_year)
    return [
        rules.Figure(*row)
        for row in rows.values_list("year", "month", "country", "amount_cents", "source__file_name", "source_id", "row")
    ]


def _latest_month(as_of: date) -> tuple[int, int] | None:
    """The last closed month of which the register holds any firm's figures."""
    year, month = rules.closed_month(as_of)
    rows = CustomsExport.objects.filter(live=True, month__gt=0).order_by("-year", "-month")
    rows = rows.exclude(year__gt=year).exclude(year=year, month__gt=month)
    return rows.values_list("year", "month").first()


def _answers(exporter: Exporter, scheme: Scheme) -> list[rules.Answer]:
    asked = CoverInquiry.objects.filter(exporter=exporter, edition__code=scheme.code)
    found = {
        code: (insured, at) for code, insured, at in asked.values_list("insurer__code", "insured", "answered_at__date")
    }
    return [rules.Answer(insurer.title, *found.get(insurer.id, (None, None))) for insurer in scheme.insurers]


def exports_by_country(exporter: Exporter, year: int) -> list[tuple[str, int]]:
    """(alpha-2, cents) of a year, the biggest first."""
    sums: dict[str, int] = {}
    for figure in rules.of_year(_figures(exporter, year), year):
        sums[figure.country] = sums.get(figure.country, 0) + figure.cents
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
