"""Roles and kinds of organisation, and which role belongs to which kind."""

from datetime import date

from tongbao.labels import Labelled

DEMO_PASSWORD = "tongbao-demo-2019"  # noqa: S105  shown on the sign-in page, in demo mode only


class OrganisationKind(Labelled):
    """What sort of body an organisation is."""

    CITY = "city", "市商务局"
    DISTRICT = "district", "区商务部门"
    FINANCE = "finance", "财政部门"
    INSURER = "insurer", "保险人"
    AUDIT = "audit", "审计机关"
    OPERATOR = "operator", "平台运维"
    EXPORTER = "exporter", "出口企业"


class Role(Labelled):
    """What a person does here; one role a person."""

    EXPORTER = "exporter", "企业经办人"
    DISTRICT_OFFICER = "district_officer", "区级审核员"
    CITY_OFFICER = "city_officer", "市级审核员"
    INSURER_AGENT = "insurer_agent", "保险人经办"
    FINANCE_OFFICER = "finance_officer", "财政经办"
    AUDITOR = "auditor", "审计人员"
    ADMINISTRATOR = "administrator", "系统管理员"


ROLE_OF_KIND = {
    OrganisationKind.CITY: Role.CITY_OFFICER,
    OrganisationKind.DISTRICT: Role.DISTRICT_OFFICER,
    OrganisationKind.FINANCE: Role.FINANCE_OFFICER,
    OrganisationKind.INSURER: Role.INSURER_AGENT,
    OrganisationKind.AUDIT: Role.AUDITOR,
    OrganisationKind.OPERATOR: Role.ADMINISTRATOR,
    OrganisationKind.EXPORTER: Role.EXPORTER,
}


def exists_on(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether an area that exists between two days (both included; None: no known end) exists on a day."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)
