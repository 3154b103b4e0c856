"""Cancellations: who sees which, one locked, what each gives back, who waits for whom."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.policies import rules
from tongbao.policies.models import Cancellation, Policy
from tongbao.policies.queries.policies import WHOLE, Event, lock_case, visible_to
from tongbao.policies.rules import CancellationState, Side
from tongbao.scheme import queries as schemes
from tongbao.ui.menu import Todo

_PEOPLE = ("asked_by", "consented_by", "decided_by")
_WITH = (
    *(f"policy__{name}" for name in WHOLE), "policy__insured__area",
    *(f"{person}__organisation" for person in _PEOPLE),
)  # fmt: skip


def cancellations(user: User) -> QuerySet[Cancellation]:
    """The cancellations of the policies this person may see, newest first."""
    return Cancellation.objects.filter(policy__in=visible_to(user)).select_related(*_WITH)


def lock_cancellation(pk: int) -> Cancellation:
    """A cancellation with its policy, locked: application, policy, then the cancellation itself."""
    policy_id = Cancellation.objects.values_list("policy_id", flat=True).get(pk=pk)
    _, policy = lock_case(policy_id)
    found = Cancellation.objects.select_for_update(of=("self",)).select_related(*_WITH).get(pk=pk)
    found.policy = policy
    return found


def under_way(policy: Policy) -> Cancellation | None:
    """The cancellation that waits for somebody; a policy has one at most."""
    return policy.cancellations.filter(state__in=rules.UNDER_WAY).select_related(*_WITH).first()


def cancelled(policy: Policy) -> Cancellation | None:
    """The approved cancellation that has ended an issued policy; None when nothing has."""
    return policy.cancellations.filter(state=CancellationState.APPROVED).select_related(*_WITH).first()


def ends_of_policies() -> dict[int, Cancellation]:
    """Every approved cancellation, by its policy: for the proof."""
    return {one.policy_id: one for one in Cancellation.objects.filter(state=CancellationState.APPROVED)}


def refund_of(policy: Policy, last_day: date) -> rules.Refund:
    """What the end of cover on this day gives back, by the terms of the policy (五(二))."""
    return rules.refund(
        subsidy_fen=policy.subsidy_fen,
        exporter_share_fen=policy.exporter_share_fen,
        cover_from=policy.cover_from,
        cover_to=policy.cover_to,
        last_day=last_day,
        pro_rata=schemes.scheme_of(policy.terms).refunds_pro_rata,
    )


def cities() -> list[Organisation]:
    """The bodies whose officers approve."""
    return list(Organisation.objects.filter(kind=OrganisationKind.CITY).order_by("pk"))


def cancellation_page(cancellation: Cancellation) -> str:
    """The address of a cancellation's page."""
    return reverse("policies:cancellation", args=[cancellation.pk])


def steps(cancellation: Cancellation, user: User) -> list[Event]:
    """What happened to a cancellation, oldest first; a firm reads the body that acted, officers the person too."""
    one, side, to_firm = cancellation, Side(cancellation.side), user.role == Role.EXPORTER
    asked = f"{side.named(to_firm=to_firm)}申请注销"
    found: list[tuple[str, User | None, datetime]] = [(asked, one.asked_by, one.asked_at)]
    if one.consented_at is not None:
        found.append((f"{side.other.named(to_firm=to_firm)}同意", one.consented_by, one.consented_at))
    if one.decided_at is not None:
        found.append((CancellationState(one.state).label, one.decided_by, one.decided_at))
    return [Event(label, _who(person, user), at) for label, person, at in found]


def _who(person: User | None, user: User) -> str:
    if person is None:
        return "系统"
    return str(person.organisation) if user.role == Role.EXPORTER else f"{person.organisation} {person.name}"


def waiting(user: User) -> list[Todo]:
    """The cancellations that wait for this person's answer."""
    found = Cancellation.objects.filter(policy__in=visible_to(user))
    if user.role == Role.EXPORTER:
        asked = found.filter(state=CancellationState.ASKED, side=Side.INSURER)
        return [Todo("保险公司申请注销您的保单，请答复", 1, cancellation_page(one), urgent=True) for one in asked]
    if user.role == Role.INSURER_AGENT:
        asked = found.filter(state=CancellationState.ASKED, side=Side.FIRM)
        return _line("待答复的注销申请", asked.count(), f"state={CancellationState.ASKED}&side={Side.FIRM}")
    if user.role == Role.CITY_OFFICER:
        consented = found.filter(state=CancellationState.CONSENTED)
        return _line("待批准的保单注销", consented.count(), f"state={CancellationState.CONSENTED}")
    return []


def _line(label: str, count: int, query: str) -> list[Todo]:
    return [Todo(label, count, f"{reverse('policies:cancellations')}?{query}")] if count else []


def overdue_cancellations(today: date) -> list[int]:
    """Those that nobody can bring to an end any more: not consented to in time, or the cover has ended by itself."""
    late = Q(state=CancellationState.ASKED, last_day__lt=today)
    over = Q(state__in=rules.UNDER_WAY) & (~Q(policy__state=rules.State.IN_FORCE) | Q(policy__cover_to__lt=today))
    return list(Cancellation.objects.filter(late | over).order_by("pk").values_list("pk", flat=True))


# ── proof ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_LEADS_TO = {
    "policies.ask_cancellation": CancellationState.ASKED,
    "policies.consent_cancellation": CancellationState.CONSENTED,
    "policies.refuse_cancellation": CancellationState.REFUSED,
    "policies.withdraw_cancellation": CancellationState.WITHDRAWN,
    "policies.lapse_cancellation": CancellationState.LAPSED,
    "policies.approve_cancellation": CancellationState.APPROVED,
}


def untrue_cancellations() -> Iterator[str]:
    """A Chinese sentence for each cancellation that is not as its acts left it, or was done by others than it says."""
    acts: dict[int, dict[str, Record]] = {}
    for record in log.of_verbs(*_LEADS_TO):
        acts.setdefault(record.detail["cancellation"], {})[record.verb] = record
    found = Cancellation.objects.select_related("policy", "issued_certificate").order_by("pk")
    for one in found.iterator(chunk_size=2000):
        if not _is_told(one, acts.pop(one.pk, {})):
            yield f"保单 {one.policy.number} 的注销申请（{one.pk}）与审计记录不符"
    yield from (f"提出过的注销申请 {pk} 不见了" for pk in acts)


def _is_told(one: Cancellation, acts: dict[str, Record]) -> bool:
    """Whether what was asked, consented to and decided is what the log tells, and by whom and when."""
    asked, *later = acts.values() if acts else (None,)
    if asked is None or (asked.verb, asked.subject_id) != ("policies.ask_cancellation", str(one.policy_id)):
        return False
    kept = (Side(one.side).label, str(one.last_day), one.reason, one.text)
    if kept != tuple(asked.detail[name] for name in ("side", "last_day", "reason", "why")):
        return False
    consented = acts.get("policies.consent_cancellation")
    ended = next((record for record in later if record is not consented), None)
    last = ended or consented or asked
    paper = one.issued_certificate.sha256 if one.issued_certificate else None
    decision = (one.state, one.answer, one.fund_fen, one.firm_fen, paper)
    said = last.detail
    answer = said["why"] if last.verb == "policies.refuse_cancellation" else ""
    told = (answer, said.get("fund_fen", 0), said.get("firm_fen", 0), said.get("earlier_paper"))
    people = (
        (asked, one.asked_by_id, one.asked_at),
        (consented, one.consented_by_id, one.consented_at),
        (ended, one.decided_by_id, one.decided_at),
    )
    return decision == (_LEADS_TO[last.verb], *told) and all(_is_of(*person) for person in people)


def _is_of(record: Record | None, person_id: int | None, at: datetime | None) -> bool:
    return (person_id, at) == (None, None) if record is None else log.is_of(record, person_id, at)
