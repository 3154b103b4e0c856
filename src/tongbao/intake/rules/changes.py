"""What becomes of an application when the register changes: what a decision found beside what a later one finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongbao import money
from tongbao.intake.rules.compare import firm_plans, offer_of, open_sentence, unmet_sentence
from tongbao.scheme.rules import EXPORTS, Offer, Outcome, Scheme, base_cents, priority_class
from tongbao.scheme.rules.shapes import Fact

NO_RECORD = "没有记录"


@dataclass(frozen=True)
class Found:
    """What a decision found for the plan of an application: its terms, facts (as `read_facts` gives them), outcome."""

    scheme: Scheme
    facts: Mapping[str, Any]
    outcome: Outcome
    plan: str
    fallback: str = ""

    @property
    def offer(self) -> Offer | None:
        """The offer of the plan, settled or conditional; None when the firm does not get it."""
        return offer_of(self.outcome, self.plan)

    @property
    def amount_fen(self) -> int | None:
        """The subsidy to reserve for the plan, in fen (clause 二(三)); None when the firm does not get the plan."""
        base = base_cents(self.scheme, self.facts)
        return None if self.offer is None or base is None else self.scheme.estimate_fen(self.plan, base)


@dataclass(frozen=True)
class Changes:
    """What is different now and matters, in Chinese sentences; false when nothing is.

    `bad`: the application cannot be approved as it stands.
    """

    facts: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    bad: bool = False

    def __bool__(self) -> bool:
        return bool(self.results)

    @property
    def sentence(self) -> str:
        """Everything in one paragraph: which facts changed, and what that means."""
        moved = f"资料变化：{'；'.join(self.facts)}。" if self.facts else ""
        return f"{moved}重新判定：{''.join(self.results)}"


def changes(before: Found, now: Found) -> Changes:
    """What matters of the difference between two decisions on one application, for the same plan.

    Eligibility and what it fails for, whether the plan and the fallback can be had, what the plan costs and pays,
    and the priority class (which is frozen at receipt: clause 二(二)). Nothing of these changed: no sentences.
    """
    told = [*_eligibility(before.outcome, now.outcome)]
    rest = [*_plans(before, now), *_figures(before, now), *_rank(before.outcome, now.outcome)]
    if not told and not rest:
        return Changes()
    return Changes(
        facts=tuple(_facts(before, now)),
        results=(*(told or [_as_before(now.outcome)]), *rest),
        bad=now.offer is None and not _falls_back(now),  # nothing is offered to a firm that is not eligible
    )


# ── whether the firm may take part ──────────────────────────────────────────────────────────────────────────────────


def _eligibility(before: Outcome, now: Outcome) -> Iterator[str]:
    if (before.eligible, _unmet(before)) == (now.eligible, _unmet(now)):
        return
    if now.eligible is None:
        yield f"有参保条件待核实：{open_sentence(now)}"
    elif now.eligible:
        yield "现在符合全部参保条件。"
    else:
        still = "仍不符合参保条件，原因有变化：" if before.eligible is False else "不再符合参保条件："
        yield f"{still}{unmet_sentence(now)}"


def _unmet(outcome: Outcome) -> frozenset[str]:
    return frozenset(finding.id for finding in outcome.findings if finding.met is False)


def _as_before(outcome: Outcome) -> str:
    if outcome.eligible is False:
        return f"仍不符合参保条件：{unmet_sentence(outcome)}"
    return "仍符合全部参保条件。" if outcome.eligible else f"仍有参保条件待核实：{open_sentence(outcome)}"


# ── the plan and what it costs ──────────────────────────────────────────────────────────────────────────────────────


def _plans(before: Found, now: Found) -> Iterator[str]:
    """Plans that can no longer be had, or can again; a firm that is not eligible gets none, which is said already."""
    if now.outcome.eligible is False:
        return
    named = (("所选方案", now.plan), ("备选方案", now.fallback))
    for title, plan in ((title, plan) for title, plan in named if plan):
        was, is_now = _offered(before.outcome, plan), _offered(now.outcome, plan)
        if was == is_now or (before.outcome.eligible is False and is_now == "yes"):
            continue
        if is_now == "no":
            instead = f"，复审通过时按备选方案{now.fallback}办理" if plan == now.plan and _falls_back(now) else ""
            yield f"{title}{plan}现在不能办理：{_why_not(now.outcome, plan)}{instead}。"
        elif is_now == "conditional":
            yield f"{title}{plan}的条件待核实。"
        else:
            yield f"{title}{plan}的条件已核实，符合。" if was == "conditional" else f"{title}{plan}现在可以办理。"


def _offered(outcome: Outcome, plan: str) -> str:
    """One of `yes`, `conditional`, `no`; of a firm that is not eligible nobody knows."""
    if outcome.eligible is False:
        return ""
    offer = offer_of(outcome, plan)
    return "no" if offer is None else "yes" if offer.available else "conditional"


def _falls_back(found: Found) -> bool:
    return found.fallback in firm_plans(found.outcome)


def _why_not(outcome: Outcome, plan: str) -> str:
    refused = next((offer for offer in outcome.not_offered if offer.plan == plan), None)
    if refused is not None:
        return "；".join(finding.says.rstrip("。") for finding in refused.findings if finding.met is False)
    known = outcome.offers or outcome.not_offered
    return "现行条款没有这个方案" if known else "企业名册里没有上年度的出口额，无法计算保费"


def _figures(before: Found, now: Found) -> Iterator[str]:
    if now.offer is None or now.amount_fen is None:
        return
    if now.amount_fen != before.amount_fen:
        yield f"预计财政扶持{_moved(before.amount_fen, now.amount_fen, '元')}（含汇率浮动的余量）。"
    was = before.offer
    if was is None:
        return
    if was.exporter_share_fen != now.offer.exporter_share_fen:
        yield f"企业承担保费约{_moved(was.exporter_share_fen, now.offer.exporter_share_fen, '元')}。"
    if now.offer.limit_cents is not None and was.limit_cents != now.offer.limit_cents:
        yield f"一年最高赔付{_moved(was.limit_cents, now.offer.limit_cents, '美元')}。"


def _moved(before: int | None, now: int, unit: str) -> str:
    since = "" if before is None else f"由 {money.text(before)} {unit}变"
    return f"{since}为 {money.text(now)} {unit}"


def _rank(before: Outcome, now: Outcome) -> Iterator[str]:
    if priority_class(before) != priority_class(now):
        yield "优先条件的认定有变化；优先级在收件时已经确定，不受影响。"


# ── the facts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _facts(before: Found, now: Found) -> Iterator[str]:
    """The facts behind the answers that are others now, in the scheme's order: title, what it was, what it is."""
    wanted = _resting_on(before) | _resting_on(now)
    if priority_class(before.outcome) != priority_class(now.outcome):
        wanted |= {id for found in (before, now) for ground in found.outcome.priorities for id in ground.facts}
    titles = {fact.id: fact for found in (before, now) for fact in found.scheme.facts}
    for id, fact in titles.items():
        was, is_now = before.facts.get(id), now.facts.get(id)
        if id in wanted and was != is_now:
            areas = {**before.scheme.area_names, **now.scheme.area_names}
            yield f"{fact.title}由“{said(fact, was, areas)}”变为“{said(fact, is_now, areas)}”"


def _resting_on(found: Found) -> set[str]:
    """What eligibility, the two plans and the premium rest on."""
    outcome, plans = found.outcome, (found.plan, found.fallback)
    offers = [offer for offer in (*outcome.offers, *outcome.not_offered) if offer.plan in plans]
    findings = [*outcome.findings, *(finding for offer in offers for finding in offer.findings)]
    imputed = {found.scheme.imputation.fact} if found.scheme.imputation else set()
    return {EXPORTS, *imputed, *(id for finding in findings for id in finding.facts)}


def said(fact: Fact, value: Any, areas: Mapping[str, str]) -> str:
    """A fact's value in words."""
    if value is None:
        return NO_RECORD
    if isinstance(value, bool):
        return (fact.yes if value else fact.no) or ("是" if value else "否")
    if isinstance(value, str):
        return areas.get(value, value)
    return f"{value:,.2f} {fact.unit}".strip()
