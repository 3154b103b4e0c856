"""One enterprise: who it is, its exports, its decisions, applications and policies. Each part in its own questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.batch.rules import ImportState
from tongbao.desk import rules
from tongbao.intake import queries as intake
from tongbao.intake.models import Application, Review
from tongbao.policies import queries as policies
from tongbao.policies.models import Policy
from tongbao.registry import queries as registry
from tongbao.registry.models import Correction, CustomsExport, Dispute, Exporter
from tongbao.registry.rules import DisputeState
from tongbao.scheme.models import Decision


def firm(user: User, code: str) -> Exporter | None:
    """The firm with this code, today or formerly, when the person may see it; `disputed` and `correcting`: an objection
    or a correction waits."""
    waiting = Correction.objects.filter(exporter=OuterRef("pk"), source__state=ImportState.PREVIEWED)
    visible = registry.visible_to(user).select_related("merged_into")
    found = visible.annotate(
        disputed=Exists(Dispute.objects.filter(exporter=OuterRef("pk"), state=DisputeState.OPEN)),
        correcting=Exists(waiting),
    )
    code = code.upper()
    return found.filter(code=code).first() or found.filter(former__code=code).first()


def taker(user: User, exporter: Exporter) -> Exporter | None:
    """The firm that another was merged into, when the person may see it."""
    if exporter.merged_into_id is None:
        return None
    return registry.visible_to(user).filter(pk=exporter.merged_into_id).first()


# ── exports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Exports:
    """A firm's years, and the markets and months of one of them."""

    year: int | None
    lines: list[rules.YearLine]
    markets: list[rules.MarketLine]
    months: Mapping[tuple[int, int], int]
    month_years: tuple[int, ...]  # of the year and the one before, those that the register has months of


def firm_exports(exporter: Exporter, chosen: int | None) -> Exports:
    """What a firm exported; `chosen`: whose markets and months are looked at, else those of the base year."""
    scheme = registry.current_scheme()
    wanted = (scheme.base_year - 1, scheme.base_year)
    years = {one.year: one for one in map(_year, registry.years_of(exporter))}
    latest = scheme.base_year if scheme.base_year in years else max(years, default=None)
    year = chosen if chosen in years else latest
    months: dict[tuple[int, int], int] = {}
    if year is not None:
        rows = CustomsExport.objects.filter(exporter=exporter, live=True, month__gt=0, year__in=(year - 1, year))
        sums = rows.order_by().values_list("year", "month").annotate(Sum("amount_cents"))
        months = {(held, month): cents for held, month, cents in sums}
    return Exports(
        year=year,
        lines=rules.year_lines(list(years.values()), registry.complete_years(), wanted, clock.today().year),
        markets=rules.market_lines(years.get(year or 0), years.get((year or 0) - 1)),
        months=months,
        month_years=tuple(sorted({held for held, _ in months})),
    )


def _year(row: Any) -> rules.Year:
    return rules.Year(
        row.year, row.total_cents, row.months, row.annual_cents, row.monthly_cents, row.unknown_cents, row.markets
    )


# ── decisions, applications, policies ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Decided:
    """A stored decision on a firm, and at which moment it was taken; of which application, when the person sees it."""

    decision: Decision
    moment: str
    reference: str = ""

    @property
    def plans(self) -> list[str]:
        """The plans that were open to the firm then."""
        return [offer["title"] for offer in self.decision.result.get("offers", [])]


def firm_decisions(exporter: Exporter) -> QuerySet[Decision]:
    """Every decision on a firm under the codes it has had, newest first, without the facts it was taken on."""
    codes = Q(subject_code=exporter.code) | Q(subject_code__in=exporter.former.exclude(code="").values("code"))
    return Decision.objects.filter(codes).select_related("terms__edition").defer(*_LARGE).order_by("-at", "-pk")


_LARGE = ("facts", "terms__source", "terms__body")


def moments(user: User, decisions: list[Decision]) -> list[Decided]:
    """Those decisions with what they were taken for."""
    ids = [one.pk for one in decisions]
    seen = intake.visible_to(user).order_by()
    known: dict[int, tuple[str, str]] = {}
    rows = seen.filter(Q(decision__in=ids) | Q(latest_decision__in=ids))
    for reference, first, latest in rows.values_list("reference", "decision_id", "latest_decision_id"):
        known |= {latest: ("资料变动后复核", reference)} if latest else {}
        known[first] = ("提交申请", reference)
    for review in Review.objects.filter(decision__in=ids, application__in=seen.values("pk")).select_related(
        "application"
    ):
        known[review.decision_id] = (review.get_level_display(), review.application.reference)
    return [Decided(one, *known.get(one.pk, ("系统判定", ""))) for one in decisions]


def firm_applications(user: User, exporter: Exporter) -> QuerySet[Application]:
    """A firm's applications that the person may see, newest first."""
    return intake.visible_to(user).filter(exporter=exporter).order_by("-submitted_at")


def firm_policies(user: User, exporter: Exporter) -> QuerySet[Policy]:
    """A firm's policies that the person may see, newest first."""
    return policies.visible_to(user).filter(insured=exporter).order_by("-quoted_at")
