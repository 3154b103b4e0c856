"""Areas, bodies and people."""

from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import DEMO_PASSWORD, OrganisationKind, Role
from tongbao.demo import rules


def areas() -> dict[str, Area]:
    """The six areas of the scheme and the five counties of the city, by code; one is merged into another before it."""
    made: dict[str, Area] = {}
    for order, (code, name, national, first, last, into) in enumerate(rules.AREAS, start=1):
        made[code] = Area.objects.create(
            code=code,
            name=name,
            national_code=national,
            valid_from=date.fromisoformat(first) if first else None,
            valid_to=date.fromisoformat(last) if last else None,
            merged_into=made[into] if into else None,
            order=order,
        )
    return made


def bodies(areas: dict[str, Area], at: datetime) -> dict[str, User]:
    """Every body with its people, by sign-in name; all share the demo password, hashed once."""
    password = make_password(DEMO_PASSWORD)
    people = []
    for body in rules.BODIES:
        organisation = Organisation.objects.create(kind=body.kind, code=body.code, name=body.name)
        organisation.areas.set([areas[code] for code in body.areas])
        people += [
            User(
                username=username,
                name=name,
                role=body.role,
                organisation=organisation,
                date_joined=at,
                password=password,
            )
            for username, name in body.people
        ]
    return {person.username: person for person in User.objects.bulk_create(people)}


def exporter_account(firm: rules.Firm, username: str, area: Area, at: datetime, password: str) -> User:
    """The account of one firm, under its own code."""
    organisation = Organisation.objects.create(kind=OrganisationKind.EXPORTER, code=firm.code, name=firm.name)
    organisation.areas.set([area])  # whose officers look after its accounts
    return User.objects.create(
        username=username,
        name=f"{firm.name[2:4]}经办人",
        role=Role.EXPORTER,
        organisation=organisation,
        date_joined=at,
        password=password,
    )
