"""Monthly exports by country, 2017-01 to 2020-08, drawn so that the sum of 2018 is exactly the firm's."""

import random
from collections.abc import Iterator

from tongbao.demo.rules.firms import WAN, Firm

# Weights by market: US 20, EU 18, Japan 13, ASEAN 12, Latin America 7, Middle East 5, Africa 5, Korea 5, other 15.
_MARKETS = (
    ("US", 200), ("DE", 50), ("NL", 35), ("FR", 25), ("IT", 25), ("ES", 20), ("PL", 15), ("CZ", 10), ("JP", 130),
    ("VN", 35), ("TH", 25), ("MY", 20), ("ID", 20), ("SG", 12), ("PH", 8), ("BR", 30), ("MX", 25), ("CL", 15),
    ("AE", 20), ("SA", 15), ("TR", 15), ("ZA", 20), ("NG", 15), ("EG", 15), ("KR", 50), ("GB", 40), ("CA", 30),
    ("AU", 30), ("IN", 25), ("RU", 20), ("HK", 15), ("TW", 10),
)  # fmt: skip
_COUNTRIES, _WEIGHTS = zip(*_MARKETS, strict=True)
_SEASON = (9, 5, 8, 8, 9, 9, 9, 9, 9, 8, 9, 10)  # the spring festival empties February
_PANDEMIC = {(2020, 2): 40, (2020, 3): 75, (2020, 4): 80, (2020, 5): 88}  # per cent of a usual month
_LAST = (2020, 8)

Row = tuple[str, int, int, str, int]  # code, year, month, country, amount in cents


def _mix(rng: random.Random, firm: Firm) -> tuple[list[str], list[int]]:
    """The firm's countries and their weights; a fixed share of the US where the firm has one."""
    count = 1 + min(int(firm.exports_cents / (150 * WAN)), 3) + (rng.random() < 0.35)
    if firm.us_percent is not None:
        other = rng.choices(_COUNTRIES[1:], _WEIGHTS[1:])[0]
        return ["US", other], [firm.us_percent, 100 - firm.us_percent]
    countries: list[str] = []
    while len(countries) < count:
        country = rng.choices(_COUNTRIES, _WEIGHTS)[0]
        if country not in countries:
            countries.append(country)
    return countries, [max(1, int(rng.lognormvariate(3.5, 0.6))) for _ in countries]


def _cells(rng: random.Random, firm: Firm, year: int, countries: list[str], weights: list[int]) -> list[tuple]:
    """The (month, country, weight) cells in which a firm exports in a year; small firms ship seldom."""
    last = _LAST[1] if year == _LAST[0] else 12
    odds = min(0.25 + firm.exports_cents / (100 * WAN), 1.0)
    cells = []
    for country, weight in zip(countries, weights, strict=True):
        fixed = firm.us_percent is not None
        for month in range(1, last + 1):
            if fixed or rng.random() < odds:
                season = _SEASON[month - 1] * _PANDEMIC.get((year, month), 100)
                cells.append((month, country, weight * season * (100 if fixed else rng.randint(70, 130))))
    return cells or [(rng.randint(1, last), countries[0], 1)]


def export_rows(firm: Firm) -> Iterator[Row]:
    """The customs rows of one firm; deterministic by its code. Zero exports leave no row for 2018."""
    rng = random.Random(firm.code)
    countries, weights = _mix(rng, firm)
    base = firm.exports_cents or rng.randint(1, 20) * WAN
    before, after = rng.uniform(0.75, 1.2), rng.uniform(0.85, 1.25)
    sums = {2017: int(base * before), 2018: firm.exports_cents, 2019: int(base * after)}
    sums[2020] = int(base * after * rng.uniform(0.8, 1.15) * 8 / 12)
    for year, total in sums.items():
        if total == 0:
            continue
        cells = _cells(rng, firm, year, countries, weights)
        whole = sum(weight for *_, weight in cells)
        amounts = [total * weight // whole for *_, weight in cells]
        amounts[0] += total - sum(amounts)
        for (month, country, _), amount in zip(cells, amounts, strict=True):
            if amount:
                yield firm.code, year, month, country, amount
