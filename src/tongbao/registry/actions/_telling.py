"""Firms are told inside the verb that concerns them."""

from tongbao.accounts.models import User
from tongbao.notify import actions as notify
from tongbao.registry import queries
from tongbao.registry.models import Exporter


def tell_firm(exporter: Exporter, title: str, body: str, url: str, by: User | None) -> None:
    """A notice to everyone who signs in for a firm; nobody when it has no account."""
    if (body_of_firm := queries.account_of(exporter)) is not None:
        notify.send(to=body_of_firm, title=title, body=body, url=url, by=by)
