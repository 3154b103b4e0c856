"""What can happen to organisations and people."""

import secrets
from collections.abc import Sequence

from tongbao import clock
from tongbao.accounts import permissions, queries
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import ROLE_OF_KIND, OrganisationKind, Role
from tongbao.audit import actions as audit
from tongbao.audit.rules import digest
from tongbao.refusal import Refusal

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper or over the telephone


@audit.action
def create_organisation(
    *, kind: OrganisationKind, code: str, name: str, areas: Sequence[Area] = (), by: User | None
) -> Organisation:
    """A new body; its code (an enterprise's unified social credit code) is not used twice. `by` None: the system."""
    if by is not None:
        permissions.check_administer(by)
    return _organisation(kind=kind, code=code, name=name, areas=areas, by=by)


@audit.action
def ensure_areas(*, areas: Sequence[tuple[str, str]], by: User | None) -> list[Area]:
    """Areas given as (code, name), in the order of their list; those that exist stay as they are. Returns all of them.

    An edition brings its areas with it. `by` None: the system.
    """
    permissions.check_add_areas(by)
    if not areas:
        raise Refusal("areas_missing", "请至少列出一个区域。", "areas")
    missing = set(queries.unknown_areas(code for code, _ in areas))
    Area.objects.bulk_create(
        (Area(code=code, name=name, order=place) for place, (code, name) in enumerate(areas, 1) if code in missing),
        ignore_conflicts=True,  # somebody else loads another edition of the city at this moment
    )
    found = list(queries.areas().filter(code__in=[code for code, _ in areas]))
    audit.record("areas.created" if missing else "areas.unchanged", found[0], by=by, codes=sorted(missing))
    return found


@audit.action
def rename_organisation(*, organisation: Organisation, name: str, by: User | None) -> Organisation:
    """An enterprise has a new name; its people's account follows. Joins the register's action, which checks who may."""
    organisation.name = name[:120]
    organisation.save(update_fields=["name"])
    audit.record("organisation.renamed", organisation, by=by, reference=organisation.code, name=organisation.name)
    return organisation


@audit.action
def recode_organisation(*, organisation: Organisation, to: str, by: User | None) -> Organisation:
    """An enterprise has a new code; its people keep their sign-in names and passwords. Joins the register's action,
    which checks who may. Refusal: `code_taken`."""
    if queries.organisation_by_code(to) is not None:
        raise Refusal("code_taken", f"编号 {to} 已经登记过单位，请核对。", "code")
    old, organisation.code = organisation.code, to
    organisation.save(update_fields=["code"])
    audit.record("organisation.recoded", organisation, by=by, reference=to, old=old)
    return organisation


@audit.action
def create_person(
    *,
    organisation: Organisation,
    role: Role,
    username: str,
    name: str,
    email: str = "",
    phone: str = "",
    by: User | None,
) -> tuple[User, str]:
    """A person with one role that fits the organisation's kind; returns the person and the one-time password."""
    if by is not None:
        permissions.check_administer(by)
    return _person(organisation=organisation, role=role, username=username, name=name, email=email, phone=phone, by=by)


@audit.action
def open_exporter_account(
    *, code: str, name: str, area: Area, contact: str, phone: str = "", email: str = "", by: User
) -> tuple[User, str]:
    """An enterprise and its first person, who signs in with the unified social credit code; returns both.

    A body that exists with this code gets its person; one that has people already is refused.
    """
    permissions.check_open_exporter(by, area)
    organisation = queries.organisation_by_code(code)
    if organisation is None:
        organisation = _organisation(kind=OrganisationKind.EXPORTER, code=code, name=name, areas=[area], by=by)
    if organisation.kind != OrganisationKind.EXPORTER or queries.people_of(organisation).exists():
        raise Refusal("account_exists", "这家企业已经开通账号。如需重新取得密码，请在账号页面点“重置密码”。", "code")
    return _person(
        organisation=organisation, role=Role.EXPORTER, username=code, name=contact, email=email, phone=phone, by=by
    )


@audit.action
def set_active(*, person_id: int, active: bool, by: User) -> User:
    """Stop or resume a person's access; the row stays, and nobody stops themselves."""
    person = queries.lock_person(person_id)
    permissions.check_look_after(by, person)
    if person.pk == by.pk:
        raise Refusal("own_account", "不能停用自己的账号，请由另一位管理员办理。")
    person.is_active = active
    person.save(update_fields=["is_active"])
    audit.record("person.activated" if active else "person.deactivated", person, by=by)
    return person


@audit.action
def reset_password(*, person_id: int, by: User) -> tuple[User, str]:
    """A new one-time password, shown once; the old one and every open session end."""
    person = queries.lock_person(person_id)
    permissions.check_look_after(by, person)
    if not person.is_active:
        raise Refusal("inactive", "这个账号已停用，请先恢复启用再重置密码。")
    password = _one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    audit.record("person.password_reset", person, by=by)
    return person, password


@audit.action
def change_password(*, password: str, by: User) -> User:
    """A person's own new password; a one-time password is no longer asked to be changed."""
    person = queries.lock_person(by.pk)
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    by.password, by.must_change_password = person.password, False  # the caller's object signs the session anew
    audit.record("person.password_changed", person, by=by)
    return person


@audit.action
def create_first_administrator(*, username: str, name: str = "系统管理员") -> tuple[User, str]:
    """The one who opens all other accounts; refused when there is an active administrator. Returns the password too."""
    if User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise Refusal("administrator_exists", "已有系统管理员，请由其登录后开通其他账号。")
    body = queries.organisation_by_code("operator") or _organisation(
        kind=OrganisationKind.OPERATOR, code="operator", name="平台运维", areas=(), by=None
    )
    return _person(organisation=body, role=Role.ADMINISTRATOR, username=username, name=name, by=None)


def _one_time_password() -> str:
    """Twelve easily read characters in groups of four (about 59 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _organisation(
    *, kind: OrganisationKind, code: str, name: str, areas: Sequence[Area], by: User | None
) -> Organisation:
    if kind == OrganisationKind.DISTRICT and not areas:
        raise Refusal("areas_missing", "区商务部门须有管辖区域，请至少选择一个。", "areas")
    organisation, made = Organisation.objects.get_or_create(code=code, defaults={"kind": kind, "name": name})
    if not made:
        raise Refusal("code_taken", f"编号 {code} 已经登记过单位，请核对。", "code")
    organisation.areas.set(areas)
    audit.record(
        "organisation.created",
        organisation,
        by=by,
        kind=str(kind),
        code=code,
        areas=sorted(area.code for area in areas),
    )
    return organisation


def _person(
    *,
    organisation: Organisation,
    role: Role,
    username: str,
    name: str,
    email: str = "",
    phone: str = "",
    by: User | None,
) -> tuple[User, str]:
    permissions.check_role_fits(organisation.kind, role, [ROLE_OF_KIND[OrganisationKind(organisation.kind)]])
    person, made = User.objects.get_or_create(
        username=username,
        defaults={
            "name": name,
            "role": role,
            "organisation": organisation,
            "email": email,
            "phone": phone,
            "must_change_password": True,
            "date_joined": clock.now(),
        },
    )
    if not made:
        raise Refusal("username_taken", f"登录名 {username} 已有人使用，请换一个。", "username")
    password = _one_time_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(
        "person.created", person, by=by, role=str(role), username=digest(username), organisation=organisation.code
    )
    return person, password
