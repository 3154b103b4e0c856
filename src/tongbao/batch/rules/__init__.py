"""What an import is, and how a file of a stranger is read without trusting it: opened, guessed at, read row by row."""

from tongbao.batch.rules.book import Book, Format, open_book
from tongbao.batch.rules.guess import Guess, guess
from tongbao.batch.rules.layouts import UNITS, Layout, check_layout
from tongbao.batch.rules.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, too_big
from tongbao.batch.rules.package import SheetEntry
from tongbao.batch.rules.shapes import (
    Column,
    Fault,
    Kind,
    Line,
    Sheet,
    Trimmed,
    explanation,
    fault_order,
    headings,
    letter,
)
from tongbao.batch.rules.sheet import read
from tongbao.batch.rules.states import TRANSITIONS, ImportState, Work

__all__ = [
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "TRANSITIONS",
    "UNITS",
    "Book",
    "Column",
    "Fault",
    "Format",
    "Guess",
    "ImportState",
    "Kind",
    "Layout",
    "Line",
    "Sheet",
    "SheetEntry",
    "Trimmed",
    "Work",
    "check_layout",
    "explanation",
    "fault_order",
    "guess",
    "headings",
    "letter",
    "open_book",
    "read",
    "too_big",
]
