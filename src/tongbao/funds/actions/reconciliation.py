"""Statements of the insurers: received, kept, explained, signed by both sides. Nothing here moves money (五(二))."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.funds import permissions
from tongbao.funds.models import InsurerLine, InsurerStatement, Pool, Resolution, SignOff
from tongbao.funds.queries import lock_fund
from tongbao.funds.queries import reconciliation as queries
from tongbao.funds.rules import reconciliation as rules
from tongbao.funds.rules.reconciliation import Reading, Reason, StatementState
from tongbao.refusal import Refusal

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}


@audit.action
def receive_statement(
    *, pool_id: int, month: date, content: bytes, file_name: str, reading: Reading, by: User
) -> InsurerStatement:
    """Take in the file of an insurer's statement of a month that is over; it counts for nothing until it is kept.

    `reading`: what stands in it, read before because that takes time. Refusals: `month_open`, `month_signed`; Forbidden
    for others.
    """
    pool = Pool.objects.select_related("insurer").get(pk=pool_id)
    permissions.check_reconcile(by, pool)
    month = month.replace(day=1)
    rules.check_month(month, clock.today())
    _check_unsigned(pool, month)
    ending = file_name.lower().rpartition(".")[2]
    document = documents.store_generated(
        content=content,
        name=file_name[-120:],
        kind=queries.STATEMENT,
        by=by,
        content_type=_TYPES.get(ending, "text/csv"),
    )
    received = InsurerStatement.objects.create(
        pool=pool,
        month=month,
        state=StatementState.UPLOADED,
        document=document,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    _record("funds.receive_statement", received, by, sha256=document.sha256, rows=reading.rows)
    return received


def _check_unsigned(pool: Pool, month: date) -> None:
    before = queries.counting(pool.pk, month)
    if before is not None and before.state == StatementState.SIGNED:
        raise Refusal(
            "month_signed",
            f"{pool.insurer} {month:%Y-%m} 的对账双方已签字，不能再换对账单。差异请在以后月份更正。",
            "month",
        )


@audit.action
def keep_statement(*, statement_id: int, reading: Reading, by: User) -> InsurerStatement:
    """Let an uploaded statement count for its month, in place of an earlier one that is not signed.

    `reading`: its file as `queries.reconciliation.read_statement` reads it. A second click changes nothing.
    Refusals: `statement_faults`, `statement_over`, `month_signed`; Forbidden for others.
    """
    statement = queries.lock_statement(statement_id)
    permissions.check_reconcile(by, statement.pool)
    if statement.state in queries.COUNTING:
        audit.record("funds.keep_statement_again", statement, by=by)
        return statement
    _check_uploaded(statement)
    rules.check_readable(reading)
    _check_unsigned(statement.pool, statement.month)
    now, before = clock.now(), queries.counting(statement.pool_id, statement.month)
    if before is not None:
        before.state, before.replaced_at = StatementState.REPLACED, now
        before.save(update_fields=["state", "replaced_at"])
    InsurerLine.objects.bulk_create(
        InsurerLine(
            statement=statement,
            row=line.row,
            number=line.number,
            name=line.name,
            code=line.code,
            entry_date=line.entry_date,
            subsidy_fen=line.subsidy_fen,
            premium_fen=line.premium_fen,
            refund_fen=line.refund_fen,
        )
        for line in reading.lines
    )
    statement.state, statement.decided_by, statement.decided_at = StatementState.KEPT, by, now
    statement.lines_hash = rules.lines_hash(reading.lines)
    statement.tolerance_fen = queries.tolerance_fen(statement.pool)
    statement.save(update_fields=["state", "decided_by", "decided_at", "lines_hash", "tolerance_fen"])
    told = {"lines": statement.lines_hash, "tolerance_fen": statement.tolerance_fen}
    _record("funds.keep_statement", statement, by, replaced=before.pk if before else None, **told)
    return statement


def _check_uploaded(statement: InsurerStatement) -> None:
    if statement.state != StatementState.UPLOADED:
        label = StatementState(statement.state).label
        raise Refusal("statement_over", f"这份对账单{label}，不能再确认或放弃。请刷新页面查看最新情况。")


def _record(verb: str, statement: InsurerStatement, by: User, **told: Any) -> None:
    month, insurer = f"{statement.month:%Y-%m}", statement.pool.insurer.code
    audit.record(verb, statement, by=by, insurer=insurer, month=month, **told)


@audit.action
def discard_statement(*, statement_id: int, by: User) -> InsurerStatement:
    """Give an uploaded statement up before it counts. Refusal `statement_over`; Forbidden for others."""
    statement = queries.lock_statement(statement_id)
    permissions.check_reconcile(by, statement.pool)
    _check_uploaded(statement)
    statement.state, statement.decided_by, statement.decided_at = StatementState.DISCARDED, by, clock.now()
    statement.save(update_fields=["state", "decided_by", "decided_at"])
    _record("funds.discard_statement", statement, by)
    return statement


@audit.action
def resolve_differences(
    *, statement_id: int, marks: Sequence[str], reason: Reason, note: str, by: User
) -> list[Resolution]:
    """Say why differences are there (`marks`: `Result.mark`); said again, the newest counts. No balance changes.

    Refusals: `statement_not_kept`, `difference_gone`, `nothing_chosen`, `reason_unfit`, `rounding_too_big`,
    `note_needed`, `note_long`; Forbidden unless of the finance office.
    """
    permissions.check_resolve(by)
    statement = queries.lock_statement(statement_id)
    _check_kept(statement)
    known = {one.mark: one for one in queries.reconcile(statement).results}
    if any(mark not in known for mark in marks):
        raise Refusal("difference_gone", "所选的差异刚刚有变动，请刷新页面，重新核对后再处理。", "marks")
    chosen = [known[mark] for mark in dict.fromkeys(marks)]
    note, now = rules.check_reason(reason, note, chosen), clock.now()
    made = [
        Resolution.objects.create(
            statement=statement,
            mark=one.mark,
            number=one.number,
            difference_fen=one.difference_fen,
            reason=reason,
            note=note,
            by=by,
            at=now,
        )
        for one in chosen
    ]
    difference_fen = sum(one.difference_fen for one in chosen)
    told = {"reason": str(reason), "difference_fen": difference_fen, "content": rules.resolutions_hash(made)}
    _record("funds.resolve_differences", statement, by, rows=len(made), made=[one.pk for one in made], **told)
    return made


def _check_kept(statement: InsurerStatement) -> None:
    if statement.state != StatementState.KEPT:
        label = StatementState(statement.state).label
        raise Refusal("statement_not_kept", f"这份对账单{label}，不能再处理差异或签字。请刷新页面查看最新情况。")


@audit.action
def sign_statement(*, statement_id: int, seen: str, by: User) -> InsurerStatement:
    """Sign a reconciliation for one's side; `seen` is the hash of what stood on the screen.

    When both sides have signed the same content, it is frozen. A second click changes nothing. Refusals:
    `statement_not_kept`, `differences_open`, `statement_changed`; Forbidden for others.
    """
    statement = queries.lock_statement(statement_id)
    side = permissions.check_reconcile(by, statement.pool)
    lock_fund(statement.pool.edition_id, closed=True)  # nothing is charged while it is compared for the last time
    found = queries.reconcile(statement)
    if side in found.signed:
        _record("funds.sign_statement_again", statement, by, side=str(side))
        return statement
    _check_kept(statement)
    rules.check_all_resolved(len(found.open))
    rules.check_seen(seen, found.hash)
    now, both = clock.now(), bool(found.signed)
    mine = SignOff.objects.create(statement=statement, side=side, by=by, at=now, content_hash=found.hash)
    if both:
        statement.state, statement.signed_at, statement.content_hash = StatementState.SIGNED, now, found.hash
        statement.last_transfer_id = queries.last_transfer(statement.pool_id)
        statement.save(update_fields=["state", "signed_at", "content_hash", "last_transfer_id"])
    told = {"signature": mine.pk, "last_transfer": statement.last_transfer_id}
    _record("funds.sign_statement", statement, by, side=str(side), content=found.hash, signed=both, **told)
    return statement
