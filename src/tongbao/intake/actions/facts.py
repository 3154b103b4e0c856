"""The register has changed: open applications are judged anew (DESIGN: pulled by a job that compares versions)."""

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.intake import queries, rules
from tongbao.intake.actions._following import fit_money, keep_decision, tell_firm, tell_officers
from tongbao.intake.actions._steps import see_firm
from tongbao.intake.models import Application
from tongbao.refusal import Refusal
from tongbao.scheme import actions as schemes
from tongbao.scheme import queries as scheme_queries
from tongbao.scheme.models import Decision


@audit.action
def re_evaluate(*, application_id: int, by: User | None = None) -> Application:
    """Judge an open application on the firm's facts as they are now.

    Where nothing changes that matters, only the version moves. Else the new decision is kept, the sum set aside follows
    (until the approval), and the firm and those whose turn it is are told. Nothing is rejected or moved, the priority
    class stays as frozen at receipt (clause 二(二)). Refusals: `intake.not_open`, `intake.damaged_decision`,
    `bad_facts`.
    """
    application = queries.lock_application(application_id)
    if application.state not in rules.OPEN:
        now = application.get_state_display()
        raise Refusal("intake.not_open", f"申请 {application.reference} 现在是“{now}”，不需要重新判定。")
    version = see_firm(application)
    if application.facts_version >= version:
        audit.record("intake.re_evaluate_again", application, by=by, reference=application.reference, version=version)
        return application
    changes, decision = _decide(application, by)
    keep_decision(application, decision, version)
    if decision is None:
        audit.record("intake.re_evaluate_same", application, by=by, reference=application.reference, version=version)
        return application
    _record(application, decision, by)
    money_says = fit_money(application, by)
    tell_firm(application, changes, money_says, by)
    tell_officers(application, changes, money_says, by)
    return application


def _decide(application: Application, by: User | None) -> tuple[rules.Changes, Decision | None]:
    """What is different now, and the decision that says so: kept only when there is anything."""
    at, before = clock.now(), queries.in_force(application)
    terms = scheme_queries.terms_of(application.edition, on=clock.local_day(at))
    found = queries.found_now(application, terms, at)
    changes = rules.changes(queries.found_in(before, application), found) if before else rules.Changes()
    if not changes:
        return changes, None
    code = application.exporter.code
    return changes, schemes.decide(terms=terms, facts=found.facts, subject_code=code, by=by)


def _record(application: Application, decision: Decision, by: User | None) -> None:
    audit.record(
        "intake.re_evaluate",
        application,
        by=by,
        reference=application.reference,
        version=application.facts_version,
        eligible=decision.result["eligible"],
        state=application.state,
        decision=decision.pk,
    )
