"""How many firms each criterion turns away, alone and in order, and what each plan would cost: one pass."""

from collections.abc import Mapping
from typing import Any

from tongbao.scheme.rules.decisions import CompiledTerms
from tongbao.screening.rules.writing import name

Funnel = dict[str, Any]


def funnel_sql(terms: CompiledTerms, decided: str) -> str:
    """One row of counts over the relation `decided` (rows of `decision_sql`); `read_funnel` says what they mean."""
    counts = {"firms": "count(*)", **_of("eligible", name("eligible"))}
    before: list[str] = []
    for check in terms.criteria:
        met = name(check.id)
        counts |= _of(f"criterion_{check.id}", met)
        counts[f"dropped_{check.id}"] = _count(" AND ".join([*before, f"NOT {met}"]))
        before.append(f"({met}) IS NOT FALSE")
    for check in terms.priorities:
        counts |= _of(f"ground_{check.id}", name(f"priority_{check.id}"))
    for one in terms.plans:
        own = f"plan_{one.plan.id}"
        open_ = f"(CASE WHEN NOT {name('eligible')} THEN FALSE ELSE {name(f'{own}_available')} END)"
        counts |= _of(own, open_)  # unknown exports of a firm that is turned away anyway leave nothing open
        for money in ("premium_cents", "premium_fen", "subsidy_fen"):
            amount = f"CASE WHEN {name(f'{own}_available')} THEN {name(f'{own}_{money}')} ELSE 0 END"
            counts[f"{own}_{money}"] = f"sum({amount})"
    return f"SELECT {', '.join(f'{text} AS {name(id)}' for id, text in counts.items())} FROM {decided} AS d"


def read_funnel(terms: CompiledTerms, row: Mapping[str, Any]) -> Funnel:
    """The counts, JSON-able: firms in all; of each criterion how many meet it, do not, are unknown, drop out here in
    order and remain; grounds; plans with the sums of what they would cost those to whom they are open (cents, fen).
    """
    counts = {id: int(value or 0) for id, value in row.items()}
    remaining, criteria = counts["firms"], []
    for check in terms.criteria:
        dropped = counts[f"dropped_{check.id}"]
        remaining -= dropped
        said = {"id": check.id, "title": check.title, "clause": check.clause, **_three(counts, f"criterion_{check.id}")}
        criteria.append({**said, "dropped": dropped, "remaining": remaining})
    grounds = [{"id": one.id, "title": one.title, **_three(counts, f"ground_{one.id}")} for one in terms.priorities]
    plans = []
    for one in terms.plans:
        own = f"plan_{one.plan.id}"
        sums = {what: counts[f"{own}_{what}"] for what in ("premium_cents", "premium_fen", "subsidy_fen")}
        plans.append({"plan": one.plan.id, "title": one.plan.title, **_three(counts, own), **sums})
    return {
        "edition": terms.scheme.code,
        "hash": terms.hash,
        "firms": counts["firms"],
        "eligible": _three(counts, "eligible"),
        "criteria": criteria,
        "priorities": grounds,
        "plans": plans,
    }


def _of(id: str, verdict: str) -> dict[str, str]:
    """How many yes, and how many known; the rest follows from them."""
    return {f"{id}_yes": f"sum(CAST({verdict} AS INT))", f"{id}_known": f"count({verdict})"}


def _count(condition: str) -> str:
    return f"count(CASE WHEN {condition} THEN 1 END)"


def _three(counts: Mapping[str, int], id: str) -> dict[str, int]:
    yes, known = counts[f"{id}_yes"], counts[f"{id}_known"]
    return {"yes": yes, "no": known - yes, "unknown": counts["firms"] - known}
