"""An old workbook is a small file system: its one stream of records is taken out, and packed anew for the reader.

The reader of values believes what the container says of its lengths and chains; packed anew, it says only the truth.
"""

import io
import struct

import olefile

from tongbao.batch.rules.limits import damaged, macros, not_workbook, old_format, password
from tongbao.refusal import Refusal

SIGNATURE = b"\xd0\xcf\x11\xe0"
_SECTOR = 4096
_PER_SECTOR = _SECTOR // 4
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NONE = _FREE


def take_out(content: bytes) -> bytearray:
    """The records of an Excel 97 workbook; Refusals for passwords, macros, older formats, other files, damage."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as box:
            names = {entry[0].lower() for entry in box.listdir(streams=True, storages=True)}
            _check(names)
            return bytearray(box.openstream("Workbook").read())
    except Refusal:
        raise
    except Exception as error:  # a damaged container fails in many ways, none of them ours
        raise damaged() from error


def _check(names: set[str]) -> None:
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise password()
    if names & {"_vba_project_cur", "macros", "_vba_project"}:
        raise macros()
    if "workbook" not in names:
        raise old_format() if "book" in names else not_workbook()


def pack(stream: bytes | bytearray) -> bytes:
    """A container (version 4) that holds `stream` under the name Workbook and nothing else."""
    length = max(len(stream), _SECTOR)  # shorter ones would belong into a second file system of small streams
    sectors = -(-length // _SECTOR)
    tables = 1
    while tables * _PER_SECTOR < tables + 2 + sectors:
        tables += 1
    first = tables + 2  # after the tables, the directory and the place of small streams, which may not be missing
    chain = [_FAT] * tables + [_END] * 2 + list(range(first + 1, first + sectors)) + [_END]
    chain += [_FREE] * (tables * _PER_SECTOR - len(chain))
    header = struct.pack(
        "<8s16xHHHHH6x9I109I",
        SIGNATURE + b"\xa1\xb1\x1a\xe1",
        *(0x3E, 4, 0xFFFE, 12, 6),  # versions, byte order, sizes of sectors
        *(1, tables, tables, 0, _SECTOR, _END, 0, _END, 0),  # directory, tables, no small streams, no more tables
        *range(tables),
        *[_FREE] * (109 - tables),  # 109 tables reach to 457 MB
    )
    directory = _entry("Root Entry", 5, tables + 1, 64, 1) + _entry("Workbook", 2, first, length, _NONE)
    table = struct.pack(f"<{len(chain)}I", *chain)
    body = bytes(stream) + bytes(sectors * _SECTOR - len(stream))
    return header.ljust(_SECTOR, b"\0") + table + directory.ljust(2 * _SECTOR, b"\0") + body


def _entry(name: str, kind: int, start: int, length: int, child: int) -> bytes:
    """A line of the directory: `kind` 5 is the root, 2 a stream."""
    title = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI16xIQ", title, len(title), kind, 1, _NONE, _NONE, child, 0, start, length)
