"""Reconciliation with the insurers' statements: read, matched, explained, signed (clause 五(二))."""

from tongbao.funds.rules.reconciliation.columns import KIND
from tongbao.funds.rules.reconciliation.matching import (
    Held,
    Result,
    Stated,
    Totals,
    changes,
    match,
    outstanding,
    plain_number,
    totals,
)
from tongbao.funds.rules.reconciliation.reading import MOST_LINES, Reading, read
from tongbao.funds.rules.reconciliation.signing import (
    check_all_resolved,
    check_month,
    check_readable,
    check_reason,
    check_seen,
    lines_hash,
    resolutions_hash,
    seal,
)
from tongbao.funds.rules.reconciliation.vocabulary import (
    CARRIED,
    REASONS_FOR,
    Outcome,
    Reason,
    Side,
    StatementState,
    next_month,
)

__all__ = [
    "CARRIED",
    "KIND",
    "MOST_LINES",
    "REASONS_FOR",
    "Held",
    "Outcome",
    "Reading",
    "Reason",
    "Result",
    "Side",
    "Stated",
    "StatementState",
    "Totals",
    "changes",
    "check_all_resolved",
    "check_month",
    "check_readable",
    "check_reason",
    "check_seen",
    "lines_hash",
    "match",
    "next_month",
    "outstanding",
    "plain_number",
    "read",
    "resolutions_hash",
    "seal",
    "totals",
]
