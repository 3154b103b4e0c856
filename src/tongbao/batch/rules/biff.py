"""The records of an Excel 97 workbook (BIFF8): looked at for what its values do not say, and made harmless.

What the reader of values would believe without looking (announced sizes, texts of formulas) is taken out of the stream
before it gets there. It reads every sheet at once, so all of them are measured.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tongbao.batch.rules.limits import damaged, external_links, macros, old_format, password
from tongbao.batch.rules.package import SheetEntry
from tongbao.batch.rules.scan import Scan, code
from tongbao.refusal import Refusal

MAX_CELLS = 5_000_000  # of the rectangles of all sheets together; a file of MAX_BYTES cannot fill more
MAX_SHEETS = 255
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SUPBOOK = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE
_NAME, _SST, _DIMENSIONS, _FORMULA = 0x0018, 0x00FC, 0x0200, 0x0006
_ROW, _COLINFO, _MERGES, _MULRK = 0x0208, 0x007D, 0x00E5, 0x00BD
_FILLED = frozenset({0x0203, 0x00FD, 0x027E, 0x0204, 0x00D6, 0x0205, _MULRK, _FORMULA})
_INTEREST = _FILLED | {_BOF, _EOF, _DIMENSIONS, _ROW, _COLINFO, _MERGES}
_OURSELVES, _ADD_IN = 0x0401, 0x3A01
_PASSED_OVER = 0xFFFF  # no record has this number
_LEAST = {_BOF: 4, _SST: 8, _BOUNDSHEET: 8, _DIMENSIONS: 10, _ROW: 14, _COLINFO: 10, _MERGES: 2, _FORMULA: 22}


@dataclass
class Records:
    """A workbook's records, harmless now, its sheets, and what each of them looks like."""

    stream: bytearray
    sheets: list[SheetEntry] = field(default_factory=list)
    scans: dict[int, Scan] = field(default_factory=dict)  # by the sheet's offset


def look(stream: bytearray) -> Records:
    """Go through every record of `stream` once, changing it in place.

    Refusals: `import.password`, `import.macros`, `import.external_links`, `import.old_format`, `import.damaged`,
    `import.bomb` (a few cells far apart would fill the memory).
    """
    found = Records(stream)
    try:
        everything = _globals(found)
        for offset in everything:
            if offset not in found.scans:
                found.scans[offset] = _sheet(stream, offset)
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise damaged() from error
    _check_area([found.scans[offset] for offset in everything])
    return found


def _records(stream: bytearray, position: int) -> Iterator[tuple[int, int, int]]:
    """Number, place and length of each record from `position` on."""
    end, unpack = len(stream), struct.Struct("<HH").unpack_from
    while position + 4 <= end:
        number, size = unpack(stream, position)
        position += 4
        if position + size > end or size < _LEAST.get(number, 0):
            raise damaged()
        yield number, position, size
        position += size
    raise damaged()  # every part closes with a record of its own


def _u16(stream: bytearray, position: int) -> int:
    return stream[position] | stream[position + 1] << 8


def _globals(found: Records) -> list[int]:
    """The first part: passwords, links, names of the sheets. Answers where the parts of all sheets begin."""
    stream, everything = found.stream, []
    if len(stream) < 8 or _u16(stream, 0) != _BOF or _u16(stream, 4) != 0x0600:
        raise old_format()
    for number, at, size in _records(stream, 0):
        if number == _FILEPASS:
            raise password()
        if number == _SUPBOOK:
            _check_link(stream, at, size)
        elif number == _NAME:
            _pass_over(stream, at)
        elif number == _SST and struct.unpack_from("<i", stream, at + 4)[0] not in range(len(stream) // 3 + 1):
            raise damaged()
        elif number == _BOUNDSHEET:
            everything.append(_bound_sheet(found, at, size))
        elif number == _EOF:
            break
    if len(everything) > MAX_SHEETS:
        raise damaged()
    return everything


def _pass_over(stream: bytearray, at: int) -> None:
    struct.pack_into("<H", stream, at - 4, _PASSED_OVER)


def _check_link(stream: bytearray, at: int, size: int) -> None:
    """A supporting book: ourselves, an add-in, nothing, or another file."""
    length = _u16(stream, at + 2)
    if length in (_OURSELVES, _ADD_IN) and size == 4:
        return
    path = bytes(stream[at + 5 : at + size]).replace(b"\0", b"").strip()
    if path:
        raise external_links()


def _bound_sheet(found: Records, at: int, size: int) -> int:
    stream = found.stream
    offset, state, kind, length, wide = struct.unpack_from("<IBBBB", stream, at)
    if kind == 1:  # sheets of programs, before VBA
        raise macros()
    if kind == 0:
        text = bytes(stream[at + 8 : at + size])
        title = text[: length * 2].decode("utf-16-le") if wide & 1 else text[:length].decode("latin-1")
        found.sheets.append(SheetEntry(title.replace("\0", ""), state & 3 != 0, offset=offset))
    return int(offset)


def _sheet(stream: bytearray, offset: int) -> Scan:
    """One part: its cells up to the first end, as the reader of values does; charts inside have ends of their own."""
    scan, depth, reading = Scan(), 0, True
    for number, at, size in _records(stream, offset):
        if number not in _INTEREST:
            continue
        if number in _FILLED:
            if reading:
                _cell(scan, stream, number, at, size)
        elif number == _BOF:
            depth += 1
        elif number == _EOF:
            depth, reading = depth - 1, False
            if depth <= 0:
                return scan
        elif number == _DIMENSIONS:
            _pass_over(stream, at)
        elif depth == 1:
            _form(scan, stream, number, at)
    return scan


def _cell(scan: Scan, stream: bytearray, number: int, at: int, size: int) -> None:
    row, column = _u16(stream, at) + 1, _u16(stream, at + 2)
    if row < scan.last_row or size < 6:
        raise damaged()  # rows in disorder would be lost by the reader of values
    if number == _FORMULA:
        scan.formulas.append(code(row, column))
        struct.pack_into("<H", stream, at + 20, 0)  # its text is never read
    elif number == _MULRK:
        column = max(column, _u16(stream, at + size - 2))
    scan.last_row = row
    if column > scan.last_column:
        scan.last_column = column


def _form(scan: Scan, stream: bytearray, number: int, at: int) -> None:
    if number == _ROW:
        if _u16(stream, at + 12) & 0x20:
            scan.hidden_rows.append(_u16(stream, at) + 1)
    elif number == _COLINFO:
        if _u16(stream, at + 8) & 1:
            scan.hidden_columns.append((_u16(stream, at), _u16(stream, at + 2)))
    elif number == _MERGES:
        for place in range(_u16(stream, at)):
            top, bottom, left, right = struct.unpack_from("<4H", stream, at + 2 + place * 8)
            scan.add_merge((top + 1, left, bottom + 1, right))
        _pass_over(stream, at)


def _check_area(scans: list[Scan]) -> None:
    if sum(scan.last_row * (scan.last_column + 1) for scan in scans) > MAX_CELLS:
        raise Refusal(
            "import.bomb",
            "工作簿里有很远的单元格，解开后异常地大，没有读取。请把要导入的数据复制到新的模板文件中，再上传。",
            "file",
        )
