"""中间价: a table that officers keep; it warns of slips in the insurers' rates and proves nothing (clause 五(二))."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.funds import permissions, queries, rules
from tongbao.funds.models import Parity
from tongbao.refusal import Refusal


@audit.action
def enter_parities(*, lines: Sequence[tuple[date, Decimal]], source: str, checked: bool, by: User) -> list[Parity]:
    """Add the parities (RMB per USD) of some days from one source; all of them or none.

    Refusals: `no_lines`, `day_twice`, `day_known` (a known day is corrected, not added again), `rate_implausible`,
    `rate_digits`, `future_day`, `day_early`, `source_needed`; Forbidden for others than the city and finance.
    """
    permissions.check_keep_parity(by)
    source, days = source.strip(), [day for day, _ in lines]
    if not lines:
        raise Refusal("no_lines", "请至少填写一行：日期和中间价，例如 2019-09-24 7.0729。", "lines")
    for day, cny_per_usd in lines:
        rules.check_parity(day, cny_per_usd, source, clock.today(), "lines")
        if days.count(day) > 1:
            raise Refusal("day_twice", f"{day:%Y-%m-%d} 写了两行，请只留一行。", "lines")
    _check_new(set(days))
    now = clock.now()
    rows = [
        Parity(day=day, cny_per_usd=cny_per_usd, source=source, checked=checked, entered_by=by, entered_at=now)
        for day, cny_per_usd in lines
    ]
    try:
        with transaction.atomic():
            made = Parity.objects.bulk_create(rows)
    except IntegrityError:  # somebody else was quicker
        _check_new(set(days))
        raise
    for row in made:
        audit.record("funds.enter_parity", row, by=by, **_said(row))
    return made


@audit.action
def correct_parity(
    *, parity_id: int, cny_per_usd: Decimal, source: str, checked: bool, by: User, seen: Decimal | None = None
) -> Parity:
    """Correct figure, source or mark of a day's parity; the log keeps the earlier ones. `seen` is the figure that stood
    on the person's screen.

    Refusals: `parity_changed`, those of `enter_parities`; Forbidden for others than the city and finance.
    """
    permissions.check_keep_parity(by)
    row, source = queries.lock_parity(parity_id), source.strip()
    if seen is not None and seen != row.cny_per_usd:
        raise Refusal("parity_changed", f"这一天的中间价刚刚改为 {row.shown}，请核对后重新填写。", "cny_per_usd")
    rules.check_parity(row.day, cny_per_usd, source, clock.today(), "cny_per_usd")
    before = _said(row)
    row.cny_per_usd, row.source, row.checked, row.entered_by, row.entered_at = (
        cny_per_usd, source, checked, by, clock.now()
    )  # fmt: skip
    row.save(update_fields=["cny_per_usd", "source", "checked", "entered_by", "entered_at"])
    audit.record("funds.correct_parity", row, by=by, **_said(row), before=before["rate"], earlier=before)
    return row


def _check_new(days: set[date]) -> None:
    if known := sorted(queries.known_days(days)):
        listed = "、".join(f"{day:%Y-%m-%d}" for day in known[:5])
        raise Refusal("day_known", f"{listed} 已有中间价。要改数字的，请在列表中打开这一天更正。", "lines")


def _said(row: Parity) -> dict[str, Any]:
    """What a record holds of a day's parity."""
    return {"day": str(row.day), "rate": rules.rate_text(row.cny_per_usd), "source": row.source, "checked": row.checked}
