"""Reconciliation with the insurers: what the platform charged by month, what came of comparing, who signed."""

from tongbao.funds.queries.reconciliation.compared import (
    COUNTING,
    STATEMENT,
    Carried,
    Reconciliation,
    carried,
    charged,
    counting,
    last_transfer,
    lines,
    lock_statement,
    previewed,
    read_file,
    read_statement,
    reconcile,
    since_signed,
    statements,
    tolerance_fen,
)
from tongbao.funds.queries.reconciliation.proof import reconciliation_faults
from tongbao.funds.queries.reconciliation.watched import PoolMonth, months, todo

__all__ = [
    "COUNTING",
    "STATEMENT",
    "Carried",
    "PoolMonth",
    "Reconciliation",
    "carried",
    "charged",
    "counting",
    "last_transfer",
    "lines",
    "lock_statement",
    "months",
    "previewed",
    "read_file",
    "read_statement",
    "reconcile",
    "reconciliation_faults",
    "since_signed",
    "statements",
    "todo",
    "tolerance_fen",
]
