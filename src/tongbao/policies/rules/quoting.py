"""What an insurer may enter when it quotes (clauses 四(二), 五(二)) and how a verification code is written."""

import unicodedata
from datetime import date
from decimal import Decimal

from tongbao.refusal import Refusal
from tongbao.scheme.rules import Plan
from tongbao.scheme.rules.values import write_percent

# The policy leaves the indemnity ratio to the insurer. Outside these ends a figure is taken for a slip of the hand
# (usual ratios are 50 to 90 %), never for an offer.
LEAST_PERCENTAGE = Decimal("0.5")
GREATEST_PERCENTAGE = Decimal("0.95")


def check_percentage(percentage: Decimal, plan: Plan | None = None) -> None:
    """Refuse (`percentage`) an indemnity ratio that is not between 50 % and 95 %, or not what the plan says of it.

    It has no default (四(二)).
    """
    said = next((ratio for ratio in plan.indemnity if ratio.risk == "any"), None) if plan else None
    if said is not None and said.ratio is not None and percentage != said.ratio:
        raise Refusal("percentage", f"本方案的赔偿比例为 {write_percent(said.ratio)}，请照此填写", "insured_percentage")
    if said is not None and said.at_least is not None and percentage < said.at_least:
        raise Refusal("percentage", f"本方案的赔偿比例不低于 {write_percent(said.at_least)}", "insured_percentage")
    if not LEAST_PERCENTAGE <= percentage <= GREATEST_PERCENTAGE:
        raise Refusal(
            "percentage", "赔偿比例应在 50% 到 95% 之间，请按贵公司的承保方案填写，例如 80", "insured_percentage"
        )


def check_entry_date(entry_date: date, *, approved_on: date, today: date, cover_to: date) -> None:
    """Refuse (`entry_date`) a day of entry outside approval ≤ entry ≤ today, or after the cover's end (五(二))."""
    field = "entry_date"
    if entry_date > today:
        raise Refusal("entry_date", f"录入日期不能晚于今天（{today:%Y-%m-%d}），请填写系统内实际录入的日期", field)
    if entry_date < approved_on:
        raise Refusal("entry_date", f"录入日期不能早于市商务局审核通过的日期（{approved_on:%Y-%m-%d}），请核对", field)
    if entry_date > cover_to:
        raise Refusal("entry_date", f"本年度保障期限已于 {cover_to:%Y-%m-%d} 结束，不能再承保", field)


def check_share_due(due: date, *, today: date) -> None:
    """Refuse (`entry_date`) a day of entry so far back that the exporter's time to pay would be over (四(二) B)."""
    if due < today:
        sentence = f"按这个录入日期，企业缴费期限（{due:%Y-%m-%d}）已经过了。请在系统内重新录入，并填写新的录入日期。"
        raise Refusal("entry_date", sentence, "entry_date")


def check_payment(paid_on: date, *, entry_date: date, due: date, today: date) -> None:
    """Refuse (`paid_on`) a payment dated before the quote, after the last day allowed, or in the future (四(二) B)."""
    if paid_on > today:
        raise Refusal("paid_on", f"缴费日期不能晚于今天（{today:%Y-%m-%d}），请核对", "paid_on")
    if paid_on < entry_date:
        raise Refusal("paid_on", f"缴费日期不能早于录入日期（{entry_date:%Y-%m-%d}），请核对", "paid_on")
    if paid_on > due:
        raise Refusal("paid_on", f"缴费期限是 {due:%Y-%m-%d}，逾期缴费不能出单；申请将失效，款项请退回企业", "paid_on")


def rate_month(entry_date: date) -> date:
    """The first day of the month whose exchange rate counts: that of the insurer's entry (五(二))."""
    return entry_date.replace(day=1)


def plain_code(typed: str) -> str:
    """A verification code as kept: half-width, upper case, without blanks or dashes; O and I read as 0 and 1."""
    code = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in code if letter.isalnum()).translate(str.maketrans("OIL", "011"))


def shown_code(code: str) -> str:
    """A verification code as people read it: groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
