"""Who may do what with the register. `check_x` raises with a sentence, `can_x` asks."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry.models import Correction, CoverInquiry, Designation, Exporter
from tongbao.registry.rules import NEED_SECOND_PERSON, TABLES, DesignationKind

# Who sees the register beside the exporters themselves. Insurers do not: exports ÷ rate would tell them everything.
STAFF = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


def can_keep(user: User | None) -> bool:
    """Whether someone keeps the register: the city's officers. None is the system itself (demo data, jobs)."""
    return user is None or user.role == Role.CITY_OFFICER


def check_keep(user: User | None) -> None:
    """Only the city's officers enter, import or correct."""
    if not can_keep(user):
        raise Forbidden("registry.keep", "企业名册由市级审核员维护。需要修改时，请联系市商务局。")


def check_import(user: User, pending: Import) -> None:
    """The city's officers, and a list of this register's kinds."""
    check_keep(user)
    if pending.kind not in TABLES:
        raise Refusal("registry.other_kind", "这不是企业名册的导入，请从相应的页面处理。")


def check_confirm_designation(user: User, designation: Designation) -> None:
    """A second officer of the city (clause 二(一): plan C rests on the list)."""
    check_keep(user)
    if designation.confirmed_by_id is not None:
        raise Refusal("designation.confirmed_already", "这项认定已经确认，无需再次确认。")
    if user.pk == designation.entered_by_id:
        raise Refusal("designation.same_person", "录入人不能确认自己的录入，请由市商务局另一位同事确认。")


def check_confirm_list(user: User, source: Import, waiting: int) -> None:
    """A second officer of the city, while entries of the list wait."""
    check_keep(user)
    if not waiting:
        raise Refusal("designation.confirmed_already", "这份名单没有待确认的条目，无需再次确认。")
    if user.pk == source.uploaded_by_id:
        raise Refusal("designation.same_person", "录入人不能确认自己的录入，请由市商务局另一位同事确认。")


def can_confirm_list(user: User, source: Import, waiting: int) -> bool:
    """Whether the button is shown."""
    return bool(waiting) and can_keep(user) and user.pk != source.uploaded_by_id


def can_confirm_designation(user: User, designation: Designation) -> bool:
    """Whether the button is shown."""
    waits = DesignationKind(designation.kind) in NEED_SECOND_PERSON and designation.confirmed_by_id is None
    return waits and can_keep(user) and user.pk != designation.entered_by_id


def check_answer(user: User, inquiry: CoverInquiry) -> None:
    """An agent of the insurer that was asked, once."""
    if user.role != Role.INSURER_AGENT or user.organisation_id != inquiry.insurer_id:
        raise Forbidden("cover.not_own", "这项核查不是发给贵单位的，只有收到核查的保险人可以答复。")
    if inquiry.insured is not None:
        raise Refusal("cover.answered_already", "这家企业已经答复过，没有重复记录。如需更正，请联系市商务局。")


def check_see_register(user: User) -> None:
    """Officers, finance, auditors and administrators."""
    if user.role not in STAFF:
        raise Forbidden("registry.see", "企业名册不对您的角色开放。")


def check_dispute(user: User, exporter: Exporter) -> None:
    """Only the firm itself objects to its facts."""
    if user.role != Role.EXPORTER or user.organisation.code != exporter.code:
        raise Forbidden("dispute.not_own", "只能由企业自己的账号对本企业的资料提出异议。")


def can_decide_correction(user: User, correction: Correction) -> bool:
    """Whether the approval is shown: a second officer, while it waits."""
    waits = correction.source.state == ImportState.PREVIEWED
    return waits and can_keep(user) and user.pk != correction.source.uploaded_by_id
