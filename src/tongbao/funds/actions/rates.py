"""Exchange rates: entered by the insurer, counted once a second person confirmed them (clause 五(二))."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.documents.models import Document
from tongbao.funds import permissions, queries, rules
from tongbao.funds.models import ExchangeRate
from tongbao.refusal import Refusal


@audit.action
def enter_rate(*, insurer_id: int, month: date, cny_per_usd: Decimal, by: User, checked: bool = False) -> ExchangeRate:
    """Enter the insurer's system rate of a month (RMB per USD), or correct one that nobody has confirmed yet.

    Refusals: `rate_implausible`, `rate_digits`, `month_ahead`, `month_early`, `rate_unusual` (beyond ±3 % of its
    yardstick and not ticked as `checked`), `rate_confirmed`; Forbidden unless an agent of that insurer.
    """
    insurer = Organisation.objects.get(pk=insurer_id)
    permissions.check_enter_rate(by, insurer)
    rules.check_rate(cny_per_usd, month, clock.today())
    month = rules.first_of_month(month)
    against = _hold(cny_per_usd, month, checked=checked)
    now = clock.now()
    rate, made = ExchangeRate.objects.select_for_update().get_or_create(
        insurer=insurer,
        month=month,
        corrects=None,
        defaults={"cny_per_usd": cny_per_usd, "entered_by": by, "entered_at": now},
    )
    if not made:
        if rate.confirmed_at is not None:
            sentence = f"{month:%Y-%m} 的汇率已经确认，不能再修改。确有错误的，请打开这个月的汇率办理更正。"
            raise Refusal("rate_confirmed", sentence, "month")
        rate.cny_per_usd, rate.entered_by, rate.entered_at = cny_per_usd, by, now
        rate.save(update_fields=["cny_per_usd", "entered_by", "entered_at"])
    _record("funds.enter_rate", rate, by, against=against)
    return rate


@audit.action
def confirm_rate(*, rate_id: int, by: User, seen: Decimal | None = None, checked: bool = False) -> ExchangeRate:
    """Confirm a rate, or a correction, as a second person; `seen` is the figure that stood on the person's screen.

    From then on nobody can change it, and a correction stands in the place of what it corrects. Refusals:
    `rate_confirmed`, `same_person`, `rate_changed` (corrected since it was shown), `rate_unusual` (beyond the tolerance
    and not ticked by this person too); Forbidden for others.
    """
    rate = queries.lock_rate(rate_id)
    permissions.check_confirm_rate(by, rate)
    if seen is not None and seen != rate.cny_per_usd:
        raise Refusal("rate_changed", "这个汇率刚刚被更正，请刷新页面，核对新的数字后再确认。")
    against = _hold(rate.cny_per_usd, rate.month, checked=checked)
    rate.confirmed_by, rate.confirmed_at = by, clock.now()
    rate.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("funds.confirm_rate", rate, by, against=against)
    return rate


@audit.action
def correct_rate(
    *, rate_id: int, cny_per_usd: Decimal, reason: str, document: UploadedFile, by: User, checked: bool = False
) -> ExchangeRate:
    """Enter a rate that shall take the place of a confirmed one, which stays as it is and is marked 已冲正 (五(二)).

    It counts once a second person confirmed it. The same correction again gives the first. Refusals: `reason_needed`,
    `rate_same`, `correction_open`, `rate_not_standing`, those of `enter_rate` and of the `document`; Forbidden unless
    an agent of that insurer.
    """
    wrong, reason = queries.lock_rate(rate_id), reason.strip()
    after = wrong.next
    said = (cny_per_usd, reason, by.pk)
    if after is not None and not after.confirmed_at and said == (after.cny_per_usd, after.reason, after.entered_by_id):
        _record("funds.correct_rate_again", after, by)
        return after
    permissions.check_correct_rate(by, wrong)
    rules.needed(reason, "reason", "请写明更正的原因，确认的人和财政部门会看到。")
    rules.check_rate(cny_per_usd, wrong.month, clock.today())
    if cny_per_usd == wrong.cny_per_usd:
        raise Refusal("rate_same", "与现在使用的汇率相同，不需要更正。", "cny_per_usd")
    against = _hold(cny_per_usd, wrong.month, checked=checked)
    rate = ExchangeRate.objects.create(
        insurer=wrong.insurer,
        month=wrong.month,
        cny_per_usd=cny_per_usd,
        corrects=wrong,
        reason=reason,
        document=_keep(document, by),
        entered_by=by,
        entered_at=clock.now(),
    )
    _record("funds.correct_rate", rate, by, against=against)
    return rate


@audit.action
def withdraw_rate(*, rate_id: int, by: User) -> ExchangeRate:
    """Take back a correction that nobody has confirmed; the log keeps what it said. The rate it meant to correct stands
    on and is given back.

    Refusal `not_open_correction`; Forbidden unless an agent of that insurer.
    """
    rate = queries.lock_rate(rate_id)
    permissions.check_withdraw_rate(by, rate)
    standing = rate.corrects
    assert standing is not None  # it is a correction
    _record("funds.withdraw_rate", rate, by)
    rate.delete()
    return standing


def _keep(document: UploadedFile, by: User) -> Document:
    try:
        return documents.store_upload(upload=document, kind=queries.RATE_PAPER, by=by)
    except Refusal as no:
        no.field = "document"
        raise


def _hold(cny_per_usd: Decimal, month: date, *, checked: bool) -> str:
    """Hold a rate against the yardstick of its month, and say which that was."""
    against = queries.yardstick(month)
    if against is None:
        return ""
    rules.check_deviation(cny_per_usd, against, checked=checked)
    return f"{against.named}，相差 {rules.HeldRate(against, cny_per_usd).percent}"


def _record(verb: str, rate: ExchangeRate, by: User, *, against: str = "") -> None:
    """The record of an act on a rate; of a correction also what it corrects, and why."""
    detail: dict[str, Any] = {
        "insurer": rate.insurer.code,
        "month": f"{rate.month:%Y-%m}",
        "rate": str(rate.cny_per_usd),
    }
    if rate.corrects is not None:
        detail |= {"corrects": rate.corrects_id, "before": str(rate.corrects.cny_per_usd), "reason": rate.reason}
    if rate.document is not None:
        detail["paper"] = rate.document.sha256
    audit.record(verb, rate, by=by, **detail, **({"against": against} if against else {}))
