"""Between when applications are received, and until when one may stay as it is before it lapses (二(三), 四(一))."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tongbao.intake.rules.states import ReturnKind, State
from tongbao.labels import Labelled
from tongbao.scheme.rules import Scheme

REMIND_DAYS = 3  # working days before a deadline


class Phase(Labelled):
    """Whether an edition receives applications now."""

    BEFORE = "before", "尚未开始收件"
    OPEN = "open", "正在收件"
    OVER = "over", "收件已截止"


def phase(scheme: Scheme, at: datetime) -> Phase:
    """Whether applications are received at a local time (naive)."""
    if scheme.opens_at is not None and at < scheme.opens_at:
        return Phase.BEFORE
    return Phase.OVER if at.date() > scheme.closes_on else Phase.OPEN


def window_says(scheme: Scheme, at: datetime) -> str:
    """When applications are received, with the time left at a local time (naive)."""
    now = phase(scheme, at)
    if now is Phase.BEFORE and scheme.opens_at is not None:
        opens = scheme.opens_at
        return f"{opens:%Y-%m-%d %H:%M} 开始收件，还有 {left(at, opens)}。现在可以先填好，开始收件后才能提交。"
    if now is Phase.OVER:
        return f"本年度收件已于 {scheme.closes_on} 截止，不再受理申请。请留意下一年度的通知。"
    ends = datetime.combine(scheme.closes_on, time()) + timedelta(days=1)
    return f"收件到 {scheme.closes_on} 为止（含当日），还有 {left(at, ends)}。"


def left(at: datetime, until: datetime) -> str:
    """The time from one instant to a later one: whole days, on the last day hours and minutes (begun ones count)."""
    minutes = -((at - until) // timedelta(minutes=1))
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} 天"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if hours else f"{rest} 分钟"


@dataclass(frozen=True)
class Due:
    """The last day on which an application may stay as it is, why it lapses after it, and what to do before."""

    day: date
    why: str
    todo: str


def due(
    state: str, scheme: Scheme, *, return_kind: str = "", return_due: date | None = None, issue_by: date | None = None
) -> Due | None:
    """Until when an application in a state (stored value) may stay there; None where it waits for the authorities.

    `issue_by` is the last of the days in which the insurer issues an approved one, where the edition counts them.
    """
    if state == State.SUBMITTED:
        day = scheme.waits_until
        return Due(
            day,
            f"候补到 {day} 为止，没有轮到资金",
            f"候补到 {day} 为止，届时仍没有轮到资金的，申请失效。"
            "可以在申请页更换保险公司，或者改为服从调剂，多一个机会。",
        )
    if state == State.RETURNED and return_kind == ReturnKind.CORRECTION:
        day = scheme.closes_on
        return Due(
            day, f"收件到 {day} 截止，没有补正后重新提交", f"收件到 {day} 截止，请在此前补正并重新提交，逾期申请失效。"
        )
    if state == State.RETURNED and return_due is not None:
        return Due(
            return_due,
            f"未在 {return_due} 前回答审核人员的问题",
            f"请在 {return_due} 前回答审核人员的问题，逾期申请失效，预留的资金退回。",
        )
    return _issue(min(scheme.cover_to, issue_by or scheme.cover_to)) if state == State.APPROVED else None


def _issue(day: date) -> Due:
    return Due(
        day,
        f"保险公司未在 {day} 前出具保单",
        f"保单应在 {day} 前出具，逾期申请失效，预留的资金退回。请企业与保险公司抓紧办理。",
    )
