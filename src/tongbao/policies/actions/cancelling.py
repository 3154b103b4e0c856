"""The cancellation of an issued policy: one party asks, the other consents, the city approves (clauses 三, 五(二)).

Nothing moves before the approval; then the cover ends, and the premium of the days not covered goes back.
"""

from datetime import date

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.funds import actions as funds
from tongbao.intake import actions as intake
from tongbao.policies import permissions, queries, rules
from tongbao.policies.actions._cancelling import approved_words, end, find_repeat, is_repeat, record, say, say_asked
from tongbao.policies.models import Cancellation
from tongbao.policies.rules import CancellationState, Side
from tongbao.refusal import Refusal


@audit.action
def ask_cancellation(*, policy_id: int, last_day: date, reason: str, text: str, by: User) -> Cancellation:
    """The firm or its insurer asks to end a policy after `last_day`; the other party is told (三).

    The same request again is a harmless repeat. Refusals: `policy_state`, `last_day`, `reason`, `text`,
    `cancellation_open` (another one waits); `Forbidden` for everyone but the two parties.
    """
    _, policy = queries.lock_case(policy_id)
    permissions.check_ask(by, policy)
    text = rules.check_reason(reason, text)
    side = permissions.side_of(by, policy)
    assert side is not None  # `check_ask` lets nobody else in
    before = queries.under_way(policy)
    if before is not None:
        return find_repeat(before, side, last_day, reason, text, by)
    rules.check_last_day(last_day, today=clock.today(), cover_from=policy.cover_from, cover_to=policy.cover_to)
    asked = Cancellation.objects.create(
        policy=policy,
        state=CancellationState.ASKED,
        side=side,
        reason=reason,
        text=text,
        last_day=last_day,
        asked_by=by,
        asked_at=clock.now(),
    )
    said = {"side": side.label, "last_day": str(last_day), "reason": reason, "why": text}
    record("policies.ask_cancellation", asked, by=by, **said)
    say_asked(asked, by)
    return asked


@audit.action
def consent_cancellation(*, cancellation_id: int, by: User) -> Cancellation:
    """The other party consents, in its own account; the city is told (三). A second click changes nothing.

    Refusals: `not_your_turn`, `cancellation_over`, `policy_state`, `last_day_passed`; `Forbidden` for the own side.
    """
    cancellation = queries.lock_cancellation(cancellation_id)
    policy = cancellation.policy
    agreed = cancellation.state == CancellationState.CONSENTED
    if agreed and permissions.side_of(by, policy) == Side(cancellation.side).other:
        record("policies.cancellation_again", cancellation, by=by)
        return cancellation
    permissions.check_consent(by, cancellation)
    rules.check_in_force(policy.state, cover_to=policy.cover_to, today=clock.today())
    rules.check_in_time(cancellation.last_day, today=clock.today())
    cancellation.state, cancellation.consented_by = CancellationState.CONSENTED, by
    cancellation.consented_at = clock.now()
    cancellation.save(update_fields=["state", "consented_by", "consented_at"])
    record("policies.consent_cancellation", cancellation, by=by, last_day=str(cancellation.last_day))
    other = Side(cancellation.side).other.label
    title, body = f"保单 {policy.number} 待批准注销", f"{other}已同意，最后保障日 {cancellation.last_day:%Y-%m-%d}。"
    say(cancellation, title, f"{body}请核对退费后批准。", by, city=True)
    say(cancellation, f"{other}已同意注销保单 {policy.number}", f"{body}待市商务局批准。", by, Side(cancellation.side))
    return cancellation


@audit.action
def refuse_cancellation(*, cancellation_id: int, answer: str, by: User) -> Cancellation:
    """Whoever is asked says no and why; the policy stays in force (三). A second click changes nothing.

    Refusals: `answer`, `not_your_turn`, `cancellation_over`; `Forbidden` for who is not asked.
    """
    cancellation = queries.lock_cancellation(cancellation_id)
    if is_repeat(cancellation, CancellationState.REFUSED, by):
        return cancellation
    permissions.check_refuse(by, cancellation)
    cancellation.answer = rules.check_text(answer, "请写明不同意的原因，对方会看到", "answer")
    consented = cancellation.state == CancellationState.CONSENTED
    end(cancellation, CancellationState.REFUSED, by, "answer")
    record("policies.refuse_cancellation", cancellation, by=by, why=cancellation.answer)
    told = list(Side) if consented else [Side(cancellation.side)]
    title = f"保单 {cancellation.policy.number} 没有注销，继续有效"
    say(cancellation, title, f"{by.organisation}不同意注销：{cancellation.answer}", by, *told)
    return cancellation


@audit.action
def withdraw_cancellation(*, cancellation_id: int, by: User) -> Cancellation:
    """The party that asked takes it back; the policy stays in force. A second click changes nothing.

    Refusals: `cancellation_over`; `Forbidden` for everybody else.
    """
    cancellation = queries.lock_cancellation(cancellation_id)
    if is_repeat(cancellation, CancellationState.WITHDRAWN, by):
        return cancellation
    permissions.check_withdraw(by, cancellation)
    consented = cancellation.state == CancellationState.CONSENTED
    end(cancellation, CancellationState.WITHDRAWN, by)
    record("policies.withdraw_cancellation", cancellation, by=by)
    title, body = f"保单 {cancellation.policy.number} 的注销申请已撤回", "保单继续有效，不需要您做什么。"
    say(cancellation, title, body, by, Side(cancellation.side).other, city=consented)
    return cancellation


@audit.action
def lapse_cancellation(*, cancellation_id: int, by: User | None = None) -> Cancellation:
    """End a request that can lead nowhere: its last day passed without consent, or the cover has ended by itself.

    Refuses (`not_due`) one that may still be answered.
    """
    cancellation = queries.lock_cancellation(cancellation_id)
    if cancellation.pk not in queries.overdue_cancellations(clock.today()):
        raise Refusal("not_due", "这份注销申请还可以答复，不能作失效处理。")
    end(cancellation, CancellationState.LAPSED, by)
    record("policies.lapse_cancellation", cancellation, by=by)
    title = f"保单 {cancellation.policy.number} 的注销申请已失效"
    body = "最后保障日前没有得到同意，或者保障期限已经结束。保单没有注销；仍需注销的，请重新提出。"
    say(cancellation, title, body, by, *Side)
    return cancellation


@audit.action
def approve_cancellation(*, cancellation_id: int, seen_fen: int, by: User) -> Cancellation:
    """The city approves: the cover ends, the subsidy of the days not covered returns to the fund in both books, the
    next in line is served; what the insurer owes the firm is recorded (三, 五(二)). A second click changes nothing.

    `seen_fen` is the refund to the fund that the page showed. Refusals: `not_your_turn`, `cancellation_over`,
    `policy_state`, `rate_corrected` (too much is charged still), `refund_changed`, those of `funds.refund`
    (`edition_closed`); `Forbidden` for all but the city.
    """
    cancellation = queries.lock_cancellation(cancellation_id)
    policy = cancellation.policy
    if is_repeat(cancellation, CancellationState.APPROVED, by):
        return cancellation
    permissions.check_approve(by, cancellation)
    rules.check_in_force(policy.state, cover_to=policy.cover_to, today=clock.today())
    queries.check_nothing_owed(policy)
    refund = queries.refund_of(policy, cancellation.last_day)
    if refund.fund_fen != seen_fen:
        now = money.text(refund.fund_fen)
        raise Refusal("refund_changed", f"保费在您打开页面后有更正，应退回资金池 {now} 元。请按新的金额核对后再批准。")
    policy.state, cancellation.issued_certificate, policy.certificate = rules.State.CANCELLED, policy.certificate, None
    policy.save(update_fields=["state", "certificate"])
    cancellation.fund_fen, cancellation.firm_fen = refund.fund_fen, refund.firm_fen
    end(cancellation, CancellationState.APPROVED, by, "fund_fen", "firm_fen", "issued_certificate")
    said = {"last_day": str(cancellation.last_day), "fund_fen": refund.fund_fen, "firm_fen": refund.firm_fen}
    paper = cancellation.issued_certificate
    record("policies.approve_cancellation", cancellation, by=by, **said, earlier_paper=paper and paper.sha256)
    if refund.fund_fen:
        key, why = f"cancellation:{cancellation.pk}", f"保单 {policy.number} 注销"
        funds.refund(reservation_id=policy.reservation_id, amount_fen=refund.fund_fen, why=why, key=key, by=by)
        intake.take_up(edition_id=policy.edition_id)
    say(cancellation, f"保单 {policy.number} 已注销", approved_words(refund), by, *Side)
    return cancellation
