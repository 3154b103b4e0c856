"""The first rows of a sheet as a person sees them: which of them are headings, and what stands below."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tongbao.batch.rules.book import Book, grid
from tongbao.batch.rules.limits import MAX_COLUMNS, TITLE_ROWS, too_many_columns
from tongbao.batch.rules.shapes import Kind, letter
from tongbao.batch.rules.titles import JOINT, bare
from tongbao.refusal import Refusal

LOOK = 30  # rows among which a heading is looked for
BELOW = 12  # rows below a heading from which samples are taken
_LONGEST = 25  # letters of a heading, its unit included
_MERGES = 2000  # more than that among the first rows were not made by hand
_PERIOD = re.compile(r"\d{1,4}\s*(年|月|季|季度|年度)|第?[一二三四1-4]季度")
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Heading:
    """A row of headings: as typed, from one row or joined from two, and the merged ranges that touch it."""

    row: int
    titles: tuple[str, ...]
    joined: bool
    merges: tuple[Merge, ...]


@dataclass(frozen=True)
class Table:
    """The first rows of one sheet as text, with what its form says."""

    title: str
    hidden: bool
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    merges: tuple[Merge, ...]  # those that begin among these rows

    @property
    def width(self) -> int:
        """Columns that hold something among the first rows."""
        return max((_filled(row) for row in self.rows), default=0)

    def text(self, row: int, column: int) -> str:
        """What stands at a place (row from 1); in a merged range, what stands at its top left."""
        for top, left, bottom, right in self.merges:
            if top <= row <= bottom and left <= column <= right:
                row, column = top, left
                break
        line = self.rows[row - 1] if 0 < row <= len(self.rows) else ()
        return line[column] if column < len(line) else ""

    def merged(self, row: int) -> list[Merge]:
        """The merged ranges that touch a row."""
        return [merge for merge in self.merges if merge[0] <= row <= merge[2] and merge[1] < self.width]

    def below(self, row: int) -> list[tuple[str, ...]]:
        """The rows below a row that hold something."""
        return [line for line in self.rows[row:] if _filled(line)]


def look(book: Book, title: str, *, hidden: bool = False, heading_row: int | None = None) -> Table:
    """The first rows of a sheet, far enough to see what stands below a heading that is known.

    Refusals: `import.heading_row` (too far down), those of `grid`, and of what is wrong in the first rows of a CSV.
    """
    opened = grid(book, title)
    if heading_row is not None and not 1 <= heading_row <= TITLE_ROWS:
        raise Refusal("import.heading_row", f"表头应在前 {TITLE_ROWS} 行之内。请填写表头所在的行号。", "heading_row")
    values = tuple(tuple(row) for row in islice(opened.rows(), max(LOOK, heading_row or 0) + BELOW))
    if heading_row is not None and heading_row > len(values):
        raise Refusal("import.heading_row", f"表里没有第 {heading_row} 行。请填写表头所在的行号。", "heading_row")
    texts = tuple(tuple(shown(value) for value in row) for row in values)
    merges = tuple(merge for merge in opened.seen.merges if merge[0] <= len(values))[:_MERGES]
    table = Table(title, hidden, texts, values, merges)
    if table.width > MAX_COLUMNS:
        raise too_many_columns(letter(table.width - 1), "文件")
    return table


def shown(value: Any) -> str:
    """A value as text, whole numbers without Excel's '.0', days without a time of midnight."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value).strip()


def _filled(row: Sequence[str]) -> int:
    """How many columns up to the last one that holds something."""
    return next((index + 1 for index in range(len(row) - 1, -1, -1) if row[index]), 0)


def heading(table: Table, row: int, kind: Kind) -> Heading:
    """The headings at a row, joined with those of the row above it when the two belong together."""
    width = table.width
    merges = table.merged(row)
    line = table.rows[row - 1]
    typed = [" ".join(line[index].split()) if index < len(line) else "" for index in range(width)]
    if row < 2 or not stacked(table, row - 1, kind):
        return Heading(row, tuple(typed), False, tuple(sorted(merges)))
    titles = []
    for index in range(width):
        names = [" ".join(table.text(at, index).split()) for at in (row - 1, row)]
        titles.append(JOINT.join(dict.fromkeys(name for name in names if name)))
    merges += [merge for merge in table.merged(row - 1) if merge not in merges]
    return Heading(row, tuple(titles), True, tuple(sorted(merges)))


def stacked(table: Table, upper: int, kind: Kind) -> bool:
    """Whether the rows `upper` and `upper + 1` are one heading in two rows.

    The lower one must look like headings. Then either cells of the upper one are merged (across, or down into the
    lower), or the upper one holds titles of the kind and what follows below both is of another sort than the lower.
    """
    if upper + 1 > len(table.rows) or sum(1 for text in table.rows[upper - 1] if text) < 2:
        return False
    lower = table.rows[upper]
    if not any(lower) or not all(_like_heading(table, upper, index, kind) for index, text in enumerate(lower) if text):
        return False
    if any(_binds(merge, upper, table.width) for merge in table.merged(upper)):
        return True
    return _names_columns(table.rows[upper - 1], kind) and _changes_below(table, upper + 1)


def _binds(merge: Merge, upper: int, width: int) -> bool:
    """A title across the whole table binds nothing; a title above some columns, or down two rows, does."""
    top, left, bottom, right = merge
    down = top <= upper < bottom <= upper + 1
    across = bottom == upper and right > left and (right - left + 1) * 2 <= width
    return down or across


def _like_heading(table: Table, row: int, column: int, kind: Kind) -> bool:
    text = table.rows[row][column]
    if not isinstance(table.values[row][column], str) or len(text) > _LONGEST:
        return False
    if any(text == sample for known in kind.columns for sample in known.samples):
        return False
    return bool(_PERIOD.fullmatch(text)) or not any(character.isdigit() for character in text)


def _names_columns(row: Sequence[str], kind: Kind) -> bool:
    """Whether at least half of the required columns stand in a row by their titles."""
    said = {bare(text) for text in row if text}
    required = [column for column in kind.columns if column.required]
    named = [column for column in required if said & {bare(name) for name in (column.title, *column.others)}]
    return bool(required) and len(named) * 2 >= len(required)


def _changes_below(table: Table, row: int) -> bool:
    """Whether words stand at a row where the next two rows below have numbers, in two columns or more."""
    words, following = table.rows[row - 1], table.below(row)[:2]
    changed = [
        index
        for index, text in enumerate(words)
        if text and following and all(index < len(line) and any(map(str.isdigit, line[index])) for line in following)
    ]
    return len(changed) >= min(2, sum(1 for text in words if text))
