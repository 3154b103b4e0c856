"""What is signed, and what must be true before it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Protocol

from tongbao import money
from tongbao.audit.rules import content_hash
from tongbao.funds.rules.reconciliation.matching import Result, Stated
from tongbao.funds.rules.reconciliation.reading import Reading
from tongbao.funds.rules.reconciliation.vocabulary import REASONS_FOR, Outcome, Reason, next_month
from tongbao.refusal import Refusal

ROUNDING_FEN = 100  # 尾差 explains at most one yuan
NOTE_LENGTH = 200


def check_month(month: date, today: date) -> None:
    """Refuse a statement of a month that is not over: it could not be complete."""
    if next_month(month) > today:
        raise Refusal("month_open", f"{month:%Y-%m} 还没有结束，请在次月上传完整的对账单，或核对所选的月份。", "month")


def check_readable(reading: Reading) -> None:
    """Refuse to keep a statement with faulty rows: it is taken whole or not at all."""
    if reading.faults:
        raise Refusal(
            "statement_faults", f"对账单还有 {len(reading.faults)} 处错误。请下载错误清单，改好后重新上传整份对账单。"
        )


def check_reason(reason: Reason, note: str, chosen: Sequence[Result]) -> str:
    """The note without blanks around it; refused when the reason cannot explain these differences.

    Refusals: `nothing_chosen`, `reason_unfit`, `rounding_too_big`, `note_needed`, `note_long`.
    """
    note = note.strip()
    if not chosen:
        raise Refusal("nothing_chosen", "请先勾选要处理的差异。", "marks")
    for one in chosen:
        if reason not in REASONS_FOR[one.outcome]:
            fits = "、".join(fit.label for fit in REASONS_FOR[one.outcome])
            raise Refusal(
                "reason_unfit",
                f"“{reason.label}”不能说明“{one.outcome.label}”（{one.number or one.reference}），请选择：{fits}。",
                "reason",
            )
        if reason is Reason.ROUNDING and abs(one.difference_fen) > ROUNDING_FEN:
            raise Refusal(
                "rounding_too_big",
                f"{one.number} 相差 {money.text(abs(one.difference_fen))} 元，尾差只用于 1 元以内。请选择其他原因。",
                "reason",
            )
    if reason is Reason.OTHER and not note:
        raise Refusal("note_needed", "原因选“其他”的，请在说明中写明。", "note")
    if len(note) > NOTE_LENGTH:
        raise Refusal("note_long", f"说明最多 {NOTE_LENGTH} 个字，请改短。", "note")
    return note


def check_all_resolved(open_count: int) -> None:
    """Refuse a signature while a difference has no reason."""
    if open_count:
        raise Refusal("differences_open", f"还有 {open_count} 笔差异没有处理，请财政逐笔写明原因后再签字。")


def check_seen(seen: str, now: str) -> None:
    """Refuse to sign what does not stand on the person's screen any more."""
    if seen != now:
        raise Refusal("statement_changed", "对账内容刚刚有变动，与您屏幕上的不同。请刷新页面，重新核对后再签字。")


def lines_hash(lines: Iterable[Stated]) -> str:
    """SHA-256 of a statement's lines as they were kept."""
    return content_hash({"lines": [{**asdict(line), "entry_date": str(line.entry_date)} for line in lines]})


class Explained(Protocol):
    """A difference and the reason given for it, as it is kept."""

    mark: str
    number: str
    difference_fen: int
    reason: str
    note: str


def resolutions_hash(made: Iterable[Explained]) -> str:
    """SHA-256 of the reasons given in one act, as they were kept."""
    rows = [[one.mark, one.number, one.difference_fen, str(one.reason), one.note] for one in made]
    return content_hash({"resolutions": rows})


def seal(head: Mapping[str, Any], results: Iterable[Result], resolved: Mapping[str, tuple[str, str, str]]) -> str:
    """SHA-256 of all that is signed: whose statement, every result, every reason (reason, note, by whom)."""
    shown = list(results)
    marks = {one.mark for one in shown if one.outcome is not Outcome.MATCHED}
    reasons = {mark: list(said) for mark, said in resolved.items() if mark in marks}
    return content_hash({**head, "results": [one.content() for one in shown], "resolved": reasons})
