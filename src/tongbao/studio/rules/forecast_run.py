"""The forecast itself: many runs of one application season, each firm coming or not, each pool spent in strict order.

A pool pays in the order of receipt until the first firm it does not suffice for; that firm and all behind it wait
(clause 二(三)), so money is never oversold. Rejections, money that comes back, and the buffer on reservations are left
out.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongbao.scheme.rules import Scheme
from tongbao.studio.rules import forecast_result as result
from tongbao.studio.rules.forecast import THOUSAND, Arrival, Drift, Question, Range
from tongbao.studio.rules.forecast_market import NO_CAP, Market, Whole

Real = NDArray[np.float64]
AT_ONCE = 1_000_000  # firms × runs drawn together: bounds the memory
INSTANTS = 2**40  # moments told apart within the window
WALK_STEPS = 8  # a month moves the rate by at most this part of its range
# A uniform number as a moment of the window (0 to 1): half the firms come in its first ½, ¼, 1/16, or by √½.
_BENDS: Mapping[Arrival, Any] = {
    Arrival.EVEN: lambda u: u,
    Arrival.EARLY: np.square,
    Arrival.RUSH: lambda u: np.square(np.square(u)),
    Arrival.LATE: np.sqrt,
}


@dataclass(frozen=True)
class _Dice:
    """A stream of random numbers for each purpose, so that one answer does not shift another's."""

    uptake: np.random.Generator
    rate: np.random.Generator
    choice: np.random.Generator
    insurer: np.random.Generator
    moment: np.random.Generator

    @classmethod
    def of(cls, seed: int) -> "_Dice":
        return cls(*(np.random.Generator(np.random.PCG64(one)) for one in np.random.SeedSequence(seed).spawn(5)))


@dataclass(frozen=True)
class _Season:
    """What is the same in every run."""

    question: Question
    market: Market
    month_of_day: Whole
    pool_of: Whole  # by insurer
    funds: Whole  # by pool; NO_CAP when no sum is set
    weeks: int


@dataclass(frozen=True)
class _Books:
    """The figures of every run: by plan and insurer; money used by pool and week; firms waiting, and the day."""

    figures: Whole  # runs × plans × insurers × the measures of `_group`
    used: Whole  # runs × pools × weeks
    waiting: Whole  # runs × pools
    out_day: Whole  # runs × pools; the number of days when the pool did not run out


def simulate(scheme: Scheme, terms_hash: str, question: Question, market: Market) -> result.Result:
    """Answer a question (already checked) on a market of firms. The same arguments always give the same result."""
    season = _season(scheme, question, market)
    books = _run(season)
    return result.Result(
        terms_hash=terms_hash,
        question_hash=question.hash,
        market_hash=market.hash,
        market_firms=market.firms,
        left_out=market.left_out,
        weeks=tuple(result.weeks_of(question.opens, question.closes)),
        groups=tuple(_groups(scheme, season, books.figures)),
        pools=tuple(_pools(scheme, season, books)),
    )


def triangular(range_: Range, uniform: Real) -> Real:
    """Uniform numbers between 0 and 1 as draws from a range: higher for a higher number, never outside."""
    low, likely, high = range_.low, range_.likely, range_.high
    rising = uniform * (high - low) < likely - low
    up = low + np.sqrt(uniform * (high - low) * (likely - low))
    down = high - np.sqrt((1 - uniform) * (high - low) * (high - likely))
    return np.where(rising, up, down)


def rates(question: Question, dice: np.random.Generator, runs: int, months: int) -> Whole:
    """Exchange rates of so many runs and months, in ten-thousandths of RMB per USD."""
    drawn = dice.random((runs, months))
    range_ = question.rate
    if question.drift is Drift.YEAR:
        return np.broadcast_to(np.rint(triangular(range_, drawn[:, :1])), drawn.shape).astype(np.int64)
    step = (drawn * 2 - 1) * (range_.high - range_.low) / WALK_STEPS
    walk = np.empty_like(drawn)
    at = np.full(runs, np.double(range_.likely))
    for month in range(months):
        at = np.clip(at + step[:, month], range_.low, range_.high)
        walk[:, month] = at
    return np.rint(walk).astype(np.int64)


def _season(scheme: Scheme, question: Question, market: Market) -> _Season:
    days = [question.opens + timedelta(days=number) for number in range(question.days)]
    first = question.opens.year * 12 + question.opens.month
    pools = [pool.id for pool in scheme.all_pools]
    home = {insurer: number for number, pool in enumerate(scheme.all_pools) for insurer in pool.insurers}
    funds = [question.fund_fen(pool) for pool in pools]
    return _Season(
        question,
        market,
        month_of_day=np.array([day.year * 12 + day.month - first for day in days]),
        pool_of=np.array([home[one.insurer] for one in question.insurers]),
        funds=np.array([NO_CAP if fund is None else fund for fund in funds]),
        weeks=-(-question.days // 7),
    )


def _run(season: _Season) -> _Books:
    question, dice = season.question, _Dice.of(season.question.seed)
    step = max(AT_ONCE // max(season.market.firms, 1), 1)
    starts = range(0, question.runs, step)
    parts = [_some_runs(season, dice, min(step, question.runs - start)) for start in starts]
    return _Books(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("figures", "used", "waiting", "out_day"))
    )


def _some_runs(season: _Season, dice: _Dice, runs: int) -> _Books:
    market, question = season.market, season.question
    shares = _uptakes(season, dice.uptake, runs)
    rate = rates(question, dice.rate, runs, int(season.month_of_day[-1]) + 1)
    chosen = _choices(market, shares, dice.choice.random((runs, market.firms)) * THOUSAND)
    run, firm = np.nonzero(chosen >= 0)
    plan = chosen[run, firm].astype(np.int64)
    bounds = np.cumsum([one.share for one in question.insurers])
    insurer = np.searchsorted(bounds, dice.insurer.random(len(run)) * THOUSAND, side="right")
    moment = _BENDS[question.arrival](dice.moment.random(len(run)))
    day = (moment * question.days).astype(np.int64)
    premium, subsidy = _money(market, firm, plan, rate[run, season.month_of_day[day]])
    pool = season.pool_of[insurer]
    funded = _in_order(run * len(season.funds) + pool, moment, subsidy, season.funds[pool])
    exports = market.base[firm]
    ones = np.ones_like(exports)
    come = (ones, exports, subsidy, funded * ones, funded * exports, funded * subsidy, funded * (premium - subsidy))
    figures = _sums(come, (runs, len(market.plans), len(question.insurers)), run, plan, insurer)
    by_pool = (runs, len(season.funds))
    out_day = np.full(by_pool, question.days)
    np.minimum.at(out_day, (run[~funded], pool[~funded]), day[~funded])
    used = _sums([funded * subsidy], (*by_pool, season.weeks), run, pool, day // 7)[..., 0]
    return _Books(figures, used, _sums([(~funded) * ones], by_pool, run, pool)[..., 0], out_day)


def _uptakes(season: _Season, dice: np.random.Generator, runs: int) -> dict[tuple[int, int], Real]:
    """The uptake of each band and plan in each run, in thousandths; nought where none is given."""
    market, given = season.market, season.question.uptake
    drawn = dice.random((runs, len(given)))
    if season.question.together:
        drawn = np.broadcast_to(drawn[:, :1], drawn.shape)
    shares = {(one.band, one.plan): triangular(one.share, drawn[:, number]) for number, one in enumerate(given)}
    nought = np.zeros(runs)
    return {(band, plan): shares.get((market.bands[band], market.plans[plan]), nought) for band, plan in market.cells()}


def _choices(market: Market, shares: Mapping[tuple[int, int], Real], drawn: Real) -> NDArray[np.int8]:
    """The plan each firm takes in each run, -1 for none. Uptakes beyond 100 % together are scaled down to it."""
    chosen = np.full(drawn.shape, -1, dtype=np.int8)
    for kind in market.kinds:
        ends = np.cumsum([shares[kind.band, plan] for plan in kind.plans], axis=0)
        ends = ends * np.minimum(1, THOUSAND / np.maximum(ends[-1], 1))
        mine, place = drawn[:, kind.start : kind.stop], chosen[:, kind.start : kind.stop]
        for plan, end in reversed(list(zip(kind.plans, ends, strict=True))):
            place[mine < end[:, None]] = plan
    return chosen


def _money(market: Market, firm: Whole, plan: Whole, rate: Whole) -> tuple[Whole, Whole]:
    """Premium and subsidy in fen of each firm that came, at the rate of the month it came in."""
    bands = np.empty(market.firms, dtype=np.int64)
    for kind in market.kinds:
        bands[kind.start : kind.stop] = kind.band
    band, base = bands[firm], market.base[firm]
    premium, subsidy = np.zeros_like(base), np.zeros_like(base)
    for (band_at, plan_at), price in market.prices.items():
        here = (band == band_at) & (plan == plan_at)
        premium[here] = price.premium_fen(base[here], rate[here])
        subsidy[here] = price.subsidy_fen(premium[here])
    return premium, subsidy


def _in_order(line: Whole, moment: Real, subsidy: Whole, fund: Whole) -> NDArray[np.bool_]:
    """Who is paid: in each line (a run's pool) by moment, as long as what is spent stays within the fund."""
    order = np.argsort(line * INSTANTS + (moment * INSTANTS).astype(np.int64), kind="stable")
    spent = subsidy[order].cumsum()
    starts = np.flatnonzero(np.diff(line[order], prepend=-1))
    before = np.repeat(spent[starts] - subsidy[order][starts], np.diff(starts, append=len(line)))
    funded = np.empty(len(line), dtype=np.bool_)
    funded[order] = spent - before <= fund[order]
    return funded


def _sums(measures: Sequence[Whole], shape: tuple[int, ...], *places: Whole) -> Whole:
    """Each measure summed by place, measures last; exact, because no sum reaches 2⁵³."""
    flat = places[0]
    for place, size in zip(places[1:], shape[1:], strict=True):
        flat = flat * size + place
    sums = [np.bincount(flat, weights=values, minlength=math.prod(shape)) for values in measures]
    return np.stack(sums, axis=-1).astype(np.int64).reshape(*shape, len(measures))


def _groups(scheme: Scheme, season: _Season, figures: Whole) -> Iterator[result.Group]:
    plans = list(season.market.plans)
    yield _group("all", "all", "合计", figures.sum(axis=(1, 2)))
    for number, plan in enumerate(scheme.plans):
        yield _group("plan", plan.id, plan.title, figures[:, number].sum(axis=1))
    for one in scheme.estimates:
        of = [plans.index(plan) for plan in one.plans]
        yield _group("estimate", one.id, one.title, figures[:, of].sum(axis=(1, 2)))
    for number, share in enumerate(season.question.insurers):
        yield _group("insurer", share.insurer, scheme.insurer(share.insurer).short, figures[:, :, number].sum(axis=1))


def _group(scope: Any, id: str, title: str, figures: Whole) -> result.Group:
    names = ("wanted", "wanted_exports_cents", "wanted_fen", "firms", "exports_cents", "subsidy_fen", "own_fen")
    spreads = {name: result.spread(figures[:, number]) for number, name in enumerate(names)}
    return result.Group(scope=scope, id=id, title=title, **spreads)


def _pools(scheme: Scheme, season: _Season, books: _Books) -> Iterator[result.PoolUse]:
    every: Sequence[int] = range(len(scheme.all_pools))
    for number, pool in enumerate(scheme.all_pools):
        yield _pool(pool.id, pool.title, season.question.fund_fen(pool.id), [number], season, books)
    if len(every) > 1:
        funds = [season.question.fund_fen(pool.id) for pool in scheme.all_pools]
        known = [fund for fund in funds if fund is not None]
        yield _pool("", "全部资金", sum(known) if len(known) == len(funds) else None, every, season, books)


def _pool(id: str, title: str, fund: int | None, of: Sequence[int], season: _Season, books: _Books) -> result.PoolUse:
    # All together have run out once each of them has.
    question, out_day = season.question, books.out_day[:, of].max(axis=1)
    share, days, typical = result.running_out(out_day, question.opens, question.days)
    return result.PoolUse(
        id=id,
        title=title,
        fund_fen=fund,
        fan=result.fan(books.used[:, of].sum(axis=1)),
        waiting=result.spread(books.waiting[:, of].sum(axis=1)),
        out=share,
        out_days=days,
        typical=typical,
    )
