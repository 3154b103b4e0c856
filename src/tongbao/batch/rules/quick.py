"""The same look at a sheet's XML as `scan`, on whole blocks of bytes: ten times faster than element by element.

Only the plain dialect that Excel, WPS and their kin write is understood (UTF-8, no prefixes, no comments, every cell
with its address first). Anything else is left to the careful pass, so nothing can hide behind an odd way of writing.
"""

import re
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongbao.batch.rules.limits import damaged
from tongbao.batch.rules.scan import Scan, code, merged_range, walk_sheet

_BLOCK = 512 * 1024
_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:<\?xml(?:\s+(?:version|standalone)="[\w.]+"|\s+encoding="utf-8")*\s*\?>)?'
                    rb"\s*<worksheet[\s>]", re.IGNORECASE)  # fmt: skip
_NAME = re.compile(rb"[^\s/>]*")
_HIDDEN = re.compile(rb"<(row|col)\s[^>]*?\bhidden\s*=\s*[\"'](?:1|true|[^\"']*&)[^>]*>")
_NUMBER = re.compile(rb"\s(r|min|max)\s*=\s*[\"'](\d{1,7})[\"']")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([^\"']*)[\"']")
_CELLS = frozenset({b"c", b"v", b"f", b"is", b"row", b"sheetData"})
_Numbers = NDArray[np.int64]


class _Unusual(Exception):  # noqa: N818  not wrong, only not the plain dialect
    """The sheet is not written in the plain dialect."""


@dataclass
class _Seen:
    scan: Scan = field(default_factory=Scan)
    formulas: list[_Numbers] = field(default_factory=list)


def scan(package: zipfile.ZipFile, path: str) -> Scan:
    """One pass over the sheet at `path` inside the package."""
    try:
        return _plain(package, path)
    except _Unusual:
        return walk_sheet(package, path)
    except (KeyError, zipfile.BadZipFile, ValueError) as error:
        raise damaged() from error


def _plain(package: zipfile.ZipFile, path: str) -> Scan:
    seen, before, inside = _Seen(), b"", False
    with package.open(path) as stream:
        block = stream.read(_BLOCK)
        head, mark, rest = block.partition(b"<sheetData>")
        if not mark or not _START.match(head) or b"<!" in head or head.count(b"<?") > 1:
            raise _Unusual
        _columns(seen.scan, head)
        before, inside = rest, True
        while inside:
            body, mark, rest = before.partition(b"</sheetData>")
            inside = not mark
            if inside:
                body, before = _whole(before)
            _rows(seen, body)
            if inside:
                before = _more(before, stream.read(_BLOCK))
        _tail(seen.scan, rest, iter(lambda: stream.read(_BLOCK), b""))
    seen.scan.formulas = array("q", np.concatenate(seen.formulas).tobytes() if seen.formulas else b"")
    return seen.scan


def _more(before: bytes, block: bytes) -> bytes:
    if not block or len(before) > 2 * _BLOCK:  # ends without closing its rows; one cell as large as a block
        raise _Unusual
    return before + block


def _whole(block: bytes) -> tuple[bytes, bytes]:
    """The cells that are whole, and the rest, which begins with a cell or a row."""
    cut = max(block.rfind(b"<c "), block.rfind(b"<row "))
    return (b"", block) if cut < 0 else (block[:cut], block[cut:])


def _columns(scan: Scan, head: bytes) -> None:
    for tag in _HIDDEN.finditer(head):
        numbers = {found[1]: int(found[2]) for found in _NUMBER.finditer(tag[0])}
        if tag[1] == b"col":
            scan.hidden_columns.append((numbers.get(b"min", 1) - 1, numbers.get(b"max", 1) - 1))


def _rows(seen: _Seen, body: bytes) -> None:
    """Every cell of a block of whole cells: what is filled, what is a formula, which rows are hidden."""
    if b"<!" in body or b"<?" in body:
        raise _Unusual
    if b"hidden" in body:
        _hidden_rows(seen.scan, body)
    text = np.frombuffer(body + bytes(24), np.uint8)  # room to look ahead of the last tag
    tags = np.flatnonzero(text == ord("<"))
    first, second = text[tags + 1], text[tags + 2]
    ends = (second == ord(">")) | (second == ord(" ")) | (second == ord("/"))
    cells, values, formulas, texts = (ends & (first == ord(name)) for name in "cvft")
    inline = (first == ord("i")) & (second == ord("s"))
    rows = (first == ord("r")) & (second == ord("o"))
    filled = values | formulas | inline
    _check_strange(body, tags[~(cells | filled | texts | rows | (first == ord("/")))])
    if not filled.any():
        return
    owners = np.cumsum(cells)[filled] - 1
    if owners[0] < 0:
        raise _Unusual
    row, column = _addresses(text, tags[cells][owners])
    _note(seen, row, column, formulas[filled])


def _note(seen: _Seen, row: _Numbers, column: _Numbers, is_formula: NDArray[np.bool_]) -> None:
    scan = seen.scan
    scan.last_row = max(scan.last_row, int(row.max()))
    scan.last_column = max(scan.last_column, int(column.max()))
    if is_formula.any():
        seen.formulas.append(code(row[is_formula], column[is_formula]))  # type: ignore[arg-type]  # arrays add up like numbers


def _check_strange(body: bytes, tags: _Numbers) -> None:
    """Tags that are none of the usual ones style parts of a text, unless they are usual ones written oddly."""
    strange = {_NAME.match(body, int(tag) + 1)[0] for tag in tags}  # type: ignore[index]  # it matches anywhere
    if any(b":" in name or name in _CELLS for name in strange):
        raise _Unusual


def _hidden_rows(scan: Scan, body: bytes) -> None:
    for tag in _HIDDEN.finditer(body):
        numbers = {found[1]: int(found[2]) for found in _NUMBER.finditer(tag[0])}
        if b"r" not in numbers:
            raise _Unusual
        scan.hidden_rows.append(numbers[b"r"])


def _addresses(text: NDArray[np.uint8], cells: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Row (from 1) and column (from 0) of cells that begin `<c r="AB12"`."""
    if not ((text[cells + 3] == ord("r")) & (text[cells + 4] == ord("=")) & (text[cells + 5] == ord('"'))).all():
        raise _Unusual
    at, column = cells + 6, np.zeros(len(cells), np.int64)
    for _ in range(3):
        sign = text[at]
        letters = (sign >= ord("A")) & (sign <= ord("Z"))
        if not letters.any():
            break
        column = np.where(letters, column * 26 + sign - 64, column)
        at = at + letters
    row = np.zeros(len(cells), np.int64)
    for _ in range(7):
        sign = text[at]
        digits = (sign >= ord("0")) & (sign <= ord("9"))
        if not digits.any():
            break
        row = np.where(digits, row * 10 + sign - 48, row)
        at = at + digits
    if not ((text[at] == ord('"')) & (column > 0) & (row > 0)).all():
        raise _Unusual
    return row, column - 1


def _tail(scan: Scan, rest: bytes, blocks: Iterator[bytes]) -> None:
    """What follows the rows: the merged ranges, up to the end of the sheet."""
    for block in blocks:
        cut = rest.rfind(b"<")
        _merges(scan, rest[:cut] if cut > 0 else b"")
        rest = rest[max(cut, 0) :] + block
        if len(rest) > 8 * _BLOCK:
            raise _Unusual
    _merges(scan, rest)
    if not rest.rstrip().endswith(b"</worksheet>"):
        raise _Unusual


def _merges(scan: Scan, tail: bytes) -> None:
    if b"<!" in tail or b"<?" in tail:
        raise _Unusual
    for found in _MERGE.finditer(tail):
        if merge := merged_range(found[1].decode("ascii", "replace")):
            scan.add_merge(merge)
