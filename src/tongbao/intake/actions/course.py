"""What becomes of an application: money comes, it is withdrawn, lapses, is issued or declined."""

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.intake import permissions, queries, rules
from tongbao.intake.actions._steps import close, move, promote, tell, tell_insurer
from tongbao.intake.models import Application
from tongbao.refusal import Refusal


@audit.action
def withdraw(*, application_id: int, why: str, by: User) -> Application:
    """The firm takes its application back; the money goes to the next firm at once. A second click changes nothing."""
    application = queries.lock_application(application_id)
    if application.state != rules.State.WITHDRAWN:
        permissions.check_withdraw(by, application)
        close(application, rules.State.WITHDRAWN, why.strip() or "企业撤回", by)
    else:
        permissions.check_start(by, application.exporter)
    audit.record("intake.withdraw", application, by=by, reference=application.reference, why=application.closed_reason)
    return application


@audit.action
def lapse(*, application_id: int, why: str, by: User | None = None) -> Application:
    """A last day is over (waiting, answers, correction; approved: the firm's share, the policy): money returns.

    Refusals: `intake.not_overdue` (its days still run), `intake.wrong_state`.
    """
    application = queries.lock_application(application_id)
    permissions.check_lapse(application, queries.due_of(application), clock.today())
    close(application, rules.State.LAPSED, why, by)
    tell(application, f"申请 {application.reference} 已失效", f"原因：{why}。仍需投保的，请重新申请。", by)
    audit.record("intake.lapse", application, by=by, reference=application.reference, why=why)
    return application


@audit.action
def remind(*, application_id: int, by: User | None = None) -> Application:
    """Tell the firm (of an approved one also the insurer), once for each deadline, that its last day is near.

    Refusal: `intake.no_deadline` when nothing runs out any more.
    """
    application = queries.lock_application(application_id)
    due = queries.due_of(application)
    if due is None:
        raise Refusal("intake.no_deadline", f"申请 {application.reference} 现在没有到期的事项，不需要提醒。")
    if application.reminded_of == due.day:
        audit.record("intake.remind_again", application, by=by, reference=application.reference, due=str(due.day))
        return application
    application.reminded_of = due.day
    application.save(update_fields=["reminded_of"])
    title = f"申请 {application.reference} 即将到期：{due.day:%Y-%m-%d}"
    tell(application, title, due.todo, by)
    if application.state == rules.State.APPROVED:
        tell_insurer(application, title, due.todo, by)
    audit.record("intake.remind", application, by=by, reference=application.reference, due=str(due.day))
    return application


@audit.action
def take_up(*, edition_id: int, by: User | None = None) -> int:
    """Move the firms whose money has come from the waiting list to first review; gives how many."""
    moved = promote(edition_id)
    if not moved:
        first = queries.edition(edition_id)
        audit.record("intake.take_up", first, by=by, count=0)
    return moved


@audit.action
def mark_issued(*, application_id: int, by: User) -> Application:
    """The insurer has issued the policy."""
    application = queries.lock_application(application_id)
    move(application, rules.State.ISSUED)
    application.save(update_fields=["state"])
    promote(application.edition_id)  # what was reserved too much has gone back to the pool
    audit.record("intake.issued", application, by=by, reference=application.reference)
    return application


@audit.action
def mark_declined(*, application_id: int, reason: str, by: User) -> Application:
    """The insurer has declined; the money goes back at once."""
    application = queries.lock_application(application_id)
    close(application, rules.State.DECLINED, reason, by)
    tell(application, f"申请 {application.reference} 未获承保", f"保险公司说明：{reason}", by)
    audit.record("intake.declined", application, by=by, reference=application.reference, why=reason)
    return application
