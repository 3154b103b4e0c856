"""Premiums in whole numbers against the scheme's own arithmetic in decimals, for every shape of plan."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.scheme import nantong
from tongbao.scheme import rules
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.tariff import tariffs

SCHEME = nantong.compiled().scheme


def percents(most: int, places: int) -> st.SearchStrategy[str]:
    return st.decimals(min_value=0, max_value=most, places=places).map(lambda value: f"{value}%")


yuan = st.decimals(min_value=0, max_value=30_000, places=2).map(str)
payments = st.sampled_from([{}, {"payment": "alongside"}, {"payment": "reimburse", "pay_by": "2020-01-31"}])


@st.composite
def payers(draw: Any) -> list[dict[str, Any]]:
    """One to three payers of at most 100 % together, now and then exactly 100 %."""
    count = draw(st.integers(1, 3))
    shares = [draw(st.integers(0, 100 // count)) for _ in range(count)]
    if draw(st.booleans()):
        shares[-1] += 100 - sum(shares)
    found = []
    for share in shares:
        caps = draw(st.sampled_from([{}, {"cap_yuan": draw(yuan)}]))
        bands = [
            {"band": band, "cap_yuan": draw(yuan), "clause": "一"} for band in draw(st.sampled_from([[], ["large"]]))
        ]
        found.append(
            {"payer": "财政", "share": f"{share}%", "clause": "一", "band_caps": bands, **caps, **draw(payments)}
        )
    return found


@st.composite
def plans(draw: Any) -> Plan:
    """A plan of any shape of premium, payer and yearly limit."""
    rates = [{"band": band, "rate": draw(percents(2, 4)), "clause": "一"} for band in ("small", "large")]
    price = draw(st.sampled_from([{"rate": draw(percents(2, 4))}, {"band_rates": rates}, {"flat_usd": draw(yuan)}]))
    limits = draw(
        st.lists(
            st.sampled_from([{"usd": "50000"}, {"usd": "70000.01"}, {"times_premium": "50.5"}, {"times_premium": "3"}]),
            min_size=1,
        )
    )
    return Plan.model_validate(
        {
            "id": "A", "title": "方案A", "bands": ["small", "large"], "clause": "一",
            "limits": [{"basis": "buyer", "usd": "1", "clause": "一"},
                       *({"basis": "policy_year", "clause": "一", **limit} for limit in limits)],
            "discount": draw(percents(99, 2)), "minimum_usd": draw(yuan), "minimum_subsidy_yuan": draw(yuan),
            "payers": draw(payers()), **price,
        }
    )  # fmt: skip


@given(
    plans(),
    st.integers(0, 10**11),
    st.decimals(min_value=Decimal("5"), max_value=Decimal("9"), places=6),
    st.booleans(),
)
def test_whole_numbers_say_what_the_scheme_says(plan: Plan, base: int, cny: Decimal, usd_first: bool):
    parameters = SCHEME.parameters
    first = parameters.round_usd_first.model_copy(update={"value": usd_first})
    scheme = SCHEME.model_copy(
        update={"plans": (plan,), "parameters": parameters.model_copy(update={"round_usd_first": first})}
    )
    found = tariffs(plan, scheme)
    tariff = found.get(scheme.band_of(base), found[None])
    premium = rules.Premium(*tariff.premium(base, cny.as_integer_ratio()))
    assert premium == scheme.premium("A", base, cny)
    assert tariff.limit_cents(premium.premium_cents) == plan.limit_cents(premium.premium_cents)
    assert premium.subsidy_fen + premium.exporter_share_fen == premium.premium_fen


@given(plans())
def test_a_plan_is_priced_by_band_only_where_bands_matter(plan: Plan):
    assert set(tariffs(plan, SCHEME)) == ({"small", "large", None} if plan.needs_band else {None})
