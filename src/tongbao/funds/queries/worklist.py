"""Everything of the fund that waits for a person."""

from tongbao.accounts.models import User
from tongbao.funds.queries import reconciliation, seen
from tongbao.ui.menu import Todo


def todo(user: User) -> list[Todo]:
    """Bookings, rates and pools, then the reconciliation with the insurers."""
    return seen.todo(user) + reconciliation.todo(user)
