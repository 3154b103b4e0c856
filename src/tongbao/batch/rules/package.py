"""An XLSX is a ZIP of XML that a stranger made: looked at before anything is unpacked into memory."""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat  # expat opens no external entities; declarations are refused below

from tongbao.batch.rules.limits import damaged, external_links, macros, not_workbook, password
from tongbao.refusal import Refusal

MAX_UNPACKED = 300 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_RATIO = 250  # honest sheets reach 10 to 60
RATIO_FROM = 1024 * 1024  # small entries may compress as well as they like
STEP = 1024 * 1024
_WORKSHEET = "/worksheet"  # how the type of a relation to a sheet of cells ends, in both dialects of the format
_ODD = frozenset({"content.xml", "xl/workbook.bin"})  # other formats: the reader of values would try them too


@dataclass(frozen=True)
class SheetEntry:
    """A sheet of a workbook: its title, whether it is hidden, and where it stands (XML in the ZIP, or an offset)."""

    title: str
    hidden: bool
    path: str = ""
    offset: int = 0


def open_package(content: bytes) -> zipfile.ZipFile:
    """The ZIP behind an XLSX, refused with a sentence when it is not a workbook, damaged, dangerous or a bomb."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError):
        raise not_workbook() from None
    _check_entries(package)
    return package


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names or names & _ODD:
        raise not_workbook()
    if any(entry.flag_bits & 1 for entry in entries):
        raise password()
    _check_names({name.lower() for name in names})
    bomb = len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED
    if bomb or any(_swells(entry) for entry in entries):
        raise Refusal(
            "import.bomb", "工作簿解开后异常地大，为安全起见没有读取。请把数据复制到新的模板文件中，再上传。", "file"
        )
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise damaged()  # two entries of one name: two readers would see two different sheets
    for entry in entries:
        _unpack_once(package, entry)


def _check_names(names: set[str]) -> None:
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise macros()
    if any(name.startswith("xl/externallinks/") for name in names):
        raise external_links()


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _unpack_once(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry through once: never more than its stated size, and whole (a header that lies fails here)."""
    try:
        with package.open(entry) as stream:
            while stream.read(STEP):
                pass
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, RuntimeError) as error:
        raise damaged() from error
    except Exception as error:  # zlib.error and its kin have no common parent
        raise damaged() from error


def walk(package: zipfile.ZipFile, path: str, start: Any, end: Any = None) -> None:
    """Run over one XML entry, calling `start(name, attributes)` and `end(name)`, names without prefix."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with package.open(path) as stream:
            while block := stream.read(STEP):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, ValueError) as error:
        raise damaged() from error


def _no_doctype(*_: Any) -> None:
    raise Refusal(
        "import.doctype", "工作簿里有不该有的文档声明，为安全起见没有读取。请把数据复制到新的模板文件中。", "file"
    )


def sheets(package: zipfile.ZipFile) -> tuple[SheetEntry, ...]:
    """The sheets of cells in their order."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", _WORKSHEET).endswith(_WORKSHEET):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = path

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id") or key == "id"), "")
            found.append((attributes.get("name", ""), attributes.get("state", "visible"), key))

    walk(package, "xl/_rels/workbook.xml.rels", relation)
    walk(package, "xl/workbook.xml", sheet)
    return tuple(SheetEntry(title, state != "visible", targets[key]) for title, state, key in found if key in targets)
