"""What the fund does: accounts, movements, states of a reservation, the sums a charge needs (clauses 二(三), 五)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from tongbao import money
from tongbao.labels import Labelled
from tongbao.refusal import Refusal

LOWEST_RATE, HIGHEST_RATE = Decimal(5), Decimal(10)  # RMB per USD; beyond this it is a slip of the keyboard
KEY_LENGTH = 80


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
}

# What allows each movement, as the entry page says it: clause and sentence.
GROUNDS: Mapping[TransferKind, tuple[str, str]] = {
    TransferKind.ALLOT: ("五(一)", "年度资金额度按保险人分别下达，总额度内先到先得。"),
    TransferKind.PREPAY: ("五(二)", "扶持资金由财政（商务）部门一次性预付至保险人账户。"),
    TransferKind.RESERVE: ("二(三)", "按收件先后预占额度，先到先得，用完为止。"),
    TransferKind.RELEASE: ("二(三)", "不再需要的额度退回可用额度，依次递补候补企业。"),
    TransferKind.ADJUST: ("二(三)", "申请内容变化后重新估算，差额从可用额度补足或退回，排队序号不变。"),
    TransferKind.CHARGE: ("五(二)", "按保险人录入当月汇率计算保费，财政承担部分从预付资金列支。"),
}


class ReservationState(Labelled):
    """Where a place in the queue stands."""

    WAITING = "waiting", "候补"
    RESERVED = "reserved", "已预占"
    HELD = "held", "待补足"
    CHARGED = "charged", "已列支"
    RELEASED = "released", "已释放"
    SURRENDERED = "surrendered", "已让号"


TRANSITIONS = {
    ReservationState.WAITING: frozenset(
        {ReservationState.RESERVED, ReservationState.RELEASED, ReservationState.SURRENDERED}
    ),
    ReservationState.RESERVED: frozenset(
        {
            ReservationState.CHARGED,
            ReservationState.HELD,
            ReservationState.RELEASED,
            ReservationState.SURRENDERED,
        }
    ),
    ReservationState.HELD: frozenset(
        {
            ReservationState.RESERVED,
            ReservationState.CHARGED,
            ReservationState.RELEASED,
            ReservationState.SURRENDERED,
        }
    ),
    ReservationState.CHARGED: frozenset(),
    ReservationState.RELEASED: frozenset(),
    ReservationState.SURRENDERED: frozenset(),
}
FUNDED = frozenset({ReservationState.RESERVED, ReservationState.HELD})  # money stands by
IN_LINE = (ReservationState.HELD, ReservationState.WAITING)  # in this order money that comes free is given out


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


def check_amount(amount_fen: int, field: str | None = "amount_fen") -> None:
    """Refuse a sum (fen) that is not positive."""
    if amount_fen <= 0:
        raise Refusal("amount", "金额必须大于 0 元，请核对后重新填写。", field)


def check_day(day: date, today: date, field: str) -> None:
    """Refuse a day that has not come yet: only what has happened is booked."""
    if day > today:
        raise Refusal("future_day", "日期不能晚于今天，请按凭证上的日期填写。", field)


def check_key(key: str) -> None:
    """Refuse a missing or overlong idempotency key (only a broken or forged form sends one)."""
    if not 1 <= len(key) <= KEY_LENGTH:
        raise Refusal("key", "这个页面的提交编号无效，请刷新页面后重新填写。")


def check_change(current: ReservationState, wanted: ReservationState) -> None:
    """Refuse a change of state that the order of things does not know."""
    if wanted not in TRANSITIONS[current]:
        raise Refusal(
            "reservation_state",
            f"这笔资金目前是“{current.label}”，不能改为“{wanted.label}”。请刷新页面查看最新情况。",
        )


def check_same_request(existing_hash: str, request_hash: str) -> None:
    """Refuse a retry that says something else than the first request under the same key."""
    if existing_hash != request_hash:
        raise Refusal("key_reused", "这次提交与先前那次内容不同，没有重复登记。请重新打开页面，核对后再填写。")


def first_of_month(day: date) -> date:
    """The month of a day, as rates know it."""
    return day.replace(day=1)


def check_rate(cny_per_usd: Decimal, month: date, today: date) -> None:
    """Refuse a rate that cannot be one, and a month that has not begun (五(二))."""
    if not cny_per_usd.is_finite() or not LOWEST_RATE < cny_per_usd < HIGHEST_RATE:
        raise Refusal(
            "rate_implausible", "汇率应为每 1 美元折合的人民币元数，在 5 与 10 之间，例如 7.0729。", "cny_per_usd"
        )
    if -int(cny_per_usd.normalize().as_tuple().exponent) > 6:
        raise Refusal("rate_digits", "汇率最多保留 6 位小数。", "cny_per_usd")
    if first_of_month(month) > today:
        raise Refusal("month_ahead", "这个月还没有到，只能录入本月及以前月份的汇率。", "month")


def rate_text(cny_per_usd: Decimal) -> str:
    """A rate without needless zeros, at least four decimals: 7.072900 → '7.0729'."""
    text = f"{cny_per_usd.normalize():f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<4}"


def read_rate(text: str) -> Decimal | None:
    """A rate as a page shows it; None when it is not a number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def deviation(cny_per_usd: Decimal, reference: Decimal) -> Decimal:
    """How far a rate is from the reference, as a share of it; negative when lower."""
    return (cny_per_usd - reference) / reference


def check_deviation(cny_per_usd: Decimal, reference: Decimal, tolerance: Decimal, *, checked: bool) -> None:
    """A rate farther from the reference than the tolerance (a share) goes on only when ticked as checked (五(二))."""
    away = deviation(cny_per_usd, reference)
    if abs(away) > tolerance and not checked:
        percent, allowed = (away * 100).quantize(Decimal("0.01")), f"{tolerance * 100:f}".rstrip("0").rstrip(".")
        raise Refusal(
            "rate_unusual",
            f"这个汇率与参考汇率 {reference} 相差 {percent:+}%，超过 ±{allowed}%。"
            "如已与系统汇率核对无误，请勾选“已核对”后再提交。",
            "checked",
        )


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
