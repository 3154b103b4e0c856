"""Who may see what on the pages that show several stations."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.intake.models import Application
from tongbao.intake.permissions import PAPER_READERS
from tongbao.intake.permissions import can_review as can_review_file

LOG_READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
TRACERS = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR)
CASE_READERS = (
    Role.EXPORTER,
    Role.DISTRICT_OFFICER,
    Role.CITY_OFFICER,
    Role.INSURER_AGENT,
    Role.FINANCE_OFFICER,
    Role.AUDITOR,
)  # an administrator runs the machine and has no business in firms' affairs
SEARCHERS = tuple(role for role in CASE_READERS if role is not Role.EXPORTER)
COVERAGE_READERS = (Role.CITY_OFFICER, Role.AUDITOR)  # in their menu; the page itself is public, as the policy is
INSIDERS = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)
REVIEWERS = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.AUDITOR)

TABS = {
    "overview": "概况",
    "grounds": "审核依据",
    "papers": "材料",
    "money": "资金",
    "policy": "保单",
    "trail": "经过",
}


def can_read_log(user: User) -> bool:
    """Auditors and administrators read the whole log."""
    return user.role in LOG_READERS


def can_open_cases(user: User) -> bool:
    """Whether this person opens case pages at all (which ones is the queries' matter)."""
    return user.role in CASE_READERS


def can_trace(user: User) -> bool:
    """Finance, the city and auditors may follow a sum from the fund to its clause."""
    return user.role in TRACERS


def can_see_reviews(user: User) -> bool:
    """Reviewers and auditors read reviewers' names and every note; others only what is addressed to the firm."""
    return user.role in REVIEWERS


def can_see_inside(user: User) -> bool:
    """Officers read internal states and every act with the person's name; firms and insurers the outward ones."""
    return user.role in INSIDERS


def can_see_papers(user: User) -> bool:
    """The firm, its reviewers, its insurer and auditors see papers and the firm's contact person."""
    return user.role in PAPER_READERS


def tabs_for(user: User) -> dict[str, str]:
    """The tabs of the case page that this person has, in order."""
    return {name: label for name, label in TABS.items() if name != "papers" or can_see_papers(user)}


def can_review(user: User, application: Application) -> bool:
    """Whether the case waits for this person's review now."""
    return user.role in REVIEWERS and can_review_file(user, application)
