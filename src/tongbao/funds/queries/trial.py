"""Trial balances: every account of an edition over a period, computed from the transfers alone (clause 五)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from tongbao import clock, money
from tongbao.accounts.models import User
from tongbao.funds import rules
from tongbao.funds.models import Account, MonthClose, Pool, Transfer
from tongbao.funds.queries.months import lock_of
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import AccountKind, Book, Flow, Identity
from tongbao.scheme.models import Edition


@dataclass(frozen=True)
class Period:
    """Days, both included; `start` and `end` are their instants. `end` is None for "until now": all there is."""

    first: date
    last: date
    start: datetime
    end: datetime | None

    @property
    def whole(self) -> bool:
        """Whether it is a month that has ended."""
        return self.end == clock.local(rules.next_month(self.first))


@dataclass(frozen=True)
class PoolTrial:
    """The accounts of one pool (or, without one, of all shown together) over a period, in fen."""

    pool: Pool | None
    flows: Mapping[AccountKind, Flow]

    @property
    def books(self) -> list[tuple[Book, list[tuple[AccountKind, Flow]]]]:
        """The two books with their accounts, the source of each first."""
        return [(book, [(kind, self.flows[kind]) for kind in rules.accounts_of(book)]) for book in rules.BOOKS]

    @property
    def closing(self) -> dict[AccountKind, int]:
        """What the accounts stand at when the period ends."""
        return {kind: flow.closing for kind, flow in self.flows.items()}

    @property
    def identities(self) -> list[Identity]:
        """What must be equal at the end of the period, and whether it is."""
        return rules.identities(self.closing)


@dataclass(frozen=True)
class Trial:
    """A trial balance: each pool, all together, and a sentence for whatever does not fit."""

    period: Period
    pools: list[PoolTrial]
    total: PoolTrial
    faults: list[str]
    lock: MonthClose | None  # of the month, when it is a whole one

    @property
    def tables(self) -> list[PoolTrial]:
        """The pools, then all together when there are several."""
        return [*self.pools, self.total] if len(self.pools) > 1 else self.pools


def until_now() -> Period:
    """This month until now."""
    today = clock.today()
    first = rules.first_of_month(today)
    return Period(first, today, clock.local(first), None)


def whole_month(day: date) -> Period:
    """The whole month of a day; the present month until now."""
    first = rules.first_of_month(day)
    after = rules.next_month(first)
    if first >= rules.first_of_month(clock.today()):
        return until_now()
    return Period(first, date.fromordinal(after.toordinal() - 1), clock.local(first), clock.local(after))


def until_day(day: date) -> Period:
    """The month of a day up to the end of that day; today until now."""
    if day >= clock.today():
        return until_now()
    first, after = rules.first_of_month(day), date.fromordinal(day.toordinal() + 1)
    return Period(first, day, clock.local(first), clock.local(after))


def trial(user: User, edition: Edition, period: Period) -> Trial:
    """The trial balance of the pools of an edition that this person may see; two queries, however long the journal.

    When it runs until now, each balance that the accounts keep is held against the sum of the transfers too.
    """
    pools = list(own_pools(user).filter(edition=edition).order_by("pk"))
    accounts = list(Account.objects.filter(pool__in=pools).order_by("pool", "pk"))
    flows, kept = _flows(accounts, Transfer.objects.filter(pool__in=pools), period)
    shown = [
        PoolTrial(pool, {AccountKind(one.kind): flows[one.pk] for one in accounts if one.pool_id == pool.pk})
        for pool in pools
    ]
    faults = [f"{one.pool}：{said}" for one in shown for said in rules.unbalanced(one.closing)]
    lock = lock_of(edition, period.first) if period.whole else None
    if period.end is None:
        faults += _differences(accounts, pools, flows, kept, "记的余额")
    elif lock is not None:
        locked = dict(lock.balances.values_list("account", "closing_fen"))
        kept = {account.pk: locked.get(account.pk, 0) for account in accounts}
        faults += _differences(accounts, pools, flows, kept, "月结时的余额")
    return Trial(period, shown, _total(shown), faults, lock)


def _flows(
    accounts: Iterable[Account], transfers: QuerySet[Transfer], period: Period
) -> tuple[dict[int, Flow], dict[int, int]]:
    """By account: its flow, and the balance it keeps, read by the one statement that adds up the transfers.

    One statement sees one state of the database, so submissions that come meanwhile make no false alarm.
    """
    if period.end is not None:
        transfers = transfers.filter(at__lt=period.end)
    kept = {account.pk: account.balance_fen for account in accounts}
    sums: dict[int, list[int]] = {pk: [0, 0, 0, 0] for pk in kept}  # came and went before, came and went during
    rows = (
        transfers.order_by()
        .values_list("source", "target", "source__balance_fen", "target__balance_fen")
        .annotate(
            before=Sum("amount_fen", filter=Q(at__lt=period.start), default=0),
            during=Sum("amount_fen", filter=Q(at__gte=period.start), default=0),
        )
    )
    for source, target, source_kept, target_kept, before, during in rows:
        for account, balance, place in ((source, source_kept, 1), (target, target_kept, 0)):
            if account in sums:  # a tampered entry may point anywhere
                kept[account] = balance
                sums[account][place] += before
                sums[account][place + 2] += during
    flows = {
        account.pk: rules.flow(
            AccountKind(account.kind),
            before=(sums[account.pk][0], sums[account.pk][1]),
            during=(sums[account.pk][2], sums[account.pk][3]),
        )
        for account in accounts
    }
    return flows, kept


def _differences(
    accounts: Iterable[Account], pools: Iterable[Pool], flows: Mapping[int, Flow], kept: Mapping[int, int], what: str
) -> list[str]:
    """A clause for each account whose balance, as it was kept, is not what the transfers add up to."""
    names = {pool.pk: str(pool) for pool in pools}
    return [
        f"{names[account.pool_id]}：“{AccountKind(account.kind).label}”账户{what}是 {money.text(kept[account.pk])} 元，"
        f"按分录重算应为 {money.text(flows[account.pk].closing)} 元"
        for account in accounts
        if kept[account.pk] != flows[account.pk].closing
    ]


def _total(shown: Iterable[PoolTrial]) -> PoolTrial:
    flows = dict.fromkeys(AccountKind, Flow())
    for one in shown:
        for kind, flow in one.flows.items():
            flows[kind] += flow
    return PoolTrial(None, flows)
