"""What may be wrong with the register: the rows of each check, their counts, and what the register holds at all.

Counting a large register takes some seconds, so the counts are kept until the register changes (`_stamp`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs, Substr

from tongbao import clock
from tongbao.accounts.models import Area, User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState, Work
from tongbao.registry import rules
from tongbao.registry.models import (
    CodeException,
    CompleteList,
    Exporter,
    FormerIdentity,
    Particulars,
    YearTotal,
)
from tongbao.registry.queries.exporters import visible_to
from tongbao.registry.queries.facts import complete_years
from tongbao.registry.queries.lists import current_scheme
from tongbao.registry.rules import Check
from tongbao.scheme.rules import Scheme

Firms = QuerySet[Exporter]
Rows = QuerySet[Any]
RECENT = timedelta(days=365)
_COUNTS = Q(source=None) | Q(source__state=ImportState.CONFIRMED)


# ── the rows of each check ───────────────────────────────────────────────────────────────────────────────────────────


def quality_rows(user: User, check: Check) -> Rows:
    """What a check finds among the firms a person sees: firms, or firms' years."""
    return _ROWS[check](visible_to(user), current_scheme())


def _names(firms: Firms, scheme: Scheme) -> Rows:
    former = FormerIdentity.objects.filter(exporter=OuterRef("exporter"), name=OuterRef("name"))
    return _said_otherwise(firms, Particulars.objects.filter(~Q(name=F("exporter__name")), ~Exists(former)))


def _areas(firms: Firms, scheme: Scheme) -> Rows:
    same = Q(area=F("exporter__area"))
    merged = Q(area__merged_into=F("exporter__area")) | Q(exporter__area__merged_into=F("area"))
    return _said_otherwise(firms, Particulars.objects.filter(~same, ~merged))


def _said_otherwise(firms: Firms, said: QuerySet[Particulars]) -> Rows:
    """Firms of which some counting origin says something else; what it says hangs on them as `said_otherwise`."""
    said = said.filter(_COUNTS)
    shown = Prefetch("particulars", said.select_related("source", "area").order_by("pk"), to_attr="said_otherwise")
    return firms.filter(Exists(said.filter(exporter=OuterRef("pk")))).prefetch_related(shown)


def _same_name(firms: Firms, scheme: Scheme) -> Rows:
    named = Exporter.objects.filter(present=True).order_by().values("name").annotate(firms=Count("pk"))
    many = named.filter(firms__gt=1, name=OuterRef("name")).values("firms")
    return (
        firms.filter(name__in=named.filter(firms__gt=1).values("name"))
        .annotate(same_name=Subquery(many))
        .order_by("name", "code")
    )


def _place(firms: Firms, scheme: Scheme) -> Rows:
    areas = [
        rules.CodePlace(area.code, area.name, area.national_code, (area.merged_into or area).code)
        for area in Area.objects.select_related("merged_into")
    ]
    known = rules.code_places(areas)
    wrong = ~Q(city__in=known.cities) if known.cities else Q(pk__in=())
    for area, digits in known.elsewhere.items():
        wrong |= Q(area__code=area, place__in=digits)
    return firms.annotate(place=Substr("code", 3, 6), city=Substr("code", 3, 4)).filter(wrong)


def _ended(firms: Firms, scheme: Scheme) -> Rows:
    return firms.filter(area__valid_to__lt=clock.today()).select_related("area__merged_into")


def _exceptions(firms: Firms, scheme: Scheme) -> Rows:
    accepted = CodeException.objects.filter(code=OuterRef("code"))
    fields = ("reason", "entered_at", "entered_by__name")
    shown = {f"accepted_{name}": Subquery(accepted.values(name)[:1]) for name in fields}
    return firms.filter(code__in=CodeException.objects.values("code")).annotate(**shown)


def _unsearchable(firms: Firms, scheme: Scheme) -> Rows:
    return firms.filter(Q(name="") | Q(name_initials=""))


def _no_base(firms: Firms, scheme: Scheme) -> Rows:
    theirs = YearTotal.objects.filter(exporter=OuterRef("pk"))
    latest = Subquery(theirs.order_by("-year").values("year")[:1])
    return firms.filter(~Exists(theirs.filter(year=scheme.base_year))).annotate(latest_year=latest)


def _years(firms: Firms) -> QuerySet[YearTotal]:
    return YearTotal.objects.filter(exporter__in=firms.order_by().values("pk")).select_related("exporter__area")


def _both(firms: Firms) -> Rows:
    """Years of which a total and months are held; the widest apart first."""
    years = _years(firms).filter(annual_cents__isnull=False, monthly_cents__isnull=False)
    return years.annotate(
        difference=F("monthly_cents") - F("annual_cents"), apart=Abs(F("monthly_cents") - F("annual_cents"))
    ).order_by("-apart", "-year", "exporter")


def _sums(firms: Firms, scheme: Scheme) -> Rows:
    return _both(firms).filter(apart__gt=rules.TOLERANCE)


def _months(firms: Firms, scheme: Scheme) -> Rows:
    return _both(firms).filter(months__lt=12)


def years_compared(scheme: Scheme) -> list[int]:
    """Years that are compared with the year before: the base year, and the last year that is over."""
    held = YearTotal.objects.filter(year__lt=clock.today().year).order_by("-year").values_list("year", flat=True)
    return sorted({scheme.base_year, *held[:1]})


def _jumps(firms: Firms, scheme: Scheme) -> Rows:
    before = FilteredRelation("exporter__years", condition=Q(exporter__years__year=F("year") - 1))
    years = _years(firms).filter(year__in=years_compared(scheme), total_cents__gt=0).annotate(before=before)
    up = Q(total_cents__gt=F("before__total_cents") * rules.JUMP)
    down = Q(before__total_cents__gt=F("total_cents") * rules.JUMP)
    jumped = years.filter(up | down, before__total_cents__gt=0).annotate(before_cents=F("before__total_cents"))
    return jumped.order_by("-year", "-total_cents", "exporter")


def _unknown(firms: Firms, scheme: Scheme) -> Rows:
    return _years(firms).filter(unknown_cents__gt=0).order_by("-year", "-unknown_cents", "exporter")


def _no_split(firms: Firms, scheme: Scheme) -> Rows:
    return _unknown(firms, scheme).filter(unknown_cents=F("total_cents"))


_ROWS: Mapping[Check, Callable[[Firms, Scheme], Rows]] = {
    Check.NAMES: _names,
    Check.AREAS: _areas,
    Check.SAME_NAME: _same_name,
    Check.PLACE: _place,
    Check.ENDED: _ended,
    Check.EXCEPTIONS: _exceptions,
    Check.UNSEARCHABLE: _unsearchable,
    Check.NO_BASE: _no_base,
    Check.SUMS: _sums,
    Check.MONTHS: _months,
    Check.JUMPS: _jumps,
    Check.UNKNOWN: _unknown,
    Check.NO_SPLIT: _no_split,
}


# ── the whole, kept until the register changes ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Quality:
    """The register as a person sees it: what it holds and what may be wrong. Cents are those of the base year."""

    base_year: int
    complete: bool  # the base year's list was declared complete
    compared: list[int]
    firms: int
    with_base: int
    exporting: int  # with exports in the base year
    split: int  # of those: with some destination known
    base_cents: int
    unknown_cents: int
    unknown_firms: int
    unsplit_cents: int  # of firms without any destination known
    counts: Mapping[Check, int]
    grid: list[rules.GridYear]


class _Stamp(NamedTuple):
    """Changes whenever something that the counts rest on does."""

    today: Any
    scheme: str
    firms: Any
    imports: Any
    others: Any
    areas: Any


_kept: dict[int, tuple[_Stamp, Quality]] = {}  # by district; 0: the whole register


def register_quality(user: User) -> Quality:
    """What the register holds of the firms a person sees, and what may be wrong with it."""
    scheme = current_scheme()
    scope = user.organisation_id if user.role == Role.DISTRICT_OFFICER else 0
    stamp = _stamp(user, scheme)
    kept = _kept.get(scope)
    if kept is None or kept[0] != stamp:
        kept = _kept[scope] = (stamp, _look(visible_to(user), scheme))
    return kept[1]


def _stamp(user: User, scheme: Scheme) -> _Stamp:
    versions = Exporter.objects.aggregate(
        Count("pk"), Sum("facts_version"), Max("created_at"), here=Count("pk", filter=Q(present=True))
    )
    settled = Q(state=ImportState.CONFIRMED, work=Work.NOTHING)
    imports = Import.objects.aggregate(Max("decided_at"), Max("undone_at"), here=Count("pk", filter=settled))
    others = [
        model.objects.aggregate(Max("pk"), latest=Max(moment))
        for model, moment in (
            (FormerIdentity, "entered_at"),
            (CodeException, "entered_at"),
            (CompleteList, "declared_at"),
            (Particulars, "pk"),
        )
    ]
    areas = list(Area.objects.order_by("pk").values_list("pk", "national_code", "valid_to", "merged_into"))
    theirs = list(user.organisation.areas.values_list("pk", flat=True)) if user.role == Role.DISTRICT_OFFICER else []
    return _Stamp(clock.today(), f"{scheme.code}/{scheme.base_year}", versions, imports, others, (areas, theirs))


def _look(firms: Firms, scheme: Scheme) -> Quality:
    base = _years(firms).filter(year=scheme.base_year)
    unsplit = Q(unknown_cents=F("total_cents"), total_cents__gt=0)
    sums = base.aggregate(
        with_base=Count("pk"),
        exporting=Count("pk", filter=Q(total_cents__gt=0)),
        split=Count("pk", filter=Q(unknown_cents__lt=F("total_cents"))),
        base_cents=Sum("total_cents", default=0),
        unknown_firms=Count("pk", filter=Q(unknown_cents__gt=0)),
        unsplit_cents=Sum("total_cents", filter=unsplit, default=0),
        unknown_cents=Sum("unknown_cents", default=0),  # last: its name hides the column from those after it
    )
    return Quality(
        base_year=scheme.base_year,
        complete=scheme.base_year in complete_years(),
        compared=years_compared(scheme),
        firms=firms.count(),
        counts={check: rows(firms, scheme).count() for check, rows in _ROWS.items()},
        grid=rules.month_grid(_firms_by_month(firms), rules.closed_month(clock.today())),
        **sums,
    )


def _firms_by_month(firms: Firms) -> dict[tuple[int, int], int]:
    """Firms with figures of each month (0: of the whole year)."""
    years = YearTotal.objects.filter(exporter__in=firms.order_by().values("pk")).order_by()
    found: dict[tuple[int, int], int] = {}
    for year, held, count in years.values_list("year", "held").annotate(firms=Count("pk")):
        for month in (month for month in range(13) if held >> month & 1):
            found[year, month] = found.get((year, month), 0) + count
    return found


def recent_imports() -> tuple[int, Any, bool]:
    """Imports confirmed in the last year: how many, when the last; and whether one is still being worked in."""
    since = clock.now() - RECENT
    confirmed = Import.objects.filter(kind__in=rules.TABLES, state=ImportState.CONFIRMED, decided_at__gte=since)
    found = confirmed.aggregate(Count("pk"), Max("decided_at"))
    return found["pk__count"], found["decided_at__max"], Import.objects.filter(work=Work.SETTLE).exists()


def held_year_choices() -> list[tuple[str, str]]:
    """The years that the register holds, newest first, for a filter."""
    years = YearTotal.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def differing(years: Rows, differ: bool) -> Rows:
    """Those of the years whose total and months differ by more than the tolerance, or the others."""
    return years.filter(apart__gt=rules.TOLERANCE) if differ else years.filter(apart__lte=rules.TOLERANCE)
