"""Who may load terms; everyone may read them."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden

LOADERS = (Role.ADMINISTRATOR, Role.CITY_OFFICER)


WATCHERS = (*LOADERS, Role.AUDITOR)  # who looks at versions and their sources; what the terms say is public


def can_load(by: User) -> bool:
    """Whether this person loads terms."""
    return by.role in LOADERS


def check_load(by: User | None) -> None:
    """The city's officers and the administrator load terms; None is the system itself (command line, demo data)."""
    if by is not None and by.role not in LOADERS:
        raise Forbidden("load_terms", "只有市级审核员或系统管理员可以载入方案。")
