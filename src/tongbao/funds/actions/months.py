"""月结: a month that has ended is locked for good (clause 五)."""

from datetime import date

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit import queries as log
from tongbao.funds import permissions, queries, rules
from tongbao.funds.models import MonthBalance, MonthClose
from tongbao.refusal import Refusal
from tongbao.scheme.models import Edition


@audit.action
def lock_month(*, edition_id: int, month: date, by: User) -> MonthClose:
    """Lock a month of an edition's books: its balances are kept, and no entry can be dated into it any more (五).

    The months are locked in order, each once, after it has ended, also after the year's closing. Refusals:
    `no_entries`, `month_locked`, `month_before`, `month_order`, `month_open`, `not_balanced`; Forbidden unless a
    finance officer.
    """
    permissions.check_lock_month(by)
    month = rules.first_of_month(month)
    fund = queries.lock_fund(edition_id, closed=True)
    first, locked = queries.first_month(edition_id), queries.last_locked(edition_id)
    rules.check_lock(month, first=first, locked=locked, today=clock.today())
    ends_at, entries, flows = queries.to_lock(edition_id, month)
    if broken := queries.unbalanced_pools(edition_id, flows):
        raise Refusal("not_balanced", f"账不平，不能月结：{'；'.join(broken)}。请联系审计人员校验全部记录。")
    edition, head = Edition.objects.get(pk=edition_id), log.head()
    close = MonthClose.objects.create(
        edition=edition,
        month=month,
        ends_at=ends_at,
        closed_by=by,
        closed_at=clock.now(),
        log_number=head.number,
        log_hash=head.hash,
        entries=entries,
        content_hash=queries.close_hash(edition.code, month, entries, flows),
    )
    MonthBalance.objects.bulk_create(
        MonthBalance(
            close=close,
            account_id=pk,
            opening_fen=flow.opening,
            added_fen=flow.added,
            taken_fen=flow.taken,
            closing_fen=flow.closing,
        )
        for pk, flow in flows.items()
    )
    fund.queue.locked_until = ends_at
    fund.queue.save(update_fields=["locked_until"])
    audit.record(
        "funds.lock_month", close, by=by, edition=edition.code, month=f"{month:%Y-%m}", entries=entries,
        hash=close.content_hash,
    )  # fmt: skip
    return close
