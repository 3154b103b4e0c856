"""The end of an issued policy before its time: who asks, who consents, and what goes back (clauses 三, 五(二))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongbao import money
from tongbao.labels import Labelled
from tongbao.policies.rules.states import State
from tongbao.refusal import Refusal

LONGEST_TEXT = 500


class Side(Labelled):
    """The two parties of a policy; the one asks, the other consents."""

    FIRM = "firm", "被保险人"
    INSURER = "insurer", "保险人"

    @property
    def other(self) -> "Side":
        """Whose consent is needed."""
        return Side.INSURER if self is Side.FIRM else Side.FIRM

    def named(self, *, to_firm: bool) -> str:
        """Its name in a sentence: a firm is addressed, and reads 保险公司 for the insurer."""
        if not to_firm:
            return self.label
        return "贵公司" if self is Side.FIRM else "保险公司"


class CancellationReason(Labelled):
    """Why a policy is to end before its time."""

    NO_EXPORTS = "no_exports", "不再出口"
    INSURED_ELSEWHERE = "insured_elsewhere", "已有其他出口信用保险"
    CLOSED = "closed", "企业停业、注销或被合并"
    FALSE_PAPERS = "false_papers", "申报材料不实"
    ISSUED_IN_ERROR = "issued_in_error", "出单有误"
    OTHER = "other", "其他"


class CancellationState(Labelled):
    """Where a cancellation stands; until it is approved, the policy is in force and no money has moved."""

    ASKED = "asked", "待对方同意"
    CONSENTED = "consented", "待市商务局批准"
    APPROVED = "approved", "已批准注销"
    REFUSED = "refused", "未获同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"


CANCELLATION_TRANSITIONS: Mapping[CancellationState, frozenset[CancellationState]] = {
    CancellationState.ASKED: frozenset(
        {
            CancellationState.CONSENTED,
            CancellationState.REFUSED,
            CancellationState.WITHDRAWN,
            CancellationState.LAPSED,
        }
    ),
    CancellationState.CONSENTED: frozenset(
        {
            CancellationState.APPROVED,
            CancellationState.REFUSED,
            CancellationState.WITHDRAWN,
            CancellationState.LAPSED,
        }
    ),
    CancellationState.APPROVED: frozenset(),
    CancellationState.REFUSED: frozenset(),
    CancellationState.WITHDRAWN: frozenset(),
    CancellationState.LAPSED: frozenset(),
}
UNDER_WAY = (CancellationState.ASKED, CancellationState.CONSENTED)

_NOT_IN_FORCE = {
    State.QUOTED: "这张保单还没有出单，不需要注销。不再投保的，请联系保险公司。",
    State.AWAITING_EXPORTER_SHARE: "这张保单还没有出单，不需要注销。不再投保的，请联系保险公司。",
    State.EXPIRED: "这张保单的保障期限已经结束，不能再注销，也没有保费可退。",
    State.CANCELLED: "这张保单已经注销。请刷新页面查看注销的情况。",
}


def check_in_force(state: str, *, cover_to: date, today: date) -> None:
    """Refuse (`policy_state`) the cancellation of a policy that is not in force on this day."""
    now = State.EXPIRED if state == State.IN_FORCE and cover_to < today else State(state)
    if now in _NOT_IN_FORCE:
        raise Refusal("policy_state", _NOT_IN_FORCE[now])


def check_last_day(last_day: date, *, today: date, cover_from: date, cover_to: date) -> None:
    """Refuse (`last_day`) a last day of cover that has passed, or that leaves no day to be given back.

    Cover is never taken back for shipments already made: what was shipped up to today stays covered (四(一)).
    """
    first = max(today, cover_from)
    if last_day < first:
        raise Refusal("last_day", f"最后保障日不能早于 {first:%Y-%m-%d}：此前的出运已经在保障之内", "last_day")
    if last_day >= cover_to:
        raise Refusal("last_day", f"最后保障日应早于保障截止日 {cover_to:%Y-%m-%d}，否则不需要注销", "last_day")


def check_in_time(last_day: date, *, today: date) -> None:
    """Refuse (`last_day_passed`) consent that comes after the last day of cover: nobody loses cover in hindsight."""
    if last_day < today:
        raise Refusal(
            "last_day_passed", f"申请的最后保障日 {last_day:%Y-%m-%d} 已经过了，这份申请不能再同意。请对方重新提出。"
        )


def check_reason(reason: str, text: str) -> str:
    """The explanation, trimmed; refuses (`reason`, `text`) an unknown reason, an empty or an overlong explanation."""
    if reason not in set(CancellationReason):
        raise Refusal("reason", "请从列出的原因中选择", "reason")
    return check_text(text, "请说明注销的原因，对方和市商务局会看到", "text")


def check_text(text: str, ask: str, field: str) -> str:
    """A text trimmed; refuses (named like its field) an empty one, with `ask`, and one over 500 characters."""
    text = text.strip()
    if not text:
        raise Refusal(field, ask, field)
    if len(text) > LONGEST_TEXT:
        raise Refusal(field, f"最多 {LONGEST_TEXT} 字，请写短一些", field)
    return text


@dataclass(frozen=True, slots=True)
class Refund:
    """What a cancellation gives back, in fen: to the fund, and by the insurer to the firm."""

    last_day: date
    days: int  # of the whole period
    days_left: int  # after the last day of cover
    subsidy_fen: int
    exporter_share_fen: int
    fund_fen: int
    firm_fen: int
    pro_rata: bool

    @property
    def fund_how(self) -> str:
        """The arithmetic of what goes back to the fund."""
        return self._how(self.subsidy_fen, self.fund_fen)

    @property
    def firm_how(self) -> str:
        """The arithmetic of what the insurer owes the firm."""
        return self._how(self.exporter_share_fen, self.firm_fen)

    def _how(self, paid_fen: int, back_fen: int) -> str:
        if not self.pro_rata:
            return "按本年度方案，注销不退保费"
        return f"{money.text(paid_fen)} × {self.days_left} ÷ {self.days} ＝ {money.text(back_fen)} 元"


def refund(
    *, subsidy_fen: int, exporter_share_fen: int, cover_from: date, cover_to: date, last_day: date, pro_rata: bool
) -> Refund:
    """Each payer gets back what it paid × days not covered ÷ days of the period, half up to the fen (五(二)).

    Both ends of the period count; the last day of cover is covered. Without `pro_rata` nothing goes back.
    """
    days, left = (cover_to - cover_from).days + 1, (cover_to - last_day).days
    fund_fen, firm_fen = (money.pro_rata(paid, left, days) for paid in (subsidy_fen, exporter_share_fen))
    if not pro_rata:
        fund_fen = firm_fen = 0
    return Refund(last_day, days, left, subsidy_fen, exporter_share_fen, fund_fen, firm_fen, pro_rata)
