"""Whether the policies are true: sums recomputed from their terms, compared with the log and with the fund."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.funds.rules import ReservationState
from tongbao.policies import rules
from tongbao.policies.models import Cancellation, ExcludedCountries, Policy
from tongbao.policies.queries.cancellations import ends_of_policies, refund_of, untrue_cancellations
from tongbao.policies.queries.policies import WHOLE
from tongbao.policies.queries.repricing import made_on_policies, untrue_repricings
from tongbao.policies.queries.underwriting import approval, base_of
from tongbao.scheme import queries as schemes

_PRICING = ("policies.quote", "policies.correct", "policies.reprice")
_ENDING = {
    "policies.issue": rules.State.IN_FORCE,
    "policies.cancel": rules.State.CANCELLED,
    "policies.lapse_unpaid": rules.State.CANCELLED,
    "policies.approve_cancellation": rules.State.CANCELLED,
    "policies.expire": rules.State.EXPIRED,
}
_ACTS = (*_PRICING, "policies.record_payment", "policies.file_certificate", *_ENDING)


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each policy whose sums, state or money are not what they must be; returns how many."""
    acts: dict[str, list[Record]] = defaultdict(list)
    for record in log.of_verbs(*_ACTS):
        acts[record.subject_id].append(record)
    made, ends = made_on_policies(), ends_of_policies()
    count = 0
    policies = Policy.objects.select_related(*WHOLE, "certificate", "reservation__pool").order_by("pk")
    for policy in policies.iterator(chunk_size=2000):
        count += 1
        mine, end = acts.pop(str(policy.pk), []), ends.get(policy.pk)
        repriced = [record for record in mine if record.verb == "policies.reprice"]
        yield from (f"保单 {policy.number} 的{what}" for what in _untrue(policy, _said(mine, *_PRICING)))
        yield from (f"保单 {policy.number} 的{what}" for what in _untrue_end(policy, end))
        changes = untrue_repricings(policy, made.get(policy.pk, []), repriced)
        yield from (f"保单 {policy.number} 的{what}" for what in changes)
        yield from (f"保单 {policy.number} 的{what}" for what in _untold(policy, mine))
    yield from (f"报过价的保单 {mine[0].detail.get('number', '')} 不见了" for mine in acts.values())
    yield from untrue_cancellations()
    yield from _excluded()
    return count


def _said(acts: list[Record], *verbs: str) -> dict[str, Any]:
    """What the last act of these verbs told the log."""
    return next((record.detail for record in reversed(acts) if record.verb in verbs), {})


def _untrue(policy: Policy, said: dict[str, Any]) -> Iterator[str]:
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


def _untrue_end(policy: Policy, end: Cancellation | None) -> Iterator[str]:
    """What of a cancellation is not as the formula and the fund have it; nothing goes back without one."""
    refunded_fen = policy.reservation.refunded_fen
    if end is None:
        if refunded_fen:
            yield "扶持资金退回过，却没有批准的注销"
        return
    refund, sums = refund_of(policy, end.last_day), (end.fund_fen, end.firm_fen)
    if sums != (refund.fund_fen, refund.firm_fen):
        yield "注销退费按条款重新计算，结果不同"
    if end.fund_fen != refunded_fen:
        yield "注销退费与退回资金池的金额不符"


# ── what only the log knows ─────────────────────────────────────────────────────────────────────────────────────────


def _untold(policy: Policy, acts: list[Record]) -> Iterator[str]:
    """What of a policy was never done, was done by others or at another time, or was done and is gone."""
    last = {record.verb: record for record in acts}
    rate = policy.exchange_rate
    if (rate.insurer_id, rate.month) != (policy.insurer_id, rules.rate_month(policy.entry_date)):
        yield "汇率不是承保的保险人录入当月的汇率"
    if policy.reservation.pool.insurer_id != policy.insurer_id:
        yield "扶持资金不是从承保的保险人的资金池列支"
    quoted = next((one for one in reversed(acts) if one.verb in _PRICING[:2]), None)
    if quoted is None or quoted.detail.get("sealed", policy.sealed()) != policy.sealed():
        yield "当事人、条款、保障或缴费期限与报价记录不符"
    elif not log.is_of(quoted, policy.quoted_by_id, policy.quoted_at):
        yield "报价人或报价时间与审计记录不符"
    if not _is_paid(policy, last.get("policies.record_payment")):
        yield "企业缴费与审计记录不符"
    if not _is_issued(policy, last.get("policies.issue")):
        yield "出单人或出单时间与审计记录不符"
    if not _is_in_state(policy, acts):
        yield "状态与审计记录不符"
    if not _is_filed(policy, acts):
        yield "保险凭证与审计记录不符"


def _is_paid(policy: Policy, record: Record | None) -> bool:
    kept = (str(policy.exporter_share_paid_on or ""), policy.exporter_share_voucher)
    return kept == ((record.detail["paid_on"], record.detail["voucher"]) if record else ("", ""))


def _is_issued(policy: Policy, record: Record | None) -> bool:
    if record is None:
        return policy.issued_by_id is None and policy.issued_at is None
    return log.is_of(record, policy.issued_by_id, policy.issued_at)


def _is_in_state(policy: Policy, acts: list[Record]) -> bool:
    ended = [_ENDING[record.verb] for record in acts if record.verb in _ENDING]
    awaits = rules.State.AWAITING_EXPORTER_SHARE if policy.exporter_share_due else rules.State.QUOTED
    return policy.state == (ended[-1] if ended else awaits)


def _is_filed(policy: Policy, acts: list[Record]) -> bool:
    """Whether its paper is the last that was made; a repricing and a cancellation take it away."""
    papers = ("policies.file_certificate", "policies.reprice", "policies.approve_cancellation")
    last = next((record for record in reversed(acts) if record.verb in papers), None)
    filed = last.detail["sha256"] if last and last.verb == papers[0] else None
    return filed == (policy.certificate.sha256 if policy.certificate else None)


def _excluded() -> Iterator[str]:
    """The lists of countries not covered are those that were entered."""
    told = {record.subject_id: record for record in log.of_verbs("policies.list_excluded")}
    for row in ExcludedCountries.objects.select_related("insurer").order_by("pk"):
        record = told.pop(str(row.pk), None)
        kept = {"countries": row.countries, "valid_from": str(row.valid_from)}
        kept |= {"insurer": row.insurer_id, "document": row.document_number}
        said = record.detail if record else {}
        if record is None or not log.is_of(record, row.entered_by_id, row.entered_at) or _differs(kept, said):
            yield f"{row.insurer} {row.valid_from:%Y-%m-%d} 起的不予承保国别与审计记录不符"
    yield from (f"登记过的不予承保国别 {pk} 不见了" for pk in told)


def _differs(kept: dict[str, object], said: dict[str, object]) -> bool:
    return any(said.get(name, value) != value for name, value in kept.items())  # older records say less
