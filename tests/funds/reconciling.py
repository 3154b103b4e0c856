"""Charged policies, statements and people for the tests of the reconciliation."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds import actions
from tongbao.funds.models import InsurerStatement, Pool, Reservation
from tongbao.funds.queries import reconciliation
from tongbao.funds.rules.reconciliation import KIND, Outcome, Reason

SEPTEMBER, OCTOBER = date(2019, 9, 1), date(2019, 10, 1)
HEADINGS = [column.title for column in KIND.columns]


def charged(pool: Pool, fen: int, number: str, entry: date = date(2019, 9, 18), **said: Any) -> Reservation:
    """A policy of the pool, issued and charged."""
    place = factories.receive(pool, amount_fen=fen, **said)
    key = f"policy:{number}"
    return actions.charge(
        reservation_id=place.pk, amount_fen=fen, key=key, policy_number=number, entry_date=entry, by=None
    )


def row(number: str, yuan: Any, *, name: str = "某企业", day: Any = date(2019, 9, 18), refund: Any = None) -> list[Any]:
    """A line of a statement, as an insurer types it."""
    return [number, name, None, day, yuan, None, refund]


def file(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook with these lines."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(KIND.sheet)
        for number, cells in enumerate([headings, *rows]):
            sheet.write_row(number, 0, cells)
    return out.getvalue()


def agent(pool: Pool) -> User:
    """Somebody of the pool's insurer."""
    return factories.user(Role.INSURER_AGENT, pool.insurer)


def finance() -> User:
    """Somebody of the finance office."""
    return factories.user(Role.FINANCE_OFFICER)


def received(pool: Pool, *rows: Sequence[Any], month: date = SEPTEMBER, by: User | None = None) -> InsurerStatement:
    """A statement that waits to be confirmed."""
    content, name = file(*rows), "对账单.xlsx"
    return actions.receive_statement(
        pool_id=pool.pk,
        month=month,
        content=content,
        file_name=name,
        reading=reconciliation.read_file(content, name),
        by=by or agent(pool),
    )


def kept(pool: Pool, *rows: Sequence[Any], month: date = SEPTEMBER) -> InsurerStatement:
    """A statement that counts."""
    waiting = received(pool, *rows, month=month)
    reading = reconciliation.read_statement(waiting)
    return actions.keep_statement(statement_id=waiting.pk, reading=reading, by=waiting.uploaded_by)


def outcomes(statement: InsurerStatement) -> dict[str, str]:
    """By policy number, what came of it."""
    return {one.number: str(one.outcome) for one in reconciliation.reconcile(statement).results}


def resolve_all(statement: InsurerStatement, reason: Reason = Reason.OTHER, by: User | None = None) -> None:
    """Every difference with the same reason."""
    found = reconciliation.reconcile(statement)
    marks = [one.mark for one in found.results if one.outcome is not Outcome.MATCHED]
    if marks:
        actions.resolve_differences(
            statement_id=statement.pk, marks=marks, reason=reason, note="双方已核对", by=by or finance()
        )


def sign(statement: InsurerStatement, by: User) -> InsurerStatement:
    """A signature under what is there."""
    seen = reconciliation.reconcile(statement).hash
    return actions.sign_statement(statement_id=statement.pk, seen=seen, by=by)


def signed(statement: InsurerStatement) -> InsurerStatement:
    """Explained and signed by both."""
    resolve_all(statement)
    sign(statement, agent(statement.pool))
    return sign(statement, finance())
