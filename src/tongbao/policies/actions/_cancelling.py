"""Steps that the verbs of a cancellation share."""

from datetime import date
from typing import Any

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.notify import actions as notify
from tongbao.policies import queries
from tongbao.policies.models import Cancellation
from tongbao.policies.rules import CancellationState, Refund, Side
from tongbao.refusal import Refusal


def record(verb: str, cancellation: Cancellation, *, by: User | None, **detail: Any) -> None:
    """The audit record of an act; it stands in the history of the policy."""
    policy = cancellation.policy
    audit.record(verb, policy, by=by, reference=policy.application.reference, cancellation=cancellation.pk, **detail)


def find_repeat(before: Cancellation, side: Side, last_day: date, reason: str, text: str, by: User) -> Cancellation:
    """The request that waits already, when this one is the same; another one is refused (`cancellation_open`)."""
    if (before.side, before.last_day, before.reason, before.text) == (side, last_day, reason, text):
        record("policies.cancellation_again", before, by=by)
        return before
    state = CancellationState(before.state).label
    raise Refusal(
        "cancellation_open",
        f"这张保单已有一份注销申请（{before.asked_at.astimezone(clock.SHANGHAI):%Y-%m-%d} 提出，{state}）。"
        "请先办完或撤回那一份。",
    )


def is_repeat(cancellation: Cancellation, state: CancellationState, by: User) -> bool:
    """Whether this person has brought the cancellation into this state before: a second click."""
    if cancellation.state != state or cancellation.decided_by_id != by.pk:
        return False
    record("policies.cancellation_again", cancellation, by=by)
    return True


def end(cancellation: Cancellation, state: CancellationState, by: User | None, *fields: str) -> None:
    """The cancellation is over, one way or another; `fields` are what else was set."""
    cancellation.state, cancellation.decided_by, cancellation.decided_at = state, by, clock.now()
    cancellation.save(update_fields=["state", "decided_by", "decided_at", *fields])


def say(cancellation: Cancellation, title: str, body: str, by: User | None, *sides: Side, city: bool = False) -> None:
    """A notice to the parties named (a firm that has no one to sign in gets none) and, if asked, to the city."""
    policy, bodies = cancellation.policy, queries.cities() if city else []
    for side in sides:
        to = queries.organisation_of(policy) if side == Side.FIRM else policy.insurer
        bodies += [to] if to is not None else []
    for to in bodies:
        notify.send(to=to, title=title, body=body, url=queries.cancellation_page(cancellation), by=by)


def say_asked(cancellation: Cancellation, by: User) -> None:
    """Tell the other party that its consent is asked for."""
    side, number = Side(cancellation.side), cancellation.policy.number
    why = f"{cancellation.get_reason_display()}。{cancellation.text}"
    body = f"最后保障日 {cancellation.last_day:%Y-%m-%d}。原因：{why} 请在最后保障日前答复；答复前保单继续有效。"
    who = side.named(to_firm=side.other is Side.FIRM)
    say(cancellation, f"{who}申请注销保单 {number}，请答复", body, by, side.other)


def approved_words(refund: Refund) -> str:
    """What both parties are told of an approved cancellation."""
    said = f"保障到 {refund.last_day:%Y-%m-%d} 为止，此前的出运仍可报告可能损失和索赔。"
    if refund.fund_fen:
        said += f"财政扶持 {money.text(refund.fund_fen)} 元退回资金池。"
    if refund.firm_fen:
        said += f"企业承担的保费 {money.text(refund.firm_fen)} 元由保险人退还企业。"
    return said
