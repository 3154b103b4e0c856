"""Books by period: what each account did, whether the two books balance, and which month may be locked (clause 五)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongbao import money
from tongbao.funds.rules.accounts import SOURCES, AccountKind
from tongbao.labels import Labelled
from tongbao.refusal import Refusal


class Book(Labelled):
    """The two books of a pool."""

    QUOTA = "quota", "额度账"
    CASH = "cash", "资金账"


# Where the money of each book comes from, and the accounts that hold it: the two sides are always equal.
BOOKS: Mapping[Book, tuple[AccountKind, tuple[AccountKind, ...]]] = {
    Book.QUOTA: (AccountKind.ALLOTTED, (AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.CHARGED)),
    Book.CASH: (AccountKind.TREASURY, (AccountKind.RECEIVED, AccountKind.EARNED, AccountKind.SURPLUS)),
}


def accounts_of(book: Book) -> tuple[AccountKind, ...]:
    """The accounts of a book, its source first."""
    source, holding = BOOKS[book]
    return (source, *holding)


@dataclass(frozen=True)
class Flow:
    """What an account did in a period, in fen; a source (额度下达, 财政拨付) grows when money leaves it."""

    opening: int = 0
    added: int = 0
    taken: int = 0

    @property
    def closing(self) -> int:
        """What it stood at when the period ended."""
        return self.opening + self.added - self.taken

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.opening + other.opening, self.added + other.added, self.taken + other.taken)


def flow(kind: AccountKind, *, before: tuple[int, int], during: tuple[int, int]) -> Flow:
    """An account's flow from what came in and went out (fen) before the period and during it."""
    came, went = reversed(during) if kind in SOURCES else during
    opening = before[0] - before[1]
    return Flow(-opening if kind in SOURCES else opening, came, went)


@dataclass(frozen=True)
class Identity:
    """One thing that must be equal in the books: what it says, and its two sides in fen."""

    says: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both sides are the same."""
        return self.left == self.right


def identities(closing: Mapping[AccountKind, int]) -> list[Identity]:
    """The equalities of a pool's two books, with the figures that stand in them."""
    found = []
    for source, holding in BOOKS.values():
        says = f"{source.label} = {' + '.join(kind.label for kind in holding)}"
        found.append(Identity(says, closing[source], sum(closing[kind] for kind in holding)))
    charged, earned = AccountKind.CHARGED, AccountKind.EARNED
    return [*found, Identity(f"{charged.label} = {earned.label}", closing[charged], closing[earned])]


def unbalanced(closing: Mapping[AccountKind, int]) -> list[str]:
    """A Chinese clause for each equality that does not hold, and for each balance below zero."""
    broken = [
        f"“{one.says}”不成立：{money.text(one.left)} 元与 {money.text(one.right)} 元"
        for one in identities(closing)
        if not one.holds
    ]
    return broken + [f"“{kind.label}”为负：{money.text(fen)} 元" for kind, fen in closing.items() if fen < 0]


# ── months ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def months(first: date, last: date) -> list[date]:
    """The first days of the months from one to another, both included."""
    found = [first]
    while found[-1] < last:
        found.append(next_month(found[-1]))
    return found


def month_text(first: date) -> str:
    """2019年9月."""
    return f"{first.year}年{first.month}月"


def read_month(text: str) -> date | None:
    """'2019-09', as the pages send it, as the first day of the month; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def due_month(first: date | None, locked: date | None) -> date | None:
    """The month to be locked next: the one after the last locked, else that of the first entry, if there is one."""
    return next_month(locked) if locked else first


def check_lock(month: date, *, first: date | None, locked: date | None, today: date) -> None:
    """Refuse to lock a month twice, out of order, before it has ended or before money has moved at all.

    `first` is the month of the fund's first entry, `locked` the last month that is locked.
    """
    due, name = due_month(first, locked), month_text(month)
    if due is None:
        raise Refusal("no_entries", "资金池还没有任何分录，没有可以月结的月份。")
    if locked and month <= locked:
        raise Refusal("month_locked", f"{name}已经月结，不需要再次办理。请刷新页面查看。")
    if month < due:
        raise Refusal("month_before", f"{name}还没有资金业务，从{month_text(due)}开始月结。")
    if month > due:
        raise Refusal("month_order", f"月结要按月份先后办理，请先月结{month_text(due)}。")
    if today < next_month(month):
        raise Refusal("month_open", f"{name}还没有结束，{next_month(month):%Y-%m-%d} 起才能月结。")


def check_open_month(at: datetime, locked_until: datetime | None) -> None:
    """Refuse money that would move at an instant of a locked month: only a clock that went back asks for it."""
    if locked_until is not None and at < locked_until:
        raise Refusal(
            "month_locked",
            "这个时间所在的月份已经月结，资金变动没有登记。请联系系统管理员核对服务器的时间，然后重试。",
        )
