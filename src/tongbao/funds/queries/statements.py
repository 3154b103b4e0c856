"""Statements: what firms' reservations did to the fund, by pool, plan and month, from the transfers (clause 五)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.funds import rules
from tongbao.funds.models import Account, Pool, Reservation, Transfer
from tongbao.funds.queries.months import months
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import AccountKind, ReservationState, TransferKind
from tongbao.labels import Labelled
from tongbao.scheme.models import Edition


class View(Labelled):
    """By what a statement is drawn up."""

    POOL = "pool", "按资金池"
    PLAN = "plan", "按方案"
    MONTH = "month", "按月"
    POOL_MONTH = "pool_month", "资金池×月"
    PLAN_MONTH = "plan_month", "方案×月"

    @property
    def parts(self) -> tuple[str, ...]:
        """What a line of it names: pool, plan, month."""
        return tuple(self.value.split("_"))


_QUOTA = {TransferKind.CHARGE: "target", TransferKind.REVERSE: "source", TransferKind.REFUND: "source"}
FIGURES = (
    TransferKind.RESERVE,
    TransferKind.RELEASE,
    TransferKind.ADJUST,
    TransferKind.CHARGE,
    TransferKind.REVERSE,
    TransferKind.REFUND,
)


@dataclass(frozen=True)
class Line:
    """What was done for the firms of one pool, plan or month (those that the statement names), in fen."""

    pool: Pool | None
    plan: str | None
    month: date | None
    firms: int  # for which money moved
    figures: Mapping[TransferKind, int]  # an adjustment is what it added less what it took back
    adjustments: int  # how many there were: together they may come to nothing
    waiting: int  # still waiting; in a month: of those received in it
    waiting_fen: int

    @property
    def net_fen(self) -> int:
        """What stays charged."""
        return (
            self.figures[TransferKind.CHARGE] - self.figures[TransferKind.REVERSE] - self.figures[TransferKind.REFUND]
        )


@dataclass(frozen=True)
class Statement:
    """The lines of one view of an edition, and all together."""

    view: View
    edition: Edition
    lines: list[Line]
    total: Line


def statement(user: User, edition: Edition, view: View) -> Statement:
    """What the pools that this person may see did for firms; a handful of queries, however long the journal.

    A place whose plan was changed counts whole under the plan it has now.
    """
    pools = {pool.pk: pool for pool in own_pools(user).filter(edition=edition)}
    known = months(edition)[::-1]
    moved = Transfer.objects.filter(pool__in=pools, reservation__isnull=False).order_by()
    moved = moved.annotate(plan=F("reservation__purpose"), month=_month("at", known))
    waits = Reservation.objects.filter(pool__in=pools, state=ReservationState.WAITING).order_by()
    waits = waits.annotate(plan=F("purpose"), month=_month("received_at", known))
    sums = {kind.value: _sum(kind) for kind in FIGURES}
    sums["adjustments"] = Count("pk", filter=Q(kind=TransferKind.ADJUST))
    firms = Count("reservation__beneficiary_code", distinct=True)
    rows = {_key(view, row): row for row in moved.values(*view.parts).annotate(firms=firms, **sums)}
    line = {"waiting": Count("pk"), "waiting_fen": Sum("amount_fen")}
    lines = {_key(view, row): row for row in waits.values(*view.parts).annotate(**line)}
    found = [_line(view, key, pools, known, rows.get(key, {}), lines.get(key, {})) for key in sorted(rows | lines)]
    total = _line(view, (), pools, known, moved.aggregate(firms=firms, **sums), waits.aggregate(**line))
    return Statement(view, edition, found, total)


def plans(user: User) -> list[str]:
    """The plans for which firms applied to the pools this person may see, as the applications state them."""
    places = Reservation.objects.filter(pool__in=own_pools(user))
    return list(places.order_by("purpose").values_list("purpose", flat=True).distinct())


def charged_fen(user: User, edition: Edition) -> int:
    """What the accounts of an edition's pools say is charged, in fen, of the pools this person may see."""
    accounts = Account.objects.filter(pool__in=own_pools(user).filter(edition=edition), kind=AccountKind.CHARGED)
    return accounts.aggregate(fen=Sum("balance_fen"))["fen"] or 0


def _month(instant: str, known: list[date]) -> Case:
    """The place of an instant's month among the known ones: comparisons only, which every database does quickly."""
    ends = [clock.local(rules.next_month(first)) for first in known[:-1]]
    cases = (When(**{f"{instant}__lt": end}, then=Value(place)) for place, end in enumerate(ends))
    return Case(*cases, default=Value(max(len(known) - 1, 0)), output_field=IntegerField())


def _sum(kind: TransferKind) -> Any:
    """The sum of a movement; what moves both books counts in the one that was allotted."""
    if kind is TransferKind.ADJUST:
        return _sum_where(kind, target__kind=AccountKind.RESERVED) - _sum_where(kind, source__kind=AccountKind.RESERVED)
    side = _QUOTA.get(kind)
    return _sum_where(kind, **({f"{side}__kind": AccountKind.CHARGED} if side else {}))


def _sum_where(kind: TransferKind, **more: Any) -> Sum:
    return Sum("amount_fen", filter=Q(kind=kind, **more), default=0)


def _key(view: View, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[part] for part in view.parts)


def _line(
    view: View,
    key: tuple[Any, ...],
    pools: Mapping[int, Pool],
    known: list[date],
    moved: Mapping[str, Any],
    waits: Mapping[str, Any],
) -> Line:
    named = dict(zip(view.parts, key, strict=False))
    return Line(
        pool=pools[named["pool"]] if "pool" in named else None,
        plan=named.get("plan"),
        month=known[named["month"]] if "month" in named else None,
        firms=moved.get("firms", 0),
        figures={kind: moved.get(kind.value, 0) for kind in FIGURES},
        adjustments=moved.get("adjustments", 0),
        waiting=waits.get("waiting", 0),
        waiting_fen=waits.get("waiting_fen") or 0,
    )
