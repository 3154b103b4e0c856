"""A stored decision of a case replayed, and the same question asked today."""

from dataclasses import dataclass
from datetime import datetime

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.desk import rules
from tongbao.desk.queries.case import Basis, bases
from tongbao.intake import queries as intake
from tongbao.intake.models import Application
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Terms
from tongbao.scheme.rules import (
    Advice,
    BadFacts,
    Outcome,
    Verdict,
    decide,
    nearest,
    read_facts,
    same_substance,
    verdict,
)

DAMAGED = "这次判定的存档读不出来，可能被人改动过。请保留现场，不要改动数据库，并通知审计机关和系统管理员。"


@dataclass(frozen=True)
class Replay:
    """What was decided, whether it replays, and what today's terms say of today's facts."""

    basis: Basis
    same: bool
    then: Verdict
    again: Verdict
    now: Verdict
    terms: Terms  # today's
    today: datetime
    criteria: tuple[rules.Line, ...]
    grounds: tuple[rules.Line, ...]
    plans: tuple[rules.PlanLine, ...]
    facts: tuple[rules.Known, ...]
    advice: Advice | None  # what the firm lacks today for the nearest plan, when it has none

    @property
    def moved(self) -> list[rules.Known]:
        """The facts that differ today."""
        return [fact for fact in self.facts if fact.changed]

    @property
    def unmoved(self) -> list[rules.Known]:
        """The facts that are today what they were."""
        return [fact for fact in self.facts if not fact.changed]

    @property
    def facts_changed(self) -> int:
        """How many facts differ today."""
        return len(self.moved)

    @property
    def changed(self) -> bool:
        """Whether today's answer differs anywhere."""
        return any(line.changed for lines in (self.criteria, self.grounds, self.plans) for line in lines)

    @property
    def other_terms(self) -> bool:
        """Whether another version of the terms is in force today."""
        return self.terms != self.basis.decision.terms


def replay(user: User, application: Application, decision_id: int) -> Replay | None:
    """One decision of a case, replayed from its terms and facts, beside today's; None when it is not of this case.

    Refusal `replay.damaged` when what was kept can no longer be read: somebody changed it behind the program's back.
    """
    basis = next((one for one in bases(user, application) if one.decision.pk == decision_id), None)
    if basis is None:
        return None
    kept, at = basis.decision, clock.now()
    terms = schemes.terms_of(application.edition, on=clock.local_day(at))
    before, today = schemes.compiled(kept.terms), schemes.compiled(terms)
    facts_now = intake.facts_now(application, at).values
    try:
        stored, again = Outcome.from_json(kept.result), schemes.replay(kept)
        facts = rules.known(before.scheme, today.scheme, read_facts(before.scheme, kept.facts), facts_now)
    except (KeyError, TypeError, ValueError, BadFacts):
        raise Refusal("replay.damaged", DAMAGED) from None
    now = decide(today, facts_now)
    return Replay(
        basis=basis,
        same=same_substance(kept.result, again),
        then=verdict(stored),
        again=verdict(again),
        now=verdict(now),
        terms=terms,
        today=at,
        criteria=rules.lines(stored.findings, again.findings, now.findings, facts),
        grounds=rules.lines(stored.priorities, again.priorities, now.priorities, facts),
        plans=rules.plans(stored, again, now),
        facts=facts,
        advice=nearest(today, facts_now, now),
    )
