"""The shape of a scheme file: what may be written where, with which type. Every part cites its clause."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tongbao.scheme.rules.values import HUNDRED, Amount, Cited, Name, Number, Part, Percent, Valued, Words

Code = Annotated[Name, StringConstraints(max_length=20)]  # as long as the code of an area or a body may be
PlanCode = Annotated[Name, StringConstraints(max_length=4)]  # A, B1: it stands on applications and certificates
Short = Annotated[Words, StringConstraints(max_length=40)]
Title = Annotated[Words, StringConstraints(max_length=200)]


class Clause(Part):
    """A clause of the policy, as it reads."""

    id: Words
    title: Words
    text: Words


class Head(Cited):
    """What this edition is. `effective_from` is the first day on which these terms count."""

    code: Name
    city: Short
    year: int = Field(ge=2000, le=2100)
    title: Title
    authority: Words
    nominal_policyholder: Words
    base_year: int = Field(ge=2000, le=2100)
    effective_from: date


class Period(Cited):
    """Shipments from `first` to `last`, both days included, are covered."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class Area(Cited):
    """An area of the city; the platform covers firms registered in those with `covered: true`."""

    id: Code
    name: Short
    covered: bool


class Kind(StrEnum):
    """What sort of value a fact is."""

    NUMBER = "number"
    BOOL = "bool"
    TEXT = "text"


class Fact(Cited):
    """Something known of a firm. `supplier` says who can supply it when it is missing."""

    id: Name
    type: Kind
    title: Words
    unit: str = ""
    supplier: Words
    yes: str = ""
    no: str = ""


class Span(Cited):
    """A stretch of numbers: `from`/`to` include the end, `above`/`below` do not."""

    from_: Amount | None = Field(None, alias="from")
    above: Amount | None = None
    to: Amount | None = None
    below: Amount | None = None

    @property
    def low(self) -> Decimal | None:
        """The lower end, or None when open below."""
        return self.above if self.from_ is None else self.from_

    @property
    def high(self) -> Decimal | None:
        """The upper end, or None when open above."""
        return self.below if self.to is None else self.to

    def holds(self, value: Decimal) -> bool:
        """Whether a number lies in the stretch."""
        return (
            (self.from_ is None or value >= self.from_)
            and (self.above is None or value > self.above)
            and (self.to is None or value <= self.to)
            and (self.below is None or value < self.below)
        )


class Band(Span):
    """A stretch that is covered."""

    id: Name
    title: Words


class Hole(Span):
    """A stretch between bands that is left out on purpose, and why."""

    reason: Words


class Bands(Cited):
    """The bands of one fact, from low to high, and the holes declared between them."""

    id: Name
    title: Words
    fact: Name
    bands: tuple[Band, ...] = Field(min_length=1)
    holes: tuple[Hole, ...] = ()


class Condition(Cited):
    """A condition with a name; `if_unknown` is tried when facts for `when` are missing."""

    id: Name
    title: Words
    when: Words
    if_unknown: Words | None = None


class Criterion(Cited):
    """What a firm must meet: a condition (`when`), or the areas covered, or one of the bands."""

    id: Name
    title: Words
    when: Words | None = None
    in_areas: Name | None = None
    in_bands: Name | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.when, self.in_areas, self.in_bands)) != 1:
            raise ValueError("when、in_areas、in_bands 三者应当只写一个")
        return self


class Payer(Cited):
    """Who pays which share of a plan's premium from public money."""

    payer: Words
    share: Percent


class Plan(Cited):
    """A plan on offer to the firms of some bands, under further conditions."""

    id: PlanCode
    title: Words
    bands: tuple[Name, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = ()
    limit_usd: Amount
    rate: Percent
    minimum_usd: Amount = Decimal(0)
    payers: tuple[Payer, ...] = Field(min_length=1)

    @property
    def limit_cents(self) -> int:
        """Maximum indemnity of the policy year, in USD cents."""
        return int(self.limit_usd * HUNDRED)

    @property
    def minimum_cents(self) -> int:
        """Minimum premium of one policy, in USD cents; 0 when there is none."""
        return int(self.minimum_usd * HUNDRED)

    @property
    def subsidy_rate(self) -> Decimal:
        """The payers' shares together, between 0 and 1."""
        return sum((payer.share for payer in self.payers), Decimal(0))

    @property
    def exporter_pays(self) -> bool:
        """Whether the exporter bears a share of the premium by design."""
        return self.subsidy_rate < 1


class Insurer(Cited):
    """An insurer and the money set aside for its pool."""

    id: Code
    title: Words
    short: Words
    office: Words
    lead: bool = False
    fund_yuan: Amount

    @property
    def fund_fen(self) -> int:
        """The planned allotment of its pool, in fen."""
        return int(self.fund_yuan * HUNDRED)


class Queue(Cited):
    """How firms are served when money is scarce."""

    order: Literal["receipt"]
    priority_orders: Literal["waiting"]
    class_frozen_at: Literal["receipt"]


class Parameters(Part):
    """Single values; those the policy leaves open carry `default: true`."""

    reference_rate: Valued[Number]
    fx_buffer: Valued[Percent]
    fx_tolerance: Valued[Percent]
    round_usd_first: Valued[bool]
    cover_from: Valued[date]
    limit_basis: Valued[Literal["policy_year"]]
    indemnity_ratio: Valued[Literal["insurer"]]
    excluded_countries: Valued[Literal["insurer"]]
    surplus: Valued[Literal["return", "carry"]]
    key_country: Valued[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]]
    emerging_regions: Valued[tuple[Name, ...]]
    brand_years: Valued[Words]
    fair_since: Valued[int]


class Deadlines(Part):
    """Days allowed; working days."""

    exporter_share_days: Valued[Annotated[int, Field(ge=1, le=366)]]
    clarification_days: Valued[Annotated[int, Field(ge=1, le=366)]]


class Step(Cited):
    """A step of the process, or a service that goes with the policy."""

    id: Name
    title: Words
    text: Words


class Target(Cited):
    """What the annual evaluation measures against."""

    id: Name
    title: Words
    value: Number | None = None
    unit: str = ""


class Estimate(Cited):
    """The policy's own estimate: never a cap."""

    id: Name
    title: Words
    plans: tuple[Name, ...]
    firms: int
    exports_usd: Amount | None = None
    uptake: Percent
    insured_firms: int
    insured_exports_usd: Amount
    subsidy_yuan: Amount
