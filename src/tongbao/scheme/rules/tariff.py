"""What a plan costs one firm, worked out in whole numbers: the arithmetic of `Scheme.premium`, prepared once a plan.

Rates become fractions when the scheme is compiled, so that one decision multiplies and divides whole numbers only; a
test holds the two equal to the fen.
"""

from dataclasses import dataclass
from decimal import Decimal

from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.values import HUNDRED

Fraction = tuple[int, int]  # numerator and denominator
Figures = tuple[int, int, int, int, tuple[int, ...], int]  # as the fields of Premium


@dataclass(frozen=True, slots=True)
class Tariff:
    """A plan's price for the firms of one band: (base × `per_cent` + `flat`) / `unit` USD cents, at least `least` /
    `unit`; and who bears it. `rate` is what the scheme writes, None for a flat premium.
    """

    rate: Decimal | None
    per_cent: int
    flat: int
    least: int
    unit: int
    usd_first: bool  # rounded to the cent before it is exchanged (clause 五(二))
    shares: tuple[Fraction, ...]
    whole: bool  # the shares come to 100 %: the last payer takes what the cuts leave over
    caps: tuple[int | None, ...]  # empty when nobody's share is capped
    least_fen: int
    bounded: bool  # by caps or by a least subsidy
    late: tuple[int, ...]  # places of the payers who pay the firm back, which pays first
    limit: int | None  # least yearly limit that is a sum, USD cents
    limit_times: Fraction | None  # least yearly limit that is so many times the premium

    def premium(self, base_cents: int, cny: Fraction) -> Figures:
        """What `Premium` holds, on a base in USD cents at a rate of RMB per USD: half up to the cent and to the fen."""
        unit, (yuan, dollars) = self.unit, cny
        exact = base_cents * self.per_cent + self.flat
        if exact < self.least:
            exact = self.least
        cents = (exact + unit // 2) // unit
        over, under = (cents, dollars) if self.usd_first else (exact, unit * dollars)
        fen = (over * yuan + under // 2) // under
        paid, own = [], fen
        for over, under in self.shares:
            part = fen * over // under
            paid.append(part)
            own -= part
        if self.whole:
            paid[-1] += own
            own = 0
        if self.bounded:
            paid = self._bounded(paid)
            own = fen - sum(paid)
        advance = own + sum([paid[place] for place in self.late]) if self.late else own
        return cents, fen, fen - own, own, tuple(paid), advance

    def limit_cents(self, premium_cents: int) -> int | None:
        """The least yearly limit in USD cents of a policy with this premium; None without one."""
        if self.limit_times is None:
            return self.limit
        over, under = self.limit_times
        times = premium_cents * over // under
        return times if self.limit is None else min(self.limit, times)

    def _bounded(self, paid: list[int]) -> list[int]:
        """Each share up to its cap; nothing below the least subsidy."""
        if self.caps:
            paid = [part if cap is None or part < cap else cap for part, cap in zip(paid, self.caps, strict=True)]
        return [0] * len(paid) if sum(paid) < self.least_fen else paid


def tariffs(plan: Plan, scheme: Scheme) -> dict[str | None, Tariff]:
    """The price of a plan by band; under None that of every band not named, the only one when bands do not matter."""
    bands = [band.id for group in scheme.bands for band in group.bands] if plan.needs_band else []
    return {band: _tariff(plan, band, scheme) for band in (*bands, None)}


def _tariff(plan: Plan, band: str | None, scheme: Scheme) -> Tariff:
    rate, net = plan.rate_of(band), 1 - plan.discount
    per_cent, unit = ((rate or Decimal(0)) * net).as_integer_ratio()
    yearly = [limit for limit in plan.all_limits if limit.basis == "policy_year"]
    caps = tuple(payer.cap_fen(band) for payer in plan.payers)
    least_fen = int(plan.minimum_subsidy_yuan * HUNDRED)
    times = [limit.times_premium for limit in yearly if limit.times_premium is not None]
    flat, flat_unit = (plan.flat_cents * net if rate is None else Decimal(0)).as_integer_ratio()
    return Tariff(
        rate=rate,
        per_cent=per_cent * flat_unit,
        flat=flat * unit,
        least=plan.minimum_cents * unit * flat_unit,
        unit=unit * flat_unit,
        usd_first=scheme.parameters.round_usd_first.value,
        shares=tuple(payer.share.as_integer_ratio() for payer in plan.payers),
        whole=plan.subsidy_rate == 1,
        caps=caps if any(cap is not None for cap in caps) else (),
        least_fen=least_fen,
        bounded=least_fen > 0 or any(cap is not None for cap in caps),
        late=tuple(place for place, payer in enumerate(plan.payers) if payer.payment == "reimburse"),
        limit=min((limit.cents(0) for limit in yearly if limit.times_premium is None), default=None),
        limit_times=min(times).as_integer_ratio() if times else None,
    )
