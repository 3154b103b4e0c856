"""Money: whole fen and cents, two declared rounding points, nothing lost in a split."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongbao import money

cents = st.integers(min_value=0, max_value=10**13)
rates = st.decimals(min_value=Decimal("0.000001"), max_value=1, places=6)
cny_per_usd = st.decimals(min_value=Decimal("5.000001"), max_value=Decimal("9.999999"), places=6)
shares = st.lists(st.integers(0, 100), min_size=2, max_size=5).map(
    lambda cuts: [Decimal(high - low) / 100 for low, high in pairwise(sorted(cuts))]
)
REFERENCE = Decimal("7.0729")


def subsidy(exports_cents: int, rate: str, share: str, minimum_cents: int = 0) -> tuple[int, int, int, int]:
    """Premium in cents and fen, then what the fund and the firm bear."""
    premium_cents = money.premium_cents(exports_cents, Decimal(rate), minimum_cents)
    premium_fen = money.exchange(premium_cents, REFERENCE)
    (fund,) = money.split(premium_fen, [Decimal(share)])
    return premium_cents, premium_fen, fund, premium_fen - fund


@pytest.mark.parametrize(
    ("exports_cents", "rate", "share", "minimum_cents", "worked"),
    [
        (500_000_000, "0.0003", "1", 0, (150_000, 1_060_935, 1_060_935, 0)),  # plan A: 1,500.00 USD, 10,609.35 RMB
        (500_000_000, "0.001", "0.5", 0, (500_000, 3_536_450, 1_768_225, 1_768_225)),  # plan B, half each
        (500_001_000, "0.001", "0.5", 0, (500_001, 3_536_457, 1_768_228, 1_768_229)),  # the odd fen is the firm's
        (30_000_000, "0.0003", "1", 10_000, (10_000, 70_729, 70_729, 0)),  # plan D: 90 USD, raised to 100
    ],
)
def test_worked_figures(exports_cents: int, rate: str, share: str, minimum_cents: int, worked: tuple[int, ...]):
    assert subsidy(exports_cents, rate, share, minimum_cents) == worked


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1), ("-2.5", -3), ("7", 7)]
)
def test_halves_go_up(value: str, rounded: int):
    assert money.half_up(Decimal(value)) == rounded


@given(base=cents, rate=rates)
def test_a_premium_is_within_half_a_cent(base: int, rate: Decimal):
    assert abs(money.premium_cents(base, rate) - base * rate) <= Decimal("0.5")


@given(base=cents, rate=rates, minimum=st.integers(0, 10**6))
def test_a_premium_is_never_below_the_minimum(base: int, rate: Decimal, minimum: int):
    assert money.premium_cents(base, rate, minimum) == max(money.premium_cents(base, rate), minimum)


@given(one=cents, other=cents, rate=cny_per_usd)
def test_more_dollars_are_never_fewer_fen(one: int, other: int, rate: Decimal):
    less, more = sorted((one, other))
    assert money.exchange(less, rate) <= money.exchange(more, rate)


@given(amount=cents, rate=cny_per_usd)
def test_exchange_agrees_with_the_decimal_library(amount: int, rate: Decimal):
    assert money.exchange(amount, rate) == int((amount * rate).to_integral_value(rounding=ROUND_HALF_UP))


@given(amount=cents, parts=shares)
def test_a_split_is_whole_and_the_firm_bears_the_rest(amount: int, parts: list[Decimal]):
    paid = money.split(amount, parts)
    rest = amount - sum(paid)
    assert min(paid) >= 0
    assert rest >= 0
    assert all(abs(fen - amount * share) < len(parts) for fen, share in zip(paid, parts, strict=True))


@given(amount=cents, parts=shares)
def test_public_money_never_pays_more_than_its_share(amount: int, parts: list[Decimal]):
    paid = money.split(amount, parts)
    capped = paid[:-1] if sum(parts) == 1 else paid  # the last of those who pay all takes the rest
    assert all(fen <= amount * share for fen, share in zip(capped, parts, strict=False))


@given(amount=cents, percent=st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True))
def test_payers_of_all_leave_nothing_to_the_firm(amount: int, percent: list[int]):
    cuts = [0, *sorted(percent), 100]
    parts = [Decimal(high - low) / 100 for low, high in pairwise(cuts)]
    assert sum(money.split(amount, parts)) == amount


@pytest.mark.parametrize("parts", [["0.6", "0.5"], ["-0.1"], ["1.01"]])
def test_shares_that_are_none(parts: list[str]):
    with pytest.raises(ValueError, match="shares must be between 0 and 1"):
        money.split(100, [Decimal(part) for part in parts])


@pytest.mark.parametrize(
    ("amount", "part", "whole", "expected"),
    [
        (1_060_935, 305, 366, 884_113),  # 884,112.5 exactly: a half goes up
        (1, 1, 2, 1),
        (1, 182, 366, 0),
        (1_060_935, 0, 366, 0),
        (1_060_935, 366, 366, 1_060_935),
        (10**17 + 1, 365, 366, 99_726_775_956_284_154),  # beyond what a float can tell
    ],
)
def test_a_part_of_an_amount_by_days(amount: int, part: int, whole: int, expected: int):
    assert money.pro_rata(amount, part, whole) == expected


@given(amount=st.integers(0, 10**15), whole=st.integers(1, 1000), data=st.data())
def test_a_part_of_an_amount_is_the_nearest_fen(amount: int, whole: int, data: st.DataObject):
    part = data.draw(st.integers(0, whole))
    exact = Fraction(amount * part, whole)
    found = money.pro_rata(amount, part, whole)
    assert (abs(found - exact) <= Fraction(1, 2), found <= amount) == (True, True)
    assert found != exact - Fraction(1, 2)  # a half never goes down


@pytest.mark.parametrize(("amount", "part", "whole"), [(-1, 1, 2), (1, -1, 2), (1, 3, 2), (1, 0, 0)])
def test_parts_that_are_none(amount: int, part: int, whole: int):
    with pytest.raises(ValueError, match="not a part of a whole"):
        money.pro_rata(amount, part, whole)


@pytest.mark.parametrize(
    ("minor", "text", "wan"),
    [
        (1_060_935, "10,609.35", "1.06"),
        (0, "0.00", "0.00"),
        (5, "0.05", "0.00"),
        (-1_060_935, "-10,609.35", "-1.06"),
        (450_000_000, "4,500,000.00", "450.00"),
        (3_860_000_000_00, "3,860,000,000.00", "386,000.00"),
    ],
)
def test_amounts_in_words(minor: int, text: str, wan: str):
    assert (money.text(minor), money.text_wan(minor)) == (text, wan)


@given(minor=st.integers(-(10**15), 10**15))
def test_an_exact_amount_can_be_read_back(minor: int):
    assert Decimal(money.text(minor).replace(",", "")) * 100 == minor
