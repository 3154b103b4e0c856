"""How far the reconciliation of each pool and month is, and what waits for whom."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.funds.models import InsurerStatement, Pool
from tongbao.funds.permissions import RECONCILERS, RESOLVERS, signing_side
from tongbao.funds.queries.reconciliation.compared import (
    COUNTING,
    Reconciliation,
    charged,
    reconcile,
    statements,
)
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import reconciliation as rules
from tongbao.funds.rules.reconciliation import Side, StatementState
from tongbao.ui.menu import Todo


@dataclass(frozen=True)
class PoolMonth:
    """A pool and month: what the platform charged, and how far its reconciliation is. Sums in fen."""

    pool: Pool
    month: date
    policies: int
    platform_fen: int
    statement: InsurerStatement | None = None
    reconciliation: Reconciliation | None = None

    @property
    def insurer(self) -> str:
        """Whose."""
        return str(self.pool)

    @property
    def statement_fen(self) -> int | None:
        """What the insurer says."""
        return self.reconciliation.totals.statement_fen if self.reconciliation else None

    @property
    def difference_fen(self) -> int | None:
        """What the statement has more."""
        return sum(self.reconciliation.totals.differences.values()) if self.reconciliation else None

    @property
    def open_count(self) -> int:
        """Differences without a reason."""
        return len(self.reconciliation.open) if self.reconciliation else 0

    @property
    def stage(self) -> str:
        """Where it stands: missing, open, signing, one (one side has signed), signed."""
        if self.reconciliation is None or self.statement is None:
            return "missing"
        if self.statement.state == StatementState.SIGNED:
            return "signed"
        if self.open_count:
            return "open"
        return "one" if self.reconciliation.signed else "signing"

    def waits_for(self, side: Side) -> bool:
        """Whether this side's signature is what is missing."""
        ready = self.reconciliation is not None and self.stage in ("signing", "one")
        return ready and self.reconciliation is not None and side not in self.reconciliation.signed


def months(user: User, *, signed: bool = True) -> list[PoolMonth]:
    """Every month that is over in which a pool of this person was charged or stated, newest first; not `signed`: only
    those that are still to be done."""
    pools = list(own_pools(user).order_by("pk"))
    held, today = charged([pool.pk for pool in pools]), clock.today()
    kept = statements(user).filter(state__in=COUNTING)
    stated = {(one.pool_id, one.month): one for one in kept}
    found = []
    for pool in pools:
        mine = held.get(pool.pk, [])
        said = {month for pool_id, month in stated if pool_id == pool.pk}
        for month in said | {month for policy in mine for month in policy.by_month}:
            if rules.next_month(month) > today:
                continue
            one = stated.get((pool.pk, month))
            if one is not None and one.state == StatementState.SIGNED and not signed:
                continue
            sums = [policy.by_month[month] for policy in mine if month in policy.by_month]
            found.append(PoolMonth(pool, month, len(sums), sum(sums), one, reconcile(one, mine) if one else None))
    return sorted(found, key=lambda one: (one.month, -one.pool.pk), reverse=True)


def todo(user: User) -> list[Todo]:
    """What waits for this person: statements that are missing, differences to explain, reconciliations to sign."""
    if user.role not in RECONCILERS:
        return []
    undone, where = months(user, signed=False), reverse("funds:reconciliation")
    missing = sum(1 for one in undone if one.stage == "missing")
    to_sign = sum(1 for one in undone if (side := signing_side(user, one.pool)) and one.waits_for(side))
    found = [Todo("待上传的保险人对账单", missing, where), Todo("待签字的对账", to_sign, where, urgent=True)]
    if user.role in RESOLVERS:
        found.append(Todo("待处理的对账差异", sum(one.open_count for one in undone), where, urgent=True))
    return [line for line in found if line.count]
