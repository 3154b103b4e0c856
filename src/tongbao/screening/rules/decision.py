"""The decision on every firm of a relation at once: one SQL text, which DuckDB and Spark read alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongbao.refusal import Refusal
from tongbao.scheme.rules.decisions import Check, CompiledTerms
from tongbao.scheme.rules.shapes import Kind
from tongbao.screening.rules.conditions import condition_sql
from tongbao.screening.rules.pricing import Price, Stage, band_sql, base_sql
from tongbao.screening.rules.writing import DIGITS, every, name

MONEY = ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen", "advance_fen", "limit_cents")


class Sort(StrEnum):
    """What a column of the result holds."""

    CODE = "code"
    VERDICT = "verdict"  # true, false, or null: unknown
    NUMBER = "number"  # whole: cents, fen, or the class; null without an offer
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result, by name."""

    name: str
    sort: Sort


def columns(terms: CompiledTerms, *, with_facts: bool = False) -> tuple[Column, ...]:
    """The columns of the decision, in order. Raises Refusal `names_clash` when two names of the scheme become one."""
    found = [Column("code", Sort.CODE)]
    if with_facts:
        found += [Column(f"fact_{fact.id}", Sort.FACT) for fact in terms.scheme.facts]
    found += [Column("eligible", Sort.VERDICT)]
    found += [Column(id, Sort.VERDICT) for id in _checks(terms)]
    found += [Column("priority_class", Sort.NUMBER)]
    for compiled in terms.plans:
        id = compiled.plan.id
        found += [Column(f"plan_{id}_available", Sort.VERDICT)]
        found += [Column(f"plan_{id}_{what}", Sort.NUMBER) for what in MONEY]
    seen: set[str] = set()
    for column in found:
        if column.name.lower() in seen:
            raise Refusal("names_clash", f"方案里有两项的编号在结果里会是同一列“{column.name}”，请改其中一个编号。")
        seen.add(column.name.lower())
    return tuple(found)


def decision_sql(
    terms: CompiledTerms, facts: str, cny_per_usd: Decimal | None = None, *, with_facts: bool = False
) -> str:
    """A query with one row for each of the relation `facts`, equal to `scheme.rules.decide` on each of them.

    `facts` has the column code and one for every fact of the scheme: numbers as BIGINT hundredths (USD cents), BOOLEAN,
    text; NULL is unknown. Columns: see `columns`; verdicts are BOOLEAN (NULL unknown), amounts BIGINT in cents and fen,
    at `cny_per_usd` (default: the reference rate). With `with_facts` the facts come along as fact_<id>, numbers as
    decimals. Raises Refusal when numbers of the scheme are too long or names clash.
    """
    result = columns(terms, with_facts=with_facts)
    rate = terms.scheme.reference_rate if cny_per_usd is None else cny_per_usd
    prices = [Price(compiled.plan, terms.scheme, rate) for compiled in terms.plans]
    checks = {"code": '"code"', **base_sql(terms.scheme), **_checks(terms)}
    if with_facts:
        checks |= {f"fact_{fact.id}": _shown(fact.id, fact.type) for fact in terms.scheme.facts}
    stages = [_merged(stage) for stage in zip(*(price.stages() for price in prices), strict=True)]
    first = {**band_sql(terms.scheme), "eligible": every([name(check.id) for check in terms.criteria], "AND", "TRUE")}
    text = f"SELECT {_columns(checks)} FROM {facts}"
    for stage in (first, *stages, {**_available(terms), "priority_class": _class(terms)}):
        text = f"SELECT *, {_columns(stage)} FROM ({text}) AS t"
    return f"SELECT {', '.join(name(column.name) for column in result)} FROM ({text}) AS t"


def check_sql(check: Check) -> str:
    """A check as SQL, what is tried when its facts are missing included."""
    asked = condition_sql(check.node)
    return asked if check.fallback is None else f"COALESCE({asked}, {condition_sql(check.fallback.node)})"


def _checks(terms: CompiledTerms) -> Stage:
    found = {check.id: check_sql(check) for check in terms.criteria}
    found |= {f"priority_{check.id}": check_sql(check) for check in terms.priorities}
    for compiled in terms.plans:
        own = f"plan_{compiled.plan.id}"
        found |= {f"{own}_{check.id.split('.')[-1]}": check_sql(check) for check in compiled.checks}
    wanted = len(terms.criteria) + len(terms.priorities) + sum(len(one.checks) for one in terms.plans)
    if len(found) != wanted:
        raise Refusal("names_clash", "方案里有两个条件的编号在结果里会是同一列，请改其中一个编号。")
    return found


def _available(terms: CompiledTerms) -> Stage:
    """A plan needs a base, an eligible firm and its own conditions; one that is not met decides, else one unknown."""
    return {
        f"plan_{one.plan.id}_available": (
            'CASE WHEN "_base" IS NULL THEN NULL WHEN NOT "eligible" THEN FALSE ELSE '
            + every([name(f"plan_{one.plan.id}_{check.id.split('.')[-1]}") for check in one.checks], "AND", "TRUE")
            + " END"
        )
        for one in terms.plans
    }


def _class(terms: CompiledTerms) -> str:
    """The lowest rank of a ground met; firms without one come last."""
    ranks: dict[int, list[str]] = {}
    for ground, check in zip(terms.scheme.priorities, terms.priorities, strict=True):
        ranks.setdefault(ground.rank, []).append(name(f"priority_{check.id}"))
    last = max(ranks, default=0) + 1
    cases = " ".join(f"WHEN {every(ranks[rank], 'OR', 'FALSE')} THEN {rank}" for rank in sorted(ranks))
    return f"CAST(CASE {cases} ELSE {last} END AS BIGINT)" if cases else f"CAST({last} AS BIGINT)"


def _shown(fact: str, kind: Kind) -> str:
    return (
        name(fact)
        if kind is not Kind.NUMBER
        else f"CAST({name(fact)} AS DECIMAL({DIGITS}, 0)) * CAST('0.01' AS DECIMAL(2, 2))"
    )


def _merged(stages: Iterable[Stage]) -> Stage:
    return {column: text for stage in stages for column, text in stage.items()}


def _columns(stage: Stage) -> str:
    return ", ".join(f"{text} AS {name(column)}" for column, text in stage.items())
