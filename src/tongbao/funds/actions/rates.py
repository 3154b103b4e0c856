"""Exchange rates: entered by the insurer, counted once a second person confirmed them (clause 五(二))."""

from datetime import date
from decimal import Decimal

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.funds import permissions, queries, rules
from tongbao.funds.models import ExchangeRate
from tongbao.refusal import Refusal


@audit.action
def enter_rate(*, insurer_id: int, month: date, cny_per_usd: Decimal, by: User, checked: bool = False) -> ExchangeRate:
    """Enter the insurer's system rate of a month (RMB per USD), or correct one that nobody has confirmed yet.

    Refusals: `rate_implausible`, `rate_digits`, `month_ahead`, `rate_unusual` (beyond ±3 % of the reference and not
    ticked as `checked`), `rate_confirmed`; Forbidden unless an agent of that insurer.
    """
    insurer = Organisation.objects.get(pk=insurer_id)
    permissions.check_enter_rate(by, insurer)
    rules.check_rate(cny_per_usd, month, clock.today())
    if (reference := queries.reference_rate()) is not None:
        rules.check_deviation(cny_per_usd, *reference, checked=checked)
    now = clock.now()
    rate, made = ExchangeRate.objects.select_for_update().get_or_create(
        insurer=insurer,
        month=rules.first_of_month(month),
        defaults={"cny_per_usd": cny_per_usd, "entered_by": by, "entered_at": now},
    )
    if not made:
        if rate.confirmed_at is not None:
            raise Refusal("rate_confirmed", f"{rate.month:%Y-%m} 的汇率已经确认，不能再修改。", "month")
        rate.cny_per_usd, rate.entered_by, rate.entered_at = cny_per_usd, by, now
        rate.save(update_fields=["cny_per_usd", "entered_by", "entered_at"])
    audit.record(
        "funds.enter_rate", rate, by=by, insurer=insurer.code, month=f"{rate.month:%Y-%m}", rate=str(cny_per_usd)
    )
    return rate


@audit.action
def confirm_rate(*, rate_id: int, by: User, seen: Decimal | None = None) -> ExchangeRate:
    """Confirm a rate as a second person; `seen` is the figure that stood on the person's screen.

    Refusals: `rate_confirmed`, `same_person`, `rate_changed` (corrected since it was shown); Forbidden for others.
    """
    rate = queries.lock_rate(rate_id)
    permissions.check_confirm_rate(by, rate)
    if seen is not None and seen != rate.cny_per_usd:
        raise Refusal("rate_changed", "这个汇率刚刚被更正，请刷新页面，核对新的数字后再确认。")
    rate.confirmed_by, rate.confirmed_at = by, clock.now()
    rate.save(update_fields=["confirmed_by", "confirmed_at"])
    month, figure = f"{rate.month:%Y-%m}", str(rate.cny_per_usd)
    audit.record("funds.confirm_rate", rate, by=by, insurer=rate.insurer.code, month=month, rate=figure)
    return rate
