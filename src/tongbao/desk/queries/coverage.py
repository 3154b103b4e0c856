"""How far the policy is put into practice, with links to the pages that the reader may open."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, resolve, reverse

from tongbao.accounts.models import User
from tongbao.desk import rules


@dataclass(frozen=True)
class Shown:
    """A page that shows what a clause asks for; no address when the reader may not open it, or it needs a case."""

    title: str
    url: str


@dataclass(frozen=True)
class Section:
    """A clause, and each thing it asks for with the pages that show it."""

    clause: rules.Clause
    duties: tuple[tuple[rules.Duty, tuple[Shown, ...]], ...]


@dataclass(frozen=True)
class CoveragePage:
    """The policy clause by clause for one reader."""

    policy: rules.Coverage
    sections: tuple[Section, ...]


@lru_cache(maxsize=1)
def policy_coverage() -> rules.Coverage:
    """Every clause of the first policy with what is done of it; part of the program, so read once."""
    kept = resources.files("tongbao.desk") / "data" / "policy-coverage.yaml"
    return rules.read_coverage(kept.read_text(encoding="utf-8"))


def coverage(user: User | AnonymousUser) -> CoveragePage:
    """The coverage as this person (or a visitor) reads it."""
    policy = policy_coverage()
    sections = (
        Section(
            clause,
            tuple(
                (duty, tuple(Shown(title, _address(name, user)) for title, name in duty.pages.items()))
                for duty in clause.duties
            ),
        )
        for clause in policy.clauses
    )
    return CoveragePage(policy, tuple(sections))


def _address(name: str, user: User | AnonymousUser) -> str:
    try:
        url = reverse(name)
    except NoReverseMatch:  # the page of one case
        return ""
    access = getattr(resolve(url).func, "access", ())
    if access is None:  # open to everybody
        return url
    may = user.is_authenticated and (not access or user.role in access)
    return url if may else ""
