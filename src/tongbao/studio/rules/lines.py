"""The lines that one text changes of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that went (`gone`) or came, with its number in the text it stands in."""

    number: int
    text: str
    gone: bool


def changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    """Lines that went and lines that came, place by place."""
    old, new = before.splitlines(), after.splitlines()
    found: list[ChangedLine] = []
    for tag, *span in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            first, last, start, end = span
            found += _numbered(old, first, last, gone=True)
            found += _numbered(new, start, end, gone=False)
    return tuple(found)


def _numbered(lines: Sequence[str], first: int, last: int, *, gone: bool) -> list[ChangedLine]:
    return [ChangedLine(number + 1, lines[number], gone) for number in range(first, last)]
