"""Made-up firms with all their facts, spread over everything an edition distinguishes, for benchmarks/decide.py."""

import random
from typing import Any

Firm = dict[str, Any]
SIZES = ((0, 600_000), (500_000, 3_000_000), (3_000_000, 31_000_000), (5_000_000, 30_000_000), (30_000_000, 60_000_000))
AREAS = ("chongchuan", "tongzhou", "gangzha", "etdz", "sutong", "tzw", "haian", "qidong")
LISTS = ("policy_direction", "base_key_firm", "famous_brand", "pilot_firm", "key_fair_exhibitor")
EDGES = (0, 500_000, 3_000_000, 30_000_000)


def firms(count: int, seed: int = 2019) -> list[Firm]:
    """`count` firms, the same ones for the same seed.

    Amounts are whole hundreds of USD: OpenFisca keeps numbers in single precision, which holds these exactly.
    """
    dice = random.Random(seed)
    return [_firm(dice, number) for number in range(count)]


def _firm(dice: random.Random, number: int) -> Firm:
    exports = EDGES[number % 4] if number % 25 == 0 else _hundreds(dice.uniform(*SIZES[number % len(SIZES)]))
    us = _hundreds(exports * dice.choice((0.0, 0.2, 0.5, 0.92, 1.0)))
    return {
        "area": dice.choice(AREAS),
        "exports_usd": exports,
        "exports_prior_usd": _hundreds(exports * dice.uniform(0.5, 1.5)),
        "growth_usd": _hundreds(exports * 1.7),
        "growth_before_usd": _hundreds(exports * dice.uniform(1.2, 2.2)),
        "us_exports_usd": us,
        "emerging_exports_usd": _hundreds((exports - us) * dice.random()),
        "insured": dice.random() < 0.1,
        **{name: dice.random() < share for name, share in zip(LISTS, (0.5, 0.05, 0.02, 0.02, 0.2), strict=True)},
    }


def _hundreds(amount: float) -> int:
    return int(amount) // 100 * 100
