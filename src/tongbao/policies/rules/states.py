"""States of a policy."""

from tongbao.labels import Labelled
from tongbao.refusal import Refusal


class State(Labelled):
    """Where a policy stands; an expired one still takes notices and claims for shipments in its period."""

    QUOTED = "quoted", "已报价"
    AWAITING_EXPORTER_SHARE = "awaiting_exporter_share", "待企业缴费"
    IN_FORCE = "in_force", "保障中"
    EXPIRED = "expired", "已到期"
    CANCELLED = "cancelled", "已注销"


class Step(Labelled):
    """What the insurer has to do next with an approved application."""

    QUOTE = "quote", "待报价"
    REQUOTE = "requote", "待重新报价"
    PAY = "pay", "待登记企业缴费"
    ISSUE = "issue", "待出单"


TRANSITIONS = {
    State.QUOTED: frozenset({State.AWAITING_EXPORTER_SHARE, State.IN_FORCE, State.CANCELLED}),
    State.AWAITING_EXPORTER_SHARE: frozenset({State.QUOTED, State.IN_FORCE, State.CANCELLED}),
    State.IN_FORCE: frozenset({State.EXPIRED, State.CANCELLED}),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}

# Priced, not yet issued: figures may still be corrected, and a refusal or a lapse ends it.
OPEN = frozenset({State.QUOTED, State.AWAITING_EXPORTER_SHARE})
# Everything that stands in the way of another policy of the same firm in the same edition.
LIVE = frozenset(State) - {State.CANCELLED}

_SENTENCES = {
    State.IN_FORCE: "这张保单已经出单，不能再改动。请刷新页面查看最新状态。",
    State.EXPIRED: "这张保单已经到期，不能再改动。",
    State.CANCELLED: "这张保单已经注销，不能再改动。请刷新页面查看原因。",
    State.AWAITING_EXPORTER_SHARE: "企业应承担的保费还没有缴费记录。请先登记企业缴费，再办理。",
    State.QUOTED: "这张保单尚未出单，不能这样办理。",
}


def check_transition(state: str, target: State) -> None:
    """Refuse (`policy_state`) a step that the states do not allow, saying how the policy stands instead."""
    now = State(state)
    if target not in TRANSITIONS[now]:
        raise Refusal("policy_state", _SENTENCES[now])


def check_open(state: str) -> None:
    """Refuse (`policy_state`) what is possible only before the policy is issued."""
    if State(state) not in OPEN:
        raise Refusal("policy_state", _SENTENCES[State(state)])


def is_valid(state: str) -> bool:
    """Whether the public page calls a policy valid: it was issued and not cancelled."""
    return state in {State.IN_FORCE, State.EXPIRED}


# What happened to a policy, by the verb of the record, as its page says it.
HAPPENED = {
    "policies.quote": "保险公司报价",
    "policies.correct": "更正报价",
    "policies.record_payment": "登记企业缴费",
    "policies.held": "资金暂缺，等待补足",
    "policies.issue": "出单",
    "policies.file_certificate": "生成保险凭证",
    "policies.reprice": "汇率更正，保费重新计算",
    "policies.cancel": "保险公司未承保，报价作废",
    "policies.lapse_unpaid": "企业逾期未缴费，报价作废",
    "policies.expire": "保障期限结束",
    "policies.ask_cancellation": "申请注销",
    "policies.consent_cancellation": "对方同意注销",
    "policies.refuse_cancellation": "不同意注销，保单继续有效",
    "policies.withdraw_cancellation": "撤回注销申请",
    "policies.lapse_cancellation": "注销申请失效",
    "policies.approve_cancellation": "市商务局批准注销",
}
