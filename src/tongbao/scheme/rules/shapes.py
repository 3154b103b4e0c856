"""The shape of a scheme file: what may be written where, with which type. Every part cites its clause.

Plans, insurers and their money are in `plans.py`.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tongbao.scheme.rules.values import Amount, Cited, Country, Moment, Name, Number, Part, Percent, Valued, Words

STEP = Decimal("0.01")  # facts have two decimals
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
    """Shipments from `first` to `last`, both days included, are covered.

    `starts: issue` means that a firm's own cover begins on the day its policy is entered, up to the common end.
    """

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    starts: Literal["common", "issue"] = "common"


class Area(Cited):
    """An area of the city; the platform covers firms registered in those with `covered: true`.

    `reason` says why one is left out, such as a town inside a district that is covered.
    """

    id: Code
    name: Short
    covered: bool
    reason: str = ""


class Kind(StrEnum):
    """What sort of value a fact is."""

    NUMBER = "number"
    BOOL = "bool"
    TEXT = "text"


class Fact(Cited):
    """Something known of a firm; `supplier` says who can supply it. A number is never negative unless `signed`; one
    that is `part_of` another is never more than that."""

    id: Name
    type: Kind
    title: Words
    unit: str = ""
    supplier: Words
    yes: str = ""
    no: str = ""
    signed: bool = False
    part_of: Name | None = None


class Threshold(Cited):
    """A figure with a name, which conditions may write in place of a number: a share, USD, or a plain number."""

    id: Name
    title: Words
    share: Percent | None = None
    usd: Amount | None = None
    number: Number | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if sum(value is not None for value in (self.share, self.usd, self.number)) != 1:
            raise ValueError("share、usd、number 三者应当只写一个")
        return self

    @property
    def value(self) -> Decimal:
        """The figure itself; a share of 50% is 0.5."""
        return next(value for value in (self.share, self.usd, self.number) if value is not None)


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

    @property
    def first(self) -> Decimal | None:
        """The least number of two decimals in the stretch, or None when open below."""
        return self.above + STEP if self.above is not None else self.from_

    @property
    def last(self) -> Decimal | None:
        """The greatest number of two decimals in the stretch, or None when open above."""
        return self.below - STEP if self.below is not None else self.to

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


class Priority(Condition):
    """A ground for going first among those who wait; a lower `rank` goes before a higher one."""

    rank: int = Field(0, ge=0, le=9)


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


class Enrolment(Cited):
    """How firms come in: each applies; the city publishes a list and the firms on it claim; or all come in unasked."""

    mode: Literal["application", "list", "automatic"]
    title: Words


class Quota(Cited):
    """At most so many firms, counted in the order of receipt; over all plans and areas when none are named."""

    id: Name
    title: Words
    firms: int = Field(ge=1, le=1_000_000)
    plans: tuple[PlanCode, ...] = ()
    areas: tuple[Code, ...] = ()


class Imputation(Cited):
    """For firms without exports on record in the base year, premiums rest on another fact, at most so much."""

    title: Words
    fact: Name
    at_most_usd: Amount


class Queue(Cited):
    """How firms are served when money is scarce, and between when applications are received.

    Nothing is received before `opens_at` (local time) or after the day `closes_on`; who still waits at the end of the
    cover (or, with `waits_until: receipt`, of the receipt) waits no longer.
    """

    order: Literal["receipt"]
    priority_orders: Literal["waiting"]
    class_frozen_at: Literal["receipt"]
    opens_at: Moment | None = None
    closes_on: date | None = None
    waits_until: Literal["cover", "receipt"] = "cover"


class Parameters(Part):
    """Single values; those the policy leaves open carry `default: true`."""

    reference_rate: Valued[Number]
    fx_buffer: Valued[Percent]
    fx_tolerance: Valued[Percent]
    round_usd_first: Valued[bool]
    cover_from: Valued[date]
    limit_basis: Valued[Literal["policy_year"]] | None = None
    indemnity_ratio: Valued[Literal["insurer"]] | None = None
    excluded_countries: Valued[Literal["insurer"]] | None = None
    surplus: Valued[Literal["return", "carry"]]
    refund_basis: Valued[Literal["pro_rata", "none"]] | None = None
    reconciliation_tolerance: Valued[Amount] | None = None
    key_country: Valued[Country] | None = None
    emerging_regions: Valued[tuple[Name, ...]] | None = None
    emerging_extra: Valued[tuple[Country, ...]] | None = None
    emerging_left_out: Valued[tuple[Country, ...]] | None = None
    brand_years: Valued[Words] | None = None
    fair_since: Valued[int] | None = None


class Deadlines(Part):
    """Days allowed; working days."""

    exporter_share_days: Valued[Annotated[int, Field(ge=1, le=366)]]
    clarification_days: Valued[Annotated[int, Field(ge=1, le=366)]]
    issue_days: Valued[Annotated[int, Field(ge=1, le=366)]] | None = None


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
