import pytest

from tests import factories
from tongbao.accounts import actions, queries
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import ROLE_OF_KIND, OrganisationKind, Role
from tongbao.audit.models import Record
from tongbao.audit.queries import faults
from tongbao.refusal import Forbidden, Refusal

pytestmark = pytest.mark.django_db
CODE = "91320600MA1X7XWQ25"


@pytest.fixture
def administrator() -> User:
    return factories.user(Role.ADMINISTRATOR)


@pytest.fixture
def district() -> User:
    return factories.user(Role.DISTRICT_OFFICER)


def firm(area_code: str = "chongchuan", name: str = "崇川区") -> Organisation:
    return factories.organisation(OrganisationKind.EXPORTER, areas=[factories.area(area_code, name)])


def test_an_administrator_opens_an_account_with_a_one_time_password(administrator: User):
    body = factories.organisation(OrganisationKind.FINANCE)
    person, password = actions.create_person(
        organisation=body, role=Role.FINANCE_OFFICER, username="ji", name="季海燕", by=administrator
    )
    assert (person.check_password(password), person.must_change_password, person.role) == (
        True, True, Role.FINANCE_OFFICER,
    )  # fmt: skip
    record = Record.objects.get(verb="person.created")
    assert (record.subject_id, record.actor_id) == (str(person.pk), administrator.pk)
    assert "ji" not in str(record.detail["username"])
    assert list(faults()) == []


@pytest.mark.parametrize("kind", OrganisationKind)
@pytest.mark.parametrize("role", Role)
def test_a_role_belongs_to_one_kind_of_body(administrator: User, kind: OrganisationKind, role: Role):
    body = factories.organisation(kind)

    def create() -> None:
        actions.create_person(organisation=body, role=role, username="somebody", name="某人", by=administrator)

    if ROLE_OF_KIND[kind] is role:
        create()
    else:
        with pytest.raises(Refusal) as no:
            create()
        assert (no.value.code, no.value.field) == ("role_mismatch", "role")
    assert User.objects.filter(username="somebody").exists() == (ROLE_OF_KIND[kind] is role)


def test_a_sign_in_name_or_code_is_used_once(administrator: User, district: User):
    with pytest.raises(Refusal) as no:
        actions.create_person(
            organisation=administrator.organisation,
            role=Role.ADMINISTRATOR,
            username=district.username,
            name="另一人",
            by=administrator,
        )
    assert no.value.field == "username"
    with pytest.raises(Refusal) as no:
        actions.create_organisation(
            kind=OrganisationKind.AUDIT, code=district.organisation.code, name="重复", by=administrator
        )
    assert no.value.field == "code"


def test_a_district_needs_its_areas(administrator: User):
    with pytest.raises(Refusal) as no:
        actions.create_organisation(kind=OrganisationKind.DISTRICT, code="d9", name="某区商务局", by=administrator)
    assert no.value.field == "areas"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_manages_bodies_and_people(role: Role):
    someone = factories.user(role)
    with pytest.raises(Forbidden):
        actions.create_organisation(kind=OrganisationKind.AUDIT, code="x", name="x", by=someone)
    with pytest.raises(Forbidden):
        actions.create_person(
            organisation=someone.organisation, role=role, username="somebody", name="某人", by=someone
        )


def test_a_district_opens_an_enterprise_of_its_area(district: User):
    person, password = actions.open_exporter_account(
        code=CODE, name="南通海润纺织品进出口有限公司", area=factories.area(), contact="陈婷", by=district
    )
    assert (person.username, person.organisation.code, person.role) == (CODE, CODE, Role.EXPORTER)
    assert [area.code for area in person.organisation.areas.all()] == ["chongchuan"]
    assert person.check_password(password)
    assert list(queries.people_visible_to(district)) == [person]


def test_opening_twice_is_refused_and_leaves_one_person(district: User):
    same = {"code": CODE, "name": "某公司", "area": factories.area(), "contact": "陈婷", "by": district}
    actions.open_exporter_account(**same)
    with pytest.raises(Refusal) as no:
        actions.open_exporter_account(**same)
    assert (no.value.code, User.objects.filter(organisation__code=CODE).count()) == ("account_exists", 1)


def test_a_known_enterprise_without_people_gets_its_first(district: User):
    known = factories.organisation(OrganisationKind.EXPORTER, code=CODE, areas=[factories.area()])
    person, _ = actions.open_exporter_account(
        code=CODE, name="某公司", area=factories.area(), contact="陈婷", by=district
    )
    assert person.organisation == known


def test_a_code_of_another_body_is_no_enterprise(district: User):
    with pytest.raises(Refusal) as no:
        actions.open_exporter_account(
            code=district.organisation.code, name="某公司", area=factories.area(), contact="陈婷", by=district
        )
    assert no.value.code == "account_exists"


def test_another_districts_area_is_refused(district: User):
    with pytest.raises(Refusal) as no:
        actions.open_exporter_account(
            code=CODE, name="某公司", area=factories.area("tongzhou", "通州区"), contact="陈婷", by=district
        )
    assert (no.value.field, Organisation.objects.filter(code=CODE).exists()) == ("area", False)


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.INSURER_AGENT, Role.FINANCE_OFFICER, Role.AUDITOR])
def test_others_open_no_enterprise(role: Role):
    with pytest.raises(Forbidden):
        actions.open_exporter_account(
            code=CODE, name="某公司", area=factories.area(), contact="陈婷", by=factories.user(role)
        )


def test_stopping_and_resuming(administrator: User):
    person = factories.user(Role.AUDITOR)
    for active in (False, False, True):
        actions.set_active(person_id=person.pk, active=active, by=administrator)
        person.refresh_from_db()
        assert person.is_active is active


def test_nobody_stops_themselves(administrator: User):
    with pytest.raises(Refusal) as no:
        actions.set_active(person_id=administrator.pk, active=False, by=administrator)
    assert no.value.code == "own_account"


def test_a_district_looks_after_the_enterprises_of_its_area_only(district: User):
    own = factories.user(Role.EXPORTER, firm())
    other = factories.user(Role.EXPORTER, firm("tongzhou", "通州区"))
    person, password = actions.reset_password(person_id=own.pk, by=district)
    assert (person.check_password(password), person.must_change_password) == (True, True)
    for stranger in (other, factories.user(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            actions.reset_password(person_id=stranger.pk, by=district)


def test_a_stopped_account_gets_no_password(administrator: User):
    person = factories.user(Role.AUDITOR)
    actions.set_active(person_id=person.pk, active=False, by=administrator)
    with pytest.raises(Refusal) as no:
        actions.reset_password(person_id=person.pk, by=administrator)
    assert no.value.code == "inactive"


def test_a_password_of_ones_own_ends_the_one_time_password(administrator: User):
    person = factories.user(Role.AUDITOR)
    person, _ = actions.reset_password(person_id=person.pk, by=administrator)
    changed = actions.change_password(password="自己的新钥匙-2019", by=person)
    assert (changed.must_change_password, changed.check_password("自己的新钥匙-2019")) == (False, True)


def test_the_first_administrator_is_made_once():
    person, password = actions.create_first_administrator(username="admin")
    assert (person.role, person.organisation.kind, person.check_password(password)) == (
        Role.ADMINISTRATOR, OrganisationKind.OPERATOR, True,
    )  # fmt: skip
    with pytest.raises(Refusal) as no:
        actions.create_first_administrator(username="second")
    assert no.value.code == "administrator_exists"


def test_one_time_passwords_are_readable_and_never_the_same():
    made = {actions._one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(password) for password in made} == {14}
    assert not set("".join(made)) & set("ilo01")


def test_demo_people_come_in_the_order_of_a_case():
    for role in reversed(Role):
        factories.user(role)
    for _ in range(8):
        factories.user(Role.EXPORTER)
    stopped = factories.user(Role.AUDITOR)
    User.objects.filter(pk=stopped.pk).update(is_active=False)
    shown = [person.role for person in queries.demo_people()]
    assert shown == [Role.EXPORTER] * 6 + list(queries.DEMO_ROLES[1:])


def test_areas_that_are_missing_are_made_and_the_others_left(db):
    Area.objects.create(code="tongzhou", name="通州", order=9)
    given = [("chongchuan", "崇川区"), ("tongzhou", "通州区")]
    for verb in ("areas.created", "areas.unchanged"):
        found = actions.ensure_areas(areas=given, by=factories.user(Role.CITY_OFFICER))
        assert sorted((area.code, area.name, area.order) for area in found) == [
            ("chongchuan", "崇川区", 1),
            ("tongzhou", "通州", 9),
        ]
        assert Record.objects.order_by("number").last().verb == verb


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CITY_OFFICER, Role.ADMINISTRATOR)])
def test_others_make_no_areas(db, role: Role):
    with pytest.raises(Forbidden):
        actions.ensure_areas(areas=[("chongchuan", "崇川区")], by=factories.user(role))
