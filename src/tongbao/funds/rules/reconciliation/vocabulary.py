"""The words of a reconciliation: states, outcomes, sides, and the coded reasons of differences."""

from collections.abc import Mapping
from datetime import date

from tongbao.labels import Labelled


class StatementState(Labelled):
    """Where an insurer's statement stands; only one that is kept or signed counts for its pool and month."""

    UPLOADED = "uploaded", "待确认"
    KEPT = "kept", "核对中"
    SIGNED = "signed", "双方已签字"
    REPLACED = "replaced", "已被替换"
    DISCARDED = "discarded", "已放弃"


class Outcome(Labelled):
    """What came of comparing a line with the platform."""

    MATCHED = "matched", "相符"
    AMOUNT = "amount", "金额不符"
    MONTH = "month", "月份不符"
    STATEMENT_ONLY = "statement_only", "仅对账单有"
    PLATFORM_ONLY = "platform_only", "仅平台有"
    TWICE = "twice", "对账单重复"


class Side(Labelled):
    """Who signs."""

    INSURER = "insurer", "保险人"
    FINANCE = "finance", "财政"


class Reason(Labelled):
    """Why the two differ, and who puts it right. A reason explains: it moves no money."""

    INSURER_NEXT_MONTH = "insurer_next_month", "保险人次月更正"
    PLATFORM_CORRECTION = "platform_correction", "平台更正列支"
    CROSS_MONTH = "cross_month", "跨月"
    EARLIER = "earlier", "更正以前月份的差异"
    ROUNDING = "rounding", "尾差"
    DOUBLE_ENTRY = "double_entry", "重复登记"
    OTHER = "other", "其他（须写明）"


# What these reasons promise must show in a later month: the difference is carried until the months together agree.
CARRIED = frozenset({Reason.INSURER_NEXT_MONTH, Reason.PLATFORM_CORRECTION, Reason.CROSS_MONTH})
_ANYWHERE = (Reason.INSURER_NEXT_MONTH, Reason.PLATFORM_CORRECTION, Reason.EARLIER, Reason.OTHER)
REASONS_FOR: Mapping[Outcome, tuple[Reason, ...]] = {
    Outcome.MATCHED: (),
    Outcome.AMOUNT: (*_ANYWHERE, Reason.ROUNDING),
    Outcome.MONTH: (*_ANYWHERE, Reason.CROSS_MONTH),
    Outcome.STATEMENT_ONLY: (*_ANYWHERE, Reason.CROSS_MONTH),
    Outcome.PLATFORM_ONLY: (*_ANYWHERE, Reason.CROSS_MONTH),
    Outcome.TWICE: (Reason.INSURER_NEXT_MONTH, Reason.DOUBLE_ENTRY, Reason.EARLIER, Reason.OTHER),
}


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
