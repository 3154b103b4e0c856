"""Money is exact: the worked figures of the scheme, and what must hold for any amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao import money

RATE = Decimal("7.0729")
AMOUNTS = st.integers(min_value=0, max_value=10**13)
SHARES = st.decimals(min_value=0, max_value=1, places=4)


@pytest.mark.parametrize(
    ("exports_cents", "rate", "minimum_cents", "premium_cents", "premium_fen"),
    [
        (500_000_000, "0.0003", 0, 150_000, 1_060_935),  # plan A
        (500_000_000, "0.001", 0, 500_000, 3_536_450),  # plan B
        (500_001_000, "0.001", 0, 500_001, 3_536_457),  # plan B, ten dollars more
        (30_000_000, "0.0003", 10_000, 10_000, 70_729),  # plan D: 90 dollars become the minimum of 100
    ],
)
def test_worked_figures(exports_cents: int, rate: str, minimum_cents: int, premium_cents: int, premium_fen: int):
    premium = money.premium_cents(exports_cents, Decimal(rate), minimum_cents)
    assert (premium, money.exchange(premium, RATE)) == (premium_cents, premium_fen)


def test_an_odd_fen_is_the_firms():
    subsidy = money.cut(3_536_457, Decimal("0.5"))
    assert (subsidy, 3_536_457 - subsidy) == (1_768_228, 1_768_229)


@given(amount=AMOUNTS, shares=st.lists(SHARES, min_size=1, max_size=4).filter(lambda shares: sum(shares) <= 1))
def test_payers_never_pay_more_than_their_share_or_the_whole(amount: int, shares: list[Decimal]):
    parts = money.split(amount, shares)
    assert all(part >= 0 for part in parts)
    if sum(shares) == 1:
        assert sum(parts) == amount
    else:
        assert all(part <= amount * share for part, share in zip(parts, shares, strict=True))
        assert all(amount * share - part < 1 for part, share in zip(parts, shares, strict=True))


@given(cents=AMOUNTS, rate=st.decimals(min_value=Decimal("5.0000"), max_value=Decimal("9.9999"), places=4))
def test_exchange_is_off_by_half_a_fen_at_most(cents: int, rate: Decimal):
    assert abs(money.exchange(cents, rate) - cents * rate) <= Decimal("0.5")


@given(first=AMOUNTS, second=AMOUNTS, rate=SHARES)
def test_a_larger_base_never_has_a_smaller_premium(first: int, second: int, rate: Decimal):
    low, high = sorted([first, second])
    assert money.premium_cents(low, rate) <= money.premium_cents(high, rate)


@given(amount=st.integers(min_value=-(10**15), max_value=10**15))
def test_text_is_exact(amount: int):
    assert Decimal(money.text(amount).replace(",", "")) == Decimal(amount) / 100


@pytest.mark.parametrize(
    ("minor", "exact", "wan"),
    [
        (1_060_935, "10,609.35", "1.06"),
        (0, "0.00", "0.00"),
        (-5, "-0.05", "0.00"),
        (45_000_000_000, "450,000,000.00", "45,000.00"),
    ],
)
def test_texts(minor: int, exact: str, wan: str):
    assert (money.text(minor), money.text_wan(minor)) == (exact, wan)


@pytest.mark.parametrize("shares", [["0.6", "0.5"], ["-0.1"]])
def test_impossible_shares_are_a_fault(shares: list[str]):
    with pytest.raises(ValueError, match="between 0 and 1"):
        money.split(100, [Decimal(share) for share in shares])
