"""The list of exporters with the figures an officer looks for, in a constant number of queries."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import BigIntegerField, Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from tongbao import clock
from tongbao.registry import rules
from tongbao.registry.models import CustomsExport, Exporter
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import Scheme

WAN = 10_000


def with_figures(exporters: QuerySet[Exporter], scheme: Scheme) -> QuerySet[Exporter]:
    """Exporters with `base_cents`, `prior_cents`, `us_cents` and `emerging_cents` (None: no figures of the year)."""
    year = scheme.base_year
    emerging = rules.emerging(rules.known_regions(scheme.emerging_regions))
    return exporters.annotate(
        base_cents=_sum_of_year(year),
        prior_cents=_sum_of_year(year - 1),
        us_cents=_sum_of_year(year, {"US"}),
        emerging_cents=_sum_of_year(year, emerging),
    )


def _sum_of_year(year: int, countries: Collection[str] | None = None) -> Subquery:
    """A year's cents: the months when there are any, else the figures of the whole year (as rules.of_year)."""
    here = Q(country__in=sorted(countries)) if countries is not None else Q()
    rows = CustomsExport.objects.filter(exporter=OuterRef("pk"), year=year).order_by().values("exporter")
    totals = rows.annotate(
        months=Count("pk", filter=Q(month__gt=0)),
        monthly=Coalesce(Sum("amount_cents", filter=here & Q(month__gt=0)), Value(0), output_field=BigIntegerField()),
        annual=Coalesce(Sum("amount_cents", filter=here & Q(month=0)), Value(0), output_field=BigIntegerField()),
    ).annotate(total=Cast(Case(When(months__gt=0, then="monthly"), default="annual"), BigIntegerField()))
    return Subquery(totals.values("total"), output_field=BigIntegerField())


def _spans(scheme: Scheme) -> list[tuple[str, Q]]:
    """The bands and holes of the scheme on base-year exports, from low to high, and what lies above."""
    groups = [group for group in scheme.bands if group.fact == "exports_usd"]
    spans = sorted((span for group in groups for span in (*group.bands, *group.holes)), key=lambda span: span.low or 0)
    found = []
    for span in spans:
        condition = Q()
        for bound, name in ((span.from_, "gte"), (span.above, "gt"), (span.to, "lte"), (span.below, "lt")):
            if bound is not None:
                condition &= Q(**{f"base_cents__{name}": int(bound * 100)})
        found.append((f"{_wan(span.low)}–{_wan(span.high)} 万美元", condition))
    highest = spans[-1].high if spans else None
    if highest is not None:
        found.append((f"{_wan(highest)} 万美元以上", Q(base_cents__gt=int(highest * 100))))
    return [*found, ("没有数据", Q(base_cents=None))]


def _wan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount / WAN:,.0f}"


def current_scheme() -> Scheme:
    """The scheme in force today, of the newest edition; Refusal `no_edition` when none is loaded."""
    return schemes.scheme_of(schemes.terms_of(schemes.current_edition(), on=clock.today()))


def band_choices() -> list[tuple[str, str]]:
    """The choices of the band filter, from the current edition."""
    return [(str(number), label) for number, (label, _) in enumerate(_spans(current_scheme()))]


def in_band(exporters: QuerySet[Exporter], band: str) -> QuerySet[Exporter]:
    """Exporters (with figures) in the chosen band; an unknown choice changes nothing."""
    spans = _spans(current_scheme())
    return exporters.filter(spans[int(band)][1]) if band.isdigit() and int(band) < len(spans) else exporters
