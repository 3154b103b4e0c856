"""What can be asked about organisations and people."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from tongbao import once
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role, exists_on

DEMO_ROLES = (
    Role.EXPORTER,
    Role.DISTRICT_OFFICER,
    Role.CITY_OFFICER,
    Role.INSURER_AGENT,
    Role.FINANCE_OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
DEMO_PEOPLE_A_ROLE = 6


def areas() -> QuerySet[Area]:
    """Every area, in its order."""
    return Area.objects.all()


def areas_on(day: date) -> QuerySet[Area]:
    """The areas that exist on a day, in their order."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return areas().filter(begun, Q(valid_to=None) | Q(valid_to__gte=day))


def area_on(area: Area, day: date) -> Area | None:
    """The area that an area is on a day: itself while it exists, afterwards the one that took it in, and so on.

    None when nothing stands for it on that day: not begun yet, or ended without being merged into another.
    """
    seen: set[int] = set()
    here: Area | None = area
    while here is not None and here.valid_to is not None and here.valid_to < day and here.pk not in seen:
        seen.add(here.pk)
        here = here.merged_into
    return here if here is not None and exists_on(here.valid_from, here.valid_to, day) else None


def area_codes_on(day: date) -> dict[str, str]:
    """Every code ever used → the code of the area that it is on a day; codes that nothing stands for are left out."""
    every = {area.pk: area for area in areas()}
    for area in every.values():
        if area.merged_into_id is not None:
            area.merged_into = every[area.merged_into_id]  # so that following them asks the database nothing
    found = ((area.code, area_on(area, day)) for area in every.values())
    return {code: there.code for code, there in found if there is not None}


def unknown_areas(codes: Iterable[str]) -> list[str]:
    """Those of the codes that no area has, in their order."""
    wanted = list(codes)
    known = set(Area.objects.filter(code__in=wanted).values_list("code", flat=True))
    return [code for code in wanted if code not in known]


def areas_opened_by(user: User) -> QuerySet[Area]:
    """The areas in which a person may open enterprise accounts."""
    return user.organisation.areas.all() if user.role == Role.DISTRICT_OFFICER else areas()


def organisations_visible_to(user: User) -> QuerySet[Organisation]:
    """Administrators see all; city officers enterprises; district officers those of their area; others their own."""
    everything = Organisation.objects.prefetch_related("areas")
    if user.role == Role.ADMINISTRATOR:
        return everything
    if user.role == Role.CITY_OFFICER:
        return everything.filter(kind=OrganisationKind.EXPORTER)
    if user.role == Role.DISTRICT_OFFICER:
        theirs = user.organisation.areas.values("pk")
        return everything.filter(kind=OrganisationKind.EXPORTER, areas__in=theirs).distinct()
    return everything.filter(pk=user.organisation_id)


def people_visible_to(user: User) -> QuerySet[User]:
    """The people whose accounts a person may look at; everyone sees themselves."""
    everybody = User.objects.select_related("organisation")
    if user.role == Role.ADMINISTRATOR:
        return everybody
    if user.role in (Role.CITY_OFFICER, Role.DISTRICT_OFFICER):
        return everybody.filter(organisation__in=organisations_visible_to(user).values("pk"))
    return everybody.filter(pk=user.pk)


def lock_person(pk: int) -> User:
    """One person's row, locked until the transaction ends."""
    return User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)


@once.compiled
def person_signed_in(pk: int) -> QuerySet[User]:
    """The person of a session, with their organisation."""
    return User.objects.filter(pk=pk).select_related("organisation")


def people_of(organisation: Organisation) -> QuerySet[User]:
    """The active people of an organisation."""
    return organisation.people.filter(is_active=True)


def organisation_by_code(code: str) -> Organisation | None:
    """The organisation with this code, or None."""
    return Organisation.objects.filter(code=code).first()


def demo_people() -> list[User]:
    """Active people for the demo's sign-in page: a few of each role, in the order in which a case meets them."""
    order = Case(*(When(role=role, then=Value(n)) for n, role in enumerate(DEMO_ROLES)), output_field=IntegerField())
    people = User.objects.filter(is_active=True).select_related("organisation").annotate(place=order)
    found: dict[str, list[User]] = {}
    for person in people.order_by("place", "pk")[:400]:
        found.setdefault(person.role, []).append(person)
    return [person for theirs in found.values() for person in theirs[:DEMO_PEOPLE_A_ROLE]]
