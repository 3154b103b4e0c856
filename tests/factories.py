"""Rows for tests, with sensible defaults; each context adds its own small functions below."""

import itertools

from tongbao import clock
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import ROLE_OF_KIND, OrganisationKind, Role

PASSWORD = "一把测试用的钥匙-2019"
_numbers = itertools.count(1)


def number() -> int:
    """A number not used before in this run."""
    return next(_numbers)


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def area(code: str = "chongchuan", name: str = "崇川区") -> Area:
    """The area with this code, made when it is not there."""
    return Area.objects.get_or_create(code=code, defaults={"name": name})[0]


def organisation(
    kind: OrganisationKind = OrganisationKind.CITY, *, code: str = "", name: str = "", areas: list[Area] | None = None
) -> Organisation:
    """A body of this kind; a known code gives the body that has it. Districts look after 崇川 unless told otherwise."""
    code = code or f"{kind.value}-{number()}"
    made, _ = Organisation.objects.get_or_create(
        code=code, defaults={"kind": kind, "name": name or f"{kind.label}{code}"}
    )
    if kind is OrganisationKind.DISTRICT or areas:
        made.areas.set(areas or [area()])
    return made


def user(role: Role = Role.CITY_OFFICER, organisation: Organisation | None = None, *, username: str = "") -> User:
    """A person with this role, in a body of the matching kind, who signs in with PASSWORD."""
    kind = next(kind for kind, theirs in ROLE_OF_KIND.items() if theirs is role)
    username = username or f"{role.value}-{number()}"
    made = User(
        username=username,
        name=f"{role.label}{username.rsplit('-', 1)[-1]}",
        role=role,
        organisation=organisation or globals()["organisation"](kind),
        date_joined=clock.now(),
    )
    made.set_password(PASSWORD)
    made.save()
    return made
