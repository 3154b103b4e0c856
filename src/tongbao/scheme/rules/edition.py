"""The whole scheme of an edition, and the money that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, TypeVar

from pydantic import Field

from tongbao import money
from tongbao.audit.rules import content_hash
from tongbao.scheme.rules import shapes
from tongbao.scheme.rules.values import Part


@dataclass(frozen=True, slots=True)
class Premium:
    """A premium in USD cents and in fen, and who bears it; subsidy and own share sum to premium_fen."""

    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    exporter_share_fen: int


class Scheme(Part):
    """An edition's policy as data, complete and checked (made by `load`, or from a stored body by `from_body`)."""

    edition: shapes.Head
    period: shapes.Period
    clauses: tuple[shapes.Clause, ...]
    all_areas: tuple[shapes.Area, ...] = Field(alias="areas")
    facts: tuple[shapes.Fact, ...]
    bands: tuple[shapes.Bands, ...]
    criteria: tuple[shapes.Criterion, ...]
    priorities: tuple[shapes.Condition, ...]
    plans: tuple[shapes.Plan, ...]
    insurers: tuple[shapes.Insurer, ...]
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
        """The canonical content, JSON-able; what the hash covers. Comments and layout of the file are not in it."""
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
    def clarification_days(self) -> int:
        """Working days in which a firm answers questions and keeps its place."""
        return self.deadlines.clarification_days.value

    @property
    def lead_insurer(self) -> shapes.Insurer:
        """The insurer that leads the services (clause 六)."""
        return next(insurer for insurer in self.insurers if insurer.lead)

    def fact(self, id: str) -> shapes.Fact:
        """A fact by id; KeyError when there is none."""
        return _one(self.facts, id)

    def plan(self, id: str) -> shapes.Plan:
        """A plan by id; KeyError when there is none."""
        return _one(self.plans, id)

    def insurer(self, id: str) -> shapes.Insurer:
        """An insurer by id; KeyError when there is none."""
        return _one(self.insurers, id)

    def band(self, id: str) -> shapes.Band:
        """A band by id; KeyError when there is none."""
        return _one([band for group in self.bands for band in group.bands], id)

    def premium(self, plan_id: str, exports_cents: int, cny_per_usd: Decimal) -> Premium:
        """Premium of a plan on base-year exports (USD cents) at a rate of RMB per USD (clauses 四(二), 五(二)).

        Half up to the cent, then to the fen; each payer's share is cut down to the fen, the firm bears the rest.
        """
        plan = self.plan(plan_id)
        cents = money.premium_cents(exports_cents, plan.rate, plan.minimum_cents)
        if self.parameters.round_usd_first.value:
            fen = money.exchange(cents, cny_per_usd)
        else:
            fen = money.half_up(max(exports_cents * plan.rate, Decimal(plan.minimum_cents)) * cny_per_usd)
        subsidy = sum(money.split(fen, [payer.share for payer in plan.payers]))
        return Premium(cents, fen, subsidy, fen - subsidy)

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
