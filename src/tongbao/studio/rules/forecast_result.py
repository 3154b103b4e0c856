"""What a forecast answers: spreads of firms, exports and money, the use of each pool week by week, when it runs out.

Every figure shown is the figure of one run, never something in between: money stays whole fen.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from tongbao.audit.rules import content_hash
from tongbao.studio.rules.forecast import THOUSAND
from tongbao.studio.rules.forecast_market import Whole

QUANTILES = (5, 25, 50, 75, 95)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spread(_Part):
    """A figure over all runs: in so many percent of them it was at most this; `mean` is rounded."""

    p5: int
    p25: int
    p50: int
    p75: int
    p95: int
    mean: int


class Group(_Part):
    """Firms of some plans or of an insurer: those that came (`wanted…`), and those the money sufficed for."""

    scope: Literal["all", "plan", "estimate", "insurer"]
    id: str
    title: str
    wanted: Spread
    wanted_exports_cents: Spread
    wanted_fen: Spread
    firms: Spread
    exports_cents: Spread
    subsidy_fen: Spread
    own_fen: Spread


class PoolUse(_Part):
    """The money of a pool used by the end of each week, one line for each of QUANTILES; and when it runs out.

    `out` is the share of runs in thousandths; `out_days` the day by which it had run out in so many percent of all
    runs (None: not in the window); `typical` the middle day of the runs in which it did.
    """

    id: str
    title: str
    fund_fen: int | None
    fan: tuple[tuple[int, ...], ...]
    waiting: Spread
    out: int
    out_days: tuple[date | None, ...]
    typical: date | None

    @property
    def percent_out(self) -> str:
        """In how many of the runs it ran out: 42.2%."""
        return f"{self.out // 10}.{self.out % 10}%"


class Result(_Part):
    """The answer to a question under terms; `market_hash` stands for the firms."""

    terms_hash: str
    question_hash: str
    market_hash: str
    market_firms: int
    left_out: int
    weeks: tuple[date, ...]  # the last day of each
    groups: tuple[Group, ...]
    pools: tuple[PoolUse, ...]  # the last is all together when there are several

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the answer: the same question on the same firms gives the same."""
        return content_hash(self.model_dump(mode="json"))

    def of(self, scope: str) -> list[Group]:
        """The groups of a scope, in order."""
        return [group for group in self.groups if group.scope == scope]

    def group(self, scope: str, id: str) -> Group:
        """One group of a scope; StopIteration when there is none."""
        return next(group for group in self.of(scope) if group.id == id)


def spread(values: Whole) -> Spread:
    """The spread of one figure over the runs."""
    low, lower, middle, upper, high = quantiles(values)
    return Spread(p5=low, p25=lower, p50=middle, p75=upper, p95=high, mean=int(np.rint(values.mean())))


def quantiles(values: Whole) -> list[int]:
    """The values at QUANTILES, each of them one of the values."""
    found: list[int] = np.percentile(values, QUANTILES, method="inverted_cdf").astype(np.int64).tolist()
    return found


def fan(used: Whole) -> tuple[tuple[int, ...], ...]:
    """Money used in each run (row) and week (column) as one line a quantile, summed from the first week on."""
    lines = np.percentile(used.cumsum(axis=1), QUANTILES, axis=0, method="inverted_cdf").astype(np.int64)
    return tuple(tuple(line) for line in lines.tolist())


def running_out(day: Whole, opens: date, days: int) -> tuple[int, tuple[date | None, ...], date | None]:
    """From the day (counted from 0; `days`: never) on which each run ran out: share, days at QUANTILES, typical day."""
    share = int((day < days).sum() * THOUSAND // len(day))
    dates = tuple(None if one >= days else opens + timedelta(days=one) for one in quantiles(day))
    within = np.sort(day[day < days])
    typical = opens + timedelta(days=int(within[(len(within) - 1) // 2])) if len(within) else None
    return share, dates, typical


def weeks_of(opens: date, closes: date) -> Sequence[date]:
    """The last day of each week of a window; the last week may be shorter."""
    count = -(-((closes - opens).days + 1) // 7)
    return [min(opens + timedelta(days=7 * number + 6), closes) for number in range(count)]
