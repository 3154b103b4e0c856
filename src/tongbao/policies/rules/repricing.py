"""What a corrected exchange rate changes on policies priced at it (clause 五(二))."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tongbao import money
from tongbao.funds.rules import rate_text
from tongbao.policies.rules.states import State
from tongbao.refusal import Refusal

ISSUED = frozenset({State.IN_FORCE, State.EXPIRED})  # charged to the fund: corrected by reversal


@dataclass(frozen=True, slots=True)
class Repriced:
    """The sums of a policy at another rate, in fen, beside those it has. The premium in USD stays as it is."""

    old_rate: Decimal
    new_rate: Decimal
    old_premium_fen: int
    new_premium_fen: int
    old_subsidy_fen: int
    new_subsidy_fen: int
    old_share_fen: int
    new_share_fen: int

    @property
    def old_rate_text(self) -> str:
        """The rate before, as pages show it."""
        return rate_text(self.old_rate)

    @property
    def new_rate_text(self) -> str:
        """The rate after, as pages show it."""
        return rate_text(self.new_rate)

    @property
    def premium_more_fen(self) -> int:
        """What the premium has more; negative when less."""
        return self.new_premium_fen - self.old_premium_fen

    @property
    def subsidy_more_fen(self) -> int:
        """What is charged to the fund in addition; negative when some goes back."""
        return self.new_subsidy_fen - self.old_subsidy_fen

    @property
    def share_more_fen(self) -> int:
        """What the firm pays the insurer in addition; negative when the insurer pays it back."""
        return self.new_share_fen - self.old_share_fen


def check_repricing(state: str) -> None:
    """Refuse (`policy_state`) what was never charged, or given back: a quote is corrected, a cancelled policy rests."""
    if state == State.CANCELLED:
        raise Refusal("policy_state", "这张保单已经注销，扶持资金已按原金额结清，不再更正。")
    if state not in ISSUED:
        raise Refusal("policy_state", "这张保单还没有出单：请打开保单点“更正报价”，按更正后的汇率重新报价。")


def settled(share_more_fen: int) -> str:
    """What firm and insurer settle between them, in words; empty when nothing."""
    if share_more_fen == 0:
        return ""
    what = "应补缴" if share_more_fen > 0 else "应获退还"
    return f"{what} {money.text(abs(share_more_fen))} 元"


def endorsement(on: date, month: date, one: Repriced) -> str:
    """How the paper words a repricing, as an endorsement: 批单."""
    share = f"；企业{settled(one.share_more_fen)}，由企业与保险人结清" if one.share_more_fen else ""
    return (
        f"{on.year}年{on.month}月{on.day}日批改：{month.year}年{month.month}月汇率更正，人民币保费由 "
        f"{money.text(one.old_premium_fen)} 元改为 {money.text(one.new_premium_fen)} 元，其中财政扶持由 "
        f"{money.text(one.old_subsidy_fen)} 元改为 {money.text(one.new_subsidy_fen)} 元{share}（五(二)）。"
    )
