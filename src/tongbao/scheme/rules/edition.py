"""The whole scheme of an edition, and the money that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, TypeVar

from pydantic import Field

from tongbao import money
from tongbao.audit.rules import content_hash
from tongbao.scheme.rules import plans as terms
from tongbao.scheme.rules import shapes
from tongbao.scheme.rules.values import Part

EXPORTS = "exports_usd"  # the premium's base: base-year exports (clause 五(二))


@dataclass(frozen=True, slots=True)
class Premium:
    """A premium in USD cents and in fen, and who bears it; subsidy and own share sum to premium_fen.

    `paid_fen` is what each payer of the plan pays, in its order; `advance_fen` what the firm itself hands the insurer:
    its own share, and the shares of payers that pay it back later.
    """

    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    exporter_share_fen: int
    paid_fen: tuple[int, ...] = ()
    advance_fen: int = 0


class Scheme(Part):
    """An edition's policy as data, complete and checked (made by `load`, or from a stored body by `from_body`)."""

    edition: shapes.Head
    period: shapes.Period
    clauses: tuple[shapes.Clause, ...]
    all_areas: tuple[shapes.Area, ...] = Field(alias="areas")
    facts: tuple[shapes.Fact, ...]
    thresholds: tuple[shapes.Threshold, ...] = ()
    bands: tuple[shapes.Bands, ...]
    imputation: shapes.Imputation | None = None
    criteria: tuple[shapes.Criterion, ...]
    priorities: tuple[shapes.Priority, ...] = ()
    plans: tuple[terms.Plan, ...]
    exclusive: tuple[terms.Exclusion, ...] = ()
    insurers: tuple[terms.Insurer, ...]
    pools: tuple[terms.Pool, ...] = ()
    enrolment: shapes.Enrolment | None = None
    quotas: tuple[shapes.Quota, ...] = ()
    queue: shapes.Queue
    parameters: shapes.Parameters
    deadlines: shapes.Deadlines
    process: tuple[shapes.Step, ...] = ()
    services: tuple[shapes.Step, ...] = ()
    targets: tuple[shapes.Target, ...] = ()
    estimates: tuple[shapes.Estimate, ...] = ()

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Scheme":
        """The scheme of a stored canonical body."""
        return cls.model_validate(body)

    def body(self) -> dict[str, Any]:
        """The canonical content, JSON-able; what the hash covers. Comments and layout of the file are not in it.

        What is left at its default is left out, so that a shape added later changes no hash of an older edition.
        """
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def full_body(self) -> dict[str, Any]:
        """The content with every default written out: for people to compare."""
        return self.model_dump(mode="json", by_alias=True)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical body."""
        return content_hash(self.body())

    @property
    def code(self) -> str:
        """The edition's code, e.g. nantong-2019."""
        return self.edition.code

    @property
    def base_year(self) -> int:
        """The year whose exports decide band and premium."""
        return self.edition.base_year

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of the areas covered."""
        return tuple(area.id for area in self.all_areas if area.covered)

    @property
    def covered_names(self) -> tuple[str, ...]:
        """Names of the areas covered, in the policy's order."""
        return tuple(area.name for area in self.all_areas if area.covered)

    @property
    def area_names(self) -> dict[str, str]:
        """Names of all areas of the city, covered or not, by code."""
        return {area.id: area.name for area in self.all_areas}

    @property
    def cover_from(self) -> date:
        """First day of shipments covered, also for firms that join late."""
        return self.parameters.cover_from.value

    def cover_begins(self, entry_date: date) -> date:
        """First day of shipments covered by a policy entered on a day: the common one, or that day."""
        return max(entry_date, self.cover_from) if self.period.starts == "issue" else self.cover_from

    @property
    def cover_to(self) -> date:
        """Last day of shipments covered."""
        return self.period.last

    @property
    def reference_rate(self) -> Decimal:
        """RMB per USD for estimates and reservations."""
        return self.parameters.reference_rate.value

    @property
    def fx_buffer(self) -> Decimal:
        """What a reservation adds to the reference rate, e.g. Decimal('0.03')."""
        return self.parameters.fx_buffer.value

    @property
    def exporter_share_days(self) -> int:
        """Working days in which a firm pays its share to the insurer."""
        return self.deadlines.exporter_share_days.value

    @property
    def refunds_pro_rata(self) -> bool:
        """Whether a cancelled policy gives back the premium of the days not covered; yes when nothing is said."""
        basis = self.parameters.refund_basis
        return basis is None or basis.value == "pro_rata"

    @property
    def clarification_days(self) -> int:
        """Working days in which a firm answers questions and keeps its place."""
        return self.deadlines.clarification_days.value

    @property
    def issue_days(self) -> int | None:
        """Working days in which an insurer issues the policy of an approved application; None: to the end of cover."""
        return self.deadlines.issue_days.value if self.deadlines.issue_days else None

    @property
    def opens_at(self) -> datetime | None:
        """The local time (naive) from which applications are received; None: at once."""
        return self.queue.opens_at

    @property
    def closes_on(self) -> date:
        """The last day on which applications are received: at the latest the last of the cover."""
        return self.queue.closes_on or self.cover_to

    @property
    def waits_until(self) -> date:
        """The last day on which a firm waits for money."""
        return self.closes_on if self.queue.waits_until == "receipt" else self.cover_to

    @property
    def lead_insurer(self) -> terms.Insurer:
        """The insurer that leads the services (clause 六)."""
        return next(insurer for insurer in self.insurers if insurer.lead)

    @property
    def emerging_regions(self) -> tuple[str, ...]:
        """Market regions that count as emerging; none where the scheme does not speak of them."""
        return self.parameters.emerging_regions.value if self.parameters.emerging_regions else ()

    @property
    def emerging_extra(self) -> tuple[str, ...]:
        """Countries (alpha-2) that count as emerging beside those of the regions."""
        return self.parameters.emerging_extra.value if self.parameters.emerging_extra else ()

    @property
    def emerging_left_out(self) -> tuple[str, ...]:
        """Countries (alpha-2) of the regions that do not count as emerging."""
        return self.parameters.emerging_left_out.value if self.parameters.emerging_left_out else ()

    @property
    def thresholds_by_name(self) -> dict[str, Decimal]:
        """What conditions may write in place of a number."""
        return {threshold.id: threshold.value for threshold in self.thresholds}

    @property
    def all_pools(self) -> tuple[terms.Pool, ...]:
        """Every pool: those declared, and one for each insurer with money of its own."""
        own = (
            terms.Pool(id=one.id, title=one.title, insurers=(one.id,), fund_yuan=one.fund_yuan, clause=one.clause)
            for one in self.insurers
            if one.fund_yuan is not None
        )
        return (*own, *self.pools)

    def fact(self, id: str) -> shapes.Fact:
        """A fact by id; KeyError when there is none."""
        return _one(self.facts, id)

    def plan(self, id: str) -> terms.Plan:
        """A plan by id; KeyError when there is none."""
        return _one(self.plans, id)

    def insurer(self, id: str) -> terms.Insurer:
        """An insurer by id; KeyError when there is none."""
        return _one(self.insurers, id)

    def band(self, id: str) -> shapes.Band:
        """A band by id; KeyError when there is none."""
        return _one([band for group in self.bands for band in group.bands], id)

    def band_of(self, exports_cents: int) -> str | None:
        """The band that base-year exports (USD cents) fall in; None for a hole or beyond."""
        value = Decimal(exports_cents) / 100
        bands = (band for group in self.bands if group.fact == EXPORTS for band in group.bands)
        return next((band.id for band in bands if band.holds(value)), None)

    def premium(self, plan_id: str, exports_cents: int, cny_per_usd: Decimal) -> Premium:
        """Premium of a plan on base-year exports (USD cents) at a rate of RMB per USD (clauses 四(二), 五(二)).

        Half up to the cent, then to the fen; each payer's share is cut down to the fen and to its cap, nothing is paid
        below the minimum subsidy; the firm bears the rest.
        """
        plan = self.plan(plan_id)
        band = self.band_of(exports_cents) if plan.needs_band else None
        rate = plan.rate_of(band)
        exact = plan.flat_cents if rate is None else exports_cents * rate
        exact = max(exact * (1 - plan.discount), Decimal(plan.minimum_cents))
        cents = money.half_up(exact)
        fen = money.exchange(cents, cny_per_usd)
        if not self.parameters.round_usd_first.value:
            fen = money.half_up(exact * cny_per_usd)
        paid = plan.paid_fen(fen, band)
        late = sum(sum_ for payer, sum_ in zip(plan.payers, paid, strict=True) if payer.payment == "reimburse")
        own = fen - sum(paid)
        return Premium(cents, fen, sum(paid), own, paid, own + late)

    def estimate_fen(self, plan_id: str, exports_cents: int) -> int:
        """Subsidy to reserve, in fen: at the reference rate with the buffer on top (clause 二(三))."""
        return self.premium(plan_id, exports_cents, self.reference_rate * (1 + self.fx_buffer)).subsidy_fen


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _one(parts: Sequence[N], id: str) -> N:
    for part in parts:
        if part.id == id:
            return part
    raise KeyError(id)
