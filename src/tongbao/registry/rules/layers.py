"""Which of several rows about the same thing counts."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from tongbao.registry.rules.tables import CUSTOMS_EXPORTS
from tongbao.registry.rules.vocabulary import CORRECTION

T = TypeVar("T")


class Standing(NamedTuple):
    """How strong a row's origin is; of two the greater counts.

    A correction was approved by two persons: no later import goes over it, only another correction does.
    """

    weight: int
    at: float  # when it was confirmed (or typed), in seconds
    number: int


def standing(kind: str, at: datetime, number: int) -> Standing:
    """Of the rows of an import: `kind` of the import ('' for what was typed), when it was confirmed, its id."""
    return Standing(1 if kind == CORRECTION else 0, at.timestamp(), number)


def standing_of_particulars(kind: str, at: datetime, number: int) -> Standing:
    """Of what an import says of a firm itself.

    A customs list speaks of a firm in passing: it names one that is new, and never renames or moves a firm.
    """
    if kind == CUSTOMS_EXPORTS.kind.id:
        return Standing(-1, -at.timestamp(), -number)
    return standing(kind, at, number)


def winners(rows: Iterable[T], key: Callable[[T], Hashable], strength: Callable[[T], Standing | None]) -> list[T]:
    """One row for each key: the strongest. Rows without strength (their import does not count) never win."""
    best: dict[Hashable, tuple[Standing, T]] = {}
    for row in rows:
        mine = strength(row)
        if mine is None:
            continue
        about = key(row)
        if about not in best or mine > best[about][0]:
            best[about] = (mine, row)
    return [row for _, row in best.values()]


class Year(NamedTuple):
    """A firm's year in one row (models.YearTotal); cents."""

    year: int
    months: int
    held: int  # bit 0: a figure of the whole year; bits 1 to 12: the months
    total: int
    annual: int | None
    monthly: int | None
    unknown: int
    markets: Mapping[str, int]


def years(figures: Iterable[tuple[int, int, str, int]], unknown: str) -> dict[int, Year]:
    """The years of one firm from (year, month, country, cents): months when there are any, else the whole year's."""
    sums: dict[tuple[int, bool], dict[str, int]] = {}
    months: dict[int, set[int]] = {}
    for year, month, country, cents in figures:
        markets = sums.setdefault((year, month > 0), {})
        markets[country] = markets.get(country, 0) + cents
        months.setdefault(year, set()).add(month)
    return {year: _year(year, sums, held, unknown) for year, held in months.items()}


def _year(year: int, sums: Mapping[tuple[int, bool], dict[str, int]], months: set[int], unknown: str) -> Year:
    by_month, whole = sums.get((year, True)), sums.get((year, False))
    markets = by_month if by_month is not None else whole or {}
    return Year(
        year=year,
        months=len(months - {0}),
        held=sum(1 << month for month in months),
        total=sum(markets.values()),
        annual=_total(whole),
        monthly=_total(by_month),
        unknown=markets.get(unknown, 0),
        markets=markets,
    )


def _total(markets: Mapping[str, int] | None) -> int | None:
    return None if markets is None else sum(markets.values())
