"""Other ends than an issued policy, the end of cover, and what an insurer does not cover."""

from datetime import date

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.intake import actions as intake
from tongbao.intake import queries as intake_queries
from tongbao.intake.models import Application
from tongbao.intake.rules import State as ApplicationState
from tongbao.policies import permissions, queries, rules
from tongbao.policies.models import ExcludedCountries, Policy
from tongbao.refusal import Refusal


@audit.action
def decline(*, application_id: int, reason: str, by: User) -> Application:
    """The insurer does not cover an approved application; its reservation is released and the next firm moves up.

    Refusals: `reason`, `not_approved`, `share_paid`.
    """
    application = intake_queries.lock_application(application_id)
    permissions.check_underwrite(by, application)
    reason = reason.strip()
    if not reason:
        raise Refusal("reason", "请写明不予承保的原因，企业会看到这段话", "reason")
    queries.basis(application)
    policy = queries.of_application(application)
    if policy and policy.exporter_share_paid_on:
        raise Refusal("share_paid", "企业已经缴费，请先出单；确实不能承保的，请退费后与市商务局联系。")
    if policy:
        _cancel(policy, "policies.cancel", by, reason=reason)
    audit.record("policies.decline", application, by=by, reference=application.reference, reason=reason)
    return intake.mark_declined(application_id=application.pk, reason=reason, by=by)


@audit.action
def lapse_unpaid(*, policy_id: int, by: User | None = None) -> Policy:
    """End a quote whose exporter did not pay its share in time; the application lapses, the money goes on (四(二) B).

    Refuses (`policy_state`, `not_due`) one that was paid, decided or is not yet overdue.
    """
    application, policy = queries.lock_case(policy_id)
    rules.check_open(policy.state)
    due = policy.exporter_share_due
    if due is None or policy.exporter_share_paid_on or due >= clock.today():
        raise Refusal("not_due", "这张保单没有逾期未缴的保费。")
    why = f"企业未在 {due:%Y-%m-%d} 前缴纳应承担的保费"
    _cancel(policy, "policies.lapse_unpaid", by, reason=why)
    intake.lapse(application_id=application.pk, why=why, by=by)
    return policy


@audit.action
def lapse_unissued(*, application_id: int, by: User | None = None) -> Application:
    """End an approved application that no insurer has issued in its days, with its quote; the money goes on (二(三)).

    Refuses (`not_due`) one whose days still run, (`share_paid`) one whose firm has paid: people settle that.
    """
    application = intake_queries.lock_application(application_id)
    due = intake_queries.due_of(application)
    if application.state != ApplicationState.APPROVED or due is None or due.day >= clock.today():
        raise Refusal("not_due", f"申请 {application.reference} 的出单期限还没有过，不能作失效处理。")
    policy = queries.of_application(application)
    if policy and policy.exporter_share_paid_on:
        raise Refusal("share_paid", "企业已经缴费，不能作失效处理，请尽快出单或退费。")
    if policy:
        _cancel(policy, "policies.cancel", by, reason=due.why)
    return intake.lapse(application_id=application.pk, why=due.why, by=by)


@audit.action
def expire(*, policy_id: int, by: User | None = None) -> Policy:
    """Mark a policy whose cover has ended; shipments of its period may still be noticed and claimed (四(一))."""
    application, policy = queries.lock_case(policy_id)
    rules.check_transition(policy.state, rules.State.EXPIRED)
    if policy.cover_to >= clock.today():
        raise Refusal("not_over", f"保障期限到 {policy.cover_to:%Y-%m-%d} 才结束。")
    policy.state = rules.State.EXPIRED
    policy.save(update_fields=["state"])
    audit.record("policies.expire", policy, by=by, reference=application.reference)
    return policy


def _cancel(policy: Policy, verb: str, by: User | None, *, reason: str) -> None:
    rules.check_transition(policy.state, rules.State.CANCELLED)
    policy.state = rules.State.CANCELLED
    policy.save(update_fields=["state"])
    audit.record(verb, policy, by=by, reference=policy.application.reference, reason=reason)


@audit.action
def list_excluded(*, countries: list[str], valid_from: date, document_number: str, by: User) -> ExcludedCountries:
    """An insurer's whole list of countries not covered (ISO alpha-2) from a day on; earlier quotes keep theirs.

    Refusals: `document_number`; `Forbidden` for everyone but an insurer's agent (四(二) note).
    """
    permissions.check_list_excluded(by)
    if not document_number.strip():
        raise Refusal("document_number", "请填写依据（文件名称或文号）", "document_number")
    listed = ExcludedCountries.objects.create(
        insurer=by.organisation,
        valid_from=valid_from,
        countries=sorted(set(countries)),
        document_number=document_number.strip(),
        entered_by=by,
        entered_at=clock.now(),
    )
    said = {"insurer": listed.insurer_id, "countries": listed.countries, "valid_from": str(valid_from)}
    audit.record("policies.list_excluded", listed, by=by, **said, document=listed.document_number)
    return listed
