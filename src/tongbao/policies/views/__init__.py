"""Pages of underwriting, of policies, of countries not covered, and the public verification page."""

from tongbao.policies.views.countries import excluded, list_excluded
from tongbao.policies.views.policies import certificate, issue, mine, payment, policies, policy
from tongbao.policies.views.public import verified, verify
from tongbao.policies.views.underwriting import correct, decline, quote, underwriting

__all__ = [
    "certificate",
    "correct",
    "decline",
    "excluded",
    "issue",
    "list_excluded",
    "mine",
    "payment",
    "policies",
    "policy",
    "quote",
    "underwriting",
    "verified",
    "verify",
]
