"""Money that comes in, moves between pools and goes back: what a booking may say (clauses 五(一), 五(二))."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongbao import money
from tongbao.funds.rules import accounts
from tongbao.funds.rules.accounts import AccountKind, Move
from tongbao.funds.rules.rates import EARLIEST
from tongbao.labels import Labelled
from tongbao.refusal import Refusal

KEY_LENGTH = 80
MOST_FEN = 10**13  # 1,000 亿元: more is a slip of the keyboard, and the database could not add it up


class BookingKind(Labelled):
    """What a booking does to the fund; each is prepared by one person and confirmed by another."""

    ALLOTMENT = "allotment", "下达资金额度"
    PREPAYMENT = "prepayment", "预付拨付"
    MOVE = "move", "额度调剂"
    RETURN = "return", "退回财政"
    CLOSING = "closing", "年度结清"


class BookingState(Labelled):
    """Where a booking stands; only what is booked has moved money."""

    PREPARED = "prepared", "待复核"
    BOOKED = "booked", "已入账"
    SENT_BACK = "sent_back", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


# How a decision reads in a sentence.
_DECIDED: Mapping[str, str] = {
    BookingState.BOOKED: "复核入账",
    BookingState.SENT_BACK: "退回",
    BookingState.WITHDRAWN: "撤回",
}
# Who the second person is, as the pages say it.
SECOND_PERSON: Mapping[BookingKind, str] = {
    BookingKind.ALLOTMENT: "由另一位财政经办人员或市商务局复核后入账。",
    BookingKind.PREPAYMENT: "由收款的保险人核对到账、填写收据号后确认，也可由另一位财政经办人员凭保险人的收据确认。",
    BookingKind.MOVE: "须经市商务局批准：由市商务局（登记人以外的人员）复核后入账。",
    BookingKind.RETURN: "由另一位财政经办人员或市商务局复核后入账。",
    BookingKind.CLOSING: "须由另一单位复核：财政登记的由市商务局复核，市商务局登记的由财政部门复核。",
}
# What each kind must say: field → the sentence when it is missing; pool and amount are checked as such.
NEEDED: Mapping[BookingKind, Mapping[str, str]] = {
    BookingKind.ALLOTMENT: {"document_number": "请填写下达额度的文号。"},
    BookingKind.PREPAYMENT: {
        "payer": "请填写付款单位（财政局或商务局）。",
        "voucher_number": "请填写拨付凭证号。",
    },
    BookingKind.MOVE: {"document_number": "请填写同意调剂的文号。", "reason": "请写明调剂的事由。"},
    BookingKind.RETURN: {"voucher_number": "请填写退款凭证号。", "reason": "请写明退回的事由。"},
    BookingKind.CLOSING: {"document_number": "请填写年度结清的文号。"},
}


def check_said(kind: BookingKind, said: Mapping[str, Any]) -> None:
    """Refuse a booking that leaves out what its kind must say (`<field>_needed`), or has no pool or amount."""
    if kind is not BookingKind.CLOSING:
        if said["pool_id"] is None:
            raise Refusal("no_pool", "请选择资金池。", "pool")
        check_amount(said["amount_fen"])
    if kind is BookingKind.MOVE and said["target_pool_id"] in (None, said["pool_id"]):
        raise Refusal("no_target", "请选择另一个资金池作为转入方。", "target_pool")
    for field, sentence in NEEDED[kind].items():
        needed(said[field], field, sentence)


def decided_text(state: str, when: str, who: str) -> str:
    """How a decision reads: "已于 2019-10-15 09:00 由 张三 复核入账"."""
    return f"已于 {when} 由 {who} {_DECIDED[state]}"


def check_open_booking(state: str, decided: str) -> None:
    """Refuse to decide a second time on a booking; `decided` says who decided and when (`decided_text`)."""
    if state != BookingState.PREPARED:
        raise Refusal("booking_decided", f"这笔资金业务{decided}，不需要再次办理。")


def needed(text: str, field: str, sentence: str) -> str:
    """The text without blanks around it; refused when nothing is left."""
    if not (text := text.strip()):
        raise Refusal(f"{field}_needed", sentence, field)
    return text


def check_amount(amount_fen: int, field: str | None = "amount_fen") -> None:
    """Refuse a sum (fen) that is not positive, or beyond all that could be meant."""
    if amount_fen <= 0:
        raise Refusal("amount", "金额必须大于 0 元，请核对后重新填写。", field)
    if amount_fen > MOST_FEN:
        raise Refusal("amount", "金额超过 1000 亿元，请核对后重新填写。", field)


def check_day(day: date, today: date, field: str) -> None:
    """Refuse a day that has not come yet (only what has happened is booked) or that is long past: a slip."""
    if day < EARLIEST:
        raise Refusal("day_early", "日期太早，请核对年份，例如 2019-10-15。", field)
    if day > today:
        raise Refusal("future_day", "日期不能晚于今天，请按凭证上的日期填写。", field)


def check_key(key: str) -> None:
    """Refuse a missing, overlong or unprintable idempotency key (only a broken or forged form sends one)."""
    if not (1 <= len(key) <= KEY_LENGTH and key.isprintable()):
        raise Refusal("key", "这个页面的提交编号无效，请刷新页面后重新填写。")


def check_same_request(existing_hash: str, request_hash: str) -> None:
    """Refuse a retry that says something else than the first request under the same key."""
    if existing_hash != request_hash:
        raise Refusal("key_reused", "这次提交与先前那次内容不同，没有重复登记。请重新打开页面，核对后再填写。")


def check_ceiling(so_far_fen: int, amount_fen: int, ceiling_fen: int) -> None:
    """Refuse to allot more in all than the edition sets aside for the insurer (五(一): only 450 and 50 万元 bind)."""
    if so_far_fen + amount_fen > ceiling_fen:
        raise Refusal(
            "over_fund",
            f"累计下达额度将达 {money.text(so_far_fen + amount_fen)} 元，超过年度方案五(一)规定的 "
            f"{money.text(ceiling_fen)} 元。请核对金额；确有追加文件的，请先更新年度方案。",
            "amount_fen",
        )


def check_cash(prepaid_fen: int, amount_fen: int, allotted_fen: int) -> None:
    """Refuse to prepay more in all than was allotted: no payment without a budget (五)."""
    if prepaid_fen + amount_fen > allotted_fen:
        raise Refusal(
            "over_allotted",
            f"累计拨付将达 {money.text(prepaid_fen + amount_fen)} 元，超过已下达的资金额度 "
            f"{money.text(allotted_fen)} 元。请核对金额，或先登记额度下达。",
            "amount_fen",
        )


def check_move(amount_fen: int, *, available_fen: int, allotted_fen: int, prepaid_fen: int, line: bool) -> None:
    """Refuse to take from a pool what it has given out, what its own line waits for, or what is backed by cash (五)."""
    if amount_fen > available_fen:
        raise Refusal(
            "over_available",
            f"转出资金池的可用额度只有 {money.text(available_fen)} 元，请核对金额。已预占和已列支的额度不能调剂。",
            "amount_fen",
        )
    if line:
        raise Refusal("line_waits", "转出资金池还有企业候补，余下的额度要留给候补企业，不能调出。", "pool")
    if prepaid_fen > allotted_fen - amount_fen:
        raise Refusal(
            "cash_first",
            f"转出资金池已预付 {money.text(prepaid_fen)} 元，"
            f"调出后额度只剩 {money.text(allotted_fen - amount_fen)} 元。"
            "请先办理“退回财政”，由保险人退回多出的预付资金。",
            "amount_fen",
        )


def check_return(amount_fen: int, unspent_fen: int) -> None:
    """Refuse to return more cash than the insurer has left (五(二))."""
    if amount_fen > unspent_fen:
        raise Refusal(
            "over_received",
            f"保险人未列支的预付资金只有 {money.text(unspent_fen)} 元，请核对金额。",
            "amount_fen",
        )


def held_in(*, closed: bool) -> AccountKind:
    """Where the cash lies that an insurer pays back: after the year's closing it is surplus (五(二))."""
    return AccountKind.SURPLUS if closed else AccountKind.RECEIVED


def booking_moves(
    kind: BookingKind,
    amount_fen: int,
    balances: Mapping[int, Mapping[AccountKind, int]],
    *,
    pool: int,
    target: int,
    closed: bool,
) -> dict[int, list[Move]]:
    """What a booking moves, by pool; `balances` (fen) are those of all pools of the edition: a closing ends them."""
    match kind:
        case BookingKind.ALLOTMENT:
            return {pool: accounts.allotting(amount_fen)}
        case BookingKind.PREPAYMENT:
            return {pool: accounts.prepaying(amount_fen)}
        case BookingKind.MOVE:
            return {pool: accounts.moving_out(amount_fen), target: accounts.moving_in(amount_fen)}
        case BookingKind.RETURN:
            return {pool: accounts.returning(amount_fen, held_in(closed=closed))}
        case BookingKind.CLOSING:
            return {
                pk: accounts.closing(held[AccountKind.AVAILABLE], held[AccountKind.RECEIVED])
                for pk, held in balances.items()
            }


def check_closing(today: date, cover_to: date, open_places: int) -> None:
    """Refuse to close an edition whose cover still runs, or that still has places undecided (五(二))."""
    if today <= cover_to:
        raise Refusal("not_over", f"保障期限到 {cover_to:%Y-%m-%d} 才结束，此前不能办理年度结清。")
    if open_places:
        raise Refusal(
            "places_open", f"还有 {open_places} 笔候补或已预占的资金没有了结，请先办结这些申请，再办理年度结清。"
        )
