"""The exporter's share, the issue, the paper."""

from datetime import date

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.funds import actions as funds
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions as intake
from tongbao.policies import permissions, queries, rules
from tongbao.policies.actions.telling import tell
from tongbao.policies.models import Policy
from tongbao.refusal import Refusal


@audit.action
def record_exporter_payment(*, policy_id: int, paid_on: date, voucher: str, by: User) -> Policy:
    """Note that the exporter paid its share straight to the insurer (四(二) B: 不先缴后补).

    `paid_on` lies between entry and today and not after the last day allowed; `voucher` is the receipt's number.
    Refusals: `policy_state`, `no_share`, `paid_on`, `voucher`, `share_paid`.
    """
    application, policy = queries.lock_case(policy_id)
    permissions.check_underwrite(by, application)
    rules.check_open(policy.state)
    due, voucher = policy.exporter_share_due, voucher.strip()
    if due is None:
        raise Refusal("no_share", "这张保单的保费由财政全额扶持，企业不需要缴费，可以直接出单。")
    if policy.exporter_share_paid_on:
        raise Refusal("share_paid", f"已登记过缴费（{policy.exporter_share_paid_on:%Y-%m-%d}），不用重复登记。")
    rules.check_payment(paid_on, entry_date=policy.entry_date, due=due, today=clock.today())
    if not voucher:
        raise Refusal("voucher", "请填写缴费凭证号", "voucher")
    policy.exporter_share_paid_on, policy.exporter_share_voucher = paid_on, voucher
    policy.save(update_fields=["exporter_share_paid_on", "exporter_share_voucher"])
    audit.record(
        "policies.record_payment",
        policy,
        by=by,
        reference=application.reference,
        paid_on=str(paid_on),
        voucher=voucher,
        exporter_share_fen=policy.exporter_share_fen,
    )
    return policy


@audit.action
def issue(*, policy_id: int, by: User) -> Policy:
    """Issue a policy: the reservation becomes a charge of the subsidy, the difference returns (五(二)).

    When the pool's money falls short, the reservation is held at the head of its pool and the policy stays as it was;
    the caller sees that in its state. Refusals: `policy_state`, `share_unpaid`, `not_approved`, `rate_corrected`,
    `cover_over`, and those of `funds.charge` (`prepayment_short`).
    """
    application, policy = queries.lock_case(policy_id)
    permissions.check_underwrite(by, application)
    rules.check_open(policy.state)
    queries.basis(application)
    if policy.exporter_share_due and not policy.exporter_share_paid_on:
        raise Refusal("share_unpaid", "企业应承担的保费还没有缴费记录。请先登记企业缴费，再出单。")
    queries.check_rate_stands(policy)
    if policy.cover_to < clock.today():
        raise Refusal("cover_over", f"本年度保障期限已于 {policy.cover_to:%Y-%m-%d} 结束，不能再出单。")
    charged = funds.charge(
        reservation_id=policy.reservation_id,
        amount_fen=policy.subsidy_fen,
        key=f"policy:{policy.pk}",
        by=by,
        policy_number=policy.number,
        entry_date=policy.entry_date,
    )
    if charged.state != ReservationState.CHARGED:
        _say_held(policy, charged.shortfall_fen, by)
        return policy
    policy.state, policy.issued_by, policy.issued_at = rules.State.IN_FORCE, by, clock.now()
    policy.save(update_fields=["state", "issued_by", "issued_at"])
    intake.mark_issued(application_id=application.pk, by=by)
    audit.record("policies.issue", policy, by=by, reference=application.reference, **policy.figures())
    tell(
        policy=policy,
        title="保单已出，可以下载保险凭证",
        body=f"保单号 {policy.number}，保障期限至 {policy.cover_to:%Y-%m-%d}。",
        by=by,
    )
    return policy


def _say_held(policy: Policy, shortfall_fen: int, by: User) -> None:
    reference = policy.application.reference
    audit.record("policies.held", policy, by=by, reference=reference, shortfall_fen=shortfall_fen)


@audit.action
def file_certificate(*, policy_id: int, by: User | None) -> Policy:
    """Typeset and keep the certificate of an issued policy, once; a second call changes nothing.

    Its own verb: typesetting is too slow to do while the queue is locked. Refuses (`not_issued`) before issue.
    """
    application, policy = queries.lock_case(policy_id)
    if not permissions.can_download(policy):
        raise Refusal("not_issued", "这张保单还没有出单，没有保险凭证可以下载。")
    if policy.certificate is None:
        ended = "（已注销）" if policy.state == rules.State.CANCELLED else ""
        name = f"保险凭证-{policy.number}{ended}.pdf"
        paper = rules.render(queries.certificate_of(policy))
        policy.certificate = documents.store_generated(content=paper, name=name, kind="certificate", by=by)
        policy.save(update_fields=["certificate"])
    sha256 = policy.certificate.sha256
    audit.record("policies.file_certificate", policy, by=by, reference=application.reference, sha256=sha256)
    return policy
