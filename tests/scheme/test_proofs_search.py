"""What the solver claims of made-up editions, against a search through every firm there is, or near every figure."""

import itertools
import json
import re
from decimal import Decimal
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.scheme.small import TEXT
from tongbao.scheme import rules
from tongbao.scheme.rules import grammar, source
from tongbao.scheme.rules.conditions import compile_condition

SMALL: dict[str, Any] = source.read(TEXT).data
CENT = Decimal("0.01")
MOST = 12  # cents of exports in the small world, so that every firm of it can be looked at
OPS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
CLAUSE = {"clause": "二"}
NOTHING = {"change_usd": Decimal(0), "turnover_usd": Decimal(0)}
Edition = dict[str, Any]


def usd(cents: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return cents.map(lambda count: f"{Decimal(count) * CENT:.2f}")


def joined(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("NOT ({})".format, inner),
            st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner),
        ),
        max_leaves=3,
    )


FIGURES = usd(st.integers(0, MOST + 1))
AMOUNTS = st.sampled_from(["exports_usd", "us_exports_usd"])
SUMS = st.sampled_from(["exports_usd + us_exports_usd", "exports_usd - us_exports_usd", "2 * us_exports_usd - 0.03"])
SHARES = st.sampled_from(["0.3", "0.5", "1", "1.5"])
CONDITIONS = joined(
    st.one_of(
        st.builds("{} {} {}".format, AMOUNTS | SUMS, OPS, FIGURES),
        st.builds("us_exports_usd {} {} * exports_usd".format, OPS, SHARES),
        st.builds("{} BETWEEN {} AND {}".format, AMOUNTS, FIGURES, FIGURES),
        st.builds("{} IN ({}, {})".format, AMOUNTS, FIGURES, FIGURES),
        st.sampled_from(["insured", "insured = FALSE", "area = 'east'", "area IN ('west', 'far')", "area <> 'west'"]),
    )
)
BANDS = [
    {"id": "low", "title": "低", "from": "0", "to": "0.05", **CLAUSE},
    {"id": "high", "title": "高", "above": "0.05", "to": f"{MOST * CENT}", **CLAUSE},
]


def condition(id: str, when: str) -> Edition:
    return {"id": id, "title": id, "when": when, **CLAUSE}


def plan(id: str, bands: list[str], conditions: list[str]) -> Edition:
    named = [condition(f"{id}{place}", when) for place, when in enumerate(conditions)]
    payers = [{"payer": "财政", "share": "100%", **CLAUSE}]
    cost = {"limit_usd": "1", "rate": "1%", "payers": payers}
    return {"id": id, "title": id, "bands": bands, "conditions": named, **cost, **CLAUSE}


def edition(plans: list[Edition], criteria: list[str], priorities: list[str], bands: list[Edition]) -> Edition:
    """The small edition with other rules; it names every pair of plans exclusive."""
    written = [condition(f"c{place}", when) for place, when in enumerate(criteria)]
    return SMALL | {
        "bands": [{"id": "exports", "title": "档", "fact": "exports_usd", "bands": bands, **CLAUSE}],
        "criteria": [*SMALL["criteria"][:2], *written],
        "priorities": [condition(f"p{place}", when) for place, when in enumerate(priorities)],
        "plans": plans,
        "exclusive": [{"plans": [plan["id"] for plan in plans], **CLAUSE}] if len(plans) > 1 else [],
        "thresholds": [],
        "quotas": [],
        "estimates": [],
    }


PLANS = st.builds(
    plan,
    st.just("?"),
    st.sampled_from([["low"], ["high"], ["low", "high"]]),
    st.lists(CONDITIONS, max_size=2),
)
EDITIONS = st.builds(
    edition,
    st.tuples(PLANS, PLANS, PLANS).map(
        lambda three: [
            plan(id, each["bands"], [c["when"] for c in each["conditions"]])
            for id, each in zip("ABC", three, strict=True)
        ]
    ),
    st.lists(CONDITIONS, max_size=1),
    st.lists(CONDITIONS, max_size=2),
    st.just(BANDS),
)


def said(data: Edition) -> list[str]:
    text = json.dumps(data, ensure_ascii=False, default=str)  # JSON is YAML, with every date in quotes
    return [fault.sentence for fault in rules.faults_of(text, "made-up.yaml")]


def claimed(pattern: str, sentences: list[str]) -> set[tuple[str, ...]]:
    return {match.groups() for sentence in sentences if (match := re.match(pattern, sentence))}


def judged(data: Edition) -> tuple[rules.Scheme, list[rules.Outcome], list[dict[str, Any]]]:
    """Every eligible firm of the small world, as the engine decides, whatever the checks say."""
    scheme = rules.Scheme.model_validate(data)
    compiled = rules.compile(scheme)
    firms = [
        {"area": area, "insured": insured, "exports_usd": a * CENT, "us_exports_usd": b * CENT, **NOTHING}
        for area, insured, a in itertools.product(("east", "west", "south"), (True, False), range(MOST + 1))
        for b in range(a + 1)
    ]
    decided = [(rules.decide(compiled, firm), firm) for firm in firms]
    return scheme, [o for o, _ in decided if o.eligible], [firm for o, firm in decided if o.eligible]


@settings(max_examples=25)
@given(EDITIONS)
def test_claims_equal_a_search_through_every_firm(data: Edition):
    sentences = said(data)
    scheme, outcomes, firms = judged(data)
    if not outcomes:
        event("no firm is eligible")
        assert claimed(r"“c0”(永远不能满足|与前面的参保条件不能同时满足)", sentences)
        return
    assert claimed(r"“c0”(永远不能满足|与前面的参保条件不能同时满足)", sentences) == set()
    got = [{offer.plan for offer in outcome.offers if offer.available} for outcome in outcomes]
    nobody = {(id,) for id in "ABC" if not any(id in plans for plans in got)}
    event(f"{len(nobody)} plans that nobody gets")
    assert claimed(r"没有一家企业能得到方案 (\w)", sentences) == nobody
    both = {pair for pair in itertools.combinations("ABC", 2) if any(set(pair) <= plans for plans in got)}
    event(f"{len(both)} pairs of plans that overlap")
    assert claimed(r"方案 (\w) 与 (\w) 声明为互斥", sentences) == both
    in_band = {
        (id, scheme.band(band).title)
        for id in "ABC"
        for band in scheme.plan(id).bands
        if (id,) not in nobody
        and not any(
            id in plans and scheme.band(band).holds(f["exports_usd"]) for plans, f in zip(got, firms, strict=True)
        )
    }
    assert claimed(r"方案 (\w) 的分档“(.)”里没有一家", sentences) == in_band
    held = {finding.id for outcome in outcomes for finding in outcome.priorities if finding.met}
    never = {(priority.id,) for priority in scheme.priorities if priority.id not in held}
    assert claimed(r"“(p\d)”：没有一家", sentences) == never


FAR = usd(st.sampled_from([0, 1, 500, 12_345, 10**9]))
APART = joined(
    st.one_of(
        st.builds("{} {} {}".format, st.sampled_from(["exports_usd", "turnover_usd", "change_usd"]), OPS, FAR),
        st.builds("change_usd {} -{}".format, OPS, FAR),
        st.sampled_from(["insured", "area = 'east'"]),
    )
)


@settings(max_examples=50)
@given(APART)
def test_never_and_always_equal_a_search_near_every_figure(when: str):
    """A condition that compares each amount with figures only: firms at, just below and just above each tell all."""
    data = edition([plan("A", ["all"], [when])], [], [], [{"id": "all", "title": "全部", "from": "0", **CLAUSE}])
    sentences = said(data)
    kinds = {fact["id"]: rules.Kind(fact["type"]) for fact in SMALL["facts"]}
    node = grammar.parse(when, kinds)
    figures = [Decimal(number) for number in re.findall(r"-?\d+\.\d+", when)]
    near = sorted({Decimal(0), *(n + step for n in figures for step in (-CENT, Decimal(0), CENT))})
    above = [number for number in near if number >= 0]
    firms = [
        {"area": area, "insured": insured, "exports_usd": a, "turnover_usd": b, "change_usd": c}
        for area, insured, a, b, c in itertools.product(("east", "west", "south"), (True, False), above, above, near)
    ]
    holds = [compile_condition(node)(firm) for firm in firms]
    some = any(met for met, firm in zip(holds, firms, strict=True) if firm["area"] != "south")
    assert claimed(r"没有一家企业能得到方案 (\w)", sentences) == (set() if some else {("A",)})
    assert claimed(r"“(A0)”永远成立", sentences) == ({("A0",)} if all(holds) else set())
