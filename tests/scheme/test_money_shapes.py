"""What plans cost and who pays: every shape of premium, payer, limit and cover period, to the fen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scheme.nantong import PATH, TEXT
from tongbao.scheme import rules
from tongbao.scheme.rules.plans import Plan

RATE = Decimal("7.0729")
PAYER = {"payer": "财政", "share": "100%", "clause": "四(二)"}


def nantong(**plan_a: Any) -> rules.Scheme:
    """The Nantong scheme with a plan A of these terms."""
    scheme = rules.load(TEXT, PATH.name)
    body = scheme.body()
    base = {"id": "A", "title": "方案A", "bands": ["small", "large"], "limit_usd": "100000", "clause": "四(二)"}
    body["plans"] = [{**base, "payers": [PAYER], **plan_a}, *body["plans"][1:]]
    return rules.Scheme.from_body(body)


def money_of(scheme: rules.Scheme, exports_cents: int) -> tuple[int, int, int, int]:
    found = scheme.premium("A", exports_cents, RATE)
    assert found.subsidy_fen + found.exporter_share_fen == found.premium_fen
    assert sum(found.paid_fen) == found.subsidy_fen
    return found.premium_cents, found.premium_fen, found.subsidy_fen, found.advance_fen


@pytest.mark.parametrize(
    ("terms", "exports_cents", "expected"),
    [
        ({"rate": "0.03%"}, 500_000_000, (150_000, 1_060_935, 1_060_935, 0)),
        ({"flat_usd": "200"}, 500_000_000, (20_000, 141_458, 141_458, 0)),
        ({"rate": "0.03%", "discount": "10%"}, 500_000_000, (135_000, 954_842, 954_842, 0)),
        ({"rate": "0.03%", "discount": "50%", "minimum_usd": "100"}, 30_000_000, (10_000, 70_729, 70_729, 0)),
    ],
)
def test_premiums(terms, exports_cents, expected):
    assert money_of(nantong(**terms), exports_cents) == expected


def test_a_rate_by_band_falls_on_the_whole_amount():
    rates = [{"band": "small", "rate": "0.05%", "clause": "一"}, {"band": "large", "rate": "0.03%", "clause": "一"}]
    scheme = nantong(band_rates=rates)
    assert (money_of(scheme, 50_000_000)[0], money_of(scheme, 500_000_000)[0]) == (25_000, 150_000)


def test_payers_are_stacked_in_order_and_the_last_of_a_hundred_percent_takes_the_rest():
    payers = [{**PAYER, "payer": "省", "share": "33%"}, {**PAYER, "payer": "市", "share": "67%"}]
    scheme = nantong(rate="0.03%", payers=payers)
    assert scheme.premium("A", 500_000_000, RATE).paid_fen == (350_108, 710_827)


def test_a_cap_by_band_goes_before_the_cap_for_all():
    caps = [{"band": "small", "cap_yuan": "300", "clause": "一"}]
    scheme = nantong(rate="0.1%", payers=[{**PAYER, "cap_yuan": "5000", "band_caps": caps}])
    assert money_of(scheme, 500_000_000)[1:3] == (3_536_450, 500_000)
    assert money_of(scheme, 50_000_000)[1:3] == (353_645, 30_000)


def test_below_the_minimum_subsidy_nothing_is_paid():
    payers = [{**PAYER, "share": "50%"}]
    scheme = nantong(rate="0.03%", payers=payers, minimum_subsidy_yuan="1000")
    assert money_of(scheme, 300_000_00)[2] == 0
    assert money_of(scheme, 500_000_000)[2] == 530_467


def test_who_is_paid_back_later_advances_the_whole_premium():
    late = {**PAYER, "share": "40%", "payment": "reimburse", "pay_by": "2020-01-31"}
    scheme = nantong(rate="0.03%", payers=[{**PAYER, "share": "50%"}, late])
    premium = scheme.premium("A", 500_000_000, RATE)
    assert (premium.exporter_share_fen, premium.advance_fen) == (106_094, 106_094 + premium.paid_fen[1])


def test_the_least_yearly_limit_wins():
    limits = [
        {"basis": "policy_year", "times_premium": "50", "clause": "一"},
        {"basis": "buyer", "usd": "1000", "clause": "一"},
    ]
    plan = nantong(rate="0.03%", limits=limits).plan("A")
    assert (plan.limit_cents(150_000), plan.limit_cents(300_000)) == (7_500_000, 10_000_000)


def test_cover_begins_with_the_entry_only_where_the_scheme_says_so():
    body = rules.load(TEXT, PATH.name).body()
    common = rules.Scheme.from_body(body)
    own = rules.Scheme.from_body({**body, "period": {**body["period"], "starts": "issue"}})
    day, early = date(2019, 11, 5), date(2019, 8, 1)
    assert (common.cover_begins(day), own.cover_begins(day), own.cover_begins(early)) == (
        date(2019, 9, 1),
        day,
        date(2019, 9, 1),
    )


@given(
    share=st.integers(0, 100), second=st.integers(0, 100), cap=st.none() | st.integers(0, 20_000),
    least=st.integers(0, 3_000), exports=st.integers(0, 3_000_000_000),
)  # fmt: skip
def test_public_money_is_never_more_than_the_premium_the_share_or_the_cap(share, second, cap, least, exports):
    payers: list[dict[str, Any]] = [{**PAYER, "share": f"{share}%"}]
    if share + second <= 100:
        payers.append({**PAYER, "payer": "市", "share": f"{second}%"})
    if cap is not None:
        payers[0]["cap_yuan"] = str(cap)
    body = {"id": "A", "title": "A", "bands": ["x"], "limit_usd": "1", "clause": "一", "rate": "0.1%"}
    plan = Plan.model_validate({**body, "payers": payers, "minimum_subsidy_yuan": str(least)})
    fen = exports * 7 // 1000
    paid = plan.paid_fen(fen, "x")
    assert len(paid) == len(payers)
    assert sum(paid) in range(fen + 1)
    assert sum(paid) == 0 or sum(paid) >= least * 100
    assert cap is None or paid[0] <= cap * 100


def test_the_hash_does_not_change_when_a_default_is_written_out():
    scheme = rules.load(TEXT, PATH.name)
    assert rules.Scheme.from_body(scheme.full_body()).hash == scheme.hash


def test_what_the_platform_cannot_run_is_said():
    reimburse = {**PAYER, "payment": "reimburse", "pay_by": "2020-01-31"}
    assert rules.not_operable(nantong(rate="0.03%")) == ()
    assert rules.not_operable(nantong(rate="0.12%", rate_is_ceiling=True, payers=[reimburse])) == (
        "财政扶持由企业先缴、事后拨付，平台目前只办理预付和同时缴付。",
        "方案只规定费率上限，平台目前按方案写明的费率计费。",
    )
