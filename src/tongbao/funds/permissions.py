"""Who may book money, enter and confirm rates, and look into the fund."""

from collections.abc import Mapping

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.documents.models import Document
from tongbao.funds.models import Booking, ExchangeRate, Pool
from tongbao.funds.rules import (
    SECOND_PERSON,
    BookingKind,
    BookingState,
    RateState,
    check_correctable,
    check_open_booking,
)
from tongbao.funds.rules.reconciliation import Side
from tongbao.refusal import Forbidden, Refusal

READERS = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR, Role.INSURER_AGENT)
WHOLE_FUND = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR)  # all pools; an insurer sees its own only
BOOKERS = (Role.FINANCE_OFFICER,)
# Who prepares and who confirms each kind of booking; never the same person. Cash is confirmed by who receives it.
PREPARERS: Mapping[BookingKind, tuple[Role, ...]] = {
    BookingKind.ALLOTMENT: BOOKERS,
    BookingKind.PREPAYMENT: BOOKERS,
    BookingKind.MOVE: (Role.FINANCE_OFFICER, Role.CITY_OFFICER),
    BookingKind.RETURN: BOOKERS,
    BookingKind.CLOSING: (Role.FINANCE_OFFICER, Role.CITY_OFFICER),
}
CONFIRMERS: Mapping[BookingKind, tuple[Role, ...]] = {
    BookingKind.ALLOTMENT: (Role.FINANCE_OFFICER, Role.CITY_OFFICER),
    BookingKind.PREPAYMENT: (Role.INSURER_AGENT, Role.FINANCE_OFFICER),
    BookingKind.MOVE: (Role.CITY_OFFICER,),
    BookingKind.RETURN: (Role.FINANCE_OFFICER, Role.CITY_OFFICER),
    BookingKind.CLOSING: (Role.FINANCE_OFFICER, Role.CITY_OFFICER),
}
PREPARING = (Role.FINANCE_OFFICER, Role.CITY_OFFICER)
CONFIRMING = (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.INSURER_AGENT)
RATE_ENTERERS = (Role.INSURER_AGENT,)
RATE_KEEPERS = (Role.INSURER_AGENT, Role.CITY_OFFICER, Role.FINANCE_OFFICER)
PARITY_KEEPERS = (Role.CITY_OFFICER, Role.FINANCE_OFFICER)
OPENERS = (Role.CITY_OFFICER, Role.FINANCE_OFFICER)
MONTH_LOCKERS = BOOKERS  # who keeps the books locks them
RECONCILERS = (Role.INSURER_AGENT, Role.FINANCE_OFFICER)  # upload statements and sign what came of them
RESOLVERS = (Role.FINANCE_OFFICER,)


def can_prepare(by: User, kind: BookingKind) -> bool:
    """Whether this person prepares bookings of this kind."""
    return by.role in PREPARERS[kind]


def check_prepare(by: User, kind: BookingKind) -> None:
    """The finance office books money; moves and closings may come from the city too (五)."""
    if not can_prepare(by, kind):
        who = "财政经办人员" if PREPARERS[kind] == BOOKERS else "财政或市商务局的经办人员"
        raise Forbidden("not_preparer", f"只有{who}可以登记“{kind.label}”。")


def can_confirm(by: User, booking: Booking) -> bool:
    """Whether this booking waits for this person."""
    return booking.state == BookingState.PREPARED and by.pk != booking.prepared_by_id and _entitled(by, booking)


def _entitled(by: User, booking: Booking) -> bool:
    if by.role == Role.INSURER_AGENT and (booking.pool is None or booking.pool.insurer_id != by.organisation_id):
        return False
    if booking.kind == BookingKind.CLOSING and by.organisation_id == booking.prepared_by.organisation_id:
        return False  # a year is closed by two bodies
    return by.role in CONFIRMERS[BookingKind(booking.kind)]


def check_confirm(by: User, booking: Booking) -> None:
    """A second person confirms: for cash the insurer that received it, for a move the city (五)."""
    check_open_booking(booking.state, booking.decided_text)
    if by.pk == booking.prepared_by_id:
        raise Refusal("same_person", "经办人不能复核自己登记的业务，请由另一位有权的人员复核。")
    if not _entitled(by, booking):
        raise Forbidden("not_confirmer", f"您的账号不能复核这笔业务。{SECOND_PERSON[BookingKind(booking.kind)]}")


def must_show_receipt(by: User) -> bool:
    """Whether this person confirms cash that somebody else received, and so has to show the insurer's receipt."""
    return by.role != Role.INSURER_AGENT


def check_receipt_shown(by: User, receipt: Document | None) -> None:
    """The insurer says itself that the cash has come; instead of it only its receipt does (五(二))."""
    if receipt is None and must_show_receipt(by):
        raise Refusal("receipt_needed", "您代保险人确认到账，请上传保险人出具的收据扫描件。", "receipt")


def can_take_back(by: User, booking: Booking) -> bool:
    """Whether this person may withdraw it: its own, while nobody has decided."""
    return booking.state == BookingState.PREPARED and by.pk == booking.prepared_by_id


def check_take_back(by: User, booking: Booking) -> None:
    """Only who prepared a booking withdraws it."""
    check_open_booking(booking.state, booking.decided_text)
    if by.pk != booking.prepared_by_id:
        raise Forbidden("not_own_booking", "只有登记这笔业务的人可以撤回；需要改正的，请退回并写明原因。")


def can_lock_month(by: User) -> bool:
    """Whether this person locks the books of a month: the finance office, which keeps them."""
    return by.role in MONTH_LOCKERS


def check_lock_month(by: User) -> None:
    """Months are locked by the finance office (五)."""
    if not can_lock_month(by):
        raise Forbidden("not_month_locker", "只有财政经办人员可以办理月结。")


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


def can_correct_rate(by: User, rate: ExchangeRate) -> bool:
    """Whether this person may enter a correction of this rate now."""
    return can_enter_rate(by, rate.insurer) and rate.state == RateState.STANDING and rate.next is None


def check_correct_rate(by: User, rate: ExchangeRate) -> None:
    """A standing rate is corrected by its own insurer, one correction at a time."""
    check_enter_rate(by, rate.insurer)
    after = rate.next
    check_correctable(rate.state, under_way=after is not None and after.confirmed_at is None)


def can_withdraw_rate(by: User, rate: ExchangeRate) -> bool:
    """Whether this person may take back this correction: its own insurer, while nobody has confirmed it."""
    return can_enter_rate(by, rate.insurer) and rate.corrects_id is not None and rate.confirmed_at is None


def check_withdraw_rate(by: User, rate: ExchangeRate) -> None:
    """A correction is taken back by its own insurer, until it is confirmed."""
    check_enter_rate(by, rate.insurer)
    if not can_withdraw_rate(by, rate):
        raise Refusal("not_open_correction", "只有还没有确认的更正可以撤回。请刷新页面查看最新情况。")


def check_keep_parity(by: User) -> None:
    """The table of parities is kept by the city and the finance office."""
    if by.role not in PARITY_KEEPERS:
        raise Forbidden("not_parity_keeper", "中间价由市商务局或财政部门的人员登记。")


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


def signing_side(by: User, pool: Pool) -> Side | None:
    """For whom this person signs the reconciliations of a pool; None when for nobody."""
    if by.role == Role.FINANCE_OFFICER:
        return Side.FINANCE
    return Side.INSURER if by.role == Role.INSURER_AGENT and by.organisation_id == pool.insurer_id else None


def check_reconcile(by: User, pool: Pool) -> Side:
    """Statements are uploaded and signed by the pool's insurer and by the finance office (五(二)); which of the two."""
    side = signing_side(by, pool)
    if side is None:
        raise Forbidden("not_reconciler", "对账由该保险人的经办人员和财政经办人员办理，您的账号不能上传或签字。")
    return side


def check_resolve(by: User) -> None:
    """Only the finance office says why a difference is there."""
    if by.role not in RESOLVERS:
        raise Forbidden("not_resolver", "对账差异由财政经办人员处理。")
