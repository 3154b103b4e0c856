"""The shape of plans: what they cost, who pays, what they pay out; and the insurers with their money."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from tongbao import money
from tongbao.scheme.rules.shapes import Code, Condition, PlanCode, Short
from tongbao.scheme.rules.values import HUNDRED, Amount, Cited, Name, Number, Percent, Words

Basis = Literal["policy_year", "buyer", "claim"]
Risk = Literal["any", "commercial", "political"]


class BandRate(Cited):
    """The rate for firms of one band; it falls on the whole amount, not on the part inside the band."""

    band: Name
    rate: Percent


class BandCap(Cited):
    """The most a payer pays for a firm of one band in the edition."""

    band: Name
    cap_yuan: Amount


class Payer(Cited):
    """Who pays which share of a plan's premium from public money.

    At most `cap_yuan` for one firm in the edition, or what `band_caps` say for its band. `payment`: paid to the insurer
    beforehand; when the firm pays its own share; or back to the firm, which pays first, by `pay_by`.
    """

    payer: Words
    share: Percent
    cap_yuan: Amount | None = None
    band_caps: tuple[BandCap, ...] = ()
    payment: Literal["prepaid", "alongside", "reimburse"] = "prepaid"
    pay_by: date | None = None

    def cap_fen(self, band: str | None) -> int | None:
        """The most it pays for one firm of a band, in fen; None when there is no cap."""
        own = next((cap.cap_yuan for cap in self.band_caps if cap.band == band), self.cap_yuan)
        return None if own is None else int(own * HUNDRED)


class Limit(Cited):
    """The most a policy pays: for one buyer, one claim or the policy year; a sum, or so many times the premium.

    The cap falls on the loss before the insured percentage is applied, or on what is left after it.
    """

    basis: Basis
    usd: Amount | None = None
    times_premium: Number | None = None
    cap: Literal["before_ratio", "after_ratio"] = "after_ratio"

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.usd is None) == (self.times_premium is None):
            raise ValueError("usd、times_premium 两者应当只写一个")
        return self

    def cents(self, premium_cents: int) -> int:
        """The limit in USD cents for a policy with this premium."""
        if self.usd is not None:
            return int(self.usd * HUNDRED)
        assert self.times_premium is not None
        return int(self.times_premium * premium_cents)


class Ratio(Cited):
    """The insured percentage for a kind of risk: fixed (`ratio`), or set by the insurer but no less than `at_least`."""

    risk: Risk
    ratio: Percent | None = None
    at_least: Percent | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.ratio is None) == (self.at_least is None):
            raise ValueError("ratio、at_least 两者应当只写一个")
        return self


class Plan(Cited):
    """A plan on offer to the firms of some bands, under further conditions.

    Its premium is a rate on the base (`rate`, or `band_rates` by band), or a flat sum; less the tender discount, at
    least the minimum. With `rate_is_ceiling` the insurer may charge less. `limit_usd` is short for one yearly limit.
    """

    id: PlanCode
    title: Words
    bands: tuple[Name, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = ()
    limit_usd: Amount | None = None
    limits: tuple[Limit, ...] = ()
    rate: Percent | None = None
    rate_is_ceiling: bool = False
    band_rates: tuple[BandRate, ...] = ()
    flat_usd: Amount | None = None
    discount: Percent = Decimal(0)
    minimum_usd: Amount = Decimal(0)
    payers: tuple[Payer, ...] = Field(min_length=1)
    minimum_subsidy_yuan: Amount = Decimal(0)
    indemnity: tuple[Ratio, ...] = ()

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if sum((self.rate is not None, bool(self.band_rates), self.flat_usd is not None)) != 1:
            raise ValueError("rate、band_rates、flat_usd 三者应当只写一个")
        if self.limit_usd is None and not any(limit.basis == "policy_year" for limit in self.limits):
            raise ValueError("缺少保单年度累计赔偿限额：写 limit_usd，或在 limits 中写一项 basis: policy_year")
        return self

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """Every limit of the plan, the short form included."""
        short = () if self.limit_usd is None else (Limit(basis="policy_year", usd=self.limit_usd, clause=self.clause),)
        return (*short, *self.limits)

    def limit_cents(self, premium_cents: int) -> int:
        """Maximum indemnity of the policy year in USD cents for a premium: the least yearly limit."""
        return min(limit.cents(premium_cents) for limit in self.all_limits if limit.basis == "policy_year")

    def rate_of(self, band: str | None) -> Decimal | None:
        """The rate for firms of a band, tender discount not yet taken; None for a flat premium."""
        return next((one.rate for one in self.band_rates if one.band == band), self.rate)

    @property
    def needs_band(self) -> bool:
        """Whether its money depends on the band of the firm."""
        return bool(self.band_rates) or any(payer.band_caps for payer in self.payers)

    @property
    def flat_cents(self) -> Decimal:
        """The flat premium in USD cents before the tender discount; 0 for a plan with a rate."""
        return (self.flat_usd or Decimal(0)) * HUNDRED

    def paid_fen(self, premium_fen: int, band: str | None) -> tuple[int, ...]:
        """What each payer pays of a premium, in fen: its share cut down to the fen, at most its cap; all or nothing
        against the minimum subsidy.
        """
        parts = money.split(premium_fen, [payer.share for payer in self.payers])
        caps = [payer.cap_fen(band) for payer in self.payers]
        paid = [part if cap is None else min(part, cap) for part, cap in zip(parts, caps, strict=True)]
        return tuple(paid if sum(paid) >= self.minimum_subsidy_yuan * HUNDRED else [0] * len(paid))

    @property
    def minimum_cents(self) -> int:
        """Minimum premium of one policy, in USD cents; 0 when there is none."""
        return int(self.minimum_usd * HUNDRED)

    @property
    def subsidy_rate(self) -> Decimal:
        """The payers' shares together, between 0 and 1 (caps may lower what they pay)."""
        return sum((payer.share for payer in self.payers), Decimal(0))

    @property
    def exporter_pays(self) -> bool:
        """Whether the exporter bears a share of the premium by design."""
        return self.subsidy_rate < 1


class Exclusion(Cited):
    """Plans of which no firm may qualify for two."""

    plans: tuple[PlanCode, ...] = Field(min_length=2)


class Insurer(Cited):
    """An insurer, and the money set aside for a pool of its own (`fund_yuan`) unless it draws from one of `pools`."""

    id: Code
    title: Words
    short: Words
    office: Words
    lead: bool = False
    fund_yuan: Amount | None = None

    @property
    def fund_fen(self) -> int:
        """The planned allotment of its own pool, in fen; 0 when it has none."""
        return int((self.fund_yuan or 0) * HUNDRED)


class Pool(Cited):
    """Money from which several insurers draw; without `fund_yuan` it is what the year's budget gives."""

    id: Code
    title: Short
    insurers: tuple[Code, ...] = Field(min_length=1)
    fund_yuan: Amount | None = None
