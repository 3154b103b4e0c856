"""What the scheme says of a policy: its states, what may be quoted, what its paper shows."""

from tongbao.policies.rules.certificate import FONTS, Certificate, PremiumLine, day, percent, premium_lines, render
from tongbao.policies.rules.quoting import (
    GREATEST_PERCENTAGE,
    LEAST_PERCENTAGE,
    check_entry_date,
    check_payment,
    check_percentage,
    check_share_due,
    plain_code,
    rate_month,
    shown_code,
)
from tongbao.policies.rules.states import (
    HAPPENED,
    LIVE,
    OPEN,
    TRANSITIONS,
    State,
    Step,
    check_open,
    check_transition,
    is_valid,
)

__all__ = [
    "FONTS",
    "GREATEST_PERCENTAGE",
    "HAPPENED",
    "LEAST_PERCENTAGE",
    "LIVE",
    "OPEN",
    "TRANSITIONS",
    "Certificate",
    "PremiumLine",
    "State",
    "Step",
    "check_entry_date",
    "check_open",
    "check_payment",
    "check_percentage",
    "check_share_due",
    "check_transition",
    "day",
    "is_valid",
    "percent",
    "plain_code",
    "premium_lines",
    "rate_month",
    "render",
    "shown_code",
]
