"""Drafts as the tests use them."""

from uuid import uuid4

from tests import factories
from tests.scheme.nantong import TEXT
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.scheme.models import Terms
from tongbao.studio import actions
from tongbao.studio.models import Draft

HIGHER = TEXT.replace("limit_usd: 5万", "limit_usd: 8万")  # plan D pays out more, and costs no more


def first_terms() -> Terms:
    """The first version of nantong-2019, loaded when it is not there."""
    return factories.nantong().versions.get(version=1)


def draft(*, text: str | None = None, by: User | None = None, title: str = "提高限额") -> Draft:
    """A draft based on the first version, with this text or that version's own."""
    by = by or factories.user(Role.CITY_OFFICER)
    return actions.start(based_on=first_terms(), title=title, text=text, key=str(uuid4()), by=by)


def submitted(*, text: str = HIGHER, by: User | None = None) -> Draft:
    """A draft that waits for the second person."""
    made = draft(text=text, by=by)
    return actions.submit(code=made.code, revision=1, by=made.author)
