"""What can happen to a policy: priced, paid for, issued, declined, lapsed, expired; its paper is filed."""

from tongbao.policies.actions.endings import decline, expire, lapse_unpaid, list_excluded
from tongbao.policies.actions.issuing import file_certificate, issue, record_exporter_payment
from tongbao.policies.actions.pricing import correct, quote

__all__ = [
    "correct",
    "decline",
    "expire",
    "file_certificate",
    "issue",
    "lapse_unpaid",
    "list_excluded",
    "quote",
    "record_exporter_payment",
]
