"""Made-up editions, conditions and facts, and the one-firm path that every column is compared with."""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tongbao.scheme import rules as scheme_rules
from tongbao.screening.rules import Sort, columns

NANTONG = Path(__file__).resolve().parents[2] / "schemes" / "nantong-2019.yaml"
MONEY = ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen", "advance_fen", "limit_cents")
NUMBERS = ("exports_usd", "exports_prior_usd", "growth_usd", "growth_before_usd", "us_exports_usd")
BOOLS = ("insured", "policy_direction", "famous_brand")
AREAS = ("chongchuan", "etdz", "haian", "it's \\ 'nowhere'")


@cache
def nantong() -> scheme_rules.CompiledTerms:
    return scheme_rules.compile(scheme_rules.load(NANTONG.read_text(encoding="utf-8"), "nantong-2019.yaml"))


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────────

literals = st.sampled_from(["0", "1", "0.5", "2", "0.01", "0.333", "99.99", "500000", "1234567.891", "30000000"])
numbers = st.recursive(
    st.one_of(st.sampled_from(NUMBERS), literals),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["0.5", "2", "0.9", "1.25", "0.0001"]), inner).map(lambda t: f"({t[0]} * {t[1]})"),
        inner.map(lambda e: f"(-{e})"),
    ),
    max_leaves=4,
)
leaves = st.one_of(
    st.sampled_from([*BOOLS, "insured = famous_brand", "insured <> TRUE", "insured IN (TRUE)", "FALSE"]),
    st.sampled_from(
        ["area = 'etdz'", "area <> 'haian'", "area IN ('haian', 'it''s \\ ''nowhere''')", "area NOT IN ('')"]
    ),
    st.tuples(numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers).map(" ".join),
    st.tuples(numbers, numbers, numbers).map(lambda t: f"{t[0]} BETWEEN {t[1]} AND {t[2]}"),
    st.tuples(numbers, st.lists(literals, min_size=1, max_size=3)).map(lambda t: f"{t[0]} IN ({', '.join(t[1])})"),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda e: f"NOT ({e})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda es: "(" + " AND ".join(f"({e})" for e in es) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda es: "(" + " OR ".join(f"({e})" for e in es) + ")"),
    ),
    max_leaves=5,
)

# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

EDGES = (0, 1, 50, 100, 49_999_999, 50_000_000, 50_000_001, 299_999_999, 300_000_000, 3_000_000_000, 3_000_000_001)
cents = st.one_of(st.sampled_from(EDGES), st.integers(0, 10**4), st.integers(0, 4 * 10**9), st.integers(0, 10**15 - 1))
amounts = cents.map(lambda value: Decimal(value).scaleb(-2))
facts = st.fixed_dictionaries(
    {},
    optional={
        "area": st.sampled_from(AREAS),
        **dict.fromkeys((*NUMBERS, "emerging_exports_usd"), amounts),
        **dict.fromkeys((*BOOLS, "base_key_firm", "pilot_firm", "key_fair_exhibitor"), st.booleans()),
    },
)

# ── editions: Nantong's, its plans, priorities and parameters drawn anew from every shape ─────────────────────────────

percents = st.sampled_from(["0.03%", "0.1%", "0.12%", "1%", "33.3333%", "0.000001%", "2.5%", "100%"])
usd = st.sampled_from(["0", "0.01", "100", "25万", "33333.33"])
yuan = st.sampled_from(["0.01", "100", "700.07", "5000", "2万"])
STACKS = (["100%"], ["50%"], ["0%"], ["60%", "40%"], ["33.3333%", "33.3333%"], ["33.3333%", "33.3333%", "33.3334%"])


def _part(**values: Any) -> dict[str, Any]:
    return {"clause": "一", **values}


def _payer(share: str, cap: str | None, band_cap: str | None, payment: str) -> dict[str, Any]:
    caps = [] if band_cap is None else [_part(band="small", cap_yuan=band_cap)]
    late = {"pay_by": "2021-01-31"} if payment == "reimburse" else {}
    return _part(payer="市财政", share=share, cap_yuan=cap, band_caps=caps, payment=payment, **late)


@st.composite
def plans(draw: st.DrawFn, id: str) -> dict[str, Any]:
    price = draw(st.sampled_from(["rate", "band_rates", "flat_usd"]))
    value = {
        "rate": percents,
        "flat_usd": usd,
        "band_rates": percents.map(lambda rate: [_part(band="large", rate=rate)]),
    }[price]
    optional = st.none() | yuan
    payments = st.sampled_from(["prepaid", "alongside", "reimburse"])
    yearly = st.one_of(
        usd.map(lambda sum_: _part(basis="policy_year", usd=sum_)),
        st.sampled_from(["50", "0.3", "12.345"]).map(lambda k: _part(basis="policy_year", times_premium=k)),
    )
    buyer = usd.map(lambda sum_: _part(basis="buyer", usd=sum_))
    whens = draw(st.lists(conditions, max_size=2))
    return _part(
        id=id,
        title=id,
        bands=draw(st.sampled_from([["small"], ["large"], ["small", "large"]])),
        conditions=[_part(id=f"c{at}", title="条件", when=when) for at, when in enumerate(whens)],
        limits=[draw(yearly), *draw(st.lists(yearly | buyer, max_size=2))],
        discount=draw(st.sampled_from(["0%", "12.5%", "33.3333%"])),
        minimum_usd=draw(st.sampled_from(["0", "100", "7.77"])),
        payers=[
            _payer(share, draw(optional), draw(optional), draw(payments)) for share in draw(st.sampled_from(STACKS))
        ],
        minimum_subsidy_yuan=draw(st.sampled_from(["0", "50", "1000.01"])),
        **{price: draw(value)},
    )


@st.composite
def editions(draw: st.DrawFn) -> scheme_rules.CompiledTerms:
    body = deepcopy(nantong().scheme.body())
    body["plans"] = [draw(plans(id)) for id in "AB"]
    body["estimates"] = []
    body["priorities"] = [
        _part(
            id=f"p{at}", title="优先", when=when, if_unknown=draw(st.none() | conditions), rank=draw(st.integers(0, 3))
        )
        for at, when in enumerate(draw(st.lists(conditions, max_size=3)))
    ]
    body["criteria"][2]["when"] = draw(conditions)
    body["parameters"]["round_usd_first"]["value"] = draw(st.booleans())
    body["parameters"]["reference_rate"]["value"] = draw(st.sampled_from(["7.0729", "6.5", "7", "7.1234"]))
    if draw(st.booleans()):
        body["imputation"] = _part(title="无出口记录", fact="exports_prior_usd", at_most_usd=draw(usd))
    return scheme_rules.compile(scheme_rules.Scheme.from_body(body))


# ── the one-firm path ─────────────────────────────────────────────────────────────────────────────────────────────


def one_firm(terms: scheme_rules.CompiledTerms, given: Mapping[str, Any], cny: Decimal | None = None) -> dict[str, Any]:
    """The decision on one firm under the names of the columns; a plan's conditions only where there are offers."""
    outcome = scheme_rules.decide(terms, given, cny)
    row: dict[str, Any] = {"eligible": outcome.eligible, "priority_class": outcome.priority_class}
    row |= {finding.id: finding.met for finding in outcome.findings}
    row |= {f"priority_{finding.id}": finding.met for finding in outcome.priorities}
    offers = {offer.plan: offer for offer in (*outcome.offers, *outcome.not_offered)}
    for plan in terms.plans:
        own, offer = f"plan_{plan.plan.id}", offers.get(plan.plan.id)
        row[f"{own}_available"] = offer and offer.available
        row |= {f"{own}_{what}": offer and getattr(offer, what) for what in MONEY}
        if offer:
            row |= {f"{own}_{finding.id.split('.')[-1]}": finding.met for finding in offer.findings}
    return row


def same(terms: scheme_rules.CompiledTerms, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Every column that the one-firm path knows is equal, and it knows them all where there are offers."""
    names = {column.name for column in columns(terms) if column.sort is not Sort.CODE}
    assert expected.keys() <= names
    assert {name: found[name] for name in expected} == expected
