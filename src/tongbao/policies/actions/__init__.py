"""What can happen to a policy: priced, paid for, issued, declined, lapsed, expired, cancelled; its paper is filed."""

from tongbao.policies.actions.cancelling import (
    approve_cancellation,
    ask_cancellation,
    consent_cancellation,
    lapse_cancellation,
    refuse_cancellation,
    withdraw_cancellation,
)
from tongbao.policies.actions.endings import decline, expire, lapse_unissued, lapse_unpaid, list_excluded
from tongbao.policies.actions.issuing import file_certificate, issue, record_exporter_payment
from tongbao.policies.actions.pricing import correct, quote
from tongbao.policies.actions.repricing import reprice

__all__ = [
    "approve_cancellation",
    "ask_cancellation",
    "consent_cancellation",
    "correct",
    "decline",
    "expire",
    "file_certificate",
    "issue",
    "lapse_cancellation",
    "lapse_unissued",
    "lapse_unpaid",
    "list_excluded",
    "quote",
    "record_exporter_payment",
    "refuse_cancellation",
    "reprice",
    "withdraw_cancellation",
]
