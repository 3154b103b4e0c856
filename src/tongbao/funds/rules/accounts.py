"""The two books of a pool: accounts, the ways money may take between them, and the moves of each event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongbao.labels import Labelled


class AccountKind(Labelled):
    """The accounts of a pool. Two books: the allotment (资金额度) and the cash (预付拨付)."""

    ALLOTTED = "allotted", "已下达额度"
    AVAILABLE = "available", "可用额度"
    RESERVED = "reserved", "已预占"
    CHARGED = "charged", "已列支"
    TREASURY = "treasury", "财政已拨付"
    RECEIVED = "received", "已到账未列支"
    EARNED = "earned", "已列支保费"
    SURPLUS = "surplus", "结余"


# Where the money of a book comes from: these show what they have given out, all others what they hold.
SOURCES = frozenset({AccountKind.ALLOTTED, AccountKind.TREASURY})


class TransferKind(Labelled):
    """Why money moved."""

    ALLOT = "allot", "下达额度"
    PREPAY = "prepay", "预付拨付"
    RESERVE = "reserve", "预占"
    RELEASE = "release", "释放"
    ADJUST = "adjust", "调整"
    CHARGE = "charge", "列支"
    REVERSE = "reverse", "冲正"
    REFUND = "refund", "退保退回"
    MOVE = "move", "额度调剂"
    RETURN = "return", "退回财政"
    CLOSE = "close", "年度结清"


# The only ways money may take, by the reason of its movement.
WAYS: Mapping[TransferKind, frozenset[tuple[AccountKind, AccountKind]]] = {
    TransferKind.ALLOT: frozenset({(AccountKind.ALLOTTED, AccountKind.AVAILABLE)}),
    TransferKind.PREPAY: frozenset({(AccountKind.TREASURY, AccountKind.RECEIVED)}),
    TransferKind.RESERVE: frozenset({(AccountKind.AVAILABLE, AccountKind.RESERVED)}),
    TransferKind.RELEASE: frozenset({(AccountKind.RESERVED, AccountKind.AVAILABLE)}),
    TransferKind.ADJUST: frozenset(
        {(AccountKind.AVAILABLE, AccountKind.RESERVED), (AccountKind.RESERVED, AccountKind.AVAILABLE)}
    ),
    TransferKind.CHARGE: frozenset(
        {
            (AccountKind.RESERVED, AccountKind.CHARGED),
            (AccountKind.AVAILABLE, AccountKind.CHARGED),
            (AccountKind.RECEIVED, AccountKind.EARNED),
        }
    ),
    TransferKind.REVERSE: frozenset(
        {(AccountKind.CHARGED, AccountKind.RESERVED), (AccountKind.EARNED, AccountKind.RECEIVED)}
    ),
    TransferKind.REFUND: frozenset(
        {(AccountKind.CHARGED, AccountKind.AVAILABLE), (AccountKind.EARNED, AccountKind.RECEIVED)}
    ),
    TransferKind.MOVE: frozenset(
        {(AccountKind.AVAILABLE, AccountKind.ALLOTTED), (AccountKind.ALLOTTED, AccountKind.AVAILABLE)}
    ),
    TransferKind.RETURN: frozenset(
        {(AccountKind.RECEIVED, AccountKind.TREASURY), (AccountKind.SURPLUS, AccountKind.TREASURY)}
    ),
    TransferKind.CLOSE: frozenset(
        {(AccountKind.AVAILABLE, AccountKind.ALLOTTED), (AccountKind.RECEIVED, AccountKind.SURPLUS)}
    ),
}

# What allows each movement, as the entry page says it: clause and sentence.
GROUNDS: Mapping[TransferKind, tuple[str, str]] = {
    TransferKind.ALLOT: ("五(一)", "年度资金额度按保险人分别下达，总额度内先到先得。"),
    TransferKind.PREPAY: ("五(二)", "扶持资金由财政（商务）部门一次性预付至保险人账户。"),
    TransferKind.RESERVE: ("二(三)", "按收件先后预占额度，先到先得，用完为止。"),
    TransferKind.RELEASE: ("二(三)", "不再需要的额度退回可用额度，依次递补候补企业。"),
    TransferKind.ADJUST: ("二(三)", "申请内容变化后重新估算，差额从可用额度补足或退回，排队序号不变。"),
    TransferKind.CHARGE: ("五(二)", "按保险人录入当月汇率计算保费，财政承担部分从预付资金列支。"),
    TransferKind.REVERSE: ("五(二)", "汇率更正后，原列支全额冲正，再按更正后的汇率重新列支。"),
    TransferKind.REFUND: ("五(二)", "保单注销，未满期间的财政扶持按天退回资金池。"),
    TransferKind.MOVE: ("五(一)", "经市商务局批准，在保险人的资金池之间调剂尚未占用的额度，总盘子不变。"),
    TransferKind.RETURN: ("五(二)", "未使用的预付资金由保险人退回财政。"),
    TransferKind.CLOSE: ("五(二)", "年度结束，未用额度收回，未用预付资金转为结余。"),
}


@dataclass(frozen=True)
class Move:
    """One transfer to be booked, in fen."""

    kind: TransferKind
    source: AccountKind
    target: AccountKind
    amount_fen: int


def balance_changes(moves: Iterable[Move]) -> dict[AccountKind, int]:
    """What a set of transfers does to the balances, in fen; sources grow when money leaves them."""
    changes: dict[AccountKind, int] = {}
    for move in moves:
        for kind, signed in ((move.source, -move.amount_fen), (move.target, move.amount_fen)):
            changes[kind] = changes.get(kind, 0) + (-signed if kind in SOURCES else signed)
    return changes


def allotting(amount_fen: int) -> list[Move]:
    """资金额度 opens the pool (五(一))."""
    return [Move(TransferKind.ALLOT, AccountKind.ALLOTTED, AccountKind.AVAILABLE, amount_fen)]


def prepaying(amount_fen: int) -> list[Move]:
    """预付拨付 reaches the insurer's account (五(二))."""
    return [Move(TransferKind.PREPAY, AccountKind.TREASURY, AccountKind.RECEIVED, amount_fen)]


def reserving(amount_fen: int) -> list[Move]:
    """预占 (二(三))."""
    return [Move(TransferKind.RESERVE, AccountKind.AVAILABLE, AccountKind.RESERVED, amount_fen)]


def releasing(amount_fen: int) -> list[Move]:
    """释放 (二(三)); nothing when nothing is reserved."""
    if amount_fen == 0:
        return []
    return [Move(TransferKind.RELEASE, AccountKind.RESERVED, AccountKind.AVAILABLE, amount_fen)]


def adjusting(reserved_fen: int, amount_fen: int) -> list[Move]:
    """调整 (二(三)): the difference between what is reserved and what it shall be; nothing when they are equal."""
    more = amount_fen - reserved_fen
    if more > 0:
        return [Move(TransferKind.ADJUST, AccountKind.AVAILABLE, AccountKind.RESERVED, more)]
    return [Move(TransferKind.ADJUST, AccountKind.RESERVED, AccountKind.AVAILABLE, -more)] if more else []


def shortfall(reserved_fen: int, amount_fen: int, available_fen: int) -> int:
    """What is missing, in fen, for a sum to be drawn from its reservation and, beyond it, from what is available.

    0 when the two suffice; else the whole difference to the reservation: nothing is drawn in part.
    """
    short = max(amount_fen - reserved_fen, 0)
    return short if short > available_fen else 0


def charging(reserved_fen: int, amount_fen: int) -> list[Move]:
    """列支, in both books (五(二)); the caller has made sure that `shortfall` is 0 and the cash is there.

    What the reservation has too much goes back, what it lacks is drawn from the available.
    """
    from_reserved = min(reserved_fen, amount_fen)
    moves = [Move(TransferKind.CHARGE, AccountKind.RESERVED, AccountKind.CHARGED, from_reserved)]
    if amount_fen > reserved_fen:
        extra = amount_fen - reserved_fen
        moves.append(Move(TransferKind.CHARGE, AccountKind.AVAILABLE, AccountKind.CHARGED, extra))
    moves += releasing(reserved_fen - from_reserved)
    return [*moves, Move(TransferKind.CHARGE, AccountKind.RECEIVED, AccountKind.EARNED, amount_fen)]


def reversing(charged_fen: int) -> list[Move]:
    """冲正, in both books: a charge is taken back in full before it is made anew (五(二))."""
    return [
        Move(TransferKind.REVERSE, AccountKind.CHARGED, AccountKind.RESERVED, charged_fen),
        Move(TransferKind.REVERSE, AccountKind.EARNED, AccountKind.RECEIVED, charged_fen),
    ]


def refunding(amount_fen: int) -> list[Move]:
    """退保退回, in both books: what a cancelled policy does not use any more is free again (五(二))."""
    return [
        Move(TransferKind.REFUND, AccountKind.CHARGED, AccountKind.AVAILABLE, amount_fen),
        Move(TransferKind.REFUND, AccountKind.EARNED, AccountKind.RECEIVED, amount_fen),
    ]


def moving_out(amount_fen: int) -> list[Move]:
    """额度调剂: the pool that gives has that much less allotted (五(一))."""
    return [Move(TransferKind.MOVE, AccountKind.AVAILABLE, AccountKind.ALLOTTED, amount_fen)]


def moving_in(amount_fen: int) -> list[Move]:
    """额度调剂: the pool that gets has that much more allotted; the edition's sum stays (五(一))."""
    return [Move(TransferKind.MOVE, AccountKind.ALLOTTED, AccountKind.AVAILABLE, amount_fen)]


def returning(amount_fen: int, held_in: AccountKind) -> list[Move]:
    """退回财政: cash the insurer pays back, from what it received or from the surplus (五(二))."""
    return [Move(TransferKind.RETURN, held_in, AccountKind.TREASURY, amount_fen)]


def closing(available_fen: int, unspent_fen: int) -> list[Move]:
    """年度结清: what is not given out ends, cash not charged becomes surplus (五(二)); nothing for what is 0."""
    moves = []
    if available_fen:
        moves.append(Move(TransferKind.CLOSE, AccountKind.AVAILABLE, AccountKind.ALLOTTED, available_fen))
    if unspent_fen:
        moves.append(Move(TransferKind.CLOSE, AccountKind.RECEIVED, AccountKind.SURPLUS, unspent_fen))
    return moves
