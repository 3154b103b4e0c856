"""Money: integer fen (RMB) and integer cents (USD); the only home of rounding.

Two declared rounding points (clause 五(二)): a premium is rounded half up to the USD cent, then, exchanged, half up to
the fen. Shares are cut down to the fen, never up, so public money never pays a fraction it does not owe.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ONE = Decimal(1)


def half_up(value: Decimal) -> int:
    """The nearest integer; halves go up (away from zero)."""
    return int(value.quantize(ONE, ROUND_HALF_UP))


def premium_cents(base_cents: int, rate: Decimal, minimum_cents: int = 0) -> int:
    """Premium in USD cents: base × rate, half up to the cent, at least the minimum (clause 四(二))."""
    return max(half_up(Decimal(base_cents) * rate), minimum_cents)


def exchange(cents: int, cny_per_usd: Decimal) -> int:
    """USD cents to fen at a rate of RMB per USD, half up to the fen (clause 五(二))."""
    return half_up(Decimal(cents) * cny_per_usd)


def cut(amount_fen: int, share: Decimal) -> int:
    """A payer's share of an amount, cut down to the fen."""
    return int((Decimal(amount_fen) * share).quantize(ONE, ROUND_DOWN))


def pro_rata(amount_fen: int, part: int, whole: int) -> int:
    """The part of an amount that belongs to `part` of `whole` units, half up to the fen; exact, without a quotient.

    Units are days of cover; 0 ≤ part ≤ whole, amounts are not negative.
    """
    if amount_fen < 0 or not 0 <= part <= whole or whole == 0:
        raise ValueError(f"not a part of a whole: {part} of {whole} of {amount_fen}")
    return (2 * amount_fen * part + whole) // (2 * whole)


def split(amount_fen: int, shares: Sequence[Decimal]) -> list[int]:
    """What each payer bears, in fen, in the order given; the rest is the exporter's.

    Each share is cut down to the fen. Payers who together pay 100 % leave nothing to the exporter: the last of them
    takes the rest. Shares are between 0 and 1 and sum to at most 1.
    """
    if any(share < 0 for share in shares) or sum(shares) > 1:
        raise ValueError(f"shares must be between 0 and 1 and sum to at most 1: {shares}")
    parts = [cut(amount_fen, share) for share in shares]
    if sum(shares) == 1:
        parts[-1] += amount_fen - sum(parts)
    return parts


def text(minor: int) -> str:
    """Exact amount with two decimals and thousands separators: 1060935 → '10,609.35'. Works for fen and cents."""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100:,}.{minor % 100:02d}"


def text_wan(minor: int) -> str:
    """Amount in ten thousands, two decimals, half up: 1060935 → '1.06'. Works for fen and cents."""
    return text(half_up(Decimal(minor) / 10_000))
