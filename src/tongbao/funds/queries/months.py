"""Locked months: what may be locked, what was, and whether it still fits the transfers (clause 五)."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.audit import queries as log
from tongbao.audit.rules import content_hash
from tongbao.funds import rules
from tongbao.funds.models import Account, MonthBalance, MonthClose, Pool, Queue, Transfer
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import AccountKind, Flow
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Edition


def first_month(edition_id: int) -> date | None:
    """The month of an edition's first entry; None when no money has moved yet."""
    entries = Transfer.objects.filter(pool__edition_id=edition_id).order_by("pk")
    at = entries.values_list("at", flat=True).first()
    return rules.first_of_month(clock.local_day(at)) if at else None


def last_locked(edition_id: int) -> date | None:
    """The last month of an edition that is locked."""
    return MonthClose.objects.filter(edition_id=edition_id).values_list("month", flat=True).order_by("-month").first()


def fund_editions(user: User) -> QuerySet[Edition]:
    """The editions in which this person may see a pool, newest first."""
    return scheme.editions().filter(pk__in=own_pools(user).values("edition"))


def fund_edition(user: User, asked: str) -> Edition | None:
    """The edition asked for (its id, as the pages send it), else the newest, of those in which this person may see a
    pool; None when there is none."""
    known = fund_editions(user)
    chosen = known.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    return chosen or known.first()


def months(edition: Edition) -> list[date]:
    """The months in which an edition's money may have moved, newest first."""
    first, this = first_month(edition.pk), rules.first_of_month(clock.today())
    return rules.months(first, max(first, this))[::-1] if first else []


# ── what is locked ──────────────────────────────────────────────────────────────────────────────────────────────────


def recompute(edition_id: int, ends: Mapping[date, datetime]) -> dict[date, tuple[int, dict[int, Flow]]]:
    """By month (in order; its end beside it): how many entries it has, and the flow of each account; from one pass."""
    accounts = list(Account.objects.filter(pool__edition_id=edition_id).order_by("pk"))
    sums: dict[tuple[date, int], list[int]] = {(month, one.pk): [0, 0] for month in ends for one in accounts}
    entries = dict.fromkeys(ends, 0)
    names = list(ends)
    of_month = Case(
        *(When(at__lt=end, then=Value(place)) for place, end in enumerate(ends.values())), output_field=IntegerField()
    )
    rows = Transfer.objects.filter(source__in=accounts, at__lt=max(ends.values())).order_by().annotate(month=of_month)
    found_rows = rows.values_list("month", "source", "target").annotate(fen=Sum("amount_fen"), n=Count("pk"))
    for place, source, target, fen, count in found_rows:
        month = names[place]
        entries[month] += count
        sums[month, source][1] += fen
        if (month, target) in sums:  # a tampered entry may point anywhere
            sums[month, target][0] += fen
    found: dict[date, tuple[int, dict[int, Flow]]] = {}
    before = {one.pk: (0, 0) for one in accounts}
    for month in names:
        flows = {}
        for one in accounts:
            came, went = sums[month, one.pk]
            flows[one.pk] = rules.flow(AccountKind(one.kind), before=before[one.pk], during=(came, went))
            before[one.pk] = (before[one.pk][0] + came, before[one.pk][1] + went)
        found[month] = (entries[month], flows)
    return found


def to_lock(edition_id: int, month: date) -> tuple[datetime, int, dict[int, Flow]]:
    """The end of a month that is to be locked, how many entries it has, and the flow of each account in it."""
    start, end = clock.local(month), clock.local(rules.next_month(month))
    before = date.fromordinal(month.toordinal() - 1)  # everything earlier, as one period
    count, flows = recompute(edition_id, {before: start, month: end})[month]
    return end, count, flows


def unbalanced_pools(edition_id: int, flows: Mapping[int, Flow]) -> list[str]:
    """A clause for each pool of an edition whose books do not balance at the end of a period."""
    found = []
    for pool in Pool.objects.filter(edition_id=edition_id).select_related("insurer").prefetch_related("accounts"):
        closing = {AccountKind(one.kind): flows[one.pk].closing for one in pool.accounts.all()}
        found += [f"{pool}的{said}" for said in rules.unbalanced(closing)]
    return found


def close_hash(edition_code: str, month: date, entries: int, flows: Mapping[int, Flow]) -> str:
    """The hash of what a locked month says: its entries' number, and each account's four figures."""
    balances = {str(pk): [one.opening, one.added, one.taken, one.closing] for pk, one in sorted(flows.items())}
    return content_hash({"edition": edition_code, "month": str(month), "entries": entries, "balances": balances})


@dataclass(frozen=True)
class Month:
    """A month of an edition: locked or not, and whether it is the one to be locked now."""

    first: date
    close: MonthClose | None
    due: bool  # the next to be locked
    over: bool  # it has ended

    @property
    def text(self) -> str:
        """2019年9月."""
        return rules.month_text(self.first)


def ledger_months(edition: Edition) -> list[Month]:
    """The months of an edition, newest first, each with what was locked of it."""
    closes = {one.month: one for one in MonthClose.objects.filter(edition=edition).select_related("closed_by")}
    due, today = rules.due_month(first_month(edition.pk), max(closes, default=None)), clock.today()
    return [
        Month(first, closes.get(first), first == due, rules.next_month(first) <= today) for first in months(edition)
    ]


def lock_of(edition: Edition, month: date) -> MonthClose | None:
    """The locking of a month, if it was locked."""
    return MonthClose.objects.filter(edition=edition, month=month).select_related("closed_by").first()


def locked_month(user: User, pk: int) -> MonthClose | None:
    """A locked month of an edition in which this person may see a pool, or None."""
    found = MonthClose.objects.filter(edition__in=fund_editions(user)).select_related("edition", "closed_by")
    return found.filter(pk=pk).first()


@dataclass(frozen=True)
class Compared:
    """One account in a locked month, beside the month before, in fen."""

    kind: AccountKind
    flow: Flow
    earlier: Flow

    @property
    def more_added(self) -> int:
        """How much more came in than in the month before."""
        return self.flow.added - self.earlier.added

    @property
    def more_taken(self) -> int:
        """How much more went out than in the month before."""
        return self.flow.taken - self.earlier.taken

    @property
    def change(self) -> int:
        """How much more it stands at than at the end of the month before."""
        return self.flow.closing - self.flow.opening


def month_balances(user: User, close: MonthClose) -> list[tuple[Pool, list[Compared]]]:
    """The balances of a locked month by pool, of the pools this person may see, each beside the month before."""
    earlier = MonthClose.objects.filter(edition=close.edition_id, month__lt=close.month).order_by("-month").first()
    known = {row.account_id: _flow(row) for row in MonthBalance.objects.filter(close=earlier)} if earlier else {}
    found: dict[Pool, list[Compared]] = {}
    rows = MonthBalance.objects.filter(close=close, account__pool__in=own_pools(user))
    for row in rows.select_related("account__pool__insurer").order_by("account__pool", "account"):
        one = Compared(AccountKind(row.account.kind), _flow(row), known.get(row.account_id, Flow()))
        found.setdefault(row.account.pool, []).append(one)
    return list(found.items())


def _flow(row: MonthBalance) -> Flow:
    return Flow(row.opening_fen, row.added_fen, row.taken_fen)


# ── whether it still fits ───────────────────────────────────────────────────────────────────────────────────────────


def month_faults() -> Generator[str, None, int]:
    """A Chinese sentence for each locked month that transfers, log or queue do not bear out; how many there are."""
    closes = MonthClose.objects.select_related("edition").order_by("edition", "month")
    by_edition: dict[Edition, list[MonthClose]] = {}
    for one in closes:
        by_edition.setdefault(one.edition, []).append(one)
    for edition, mine in by_edition.items():
        yield from _order(edition, mine)
        again = recompute(edition.pk, {one.month: one.ends_at for one in mine})
        for one in mine:
            yield from (f"{_name(one)}{said}" for said in _unlike(one, *again[one.month]))
    for queue in Queue.objects.exclude(locked_until=None).exclude(edition__in=by_edition).select_related("edition"):
        yield f"“{queue.edition}”记着已月结，却没有月结记录"
    yield from _unlike_log(closes)
    return len(closes)


def _name(close: MonthClose) -> str:
    return f"“{close.edition}”{rules.month_text(close.month)}的月结"


def _order(edition: Edition, closes: list[MonthClose]) -> Iterator[str]:
    """Months follow each other without a gap from the first entry on, and the queue knows the last of them."""
    wanted = first_month(edition.pk)
    for one in closes:
        if one.month != wanted:
            yield f"{_name(one)}不连续：前面缺少{rules.month_text(wanted)}" if wanted else f"{_name(one)}没有分录"
        if one.ends_at != clock.local(rules.next_month(one.month)):
            yield f"{_name(one)}的截止时间不是月末"
        wanted = rules.next_month(one.month)
    queue = Queue.objects.filter(edition=edition).first()
    if queue is None or queue.locked_until != closes[-1].ends_at:
        yield f"“{edition}”排队登记的月结时间与最后一次月结不符"


def _unlike(close: MonthClose, entries: int, again: Mapping[int, Flow]) -> Iterator[str]:
    """What of a locked month is not as the transfers have it now."""
    if entries != close.entries:
        yield f"与分录不符：月结时有 {close.entries} 笔分录，现在是 {entries} 笔"
    kept = {row.account_id: row for row in close.balances.select_related("account__pool__insurer")}
    for pk, row in kept.items():
        flow, where = again.get(pk, Flow()), f"{row.account.pool}“{AccountKind(row.account.kind).label}”"
        for what, was, now in (
            ("期初", row.opening_fen, flow.opening),
            ("增加", row.added_fen, flow.added),
            ("减少", row.taken_fen, flow.taken),
            ("期末", row.closing_fen, flow.closing),
        ):
            if was != now:
                yield f"与分录不符：{where}{what}记为 {money.text(was)} 元，按分录重算应为 {money.text(now)} 元"
    if any(flow != Flow() for pk, flow in again.items() if pk not in kept):
        yield "与分录不符：有账户当月有分录，却没有留存余额"
    said = close_hash(close.edition.code, close.month, close.entries, {pk: _flow(row) for pk, row in kept.items()})
    if said != close.content_hash:
        yield "留存的余额与内容摘要不符"
    if not log.passes_through(close.log_number, close.log_hash):
        yield f"记下的审计链位置（第 {close.log_number} 条）与现在的审计链不符"


def _unlike_log(closes: Iterable[MonthClose]) -> Iterator[str]:
    """Every locking in the log is a row, every row a locking in the log, and both say the same."""
    rows = {str(one.pk): one for one in closes}
    for record in log.of_verbs("funds.lock_month"):
        one, said = rows.pop(record.subject_id, None), record.detail
        if one is None:
            yield f"审计记录第 {record.number} 条的月结（{said['month']}）不见了"
        elif _told(one) != {name: said.get(name) for name in _told(one)} or not log.is_of(
            record, one.closed_by_id, one.closed_at
        ):
            yield f"{_name(one)}与审计记录第 {record.number} 条不符"
    yield from (f"{_name(one)}没有审计记录" for one in rows.values())


def _told(close: MonthClose) -> dict[str, Any]:
    return {"month": f"{close.month:%Y-%m}", "hash": close.content_hash, "entries": close.entries}
