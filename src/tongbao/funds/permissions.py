"""Who may book money, enter and confirm rates, and look into the fund."""

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.funds.models import ExchangeRate
from tongbao.refusal import Forbidden, Refusal

READERS = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR, Role.INSURER_AGENT)
WHOLE_FUND = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR)  # all pools; an insurer sees its own only
BOOKERS = (Role.FINANCE_OFFICER,)
RATE_ENTERERS = (Role.INSURER_AGENT,)
RATE_KEEPERS = (Role.INSURER_AGENT, Role.CITY_OFFICER, Role.FINANCE_OFFICER)
OPENERS = (Role.CITY_OFFICER, Role.FINANCE_OFFICER)


def can_book(by: User) -> bool:
    """Whether this person enters allotments and prepayments."""
    return by.role in BOOKERS


def check_book(by: User) -> None:
    """Only the finance office books money that comes in (五)."""
    if not can_book(by):
        raise Forbidden("not_finance", "只有财政经办人员可以登记额度和拨付。")


def can_open(by: User) -> bool:
    """Whether this person opens the pools of an edition."""
    return by.role in OPENERS


def check_open(by: User | None) -> None:
    """Pools are opened by the city, the finance office or the system itself."""
    if by is not None and not can_open(by):
        raise Forbidden("not_opener", "只有市商务局或财政部门可以开设资金池。")


def can_enter_rate(by: User, insurer: Organisation) -> bool:
    """Whether this person enters this insurer's rates: its own agents only."""
    return by.role in RATE_ENTERERS and by.organisation_id == insurer.pk


def check_enter_rate(by: User, insurer: Organisation) -> None:
    """A rate is that of the insurer's own system, so its own people enter it (五(二))."""
    if insurer.kind != OrganisationKind.INSURER or not can_enter_rate(by, insurer):
        raise Forbidden("not_own_rate", "汇率由保险人自己的经办人员录入，您只能录入本单位的汇率。")


def can_confirm_rate(by: User, rate: ExchangeRate) -> bool:
    """Whether this person may confirm this rate now."""
    entitled = by.role in (Role.CITY_OFFICER, Role.FINANCE_OFFICER) or can_enter_rate(by, rate.insurer)
    return entitled and rate.confirmed_at is None and by.pk != rate.entered_by_id


def check_confirm_rate(by: User, rate: ExchangeRate) -> None:
    """A second person confirms: another agent of the insurer, the city or the finance office."""
    if rate.confirmed_at is not None:
        raise Refusal("rate_confirmed", "这个月的汇率已经确认，无需再次确认。")
    if by.pk == rate.entered_by_id:
        raise Refusal("same_person", "录入人不能确认自己录入的汇率，请由另一位同事或市商务局、财政部门确认。")
    if not can_confirm_rate(by, rate):
        raise Forbidden("not_confirmer", "只有该保险人的另一位经办、市商务局或财政部门可以确认汇率。")
