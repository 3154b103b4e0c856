"""Headings as people write them, compared with the titles of a kind; units of money told from them."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache

from tongbao.batch.rules.shapes import Column, Kind

JOINT = " / "  # between the two rows of a heading of two rows
_UNIT_WORDS = re.compile(r"单位|万?千?百?亿?(?:美元|美金|人民币)|usd|rmb|cny|[万亿千]元|元")
_FOREIGN = re.compile(r"人民币|rmb|cny|欧元|eur|日元|jpy|英镑|gbp|港[元币]|hkd|元")
_SHORTEST = 2  # letters that a heading must have to be found inside another
_LONGEST = 25  # what is longer is a sentence


class How(IntEnum):
    """How well a heading fits a column; the greater the better."""

    INSIDE = 1
    OTHER = 2
    TITLE = 3


@dataclass
class Match:
    """Which of the headings are which columns of a kind."""

    columns: dict[str, int] = field(default_factory=dict)  # key → index
    how: dict[str, How] = field(default_factory=dict)
    verbatim: bool = True  # every found column bears its own title, only spaces and * aside
    ambiguous: dict[str, list[int]] = field(default_factory=dict)  # key → headings that could be it
    rivals: dict[str, list[int]] = field(default_factory=dict)  # key → headings that say the same as the chosen one

    @property
    def score(self) -> int:
        """Better headings score higher."""
        return sum(1 + how for how in self.how.values()) + len(self.ambiguous)


def plain(title: str) -> str:
    """Without spaces and asterisks, full-width characters made half-width."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", title)).replace("\u200b", "").replace("\ufeff", "")


@cache
def bare(title: str) -> str:
    """Letters and digits alone, small."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", title)).casefold()


@cache
def _unitless(title: str) -> str:
    return bare(_UNIT_WORDS.sub("", plain(title).casefold()))


def unit_of(text: str) -> str:
    """The unit of money that a heading names: of UNITS, "other" when we cannot take it, "" when it names none."""
    said = plain(text).casefold()
    if re.search(r"(?:百|百万|千万|亿)(?:美元|美金|usd)|million", said):
        return "other"
    for unit, pattern in (
        ("wan_usd", r"万(?:美元|美金|usd)|(?:美元|美金|usd)[,、/(]?万"),
        ("thousand_usd", r"千(?:美元|美金|usd)|(?:美元|美金|usd)[,、/(]?千"),
        ("usd", r"美元|美金|usd|\$"),
        ("other", _FOREIGN.pattern),
    ):
        if re.search(pattern, said):
            return unit
    return ""


def parts(heading: str) -> list[str]:
    """A heading whole, then the lower and the upper of its rows if it has two."""
    return [heading, *reversed(heading.split(JOINT))] if JOINT in heading else [heading]


def match(kind: Kind, headings: Sequence[str]) -> Match:
    """Find the columns of a kind among headings: own title, then other titles, then one inside the other.

    Each heading is used once. What two headings, or two columns, could be with equal right is left out as ambiguous.
    """
    found = Match()
    for how, fits in ((How.TITLE, _is_title), (How.OTHER, _is_other), (How.INSIDE, _is_inside)):
        free = [index for index, heading in enumerate(headings) if bare(heading) and index not in _used(found)]
        edges = {
            column.key: [index for index in free if any(fits(column, part) for part in parts(headings[index]))]
            for column in kind.columns
        }
        _settle(found, how, {key: indexes for key, indexes in edges.items() if indexes})
    found.verbatim = all(
        plain(headings[index]) == plain(_column(kind, key).title) for key, index in found.columns.items()
    )
    found.rivals = _rivals(kind, headings, found)
    return found


def _used(found: Match) -> set[int]:
    return set(found.columns.values())


def _column(kind: Kind, key: str) -> Column:
    return next(column for column in kind.columns if column.key == key)


def _settle(found: Match, how: How, edges: dict[str, list[int]]) -> None:
    """Give a heading to a column when neither has another choice; the rest is ambiguous.

    Columns that are settled already still lay claim to the headings: what fits them, too, fits no other for sure.
    """
    for key, indexes in edges.items():
        if key in found.columns or key in found.ambiguous:
            continue
        if len(indexes) == 1 and sum(indexes[0] in others for others in edges.values()) == 1:
            found.columns[key], found.how[key] = indexes[0], how
        else:
            found.ambiguous[key] = indexes


def _is_title(column: Column, heading: str) -> bool:
    return bare(heading) == bare(column.title)


def _is_other(column: Column, heading: str) -> bool:
    names = (column.title, *column.others)
    if any(bare(heading) == bare(name) for name in names):
        return True
    said = _unitless(heading)
    return bool(column.unit and said) and any(said == _unitless(name) for name in names)


def _is_inside(column: Column, heading: str) -> bool:
    said = bare(heading)
    if len(said) > _LONGEST:
        return False
    return any(_contains(said, bare(name)) or _contains(bare(name), said) for name in (column.title, *column.others))


def _contains(long: str, short: str) -> bool:
    return len(short) >= _SHORTEST and short in long


def _rivals(kind: Kind, headings: Sequence[str], found: Match) -> dict[str, list[int]]:
    """Unused headings that say the same as one that was chosen."""
    same: list[Callable[[Column, str], bool]] = [_is_title, _is_other]
    rivals = {
        column.key: [
            index
            for index, heading in enumerate(headings)
            if index not in _used(found) and any(fits(column, part) for fits in same for part in parts(heading))
        ]
        for column in kind.columns
        if column.key in found.columns
    }
    return {key: indexes for key, indexes in rivals.items() if indexes}
