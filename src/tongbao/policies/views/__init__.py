"""Pages of underwriting, of policies, of their cancellation, of countries not covered; public verification."""

from tongbao.policies.views.cancelling import (
    approve,
    cancel,
    cancellation,
    cancellations,
    consent,
    refuse,
    withdraw,
)
from tongbao.policies.views.countries import excluded, list_excluded
from tongbao.policies.views.policies import certificate, issue, mine, payment, policies, policy
from tongbao.policies.views.public import verified, verify
from tongbao.policies.views.repricing import earlier_certificate, reprice, reprice_all, repricing
from tongbao.policies.views.underwriting import correct, decline, quote, underwriting

__all__ = [
    "approve",
    "cancel",
    "cancellation",
    "cancellations",
    "certificate",
    "consent",
    "correct",
    "decline",
    "earlier_certificate",
    "excluded",
    "issue",
    "list_excluded",
    "mine",
    "payment",
    "policies",
    "policy",
    "quote",
    "refuse",
    "reprice",
    "reprice_all",
    "repricing",
    "underwriting",
    "verified",
    "verify",
    "withdraw",
]
