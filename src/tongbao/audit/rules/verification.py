"""What a verification says: one line a check, and the report that is taken away."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from tongbao.labels import Labelled

SHOWN = 20  # faults of one check that are kept word by word; all are counted
ATTEMPTS = 5  # a check that has cost so many workers their lives is not begun again


class VerificationState(Labelled):
    """How far a verification is, and what came of it."""

    ASKED = "asked", "等待开始"
    RUNNING = "running", "正在校验"
    WHOLE = "whole", "没有发现不符"
    FAULTY = "faulty", "发现不符"
    UNFINISHED = "unfinished", "没有做完"


UNDER_WAY = (VerificationState.ASKED, VerificationState.RUNNING)
ADVICE = "请保留现场，不要改动数据库，并通知审计机关和系统管理员。"
GAVE_UP = "后台试了几次都没有做完。请在服务器上运行 tongbao verify，它会说明停在哪里。"


def took(milliseconds: int) -> str:
    """3210 → '3.2 秒'."""
    tenths = milliseconds // 100
    return f"{tenths // 10:,}.{tenths % 10} 秒" if tenths else "不到 0.1 秒"


@dataclass(frozen=True)
class Line:
    """What one check found."""

    title: str
    holds: str  # what is true when nothing was found
    unit: str  # of what it looked at
    looked_at: int | None  # None: not counted, or broken off
    count: int  # of faults
    faults: tuple[str, ...]  # the first of them
    milliseconds: int

    def to_json(self) -> dict[str, Any]:
        """As kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """The line that was kept."""
        return cls(**{**kept, "faults": tuple(kept["faults"])})

    @property
    def looked(self) -> str:
        """How much was looked at in what time: '1,234 条记录，3.2 秒'."""
        time = took(self.milliseconds)
        return time if self.looked_at is None else f"{self.looked_at:,} {self.unit}，{time}"


def outcome(lines: Sequence[Line]) -> VerificationState:
    """What a verification came to that was carried to its end."""
    return VerificationState.FAULTY if any(line.count for line in lines) else VerificationState.WHOLE


@dataclass(frozen=True)
class Facts:
    """What a report says beside its lines; moments as they are read in Beijing."""

    number: int
    asked_by: str
    asked_at: str
    began_at: str
    ended_at: str
    state: VerificationState
    head_number: int
    head_hash: str


def report(facts: Facts, lines: Sequence[Line]) -> str:
    """The text of a verification, to be printed and signed: the same facts give the same text."""
    said = [
        "统保校验结果",
        "",
        f"校验编号：{facts.number}",
        f"要求校验：{facts.asked_by}，{facts.asked_at}",
        f"开始：{facts.began_at}",
        f"结束：{facts.ended_at}（北京时间）",
        f"开始时的链尾：第 {facts.head_number} 条，摘要 {facts.head_hash}",
        f"结论：{facts.state.label}",
    ]
    if facts.state == VerificationState.FAULTY:
        said.append(ADVICE)
    if facts.state == VerificationState.UNFINISHED:
        said.append(GAVE_UP)
    for place, line in enumerate(lines, 1):
        said += ["", f"{place}. {line.title}：{line.holds}", f"   核对：{line.looked}。{_found(line)}"]
        said += [f"   （{number}）{fault}" for number, fault in enumerate(line.faults, 1)]
    return "\n".join(said) + "\n"


def _found(line: Line) -> str:
    if not line.count:
        return "没有发现不符。"
    more = f"，列出前 {len(line.faults)} 处" if line.count > len(line.faults) else ""
    return f"发现 {line.count:,} 处不符{more}："


def report_hash(text: str) -> str:
    """SHA-256 (hex) of a report, as it is told to the log."""
    return hashlib.sha256(text.encode()).hexdigest()
