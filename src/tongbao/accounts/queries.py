"""What can be asked about organisations and people."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When

from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role

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
