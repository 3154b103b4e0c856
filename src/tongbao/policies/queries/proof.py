"""Whether the policies are true: sums recomputed from their terms, compared with the log and with the fund."""

from collections.abc import Iterator
from decimal import Decimal

from tongbao.audit import queries as log
from tongbao.funds.rules import ReservationState
from tongbao.policies import rules
from tongbao.policies.models import Policy
from tongbao.policies.queries.policies import WHOLE
from tongbao.policies.queries.underwriting import approval, base_of
from tongbao.scheme import queries as schemes


def faults() -> Iterator[str]:
    """A Chinese sentence for each policy whose sums, state or money are not what they must be."""
    told = {record.subject_id: record.detail for record in log.of_verbs("policies.quote", "policies.correct")}
    for policy in Policy.objects.select_related(*WHOLE).order_by("pk").iterator(chunk_size=2000):
        said = told.pop(str(policy.pk), {})
        yield from (f"保单 {policy.number} 的{what}" for what in _untrue(policy, said))
    yield from (f"报过价的保单 {said['number']} 不见了" for said in told.values())


def _untrue(policy: Policy, said: dict[str, object]) -> Iterator[str]:
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
    if issued != rules.is_valid(policy.state):
        yield "状态与出单不符"
