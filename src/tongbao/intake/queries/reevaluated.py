"""Decisions beside each other: the one in force, what the register gives now, and what changed since submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongbao.accounts.models import Organisation
from tongbao.accounts.rules import OrganisationKind
from tongbao.audit import queries as log
from tongbao.intake import rules
from tongbao.intake.models import Application
from tongbao.intake.queries.judged import facts_now
from tongbao.refusal import Refusal
from tongbao.registry.models import Exporter
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Decision, Terms


def exporter_now(application: Application) -> Exporter:
    """The firm's row read again: a verb may hold one from before its lock."""
    return Exporter.objects.select_related("area").get(pk=application.exporter_id)


def in_force(application: Application) -> Decision | None:
    """The newest decision kept: that of the last change of the register, else that of submission."""
    return application.latest_decision or application.decision


def found_in(decision: Decision, application: Application) -> rules.Found:
    """What a stored decision found for the plan of an application. Refusal `intake.damaged_decision`."""
    scheme = schemes.scheme_of(decision.terms)
    try:
        facts = scheme_rules.read_facts(scheme, decision.facts)
        outcome = scheme_rules.Outcome.from_json(decision.result)
    except (KeyError, TypeError, ValueError):  # changed behind the program's back
        raise Refusal(
            "intake.damaged_decision", f"申请 {application.reference} 的判定存档读不出来，请通知系统管理员和审计机关。"
        ) from None
    return rules.Found(scheme, facts, outcome, application.plan, application.fallback_plan)


def found_now(application: Application, terms: Terms, at: datetime) -> rules.Found:
    """What terms say of the firm on its facts of an instant, from the register; nothing is stored."""
    ready = schemes.compiled(terms)
    known = {fact.id for fact in ready.scheme.facts}
    facts = {id: value for id, value in facts_now(application, at).values.items() if id in known}
    outcome = scheme_rules.decide(ready, facts)
    return rules.Found(ready.scheme, facts, outcome, application.plan, application.fallback_plan)


def reevaluations(application: Application) -> list[Decision]:
    """Every decision that a change of the register has led to, oldest first; the log knows them all."""
    records = log.of_reference(application.reference).filter(verb="intake.re_evaluate")
    wanted = [record.detail["decision"] for record in records]
    found = Decision.objects.select_related("terms__edition").in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def whose_turn(application: Application) -> Sequence[Organisation]:
    """The bodies that an application waits for: its district, the city, or its insurer; none while it waits for money
    or for the firm."""
    if application.state == rules.State.FIRST_REVIEW:
        districts = Organisation.objects.filter(kind=OrganisationKind.DISTRICT, areas=application.area_id)
        return list(districts.order_by("pk"))
    if application.state == rules.State.SECOND_REVIEW:
        return list(Organisation.objects.filter(kind=OrganisationKind.CITY).order_by("pk"))
    insured_by = application.state == rules.State.APPROVED and application.insurer
    return [insured_by] if insured_by else []


@dataclass(frozen=True)
class Reevaluated:
    """What changed between submission and the last change of the register, for the pages that show it."""

    at: datetime
    decision: Decision
    changes: rules.Changes
    criteria: Sequence[rules.Compared]  # those whose answer is another


def reevaluated(application: Application) -> Reevaluated | None:
    """The last decision that the register's changes led to, beside that of submission; None when there is none.

    None too when what was kept cannot be read any more: the page of the decision says so, this one goes on.
    """
    then, latest = application.decision, application.latest_decision
    if then is None or latest is None:
        return None
    try:
        before, now = found_in(then, application), found_in(latest, application)
    except Refusal:
        return None
    compared = rules.compare(before.outcome.findings, now.outcome.findings)
    return Reevaluated(latest.at, latest, rules.changes(before, now), [row for row in compared if row.changed])
