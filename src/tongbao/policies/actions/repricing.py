"""What follows from a corrected exchange rate on a policy that was issued at the wrong one (clause 五(二))."""

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.funds import actions as funds
from tongbao.funds.rules import rate_text
from tongbao.intake import actions as intake
from tongbao.policies import permissions, queries, rules
from tongbao.policies.actions.telling import tell
from tongbao.policies.models import Policy, Repricing
from tongbao.refusal import Refusal


@audit.action
def reprice(*, policy_id: int, by: User, seen_rate_id: int | None = None) -> Repricing:
    """Compute an issued policy's premium again at the rate that stands; its charge is reversed and made anew (五(二)).

    Old and new figures are kept as an endorsement; the paper is made anew. The difference of the exporter's share is
    recorded, firm and insurer settle it between them. Again it gives the first result. `seen_rate_id`: the rate that
    stood on the person's screen. Refusals: `policy_state`, `rate_stands`, `rate_changed`, and those of `funds.recharge`
    (`charge_short`, `prepayment_short`, `edition_closed`).
    """
    application, policy = queries.lock_case(policy_id)
    permissions.check_underwrite(by, application)
    rules.check_repricing(policy.state)
    due = queries.due(policy)
    if due is None:
        return _repeat(policy, by)
    if seen_rate_id not in (None, due.rate.pk):
        raise Refusal("rate_changed", "这个月的汇率刚刚又有更正，请刷新页面，核对新的金额后再办理。")
    earlier = policy.figures()
    made = _keep(due, by)
    if due.sums.subsidy_more_fen:
        funds.recharge(
            reservation_id=policy.reservation_id,
            amount_fen=due.sums.new_subsidy_fen,
            why=f"{due.rate.month:%Y-%m} 汇率由 {policy.exchange_rate.shown} 更正为 {due.rate.shown}",
            key=f"reprice:{policy.pk}:{due.rate.pk}",
            by=by,
        )
    _apply(policy, due)
    if due.sums.subsidy_more_fen < 0:
        intake.take_up(edition_id=policy.edition_id)  # who waited for what came back
    said = {**policy.figures(), "earlier": earlier, "earlier_paper": made.certificate and made.certificate.sha256}
    audit.record("policies.reprice", policy, by=by, reference=application.reference, **said)
    _tell(policy, due, by)
    return made


def _repeat(policy: Policy, by: User) -> Repricing:
    """A second click finds what the first has done; a policy whose rate was never corrected is refused."""
    made = queries.repricings(policy).last()
    if made is None:
        raise Refusal("rate_stands", "这张保单所用的汇率没有更正，不需要重新计算保费。")
    audit.record("policies.reprice_again", policy, by=by, reference=policy.application.reference)
    return made


def _keep(due: queries.Due, by: User) -> Repricing:
    policy, sums = due.policy, due.sums
    return Repricing.objects.create(
        policy=policy,
        old_rate=policy.exchange_rate,
        new_rate=due.rate,
        old_premium_fen=sums.old_premium_fen,
        new_premium_fen=sums.new_premium_fen,
        old_subsidy_fen=sums.old_subsidy_fen,
        new_subsidy_fen=sums.new_subsidy_fen,
        old_share_fen=sums.old_share_fen,
        new_share_fen=sums.new_share_fen,
        certificate=policy.certificate,
        by=by,
        at=clock.now(),
    )


def _apply(policy: Policy, due: queries.Due) -> None:
    """The policy has the new sums from now on; its paper is made anew when somebody wants it."""
    policy.exchange_rate, policy.certificate = due.rate, None
    policy.premium_fen, policy.subsidy_fen = due.sums.new_premium_fen, due.sums.new_subsidy_fen
    policy.exporter_share_fen = due.sums.new_share_fen
    policy.save(update_fields=["exchange_rate", "certificate", "premium_fen", "subsidy_fen", "exporter_share_fen"])


def _tell(policy: Policy, due: queries.Due, by: User) -> None:
    sums, settle = due.sums, rules.settled(due.sums.share_more_fen)
    share = f"贵公司{settle}，请与{policy.insurer}结清。" if settle else "贵公司不需要补缴或退款。"
    tell(
        policy=policy,
        title=f"保单 {policy.number} 的保费因汇率更正重新计算",
        body=f"{due.rate.month:%Y年%m月}汇率由 {rate_text(sums.old_rate)} 更正为 {rate_text(sums.new_rate)}，保费由 "
        f"{money.text(sums.old_premium_fen)} 元改为 {money.text(sums.new_premium_fen)} 元。{share}"
        "保障内容不变，请重新下载保险凭证。",
        by=by,
    )
