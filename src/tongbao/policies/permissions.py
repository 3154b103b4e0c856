"""Who may underwrite, pay, see and download."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.intake.models import Application
from tongbao.policies import rules
from tongbao.policies.models import Policy
from tongbao.refusal import Forbidden

# Those who see policies at all; an administrator runs the machine and has no business in firms' affairs.
READERS = (
    Role.EXPORTER,
    Role.DISTRICT_OFFICER,
    Role.CITY_OFFICER,
    Role.INSURER_AGENT,
    Role.FINANCE_OFFICER,
    Role.AUDITOR,
)


def can_underwrite(user: User, application: Application) -> bool:
    """An insurer's agent underwrites what was approved for the own insurer, nobody else does."""
    return user.role == Role.INSURER_AGENT and application.insurer_id == user.organisation_id


def check_underwrite(user: User, application: Application) -> None:
    """Refuse everyone but the agents of the application's insurer."""
    if not can_underwrite(user, application):
        raise Forbidden("not_your_insurer", "只有该申请所选保险人的经办人可以办理承保。请核对申请编号。")


def can_manage(user: User, policy: Policy) -> bool:
    """Whether this person may correct, pay, issue or decline this policy as it stands now."""
    return user.role == Role.INSURER_AGENT and policy.insurer_id == user.organisation_id and policy.state in rules.OPEN


def check_list_excluded(user: User) -> None:
    """Only an insurer says which countries it does not cover."""
    if user.role != Role.INSURER_AGENT:
        raise Forbidden("not_insurer", "不予承保国别由保险人经办人员维护。如需调整，请联系保险人。")


def can_download(policy: Policy) -> bool:
    """A certificate exists for an issued policy only; whoever sees the policy may have its paper."""
    return rules.is_valid(policy.state)
