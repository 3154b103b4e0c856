"""What a visitor reads about the scheme: everything from the terms in force."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tongbao import clock
from tongbao.intake import queries as intake
from tongbao.intake.queries import Window
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Edition
from tongbao.scheme.rules import EXPORTS, Plan, PlanWords, Scheme, in_words

EXAMPLES_CENTS = (5_000_000_00, 300_000_00)  # an example uses the first of these that the plan's bands hold


@dataclass(frozen=True)
class PlanCard:
    """One plan in plain words, with an example's figures at the reference rate."""

    id: str
    title: str
    firms: tuple[str, ...]
    conditions: tuple[str, ...]
    words: PlanWords
    subsidy_rate: Decimal
    own_rate: Decimal
    exporter_pays: bool
    example_exports_cents: int
    example_premium_fen: int
    example_share_fen: int


@dataclass(frozen=True)
class Landing:
    """The public facts of the edition in force."""

    scheme: Scheme
    plans: tuple[PlanCard, ...]
    areas: tuple[str, ...]
    bands: tuple[str, ...]
    holes: tuple[str, ...]
    window: Window

    @property
    def fund_fen(self) -> int:
        """All pools together, in fen (五(一))."""
        return sum(int((pool.fund_yuan or 0) * 100) for pool in self.scheme.all_pools)

    @property
    def highest_limit_cents(self) -> int:
        """The most that any plan pays in a year, in cents; 0 where every limit hangs on the premium."""
        return max((plan.limit_cents(0) for plan in self.scheme.plans), default=0)

    @property
    def lowest_share(self) -> Decimal:
        """The smallest public share of a premium among the plans."""
        return min(plan.subsidy_rate for plan in self.plans)

    @property
    def highest_share(self) -> Decimal:
        """The greatest public share of a premium among the plans."""
        return max(plan.subsidy_rate for plan in self.plans)

    @property
    def cover_from(self) -> date:
        """First day of covered shipments."""
        return self.scheme.cover_from

    @property
    def cover_to(self) -> date:
        """Last day of covered shipments."""
        return self.scheme.cover_to

    @property
    def months(self) -> int:
        """Length of the cover in months, part months counted whole."""
        first, last = self.cover_from, self.cover_to
        return (last.year - first.year) * 12 + last.month - first.month + 1


def in_force() -> Edition | None:
    """The newest edition, or None before any is loaded: a home page still opens then."""
    return schemes.editions().first()


def landing() -> Landing | None:
    """The edition in force as visitors read it; None before the first edition is loaded."""
    edition = in_force()
    if edition is None:
        return None
    scheme = schemes.scheme_of(schemes.terms_of(edition, on=clock.today()))
    groups = [group for group in scheme.bands if group.fact == EXPORTS]
    return Landing(
        scheme=scheme,
        plans=tuple(_card(scheme, plan) for plan in scheme.plans),
        areas=tuple(scheme.area_names[code] for code in scheme.areas),
        bands=tuple(band.title for group in groups for band in group.bands),
        holes=tuple(hole.reason for group in groups for hole in group.holes),
        window=intake.window(edition),
    )


def _card(scheme: Scheme, plan: Plan) -> PlanCard:
    bands = [scheme.band(name) for name in plan.bands]
    example = next((cents for cents in EXAMPLES_CENTS if any(band.holds(Decimal(cents) / 100) for band in bands)), 0)
    premium = scheme.premium(plan.id, example, scheme.reference_rate)
    return PlanCard(
        id=plan.id,
        title=plan.title,
        firms=tuple(band.title for band in bands),
        conditions=tuple(condition.title for condition in plan.conditions),
        words=in_words(plan, scheme),
        subsidy_rate=plan.subsidy_rate,
        own_rate=1 - plan.subsidy_rate,
        exporter_pays=plan.exporter_pays,
        example_exports_cents=example,
        example_premium_fen=premium.premium_fen,
        example_share_fen=premium.exporter_share_fen,
    )
