"""A first guess at how a strange file is to be read, with everything a person must look at said in words."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tongbao.batch.rules import remarks as words
from tongbao.batch.rules.book import Book, no_sheet
from tongbao.batch.rules.layouts import Layout, check_layout
from tongbao.batch.rules.shapes import Kind, letter
from tongbao.batch.rules.table import LOOK, Heading, Table, heading, look, stacked
from tongbao.batch.rules.titles import Match, bare, match
from tongbao.refusal import Refusal

_HEAD = 12
_SAMPLES = 3


@dataclass(frozen=True)
class Guess:
    """A guessed layout, and what a person needs to judge it.

    `exact`: the file follows the template word by word, nothing was guessed. `signature`: the same headings in the
    same order have the same; a corrected layout is remembered under it. `recalled`: such a layout was used.
    """

    layout: Layout
    exact: bool
    headings: tuple[str, ...]
    head: tuple[tuple[str, ...], ...]
    samples: Mapping[int, tuple[str, ...]]
    remarks: tuple[str, ...]
    signature: str
    recalled: bool = False

    def to_json(self) -> dict[str, Any]:
        """As kept with an import."""
        return asdict(self) | {"layout": self.layout.to_json(), "samples": sorted(self.samples.items())}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Guess":
        """A guess as kept."""
        return cls(
            layout=Layout.from_json(data["layout"]),
            exact=data["exact"],
            headings=tuple(data["headings"]),
            head=tuple(tuple(row) for row in data["head"]),
            samples={index: tuple(values) for index, values in data["samples"]},
            remarks=tuple(data["remarks"]),
            signature=data["signature"],
            recalled=data["recalled"],
        )


@dataclass(frozen=True)
class Candidate:
    """One row of one sheet, taken for the heading."""

    table: Table
    heading: Heading
    match: Match
    signature: str

    def sensible(self, kind: Kind) -> bool:
        """Whether at least half of the required columns, and two of several, could be here."""
        required = [column.key for column in kind.columns if column.required]
        found = self.match.columns.keys() | self.match.ambiguous.keys()
        here = len(found & set(required))
        return here * 2 >= len(required) and here >= min(2, len(required))


def guess(
    book: Book,
    kind: Kind,
    remembered: Mapping[str, Layout] | None = None,
    *,
    sheet: str | None = None,
    heading_row: int | None = None,
) -> Guess:
    """Guess the layout of a book; `sheet` and `heading_row` are a person's own choice, the rest is guessed again.

    `remembered`: signature → layout corrected by a person earlier. Refusals: `import.sheet`, `import.no_rows`,
    `import.heading_row`, and those of opening a sheet.
    """
    tables, skipped = _tables(book, kind, sheet, heading_row)
    candidates = [candidate for table in tables for candidate in _candidates(table, kind, heading_row)]
    known = remembered or {}
    recalled = [candidate for candidate in candidates if _fits(kind, candidate, known)]
    best = max(recalled or candidates, key=lambda candidate: _rank(candidate, kind))
    rivals = {candidate.table.title for candidate in candidates if _rivals(kind, candidate, best)}
    unit, doubts = words.unit(kind, best.table, best.heading, best.match)
    layout = _layout(kind, best, unit)
    if recalled:
        earlier = known[best.signature]
        layout = Layout(layout.sheet, layout.heading_row, dict(earlier.columns), earlier.unit)
    said = words.remarks(kind, best.table, best.heading, best.match, layout, sorted(rivals), recalled=bool(recalled))
    return Guess(
        layout=layout,
        exact=not (recalled or doubts or rivals or skipped) and _exact(kind, best),
        headings=_shown_headings(best.heading),
        head=_head(best.table),
        samples=_samples(best.table, best.heading),
        remarks=(*skipped, *said, *doubts),
        signature=best.signature,
        recalled=bool(recalled),
    )


def _tables(book: Book, kind: Kind, sheet: str | None, heading_row: int | None) -> tuple[list[Table], list[str]]:
    """The sheets that could be meant: the chosen one, or all visible ones and the one that is named like the kind.

    With remarks on those that cannot be looked at; the only one, or the one named like the kind, is refused for it.
    """
    if not book.form and not book.sheets:
        raise no_sheet(book, kind.sheet)
    if not book.form and sheet is not None and sheet not in [entry.title for entry in book.sheets]:
        raise no_sheet(book, sheet)
    entries = [("", False)] if book.form else [(entry.title, entry.hidden) for entry in book.sheets]
    chosen = [entry for entry in entries if sheet is None or book.form or entry[0] == sheet]
    meant = [entry for entry in chosen if sheet or not entry[1] or entry[0].strip() == kind.sheet] or chosen
    tables, skipped, no = [], [], None
    for title, hidden in meant:
        try:
            tables.append(look(book, title, hidden=hidden, heading_row=heading_row))
        except Refusal as refusal:
            if len(meant) == 1 or title.strip() == kind.sheet:
                raise
            no = no or refusal
            skipped.append(f"工作表“{title}”没有看：{refusal.sentence}")
    tables = [table for table in tables if table.width]
    if not tables:
        raise no or Refusal("import.no_rows", "文件里没有内容。请填好后再上传。", "file")
    return tables, [] if any(table.title.strip() == kind.sheet for table in tables) else skipped


def _candidates(table: Table, kind: Kind, heading_row: int | None) -> list[Candidate]:
    """Rows that could be the heading; of a heading in two rows only the lower one."""
    if heading_row is not None:
        rows = [heading_row]
    else:
        filled = [row for row in range(1, min(len(table.rows), LOOK) + 1) if any(table.rows[row - 1])]
        rows = [row for row in filled if not stacked(table, row, kind)] or filled
    found = []
    for row in rows:
        at = heading(table, row, kind)
        found.append(Candidate(table, at, match(kind, at.titles), signature(kind, at.titles)))
    return found


def signature(kind: Kind, headings: Sequence[str]) -> str:
    """The mark of these headings for this kind: spaces, punctuation and width of characters make no difference."""
    said = "\n".join([kind.id, *(bare(title) for title in headings)]).rstrip("\n")
    return hashlib.sha256(said.encode()).hexdigest()


def _rivals(kind: Kind, candidate: Candidate, best: Candidate) -> bool:
    """Whether another sheet could be meant as well: explanations mention titles, but fit much less than a table."""
    other_sheet = candidate.table.title != best.table.title
    return other_sheet and candidate.sensible(kind) and candidate.match.score * 2 > best.match.score


def _fits(kind: Kind, candidate: Candidate, known: Mapping[str, Layout]) -> bool:
    """Whether a layout is remembered for these headings and can still be used."""
    layout = known.get(candidate.signature)
    if layout is None:
        return False
    try:
        check_layout(kind, layout, len(candidate.heading.titles))
    except Refusal:
        return False
    return True


def _rank(candidate: Candidate, kind: Kind) -> tuple[int, bool, bool, int, int]:
    """Better candidates rank higher: more titles, the right sheet, a visible one, more filled cells, further up."""
    table, at = candidate.table, candidate.heading
    filled = sum(1 for title in at.titles if title)
    below = bool(table.below(at.row))
    return candidate.match.score, table.title.strip() == kind.sheet, not table.hidden and below, min(filled, 3), -at.row


def _layout(kind: Kind, best: Candidate, unit: str) -> Layout:
    """The found columns; amounts in a unit that cannot be taken are left for a person to decide."""
    left_out = {column.key for column in kind.columns if column.unit and unit == "other"}
    columns = {key: index for key, index in best.match.columns.items() if key not in left_out}
    return Layout(best.table.title, best.heading.row, columns, "usd" if unit == "other" else unit)


def _exact(kind: Kind, best: Candidate) -> bool:
    found, at = best.match, best.heading
    complete = all(column.key in found.columns for column in kind.columns if column.required)
    plain_form = at.row == 1 and not at.joined and not at.merges and not best.table.hidden
    return complete and plain_form and found.verbatim and not found.ambiguous and not found.rivals


def _shown_headings(at: Heading) -> tuple[str, ...]:
    return tuple(title or f"（{letter(index)} 列，无表头）" for index, title in enumerate(at.titles))


def _head(table: Table) -> tuple[tuple[str, ...], ...]:
    width = table.width
    return tuple(tuple(row[:width]) + ("",) * (width - len(row)) for row in table.rows[:_HEAD])


def _samples(table: Table, at: Heading) -> dict[int, tuple[str, ...]]:
    below = table.below(at.row)
    return {
        index: tuple([row[index] for row in below if index < len(row) and row[index]][:_SAMPLES])
        for index in range(len(at.titles))
    }
