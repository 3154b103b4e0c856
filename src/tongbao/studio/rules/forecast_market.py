"""The firms a forecast draws from: bands, plans worth considering, and prices ready for many runs at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongbao.scheme.rules import Plan, Scheme
from tongbao.studio.rules.forecast import RATE_UNIT

Whole = NDArray[np.int64]
SHARE_UNIT = 10**8  # shares are counted in hundred-millionths: a percentage has at most six decimals
MOST_WHOLE = 2**62  # beyond it machine words would overflow in silence
NO_CAP = np.iinfo(np.int64).max
SPREAD = Decimal("0.7")  # of the logarithm of exports, where the policy gives only how many firms and their total


@dataclass(frozen=True)
class Firm:
    """One firm: premium base in USD cents, and the plans it may have (by place in the scheme)."""

    base_cents: int
    plans: tuple[int, ...]


@dataclass(frozen=True)
class Kind:
    """Firms alike in band and in the plans worth considering; firms start to stop (exclusive) of the market."""

    band: int
    plans: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Price:
    """What a plan costs the firms of a band: whole numbers, so that a run's money is exact to the fen."""

    times: int  # a premium in cents is (base × times + flat) / unit, at least least / unit
    flat: int
    least: int
    unit: int
    cents_first: bool
    payers: tuple[tuple[int, int], ...]  # share in hundred-millionths, cap in fen
    full: bool  # the payers bear everything: the last takes the rest
    minimum_fen: int

    def premium_fen(self, base_cents: Whole, rate: Whole) -> Whole:
        """Premiums in fen on bases in cents at rates in ten-thousandths of RMB per USD, rounded as the scheme says."""
        most = int(base_cents.max(initial=0)) * self.times + self.flat + self.least + self.unit
        if most * int(rate.max(initial=1)) >= MOST_WHOLE:
            base_cents, rate = base_cents.astype(object), rate.astype(object)
        exact, unit = np.maximum(base_cents * self.times + self.flat, self.least), self.unit
        if self.cents_first:
            exact, unit = (exact + unit // 2) // unit, 1
        whole = unit * RATE_UNIT
        fen: Whole = ((exact * rate + whole // 2) // whole).astype(np.int64)
        return fen

    def subsidy_fen(self, premium_fen: Whole) -> Whole:
        """What the payers pay of premiums, in fen: shares cut down, then caps, all or nothing at the minimum."""
        paid = np.zeros_like(premium_fen)
        given = np.zeros_like(premium_fen)
        for number, (share, cap) in enumerate(self.payers):
            last = self.full and number == len(self.payers) - 1
            part = premium_fen - given if last else premium_fen * share // SHARE_UNIT
            given = given + part
            paid = paid + np.minimum(part, cap)
        return np.where(paid >= self.minimum_fen, paid, 0)


@dataclass(frozen=True)
class Market:
    """Firms in the order of their kinds, and the price of each band and plan."""

    bands: tuple[str, ...]
    plans: tuple[str, ...]
    base: Whole
    kinds: tuple[Kind, ...]
    prices: dict[tuple[int, int], Price]
    left_out: int = 0  # firms that no plan is open to

    @property
    def firms(self) -> int:
        """Firms that may come."""
        return len(self.base)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the firms, whatever their order in the register."""
        said = [(kind.band, kind.plans, sorted(self.base[kind.start : kind.stop].tolist())) for kind in self.kinds]
        return sha256(repr(said).encode()).hexdigest()

    def cells(self) -> list[tuple[int, int]]:
        """The pairs of band and plan that some firm may come to, in the scheme's order."""
        return sorted({(kind.band, plan) for kind in self.kinds for plan in kind.plans})


def market(scheme: Scheme, firms: Iterable[Firm]) -> Market:
    """The firms by kind, each with the plans worth considering to it at the reference rate (see `worth`)."""
    bands = tuple(band.id for group in scheme.bands for band in group.bands)
    kinds: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    left_out = 0
    for firm in firms:
        band = scheme.band_of(firm.base_cents)
        plans = worth(scheme, firm)
        if band is None or not plans:
            left_out += 1
            continue
        kinds.setdefault((bands.index(band), plans), []).append(firm.base_cents)
    base: list[int] = []
    placed = []
    for (band_at, plans), members in sorted(kinds.items()):
        placed.append(Kind(band_at, plans, len(base), len(base) + len(members)))
        base += sorted(members)
    prices = {(kind.band, plan): price(scheme, bands[kind.band], plan) for kind in placed for plan in kind.plans}
    names = tuple(plan.id for plan in scheme.plans)
    return Market(bands, names, np.array(base, dtype=np.int64), tuple(placed), prices, left_out)


def worth(scheme: Scheme, firm: Firm) -> tuple[int, ...]:
    """The plans a firm would consider: not one that pays out no more and costs it no less than another open to it."""
    if len(firm.plans) < 2:
        return firm.plans
    terms = {place: _terms(scheme, scheme.plans[place], firm.base_cents) for place in firm.plans}
    return tuple(
        place
        for place, (limit, own) in terms.items()
        if not any(other[0] >= limit and other[1] <= own and other != (limit, own) for other in terms.values())
    )


def _terms(scheme: Scheme, plan: Plan, base_cents: int) -> tuple[int, int]:
    """The yearly limit in cents (none: beyond all) and the firm's own share in fen."""
    premium = scheme.premium(plan.id, base_cents, scheme.reference_rate)
    limit = plan.limit_cents(premium.premium_cents)
    return (NO_CAP if limit is None else limit), premium.exporter_share_fen


def price(scheme: Scheme, band: str, place: int) -> Price:
    """A plan's price for the firms of a band."""
    plan = scheme.plans[place]
    rate = plan.rate_of(band) or Decimal(0)
    times, unit = (rate * (1 - plan.discount)).as_integer_ratio()
    flat, flat_unit = (Decimal(0) if rate else plan.flat_cents * (1 - plan.discount)).as_integer_ratio()
    caps = [payer.cap_fen(band) for payer in plan.payers]
    return Price(
        times=times * flat_unit,
        flat=flat * unit,
        least=plan.minimum_cents * unit * flat_unit,
        unit=unit * flat_unit,
        cents_first=scheme.parameters.round_usd_first.value,
        payers=tuple(
            (int(payer.share * SHARE_UNIT), NO_CAP if cap is None else cap)
            for payer, cap in zip(plan.payers, caps, strict=True)
        ),
        full=plan.subsidy_rate == 1,
        minimum_fen=int(plan.minimum_subsidy_yuan * 100),
    )


def spread_cents(total_cents: int, firms: int, low_cents: int, high_cents: int, *, equal: bool) -> Sequence[int]:
    """Exports of so many firms that sum (but for a rounding) to a total, in cents, from the smallest to the largest.

    Equal, or lognormal within the band's ends: the middle of each of so many equal slices of the distribution.
    """
    mean = total_cents // firms
    if equal:
        return [mean] * firms
    slices = (np.arange(firms) * 2 + 1) / (2 * firms)
    normal = NormalDist()
    shape = np.exp(np.array([normal.inv_cdf(one) for one in slices.tolist()]) * np.double(SPREAD))
    low, high = np.double(low_cents), np.double(max(high_cents, low_cents + 1))
    scale: Any = (np.double(0), high * firms)
    for _ in range(80):  # the total grows with the scale: halve until it is met
        middle = (scale[0] + scale[1]) / 2
        scale = (middle, scale[1]) if np.clip(shape * middle, low, high).sum() < total_cents else (scale[0], middle)
    found: list[int] = np.rint(np.clip(shape * scale[1], low, high)).astype(np.int64).tolist()
    return found
