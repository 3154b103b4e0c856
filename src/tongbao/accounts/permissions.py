"""Who may open, close and look after accounts."""

from collections.abc import Iterable

from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.refusal import Forbidden, Refusal

OFFICERS = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER)


def can_administer(user: User) -> bool:
    """Administrators look after every organisation and person."""
    return user.is_active and user.role == Role.ADMINISTRATOR


def check_administer(user: User) -> None:
    """Refuse everybody but administrators."""
    if not can_administer(user):
        raise Forbidden("not_administrator", "只有系统管理员可以管理单位和人员，请联系系统管理员办理。")


def check_add_areas(by: User | None) -> None:
    """Areas come with a scheme, which the city or the administrator loads; None is the system itself."""
    if by is not None and by.role not in (Role.CITY_OFFICER, Role.ADMINISTRATOR):
        raise Forbidden("not_city", "区域随年度方案登记，由市商务局或系统管理员办理。")


def check_open_exporter(user: User, area: Area) -> None:
    """City officers open enterprise accounts everywhere, district officers in the areas they look after."""
    if user.role not in OFFICERS and not can_administer(user):
        raise Forbidden("not_officer", "开通企业账号由区商务部门或市商务局办理，请联系他们。")
    if user.role == Role.DISTRICT_OFFICER and not user.organisation.areas.filter(pk=area.pk).exists():
        raise Refusal("other_area", f"{area}不属于您所在单位的管辖区域，请由当地商务部门开通。", "area")


def can_look_after(user: User, person: User) -> bool:
    """Administrators: anybody; officers: people of enterprises in their area."""
    if can_administer(user):
        return True
    if user.role not in OFFICERS or person.role != Role.EXPORTER:
        return False
    return user.role == Role.CITY_OFFICER or _share_area(user.organisation, person.organisation)


def check_look_after(user: User, person: User) -> None:
    """Refuse those who do not look after this person's account."""
    if not can_look_after(user, person):
        raise Forbidden("not_yours", "这个账号不归您管理，请联系系统管理员办理。")


def check_role_fits(kind: OrganisationKind | str, role: Role | str, fitting: Iterable[Role]) -> None:
    """A role belongs to one kind of organisation (an insurer's agent cannot sit in a district's office)."""
    if Role(role) not in tuple(fitting):
        kind, role = OrganisationKind(kind), Role(role)
        raise Refusal(
            "role_mismatch", f"“{kind.label}”的人员不能担任“{role.label}”，请选择与单位类型相符的角色。", "role"
        )


def _share_area(one: Organisation, other: Organisation) -> bool:
    return one.areas.filter(pk__in=other.areas.values("pk")).exists()
