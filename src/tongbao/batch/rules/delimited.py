"""CSV: which letters, which delimiter, and its records one at a time."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tongbao.batch.rules.limits import MAX_ROWS, TITLE_ROWS, too_many_rows
from tongbao.refusal import Refusal

LONGEST = 1_000_000  # characters of one record: 40 columns of Excel's longest cells come near
_STEP = 1024 * 1024
_LOOK = 20  # records from which the delimiter is told
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号"}


@dataclass(frozen=True)
class TextForm:
    """How a text is to be read."""

    encoding: str
    delimiter: str


def encoding_of(content: bytes) -> str:
    """The one of UTF-8, UTF-16 (by its mark) and GB18030 in which every byte has a meaning.

    Refusals: `import.encoding`, `import.nul`.
    """
    if content.startswith(codecs.BOM_UTF8):
        names = ["utf-8-sig"]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = ["utf-16"]
    else:
        names = ["utf-8", "gb18030"]
    for name in names:
        if _decodes(content, name):
            return name
    raise Refusal(
        "import.encoding",
        "文字编码认不出来（应为 UTF-8 或 GB18030）。请在 Excel 中打开原表，另存为“CSV UTF-8（逗号分隔）”后上传。",
        "file",
    )


def _decodes(content: bytes, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for start in range(0, len(content), _STEP):
            if "\0" in decoder.decode(content[start : start + _STEP], start + _STEP >= len(content)):
                raise Refusal(
                    "import.nul",
                    "文件里有空字符，不是正常的文本表格。请在 Excel 中打开原表，另存为“CSV UTF-8（逗号分隔）”后上传。",
                    "file",
                )
    except UnicodeError:
        return False
    return True


def form_of(content: bytes) -> TextForm:
    """Encoding and delimiter: the one that makes the most cells of the first records, at best the comma."""
    encoding = encoding_of(content)
    forms = [TextForm(encoding, delimiter) for delimiter in _DELIMITERS]
    return max(forms, key=lambda form: sum(widths(content, form)))


def widths(content: bytes, form: TextForm) -> list[int]:
    """How many cells of the first records hold something."""
    found = []
    try:
        for record in islice(records(content, form), _LOOK):
            found.append(sum(1 for cell in record if cell.strip()))  # noqa: PERF401  what came before a refusal counts
    except Refusal:
        pass  # said again, with its row, when the table is read in earnest
    return found


def remarks(form: TextForm) -> tuple[str, ...]:
    """What was found of the form of a text, for the person to know."""
    said = {
        "utf-8-sig": "文件开头有 UTF-8 标记（BOM），已略过。",
        "utf-16": "文件按 UTF-16 编码读取。",
        "gb18030": "文件按 GB18030（国标）编码读取。如果下面的中文不对，请另存为“CSV UTF-8（逗号分隔）”后重新上传。",
    }
    found = [said[form.encoding]] if form.encoding in said else []
    if form.delimiter != ",":
        found.append(f"各列按{_DELIMITERS[form.delimiter]}分开读取。")
    return tuple(found)


class _Feed:
    """The lines of a text; `since` counts the characters handed out since the last whole record."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self.text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
        self.since = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST + 1)
        self.since += len(line)
        if self.since > LONGEST:
            raise csv.Error("record too long")
        if not line:
            raise StopIteration
        return line


def records(content: bytes, form: TextForm) -> Iterator[list[str]]:
    """The records from the first on, blank ones too: their numbers are the rows that Excel shows.

    Refusal `import.quotes`: a quotation mark without its partner would swallow the rows that follow.
    """
    feed, number = _Feed(content, form.encoding), 0
    reader = csv.reader(feed, delimiter=form.delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refusal(
                "import.quotes",
                f"第 {number + 1} 行读不下去：多半是引号没有成对，或一格里的文字过长。请改好这一行后上传。",
                "file",
            ) from None
        number, feed.since = number + 1, 0
        yield record


def row_count(content: bytes, form: TextForm) -> int:
    """The rows at most; counted exactly only when there could be too many. Refusal `import.too_many_rows`."""
    lines = max(content.count(b"\n"), content.count(b"\r")) + 1
    if lines <= MAX_ROWS:
        return lines
    last = 0
    for number, record in enumerate(records(content, form), start=1):
        if any(record):
            last = number
    if last > MAX_ROWS + TITLE_ROWS:
        raise too_many_rows(last, "文件")
    return last
