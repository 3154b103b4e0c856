"""What terms would do to the firms of the register, when every firm that may join does so.

A firm takes the plan it has applied for, where the terms offer it that plan; otherwise the one of which it bears least
itself, then the one that pays out most, then the first in the file. Plans that still hang on a missing fact are not
taken. A firm's insurer is the one it has chosen; the others are shared out in proportion to the money of the pools
(evenly among insurers that draw from one pool).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tongbao.scheme.rules import Scheme

NO_LIMIT = 2**63  # a plan without a yearly limit pays out more than any with one


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan that a firm would get, with its figures: cents and fen; `limit_cents` None without a yearly limit."""

    plan: str
    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    own_fen: int
    limit_cents: int | None

    @property
    def limit(self) -> int:
        """The limit as a number that can be compared."""
        return NO_LIMIT if self.limit_cents is None else self.limit_cents


@dataclass(frozen=True, slots=True)
class Judged:
    """What terms say of one firm: eligible (None: a fact is missing), its sure offers, whether others hang on facts."""

    eligible: bool | None
    quotes: tuple[Quote, ...] = ()
    open_plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Firm:
    """What the effect needs to know of a firm beside the judgement; exports in cents, None when unknown."""

    code: str
    name: str
    area: str
    exports_cents: int | None
    plan: str = ""
    insurer: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Firms and what they come to."""

    firms: int = 0
    exports_cents: int = 0
    premium_fen: int = 0
    subsidy_fen: int = 0
    own_fen: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.firms + other.firms,
            self.exports_cents + other.exports_cents,
            self.premium_fen + other.premium_fen,
            self.subsidy_fen + other.subsidy_fen,
            self.own_fen + other.own_fen,
        )


@dataclass(frozen=True, slots=True)
class Use:
    """A pool: the money set aside (None: not said), and what the subsidies would come to, in fen."""

    fund_fen: int | None
    subsidy_fen: int

    @property
    def percent(self) -> int | None:
        """How much of the money would be used, in whole per cent rounded up."""
        return -(-self.subsidy_fen * 100 // self.fund_fen) if self.fund_fen else None

    @property
    def short_fen(self) -> int:
        """What is missing; 0 when the money suffices or none is named."""
        return max(0, self.subsidy_fen - self.fund_fen) if self.fund_fen is not None else 0


@dataclass(frozen=True)
class Effect:
    """What terms do: each firm's plan in the order of the firms, and the sums."""

    firms: Sequence[Firm]
    judged: Sequence[Judged]
    taken: Sequence[Quote | None]
    total: Sums
    unknown: int  # firms of which a fact is missing
    refused: int  # firms that meet not all criteria, or to which no plan is open
    by_plan: Mapping[str, Sums] = field(default_factory=dict)
    by_area: Mapping[str, Sums] = field(default_factory=dict)
    by_insurer: Mapping[str, Sums] = field(default_factory=dict)
    by_pool: Mapping[str, Use] = field(default_factory=dict)


def effect(scheme: Scheme, firms: Sequence[Firm], judged: Sequence[Judged]) -> Effect:
    """Sum up what terms say of every firm; both sequences in the same order."""
    taken = [choose(one.quotes, firm.plan) for firm, one in zip(firms, judged, strict=True)]
    rows = [(firm, quote, _sums(firm, quote)) for firm, quote in zip(firms, taken, strict=True) if quote]
    insurers = _by_insurer(scheme, rows)
    unknown = sum(one.eligible is None or (bool(one.open_plans) and not one.quotes) for one in judged)
    return Effect(
        firms=firms,
        judged=judged,
        taken=taken,
        total=_total(sums for *_, sums in rows),
        unknown=unknown,
        refused=len(firms) - len(rows) - unknown,
        by_plan=_grouped(((quote.plan, sums) for _, quote, sums in rows), [plan.id for plan in scheme.plans]),
        by_area=_grouped(((firm.area, sums) for firm, _, sums in rows), scheme.areas),
        by_insurer=insurers,
        by_pool={
            pool.id: Use(
                None if pool.fund_yuan is None else int(pool.fund_yuan * 100),
                sum(insurers[insurer].subsidy_fen for insurer in pool.insurers),
            )
            for pool in scheme.all_pools
        },
    )


def choose(quotes: Sequence[Quote], applied: str = "") -> Quote | None:
    """The plan a firm would take: the one it applied for, else least own share, then highest limit, then the first."""
    own = next((quote for quote in quotes if quote.plan == applied), None)
    return own or min(quotes, key=lambda quote: (quote.own_fen, -quote.limit), default=None)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number shared out in proportion, nothing lost: the largest remainders get the rest, the earlier first."""
    whole = sum(weights)
    if not whole:
        return apportion(total, [1] * len(weights)) if weights else []
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def shares(scheme: Scheme) -> dict[str, int]:
    """In which proportion firms without a choice go to the insurers: the money of the pool they draw from."""
    found = dict.fromkeys((insurer.id for insurer in scheme.insurers), 0)
    for pool in scheme.all_pools:
        for insurer, part in zip(
            pool.insurers, apportion(int((pool.fund_yuan or 0) * 100), [1] * len(pool.insurers)), strict=True
        ):
            found[insurer] += part
    return found


def _by_insurer(scheme: Scheme, rows: Sequence[tuple[Firm, Quote, Sums]]) -> dict[str, Sums]:
    weights = shares(scheme)
    found = _grouped(((firm.insurer, sums) for firm, _, sums in rows if firm.insurer in weights), list(weights))
    rest = _total(sums for firm, _, sums in rows if firm.insurer not in weights)
    parts = [
        apportion(figure, list(weights.values()))
        for figure in (rest.firms, rest.exports_cents, rest.premium_fen, rest.subsidy_fen, rest.own_fen)
    ]
    return {id: found[id] + Sums(*(part[place] for part in parts)) for place, id in enumerate(weights)}


def _sums(firm: Firm, quote: Quote) -> Sums:
    return Sums(1, firm.exports_cents or 0, quote.premium_fen, quote.subsidy_fen, quote.own_fen)


def _total(sums: Iterable[Sums]) -> Sums:
    total = Sums()
    for one in sums:
        total += one
    return total


def _grouped(rows: Iterable[tuple[str, Sums]], order: Iterable[str]) -> dict[str, Sums]:
    found = dict.fromkeys(order, Sums())
    for key, sums in rows:
        found[key] = found.get(key, Sums()) + sums
    return found
