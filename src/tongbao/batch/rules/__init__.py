"""What an import is, and how a workbook is read without trusting it."""

from tongbao.batch.rules.package import MAX_BYTES, MAX_ROWS, open_package, too_big
from tongbao.batch.rules.shapes import Column, Examined, Fault, Kind, Line, Sheet, fault_order, letter
from tongbao.batch.rules.sheet import explanation, headings, read
from tongbao.batch.rules.states import TRANSITIONS, ImportState

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "TRANSITIONS",
    "Column",
    "Examined",
    "Fault",
    "ImportState",
    "Kind",
    "Line",
    "Sheet",
    "explanation",
    "fault_order",
    "headings",
    "letter",
    "open_package",
    "read",
    "too_big",
]
