"""States of an application, how it may move, and the reasons officers may give."""

from tongbao.labels import Labelled


class State(Labelled):
    """Where an application stands; `PUBLIC` (below) is what enterprises read."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已收件待资金"
    FIRST_REVIEW = "first_review", "区级初审"
    SECOND_REVIEW = "second_review", "市级复审"
    APPROVED = "approved", "待承保"
    ISSUED = "issued", "已出单"
    RETURNED = "returned", "退回"
    REJECTED = "rejected", "不予支持"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"
    DECLINED = "declined", "保险人未承保"


PUBLIC = {
    State.DRAFT: "填写中",
    State.SUBMITTED: "已收到，候补中",
    State.FIRST_REVIEW: "区商务部门审核中",
    State.SECOND_REVIEW: "市商务局审核中",
    State.APPROVED: "审核通过，保险公司办理中",
    State.ISSUED: "已出具保单",
    State.RETURNED: "需要您补充说明",
    State.REJECTED: "未通过",
    State.WITHDRAWN: "已撤回",
    State.LAPSED: "已失效",
    State.DECLINED: "保险公司未承保",
}

TONES = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "progress",
    State.FIRST_REVIEW: "progress",
    State.SECOND_REVIEW: "progress",
    State.APPROVED: "progress",
    State.ISSUED: "ok",
    State.RETURNED: "warn",
    State.REJECTED: "bad",
    State.WITHDRAWN: "neutral",
    State.LAPSED: "neutral",
    State.DECLINED: "bad",
}

_EXITS = frozenset({State.RETURNED, State.REJECTED, State.WITHDRAWN})
# An approved application is with the insurer, who may have quoted: it ends there (declined, lapsed), not by withdrawal.
TRANSITIONS = {
    State.DRAFT: frozenset({State.SUBMITTED, State.FIRST_REVIEW, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.FIRST_REVIEW, State.WITHDRAWN, State.LAPSED}),
    State.FIRST_REVIEW: _EXITS | {State.SECOND_REVIEW},
    State.SECOND_REVIEW: _EXITS | {State.APPROVED},
    State.APPROVED: frozenset({State.ISSUED, State.DECLINED, State.LAPSED}),
    State.RETURNED: frozenset(
        {State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.WITHDRAWN, State.LAPSED}
    ),
    State.ISSUED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.LAPSED: frozenset(),
    State.DECLINED: frozenset(),
}

# One live application a firm and edition (clause 二(一)): these states count as live.
LIVE = (
    State.DRAFT,
    State.SUBMITTED,
    State.FIRST_REVIEW,
    State.SECOND_REVIEW,
    State.APPROVED,
    State.RETURNED,
    State.ISSUED,
)
CLOSED = frozenset(set(State) - set(LIVE))
EDITABLE = frozenset({State.DRAFT, State.RETURNED})  # a returned one only after a return for correction
WITHDRAWABLE = frozenset(state for state, onward in TRANSITIONS.items() if State.WITHDRAWN in onward)
# The firm may change its insurer until the approval; then the insurer is at work.
SWITCHABLE = frozenset({State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.RETURNED})
# Handed in and not ended: judged anew when the register changes. The sum of an approved one no longer follows, because
# the insurer may have quoted: the premium stands on the decision of the approval (docs/adr/0006).
OPEN = (State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.RETURNED, State.APPROVED)
ADJUSTED = frozenset(set(OPEN) - {State.APPROVED})
AFTER_APPROVAL = frozenset({State.APPROVED, State.ISSUED, State.DECLINED})


def may_move(source: str, target: State) -> bool:
    """Whether an application may go from one state (stored value) to another."""
    return target in TRANSITIONS[State(source)]


class Level(Labelled):
    """The two reviews (clause 三③)."""

    FIRST = "first", "区级初审"
    SECOND = "second", "市级复审"


def level_of(state: str) -> Level | None:
    """The review that a state waits for, or None."""
    return {State.FIRST_REVIEW.value: Level.FIRST, State.SECOND_REVIEW.value: Level.SECOND}.get(state)


class Verdict(Labelled):
    """What a reviewer may decide."""

    APPROVE = "approve", "通过"
    RETURN = "return", "退回"
    REJECT = "reject", "不予支持"


class ReturnKind(Labelled):
    """Why a file goes back: a question keeps the queue number, a missing paper costs it (clause 二(三))."""

    CLARIFICATION = "clarification", "退回说明（保留序号）"
    CORRECTION = "correction", "退回补正（按重新提交时间排队）"


class RejectReason(Labelled):
    """Coded reasons of a rejection, each with the clause that carries it."""

    OUTSIDE_AREA = "outside_area", "工商注册地不在覆盖区域（二(一)）"
    OUTSIDE_BAND = "outside_band", "上年出口额不在覆盖区间（二(一)）"
    ALREADY_INSURED = "already_insured", "已投保出口信用保险（二(一)）"
    PAPERS_FALSE = "papers_false", "申报材料不实（三②）"
    NOT_EXPORTER = "not_exporter", "不具备出口经营资格（二(一)）"
    OTHER = "other", "其他（须写明）"


# What an enterprise reads in its own history: audit verb (and the verdict, for reviews) → a sentence.
TOLD = {
    ("intake.start", ""): "开始填写申请",
    ("intake.submit", ""): "提交申请，取得排队序号",
    ("intake.resubmit", ""): "补正后重新提交，取得新的排队序号",
    ("intake.take_up", ""): "扶持资金已预留，转入审核",
    ("intake.switch_insurer", ""): "更换了保险公司或服从调剂的选择，排队序号不变",
    ("intake.answer", ""): "回答了审核人员的问题",
    ("intake.re_evaluate", ""): "企业名册中的资料有变化，按条款重新判定",
    ("intake.first_review", "approve"): "区商务部门初审通过",
    ("intake.first_review", "return"): "区商务部门退回，请您补充",
    ("intake.first_review", "reject"): "区商务部门审核未通过",
    ("intake.second_review", "approve"): "市商务局复审通过，转保险公司办理",
    ("intake.second_review", "return"): "市商务局退回，请您补充",
    ("intake.second_review", "reject"): "市商务局审核未通过",
    ("intake.withdraw", ""): "撤回申请",
    ("intake.lapse", ""): "申请失效",
    ("intake.issued", ""): "保险公司出具保单",
    ("intake.declined", ""): "保险公司未承保",
}


def told(verb: str, verdict: str = "") -> str | None:
    """What an enterprise reads of an act on its application, or None when it is of no interest to it."""
    return TOLD.get((verb, verdict))
