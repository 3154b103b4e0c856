"""An XLSX is a ZIP of XML that a stranger made: looked at before anything is unpacked into memory."""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat  # expat opens no external entities; declarations are refused below

from tongbao.refusal import Refusal

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_RATIO = 250  # honest sheets reach 10 to 60
MAX_ROWS = 200_000
RATIO_FROM = 1024 * 1024  # small entries may compress as well as they like
_STEP = 1024 * 1024
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class SheetEntry:
    """A sheet of the workbook: its title, whether it is hidden, and its XML inside the ZIP."""

    title: str
    hidden: bool
    path: str


def open_package(content: bytes) -> zipfile.ZipFile:
    """The ZIP behind an XLSX, refused with a sentence when it is too big, not a workbook, damaged or a bomb."""
    if len(content) > MAX_BYTES:
        raise Refusal("import.too_big", too_big(len(content)), "file")
    if not content:
        raise Refusal("import.empty_file", "这个文件是空的，请重新选择。", "file")
    if content.startswith(_OLD_EXCEL):
        raise Refusal(
            "import.old_format",
            "这是旧版 .xls 或加了密码的工作簿。请在 Excel 中去掉密码，另存为 .xlsx 后上传。",
            "file",
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise Refusal("import.not_workbook", "这不是 Excel 工作簿（.xlsx）。请下载模板，填好后上传。", "file") from None
    _check_entries(package)
    return package


def too_big(size: int) -> str:
    """The sentence for a file of `size` bytes that is over the limit."""
    shown, limit = f"{size / 1024 / 1024:.1f}", MAX_BYTES // 1024 // 1024
    return f"文件有 {shown} MB，超过 {limit} MB 的上限，没有读取。请按年份或月份分成几个文件。"


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Refusal("import.not_workbook", "这不是 Excel 工作簿（.xlsx）。请下载模板，填好后上传。", "file")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Refusal(
            "import.macros", "工作簿里有宏，为安全起见不能导入。请另存为“Excel 工作簿（.xlsx）”后上传。", "file"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("import.password", "工作簿加了密码。请去掉密码后上传。", "file")
    bomb = len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED
    if bomb or any(_swells(entry) for entry in entries):
        raise Refusal(
            "import.bomb", "工作簿解开后异常地大，为安全起见没有读取。请把数据复制到新的模板文件中，再上传。", "file"
        )
    for entry in entries:
        _unpack_once(package, entry)


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _unpack_once(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry through once: never more than its stated size, and whole (a header that lies fails here)."""
    try:
        with package.open(entry) as stream:
            while stream.read(_STEP):
                pass
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, RuntimeError) as error:
        raise damaged() from error
    except Exception as error:  # zlib.error and its kin have no common parent
        raise damaged() from error


def damaged() -> Refusal:
    """The refusal of a workbook that cannot be read."""
    return Refusal("import.damaged", "工作簿已损坏，读不出来。请用 Excel 打开、另存为新的 .xlsx 后再上传。", "file")


def walk(package: zipfile.ZipFile, path: str, start: Any, end: Any = None, text: Any = None) -> None:
    """Run over one XML entry, calling `start(name, attributes)`, `end(name)` and `text(data)`, names without prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with package.open(path) as stream:
            while block := stream.read(_STEP):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, ValueError) as error:
        raise damaged() from error


def _no_doctype(*_: Any) -> None:
    raise Refusal(
        "import.doctype", "工作簿里有不该有的文档声明，为安全起见没有读取。请把数据复制到新的模板文件中。", "file"
    )


def sheets(package: zipfile.ZipFile) -> list[SheetEntry]:
    """The worksheets in their order."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = path

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id") or key == "id"), "")
            found.append((attributes.get("name", ""), attributes.get("state", "visible"), key))

    walk(package, "xl/_rels/workbook.xml.rels", relation)
    walk(package, "xl/workbook.xml", sheet)
    return [SheetEntry(title, state != "visible", targets[key]) for title, state, key in found if key in targets]
