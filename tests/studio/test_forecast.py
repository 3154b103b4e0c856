"""The forecast against closed forms, and what must hold of every question."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheme import nantong
from tests.studio import forecasting
from tests.studio.forecasting import SMALL_CENTS, A, B, C, D, firms, funds, question, run, scheme, span
from tongbao.refusal import Refusal
from tongbao.scheme import rules
from tongbao.studio.rules import forecast, forecast_policy, forecast_run
from tongbao.studio.rules.forecast import Arrival, Drift
from tongbao.studio.rules.forecast_market import Firm, market, price, spread_cents, worth
from tongbao.studio.rules.forecast_result import Group, PoolUse, Result

SURE = 1000
PLENTY = funds(10**12, 10**12)


def group(result: Result, scope: str, id: str) -> Group:
    return next(one for one in result.groups if (one.scope, one.id) == (scope, id))


def pool(result: Result, id: str) -> PoolUse:
    return next(one for one in result.pools if one.id == id)


# ── certainty ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_when_every_firm_comes_for_sure_at_one_rate_the_answer_is_the_schemes_own_sum():
    rate = scheme().reference_rate
    asked = question({"A": SURE, "D": SURE}, rate=span(int(rate * 10_000)), funds=PLENTY)
    result = run(asked)
    each = [scheme().premium("D" if one.plans == (D,) else "A", one.base_cents, rate).subsidy_fen for one in firms()]
    all_ = group(result, "all", "all")
    assert all_.firms.model_dump() == dict.fromkeys(("p5", "p25", "p50", "p75", "p95", "mean"), 100)
    assert {all_.subsidy_fen.p5, all_.subsidy_fen.p95, all_.subsidy_fen.mean} == {sum(each)}
    assert all_.exports_cents.p50 == sum(one.base_cents for one in firms())
    assert (pool(result, "").out, pool(result, "").fan[2][-1]) == (0, sum(each))


def test_the_mean_of_firms_is_the_sum_of_uptakes():
    result = run(question({"A": (200, 300, 700), "B": 100, "D": 50}, runs=4000, funds=PLENTY))
    assert group(result, "plan", "A").firms.mean == pytest.approx(40 * 0.4, abs=0.6)
    assert group(result, "plan", "B").firms.mean == pytest.approx(40 * 0.1, abs=0.6)
    assert group(result, "plan", "D").firms.mean == pytest.approx(60 * 0.05, abs=0.6)


def test_nobody_comes_when_no_share_is_given():
    result = run(question({}))
    assert (group(result, "all", "all").wanted.p95, pool(result, "").out, pool(result, "").typical) == (0, 0, None)


def test_without_firms_there_is_an_answer_of_noughts():
    result = run(question(), [])
    assert (result.market_firms, group(result, "all", "all").subsidy_fen.p95) == (0, 0)


def test_shares_beyond_all_firms_are_scaled_down_to_them():
    result = run(question({"A": 900, "B": 900}, funds=PLENTY), firms(large=200, small=0))
    assert group(result, "all", "all").firms.p5 == 200
    assert group(result, "plan", "A").firms.mean == pytest.approx(100, abs=3)


def test_the_same_question_gives_the_same_answer_and_another_seed_another():
    asked = question()
    assert run(asked).hash == run(asked).hash
    assert run(asked.model_copy(update={"seed": 1})).hash != run(asked).hash


def test_the_answer_does_not_depend_on_how_many_runs_are_drawn_together(monkeypatch: pytest.MonkeyPatch):
    asked = question()
    whole = run(asked)
    monkeypatch.setattr(forecast_run, "AT_ONCE", 700)
    assert run(asked) == whole


# ── the fund ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pool_pays_in_order_until_the_first_firm_it_does_not_suffice_for():
    rate = span(70729)
    one = scheme().premium("D", SMALL_CENTS, scheme().reference_rate).subsidy_fen
    asked = question({"D": SURE}, rate=rate, funds=funds(8 * one - 1, 0), insurers=only("sinosure"))
    result = run(asked, firms(large=0, small=10))
    assert group(result, "all", "all").firms.model_dump() == dict.fromkeys(
        ("p5", "p25", "p50", "p75", "p95", "mean"), 7
    )
    assert (pool(result, "sinosure").out, pool(result, "sinosure").waiting.mean) == (1000, 3)
    assert group(result, "all", "all").wanted.mean == 10


def test_a_small_firm_waits_behind_a_large_one_that_the_money_does_not_suffice_for():
    line, moment = np.zeros(4, dtype=np.int64), np.array([0.1, 0.4, 0.2, 0.9])
    paid = forecast_run._in_order(line, moment, np.array([5, 1, 6, 1]), np.full(4, 10))
    assert paid.tolist() == [True, False, False, False]


def test_a_pool_without_a_sum_never_runs_out():
    result = run(question({"D": SURE}, funds=funds(None, None)))
    assert [(one.fund_fen, one.out, one.waiting.p95) for one in result.pools] == [(None, 0, 0)] * 3


def test_the_day_it_runs_out_comes_earlier_when_firms_come_early():
    asked = question({"A": SURE, "D": SURE}, funds=funds(10**7, 10**7), runs=400)
    days = [
        pool(run(asked.model_copy(update={"arrival": arrival})), "").typical
        for arrival in (Arrival.RUSH, Arrival.EARLY, Arrival.EVEN, Arrival.LATE)
    ]
    assert days == sorted(days, key=str)
    assert len(set(days)) == 4


def only(insurer: str) -> tuple[forecast.InsurerShare, ...]:
    return tuple(
        forecast.InsurerShare(insurer=one.id, share=SURE if one.id == insurer else 0) for one in scheme().insurers
    )


SHARES = st.integers(0, 1000)
RANGES = st.tuples(SHARES, SHARES, SHARES).map(lambda ends: tuple(sorted(ends)))


@settings(max_examples=40, deadline=None)
@given(
    a=RANGES, b=RANGES, d=RANGES, fund=st.integers(0, 10**8), seed=st.integers(0, 2**32 - 1),
    drift=st.sampled_from(Drift), arrival=st.sampled_from(Arrival), together=st.booleans(),
)  # fmt: skip
def test_money_is_never_oversold_and_sums_agree(a, b, d, fund, seed, drift, arrival, together):
    asked = question(
        {"A": a, "B": b, "D": d}, funds=funds(fund, fund // 9), seed=seed, drift=drift, arrival=arrival,
        together=together, runs=100,
    )  # fmt: skip
    forecast.check(asked, scheme())
    result = run(asked)
    for one in result.pools:
        assert all(one.fan[4][week] <= one.fund_fen for week in range(len(result.weeks)))
        assert all(list(line) == sorted(line) for line in one.fan)
        assert (one.waiting.p95 > 0) <= (one.out >= 50 or not one.id)  # all together run out only when each has
    all_ = group(result, "all", "all")
    for name in ("firms", "subsidy_fen", "wanted_fen", "exports_cents", "own_fen"):
        mean = getattr(all_, name).mean
        for scope in ("plan", "insurer"):
            assert abs(sum(getattr(one, name).mean for one in result.of(scope)) - mean) <= 3
    assert all(one.firms.p50 <= one.wanted.p50 and one.subsidy_fen.p95 <= one.wanted_fen.p95 for one in result.groups)


@settings(max_examples=25, deadline=None)
@given(low=RANGES, more=st.integers(0, 300))
def test_a_higher_uptake_brings_no_fewer_firms(low, more):
    high = tuple(min(end + more, 1000) for end in low)
    fewer, rather = (group(run(question({"A": ends, "D": 100}, runs=100)), "all", "all").wanted for ends in (low, high))
    assert all(getattr(fewer, name) <= getattr(rather, name) for name in ("p5", "p50", "p95", "mean"))


# ── draws ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_triangular_draw_has_the_mean_and_the_ends_of_its_range():
    drawn = forecast_run.triangular(span((100, 200, 900)), np.linspace(0, 1, 200_001))
    assert (drawn.min(), drawn.max()) == (100, 900)
    assert drawn.mean() == pytest.approx(400, abs=0.5)
    assert drawn.std() == pytest.approx(178.0, abs=0.5)  # √((a²+b²+c²−ab−ac−bc)/18)


def test_rates_stay_in_their_range_and_move_only_by_month_when_they_may():
    dice = np.random.default_rng(5)
    asked = question(rate=span((68_000, 70_000, 71_000)))
    years = forecast_run.rates(asked, dice, 500, 4)
    months = forecast_run.rates(asked.model_copy(update={"drift": Drift.MONTHS}), dice, 500, 4)
    assert (years == years[:, :1]).all()
    assert (months != months[:, :1]).any()
    assert {(one.min() >= 68_000, one.max() <= 71_000) for one in (years, months)} == {(True, True)}
    assert abs(np.diff(months, axis=1)).max() <= 376  # an eighth of the range, and the rounding


# ── the market ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_firm_that_may_have_c_considers_nothing_else():
    assert worth(scheme(), Firm(forecasting.LARGE_CENTS, (A, B, C))) == (C,)
    assert worth(scheme(), Firm(forecasting.LARGE_CENTS, (A, B))) == (A, B)


def test_firms_without_band_or_plan_are_counted_and_left_out():
    made = market(scheme(), [Firm(100_000_000, (A,)), Firm(SMALL_CENTS, ()), Firm(SMALL_CENTS, (D,))])
    assert (made.firms, made.left_out, made.cells()) == (1, 2, [(0, D)])


@given(
    cents=st.integers(0, 10**15),
    per_cent=st.integers(1, 10**8),
    discount=st.integers(0, 10**8 - 1),
    flat=st.none() | st.integers(1, 10**6),
    usd_first=st.booleans(),
)
def test_prices_of_many_decimals_and_large_firms_are_exact_too(cents, per_cent, discount, flat, usd_first):
    body = scheme().full_body()
    price_of = {"rate": f"{Decimal(per_cent) / 10**6:f}%"} if flat is None else {"flat_usd": str(flat), "rate": None}
    body["plans"][D] |= {**price_of, "discount": f"{Decimal(discount) / 10**6:f}%"}
    body["parameters"]["round_usd_first"]["value"] = usd_first
    made = rules.Scheme.from_body(body)
    exact = made.premium("D", cents, Decimal("7.0729"))
    premium = price(made, "small", D).premium_fen(np.array([cents]), np.array([70_729]))
    assert premium.tolist() == [exact.premium_fen]


@given(cents=st.integers(0, 300_000_000_000), place=st.sampled_from([A, B, C, D]), rate=st.integers(50_000, 100_000))
def test_prices_are_the_schemes_to_the_fen(cents, place, rate):
    plan = scheme().plans[place]
    exact = scheme().premium(plan.id, cents, Decimal(rate) / 10_000)
    priced = price(scheme(), plan.bands[0], place)
    premium = priced.premium_fen(np.array([cents]), np.array([rate]))
    assert (premium.tolist(), priced.subsidy_fen(premium).tolist()) == ([exact.premium_fen], [exact.subsidy_fen])


@pytest.mark.parametrize("equal", [True, False])
def test_made_up_firms_sum_to_their_total_and_stay_in_the_band(equal):
    made = spread_cents(386_000_000_000, 490, 300_000_000, 3_000_000_000, equal=equal)
    assert abs(sum(made) - 386_000_000_000) < 490
    assert (made == sorted(made), made[0] >= 300_000_000, made[-1] <= 3_000_000_000) == (True, True, True)
    assert (made[0] == made[-1]) is equal


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        (question({"A": (300, 200, 400)}), "range", "uptake_1_likely"),
        (question({"A": (300, 400, 1400)}), "uptake", "uptake_1_high"),
        (question(rate=span((72_000, 71_000, 73_000))), "range", "rate_likely"),
        (question(rate=span((0, 71_000, 73_000))), "rate", "rate_low"),
        (question(closes=date(2019, 8, 31)), "window", "closes"),
        (question(closes=date(2021, 9, 2)), "window", "closes"),
        (question(funds=(forecast.Fund(pool="nobody", fen=1),)), "pool", None),
        (question(insurers=(forecast.InsurerShare(insurer="sinosure", share=900),)), "insurers", "share_sinosure"),
        (question(runs=99), "runs", "runs"),
        (question(runs=20_001), "runs", "runs"),
    ],
)
def test_what_cannot_be_forecast_is_refused_beside_its_field(asked, code, field):
    with pytest.raises(Refusal) as no:
        forecast.check(asked, scheme())
    assert (no.value.code, no.value.field) == (code, field)


def test_the_schemes_own_question_is_answerable():
    forecast.check(question(), scheme())


def test_another_city_without_a_sum_or_an_estimate_is_forecast_too():
    text = (nantong.PATH.parent / "cixi-2015.yaml").read_text(encoding="utf-8")
    cixi = rules.load(text, "cixi-2015.yaml")
    asked = forecast_policy.defaults(cixi).model_copy(update={"runs": 100})
    forecast.check(asked, cixi)
    firms_ = [Firm(cents, (0,)) for cents in (0, 200_000_000, 500_000_000, 500_000_001)]
    result = forecast_run.simulate(cixi, cixi.hash, asked, market(cixi, firms_))
    assert (result.market_firms, result.left_out) == (3, 1)
    assert [(one.fund_fen, one.out) for one in result.pools] == [(None, 0)]
    assert len(result.of("insurer")) == 5
