"""What people are told when an application was judged anew: the firm, and those whose turn it is."""

from tongbao import money
from tongbao.funds.rules import ReservationState
from tongbao.intake.rules.changes import Changes
from tongbao.intake.rules.states import State

_APPROVED = "不过复审已经通过，保费仍按复审时的资料计算，已预留的扶持资金不变。"


def money_sentence(state: str, amount_fen: int, shortfall_fen: int) -> str:
    """How the money stands after its sum was changed: state of the place (stored value), what is set aside, what is
    short, in fen."""
    if state == ReservationState.WAITING:
        return f"候补的金额相应改为 {money.text(amount_fen)} 元，排队序号不变。"
    if state == ReservationState.HELD:
        return f"资金池余额不足，还差 {money.text(shortfall_fen)} 元，有资金时最先补足，排队序号不变。"
    return f"已预留的扶持资金相应调整为 {money.text(amount_fen)} 元，排队序号不变。"


def told_to_firm(
    reference: str, changes: Changes, state: str, money_says: str, *, correcting: bool = False, reviewed: bool = False
) -> tuple[str, str]:
    """Title and text of the notice to the firm. `correcting`: the file is with the firm, to be handed in again;
    `reviewed`: a review has just been decided on the new facts."""
    if reviewed:
        after = "审核以新的判定为准。"
    elif state == State.APPROVED:
        after = _APPROVED + ("申请不会自动取消，由市商务局和保险公司核实后答复您。" if changes.bad else "")
    elif changes.bad and correcting:
        after = "按现在的资料不能重新提交。"
    elif changes.bad:
        after = "申请不会自动取消，由审核人员核实后决定。"
    else:
        after = "申请继续办理，这一变化不需要您做什么。"
    wrong = "您认为资料有误的，请尽快联系所在区商务部门核对。"
    return f"申请 {reference} 的资料有变化，已重新判定", f"{changes.sentence}{money_says}{after}{wrong}"


def told_to_officers(reference: str, firm: str, changes: Changes, state: str, money_says: str) -> tuple[str, str]:
    """Title and text of the notice to those whose turn it is: a review, or the policy."""
    if state == State.APPROVED:
        after = f"{_APPROVED}请在出单前核实，有疑问的与市商务局联系。"
    elif changes.bad:
        after = "申请没有自动处理，请在审核时核实，退回或不予支持。"
    else:
        after = "请在审核时以新的判定为准。"
    return f"申请 {reference}（{firm}）资料有变化"[:120], f"{changes.sentence}{money_says}{after}"
