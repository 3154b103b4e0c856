"""Whether the policies are true: sums recomputed from their terms, compared with the log and with the fund."""

from collections import Counter
from collections.abc import Generator, Iterator
from decimal import Decimal

from tongbao.audit import queries as log
from tongbao.funds.rules import ReservationState
from tongbao.policies import rules
from tongbao.policies.models import Cancellation, Policy
from tongbao.policies.queries.cancellations import ends_of_policies, refund_of
from tongbao.policies.queries.policies import WHOLE
from tongbao.policies.queries.repricing import made_on_policies, untrue_repricings
from tongbao.policies.queries.underwriting import approval, base_of
from tongbao.scheme import queries as schemes


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each policy whose sums, state or money are not what they must be; returns how many."""
    told = {
        record.subject_id: record.detail
        for record in log.of_verbs("policies.quote", "policies.correct", "policies.reprice")
    }
    repriced = Counter(record.subject_id for record in log.of_verbs("policies.reprice"))
    made = made_on_policies()
    ends, approved = ends_of_policies(), _approved()
    count = 0
    policies = Policy.objects.select_related(*WHOLE).order_by("pk").iterator(chunk_size=2000)
    for policy in policies:
        count += 1
        said, end = told.pop(str(policy.pk), {}), ends.get(policy.pk)
        yield from (f"保单 {policy.number} 的{what}" for what in _untrue(policy, said, end))
        yield from (f"保单 {policy.number} 的{what}" for what in _untrue_end(policy, end, approved.get(policy.pk, {})))
        changes = untrue_repricings(policy, made.get(policy.pk, []), repriced[str(policy.pk)])
        yield from (f"保单 {policy.number} 的{what}" for what in changes)
    yield from (f"报过价的保单 {said['number']} 不见了" for said in told.values())
    return count


def _untrue(policy: Policy, said: dict[str, object], end: Cancellation | None) -> Iterator[str]:
    if any(said.get(name) != value for name, value in policy.figures().items() if name != "insured_percentage"):
        yield "内容与报价记录不符"
    if Decimal(str(said.get("insured_percentage", 0))) != policy.insured_percentage:
        yield "赔偿比例与报价记录不符"
    kept = (policy.premium_cents, policy.premium_fen, policy.subsidy_fen, policy.exporter_share_fen)
    premium = schemes.scheme_of(policy.terms).premium(
        policy.plan, policy.base_exports_cents, policy.exchange_rate.cny_per_usd
    )
    if kept != (premium.premium_cents, premium.premium_fen, premium.subsidy_fen, premium.exporter_share_fen):
        yield "保费按条款重新计算，结果不同"
    approved = approval(policy.application)
    if approved is None or base_of(approved.decision) != policy.base_exports_cents:
        yield "保费基数与复审通过的出口额不符"
    place, issued = policy.reservation, policy.issued_at is not None
    if issued != (place.state == ReservationState.CHARGED) or (issued and place.amount_fen != policy.subsidy_fen):
        yield "财政扶持与资金列支不符"
    if issued != (rules.is_valid(policy.state) or end is not None):
        yield "状态与出单不符"


def _approved() -> dict[int, dict[str, object]]:
    """What the log says of each approved cancellation, by policy."""
    return {int(record.subject_id): record.detail for record in log.of_verbs("policies.approve_cancellation")}


def _untrue_end(policy: Policy, end: Cancellation | None, said: dict[str, object]) -> Iterator[str]:
    """What of a cancellation is not as the formula, the log and the fund have it; nothing goes back without one."""
    refunded_fen = policy.reservation.refunded_fen
    if end is None:
        if refunded_fen:
            yield "扶持资金退回过，却没有批准的注销"
        if said:
            yield "注销批准过，却不见了"
        return
    refund, sums = refund_of(policy, end.last_day), (end.fund_fen, end.firm_fen)
    if (str(end.last_day), *sums) != tuple(said.get(name) for name in ("last_day", "fund_fen", "firm_fen")):
        yield "注销与批准记录不符"
    if sums != (refund.fund_fen, refund.firm_fen):
        yield "注销退费按条款重新计算，结果不同"
    if end.fund_fen != refunded_fen:
        yield "注销退费与退回资金池的金额不符"
    if policy.state != rules.State.CANCELLED:
        yield "注销已批准，状态却不是“已注销”"
