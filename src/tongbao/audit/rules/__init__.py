"""How records are linked, and what a verification says."""

from tongbao.audit.rules.chain import GENESIS, canonical, content_hash, digest, link, read_head, seal
from tongbao.audit.rules.verification import (
    ADVICE,
    ATTEMPTS,
    GAVE_UP,
    SHOWN,
    UNDER_WAY,
    Facts,
    Line,
    VerificationState,
    outcome,
    report,
    report_hash,
    took,
)

__all__ = [
    "ADVICE",
    "ATTEMPTS",
    "GAVE_UP",
    "GENESIS",
    "SHOWN",
    "UNDER_WAY",
    "Facts",
    "Line",
    "VerificationState",
    "canonical",
    "content_hash",
    "digest",
    "link",
    "outcome",
    "read_head",
    "report",
    "report_hash",
    "seal",
    "took",
]
