"""The list of exporters with the figures an officer looks for, in a constant number of queries."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tongbao import clock
from tongbao.batch.rules import ImportState
from tongbao.registry import rules
from tongbao.registry.models import Correction, Designation, Dispute, Exporter, YearTotal
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import Scheme

WAN = 10_000
PREVIEWED = ImportState.PREVIEWED.value  # a correction that waits for the second person


def with_figures(exporters: QuerySet[Exporter], scheme: Scheme) -> QuerySet[Exporter]:
    """Exporters with their figures of the base year and the year before at hand (`year_of`)."""
    years = YearTotal.objects.filter(year__in=(scheme.base_year - 1, scheme.base_year))
    return exporters.prefetch_related(Prefetch("years", years, to_attr="shown_years"))


def year_of(exporter: Any, year: int) -> YearTotal | None:
    """One of the two years of an exporter `with_figures`; None without figures."""
    return next((one for one in exporter.shown_years if one.year == year), None)


class ByExports:
    """Firms in the order of a year's exports, those without figures last; a list page takes slices of it.

    Two questions, not one: the index of the year then gives the first pages at once, where a join that keeps the firms
    without figures sorts all hundred thousand.
    """

    def __init__(self, firms: QuerySet[Exporter], year: int, *, descending: bool) -> None:
        amount = "-years__total_cents" if descending else "years__total_cents"
        self.firms = firms
        self.known = firms.filter(years__year=year).order_by(amount, "code")
        self.unknown = without_year(firms, year).order_by("code")

    def __len__(self) -> int:
        return self.firms.count()

    def count(self) -> int:
        """How many firms there are, with and without figures."""
        return len(self)

    def __getitem__(self, part: slice) -> list[Exporter]:
        found = list(self.known[part])
        missing = part.stop - part.start - len(found)
        if missing > 0:
            known = part.start + len(found) if found else self.known.count()
            start = max(0, part.start - known)
            found += self.unknown[start : start + missing]
        return found

    def iterator(self, chunk_size: int) -> Iterator[Exporter]:
        """Every firm, some at a time."""
        return chain(self.known.iterator(chunk_size), self.unknown.iterator(chunk_size))


def with_year(firms: QuerySet[Exporter], year: int) -> QuerySet[Exporter]:
    """Firms of which the register holds figures of a year."""
    return firms.filter(Exists(YearTotal.objects.filter(exporter=OuterRef("pk"), year=year)))


def without_year(firms: QuerySet[Exporter], year: int) -> QuerySet[Exporter]:
    """Firms of which it holds none."""
    return firms.filter(~Exists(YearTotal.objects.filter(exporter=OuterRef("pk"), year=year)))


def waiting(firms: QuerySet[Exporter], what: str) -> QuerySet[Exporter]:
    """Firms with an objection that nobody has answered (`dispute`), with a correction that nobody has decided on
    (`correction`), or with either."""
    asked = {
        "dispute": Q(Exists(Dispute.objects.filter(exporter=OuterRef("pk"), state=rules.DisputeState.OPEN))),
        "correction": Q(Exists(Correction.objects.filter(exporter=OuterRef("pk"), source__state=PREVIEWED))),
    }
    return firms.filter(asked.get(what, asked["dispute"] | asked["correction"]))


def on_list(firms: QuerySet[Exporter], kind: str) -> QuerySet[Exporter]:
    """Firms on a list, whatever its days."""
    return firms.filter(Exists(Designation.objects.filter(exporter=OuterRef("pk"), kind=kind, live=True)))


def emerging_markets(scheme: Scheme) -> frozenset[str]:
    """The countries that count as emerging markets under a scheme (clause 二(二)2)."""
    return rules.emerging_of(scheme.emerging_regions, scheme.emerging_extra, scheme.emerging_left_out)


def market_cents(markets: Mapping[str, int] | None, countries: Collection[str]) -> int | None:
    """Cents to some countries, of a year's markets; None when the year is unknown."""
    return None if markets is None else sum(cents for country, cents in markets.items() if country in countries)


def _spans(scheme: Scheme) -> list[tuple[str, Q | None]]:
    """The bands and holes of the scheme on base-year exports, from low to high, and what lies above."""
    groups = [group for group in scheme.bands if group.fact == "exports_usd"]
    spans = sorted((span for group in groups for span in (*group.bands, *group.holes)), key=lambda span: span.low or 0)
    found: list[tuple[str, Q | None]] = []
    for span in spans:
        condition = Q()
        for bound, name in ((span.from_, "gte"), (span.above, "gt"), (span.to, "lte"), (span.below, "lt")):
            if bound is not None:
                condition &= Q(**{f"total_cents__{name}": int(bound * 100)})
        found.append((f"{_wan(span.low)}–{_wan(span.high)} 万美元", condition))
    highest = spans[-1].high if spans else None
    if highest is not None:
        found.append((f"{_wan(highest)} 万美元以上", Q(total_cents__gt=int(highest * 100))))
    return [*found, ("没有数据", None)]


def _wan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount / WAN:,.0f}"


def current_scheme() -> Scheme:
    """The scheme in force today, of the newest edition; Refusal `no_edition` when none is loaded."""
    return schemes.scheme_of(schemes.terms_of(schemes.current_edition(), on=clock.today()))


def band_choices(scheme: Scheme | None = None) -> list[tuple[str, str]]:
    """The choices of the band filter, from a scheme: the one in force, when none is given."""
    return [(str(number), label) for number, (label, _) in enumerate(_spans(scheme or current_scheme()))]


def year_choices(scheme: Scheme) -> list[tuple[str, str]]:
    """The choices of the filter on a year's figures: with, and (a minus before the year) without."""
    first, last = scheme.base_year - 1, clock.today().year
    words = (("", "有"), ("-", "没有"))
    return [(f"{sign}{year}", f"{word} {year} 年数据") for year in range(last, first - 1, -1) for sign, word in words]


def in_band(exporters: QuerySet[Exporter], band: str, scheme: Scheme | None = None) -> QuerySet[Exporter]:
    """Exporters in the chosen band of a scheme (see `band_choices`); an unknown choice changes nothing."""
    scheme = scheme or current_scheme()
    spans = _spans(scheme)
    if not band.isdecimal() or int(band) >= len(spans):
        return exporters
    years = YearTotal.objects.filter(exporter=OuterRef("pk"), year=scheme.base_year)
    condition = spans[int(band)][1]
    return exporters.filter(~Exists(years) if condition is None else Exists(years.filter(condition)))
