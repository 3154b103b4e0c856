"""Which applications the demonstration shows: two dozen, at least one at every place a file can be."""

from dataclasses import dataclass

from tongbao.intake.rules import State


@dataclass(frozen=True)
class Story:
    """An application that is played to its end; `ends` says where, `then` what the insurer still did."""

    plan: str
    insurer: str
    ends: State
    then: str = ""  # quoted, awaiting, in_force, cancelled
    fallback: str = ""
    accepts_other: bool = False
    cast: str = ""  # which firms to take from; those that suit the plan when empty


_S = State
STORIES = (
    Story("A", "sinosure", _S.ISSUED, "in_force"),
    Story("B", "sinosure", _S.ISSUED, "in_force"),
    Story("D", "sinosure", _S.ISSUED, "in_force"),
    Story("C", "sinosure", _S.ISSUED, "in_force", fallback="A"),
    Story("B", "picc", _S.ISSUED, "in_force"),
    Story("D", "sinosure", _S.ISSUED, "cancelled"),
    Story("A", "sinosure", _S.REJECTED),
    Story("D", "sinosure", _S.WITHDRAWN),
    Story("A", "sinosure", _S.DECLINED),
    Story("D", "sinosure", _S.LAPSED),
    Story("A", "sinosure", _S.APPROVED),
    Story("D", "picc", _S.APPROVED),
    Story("A", "sinosure", _S.SECOND_REVIEW),
    Story("B", "sinosure", _S.SECOND_REVIEW),
    Story("D", "sinosure", _S.SECOND_REVIEW),
    Story("D", "sinosure", _S.RETURNED, "correction"),
    Story("A", "sinosure", _S.FIRST_REVIEW),
    Story("D", "sinosure", _S.FIRST_REVIEW),
    Story("A", "sinosure", _S.FIRST_REVIEW, accepts_other=True),
    *[Story("B", "picc", _S.FIRST_REVIEW, cast="giant")] * 6,  # they draw the small pool dry: the last one waits
    Story("B", "sinosure", _S.APPROVED, "awaiting"),
    Story("A", "sinosure", _S.APPROVED, "quoted"),
    Story("A", "sinosure", _S.RETURNED, "clarification"),
    Story("A", "sinosure", _S.DRAFT),
)
