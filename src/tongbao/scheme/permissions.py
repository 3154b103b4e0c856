"""Who may load terms; everyone may read them."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden, Refusal

LOADERS = (Role.ADMINISTRATOR, Role.CITY_OFFICER)


WATCHERS = (*LOADERS, Role.AUDITOR)  # who looks at versions and their sources; what the terms say is public


def can_load(by: User) -> bool:
    """Whether this person loads terms."""
    return by.role in LOADERS


def check_load(by: User | None) -> None:
    """The city's officers and the administrator load terms; None is the system itself (command line, demo data)."""
    if by is not None and by.role not in LOADERS:
        raise Forbidden("load_terms", "只有市级审核员或系统管理员可以载入方案。")


def check_second_person(by: User | None, proposed_by: User | None) -> None:
    """What replaces published terms is proposed by one person and approved by another; the system itself may load."""
    if by is not None and proposed_by in (None, by):
        raise Refusal(
            "second_person",
            "平台已有发布的方案，新的年度方案和新的版本须由两人办理：请在“政策研究”中用这个文件起草，由另一位同事批准后发布。",
        )
