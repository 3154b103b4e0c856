"""A statement against what the platform charged: by policy number and month, amounts within a tolerance (五(二))."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tongbao.audit.rules import content_hash
from tongbao.funds.rules.reconciliation.vocabulary import Outcome

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_GAPS = re.compile(r"[\s_\-\u2010-\u2015\u2212\u200b\ufeff]")


def plain_number(number: str) -> str:
    """A policy number as it is compared: half-width, upper case, no blanks or dashes."""
    return _GAPS.sub("", number.translate(_FULL_WIDTH)).upper()


def _plain_name(name: str) -> str:
    return re.sub(r"\s", "", name.translate(_FULL_WIDTH))


@dataclass(frozen=True, slots=True)
class Stated:
    """A line of the statement; sums in fen. `net_fen`: what the insurer says it used in the month."""

    row: int
    number: str
    name: str
    code: str
    entry_date: date
    subsidy_fen: int
    premium_fen: int | None = None
    refund_fen: int = 0

    @property
    def net_fen(self) -> int:
        """The subsidy less what was given back."""
        return self.subsidy_fen - self.refund_fen


@dataclass(frozen=True, slots=True)
class Held:
    """A charged policy as the platform holds it: fen by month (the first day of it).

    The first charge counts in the month of the policy's entry; corrections and refunds in the month they were booked.
    """

    key: int  # the place in the queue
    number: str
    name: str
    code: str
    reference: str
    entry_date: date
    by_month: Mapping[date, int] = field(default_factory=dict)

    @property
    def entry_month(self) -> date:
        """The month of the insurer's entry."""
        return self.entry_date.replace(day=1)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the comparison; sums in fen. `hint` proposes who the other half might be and decides nothing."""

    outcome: Outcome
    number: str
    name: str
    statement_fen: int
    platform_fen: int
    row: int | None = None
    statement_date: date | None = None
    platform_date: date | None = None
    reference: str = ""
    place: int | None = None
    hint: str = ""

    @property
    def difference_fen(self) -> int:
        """What the statement has more."""
        return self.statement_fen - self.platform_fen

    def content(self) -> dict[str, Any]:
        """What is signed of it: all but the proposal."""
        return {
            "outcome": str(self.outcome),
            "number": plain_number(self.number),
            "row": self.row,
            "statement": [self.statement_fen, str(self.statement_date or "")],
            "platform": [self.platform_fen, str(self.platform_date or ""), self.reference],
        }

    @property
    def mark(self) -> str:
        """What a resolution is about: it holds as long as the difference is exactly this one."""
        return content_hash(self.content())


def match(month: date, stated: Sequence[Stated], held: Sequence[Held], tolerance_fen: int) -> list[Result]:
    """Every line of a month's statement, then what only the platform has; both in their order.

    A number that stands several times is taken once, at the line that fits best; the others are `TWICE`.
    """
    by_number: dict[str, Held] = {}
    for policy in held:
        if policy.number:
            by_number.setdefault(plain_number(policy.number), policy)
    taken = _taken(month, stated, by_number)
    results = [
        _compared(month, line, by_number.get(plain_number(line.number)), tolerance_fen)
        if line.row in taken
        else _line(Outcome.TWICE, line)
        for line in stated
    ]
    seen = {result.place for result in results if result.place is not None}
    alone = [
        _alone(policy, policy.by_month[month])
        for policy in held
        if policy.by_month.get(month) and policy.key not in seen
    ]
    return _with_hints(results + alone, stated, {policy.key: policy for policy in held}, tolerance_fen)


def _taken(month: date, stated: Sequence[Stated], by_number: Mapping[str, Held]) -> set[int]:
    """The row of each number that is compared: of several the one nearest to the platform, the first of equals."""
    rows: dict[str, list[Stated]] = defaultdict(list)
    for line in stated:
        rows[plain_number(line.number)].append(line)

    def distance(line: Stated) -> int:
        policy = by_number.get(plain_number(line.number))
        return abs(line.net_fen - (policy.by_month.get(month, 0) if policy else 0))

    return {min(lines, key=distance).row for lines in rows.values()}


def _line(outcome: Outcome, line: Stated, policy: Held | None = None, platform_fen: int = 0) -> Result:
    return Result(
        outcome=outcome,
        number=line.number,
        name=line.name,
        statement_fen=line.net_fen,
        platform_fen=platform_fen,
        row=line.row,
        statement_date=line.entry_date,
        platform_date=policy.entry_date if policy else None,
        reference=policy.reference if policy else "",
        place=policy.key if policy else None,
    )


def _compared(month: date, line: Stated, policy: Held | None, tolerance_fen: int) -> Result:
    if policy is None:
        return _line(Outcome.STATEMENT_ONLY, line)
    fen = policy.by_month.get(month)
    if fen is None:
        return _line(Outcome.MONTH, line, policy)
    if abs(line.net_fen - fen) > tolerance_fen:
        return _line(Outcome.AMOUNT, line, policy, fen)
    entered_then = policy.entry_month == month
    if entered_then and line.entry_date.replace(day=1) != month:
        return _line(Outcome.MONTH, line, policy, fen)
    return _line(Outcome.MATCHED, line, policy, fen)


def _alone(policy: Held, fen: int) -> Result:
    return Result(
        outcome=Outcome.PLATFORM_ONLY,
        number=policy.number,
        name=policy.name,
        statement_fen=0,
        platform_fen=fen,
        platform_date=policy.entry_date,
        reference=policy.reference,
        place=policy.key,
    )


def _with_hints(
    results: Sequence[Result], stated: Sequence[Stated], held: Mapping[int, Held], tolerance_fen: int
) -> list[Result]:
    """The same; a line that only one side has names the other side's line of the same firm and sum, if there is one."""
    found, codes = list(results), {line.row: line.code for line in stated}
    free = [place for place, one in enumerate(found) if one.outcome is Outcome.PLATFORM_ONLY]
    for place, one in enumerate(results):
        if one.outcome is not Outcome.STATEMENT_ONLY:
            continue
        for other in free:
            policy, theirs = held[found[other].place or 0], found[other]
            code = codes.get(one.row or 0, "")
            same_firm = code == policy.code if code else _plain_name(one.name) == _plain_name(policy.name)
            if same_firm and abs(one.statement_fen - theirs.platform_fen) <= tolerance_fen:
                called = f"保单 {theirs.number}" if theirs.number else f"申请 {theirs.reference}"
                found[place] = replace(one, hint=f"可能是平台的{called}：企业、金额、月份相同，保单号不同")
                found[other] = replace(theirs, hint=f"可能是对账单第 {one.row} 行 {one.number}")
                free.remove(other)
                break
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """A comparison in sums (fen). statement = platform + every difference, outcome by outcome."""

    statement_fen: int
    platform_fen: int
    counts: Mapping[Outcome, int]
    differences: Mapping[Outcome, int]

    @property
    def adds_up(self) -> bool:
        """Whether the differences explain the whole gap."""
        return self.statement_fen == self.platform_fen + sum(self.differences.values())


def totals(results: Iterable[Result]) -> Totals:
    """Count and sum up, every outcome named even when nothing came of it."""
    counts, differences = dict.fromkeys(Outcome, 0), dict.fromkeys(Outcome, 0)
    statement_fen = platform_fen = 0
    for one in results:
        counts[one.outcome] += 1
        differences[one.outcome] += one.difference_fen
        statement_fen, platform_fen = statement_fen + one.statement_fen, platform_fen + one.platform_fen
    return Totals(statement_fen, platform_fen, counts, differences)


def outstanding(months: Iterable[Sequence[Result]]) -> dict[str, int]:
    """By plain number, what all these months together still differ in (fen); 0 when a later month put it right."""
    left: dict[str, int] = defaultdict(int)
    for results in months:
        for one in results:
            left[plain_number(one.number) or one.reference] += one.difference_fen
    return dict(left)


def changes(month: date, then: Sequence[Held], now: Sequence[Held]) -> list[tuple[Held, int]]:
    """What the platform booked for a month since: each policy with the fen it gained (or lost)."""
    before = {policy.key: policy.by_month.get(month, 0) for policy in then}
    found = [(policy, policy.by_month.get(month, 0) - before.get(policy.key, 0)) for policy in now]
    return [(policy, fen) for policy, fen in found if fen]
