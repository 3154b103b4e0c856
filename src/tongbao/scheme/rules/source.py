"""YAML text to plain data, with the line of every key and value.

Numbers become int or Decimal (never float), days become dates. Lists, mappings and scalars only: no anchors, no tags.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
MOST_DIGITS = 40
MOST_CHARACTERS = 200_000  # ten times the largest edition so far; the time to check grows with the length
BOOLEANS = {"true": True, "false": False}
NOTHING = {"", "~", "null"}
MOST_SHOWN = 120
LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML counts as the end of a line
UNSAVED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # databases refuse them, and nobody can read them


def _decimal(text: str) -> Decimal:
    number = Decimal(text.replace("_", ""))
    if abs(number.adjusted()) > MOST_DIGITS:  # 1e999999999 is short to write and endless to write out
        raise ValueError(text)
    return number


def scalar(node: ScalarNode) -> Any:
    """The value of a scalar by its resolved tag; anything not understood stays text."""
    text: str = node.value
    kind = str(node.tag).rsplit(":", 1)[-1]
    if kind == "null" and text.lower() in NOTHING:
        return None
    makers: dict[str, Callable[[str], Any]] = {
        "bool": lambda t: BOOLEANS.get(t.lower(), t),
        "int": lambda t: int(t.replace("_", "")),
        "float": _decimal,
        "timestamp": date.fromisoformat,
    }
    try:
        return makers.get(kind, str)(text)
    except (ValueError, InvalidOperation):
        return text


@dataclass
class Document:
    """The data of a file, the line of each path in it, and the faults of the YAML itself as (line, sentence, hint)."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def text(self, line: int) -> str:
        """What stands on a line, without its indent and cut to what a table can show."""
        text = self.texts[line - 1].strip() if line <= len(self.texts) else ""
        return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def clause(self, path: Path) -> str:
        """The clause that the nearest mapping around a path cites, or ''."""
        found, at = "", self.data
        for step in (*path, None):
            if isinstance(at, dict) and isinstance(at.get("clause"), str):
                found = at["clause"]
            if step is None or not _has(at, step):
                break
            at = at[step]
        return found


def _has(part: Any, step: str | int) -> bool:
    if isinstance(part, list):
        return isinstance(step, int) and step < len(part)
    return isinstance(part, dict) and step in part


def read(text: str) -> Document:
    """Read YAML text; a text that is no YAML at all gives one fault and no data."""
    document = Document()
    if len(text) > MOST_CHARACTERS:
        sentence = f"文件有 {len(text):,} 个字符，超过 {MOST_CHARACTERS:,} 个的上限，没有检查"
        document.faults.append((1, sentence, "方案文件通常只有一两万字符，请核对是否选错文件"))
        return document
    document.texts = LINE_ENDS.split(text)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.faults.append((mark.line + 1 if mark else 1, "YAML 语法错误，无法读取", "检查缩进、冒号和引号"))
        return document
    except (YAMLError, RecursionError, ValueError):
        document.faults.append((1, "文件不是可读的 YAML 文本", "请用 UTF-8 编码保存"))
        return document
    if root is None:
        document.faults.append((1, "文件是空的", "参照 schemes/ 下已有的方案文件填写"))
        return document
    document.data = _convert(root, (), document, set())
    return document


def _convert(node: Node, path: Path, document: Document, seen: set[int]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        if UNSAVED.search(node.value):
            sentence = "文字里有不能保存的控制字符"
            document.faults.append((document.line(path), sentence, "删去双引号里 \\0、\\x.. 一类的转义"))
        return scalar(node)
    if id(node) in seen:
        document.faults.append((document.line(path), "不支持 YAML 引用（& 和 *）", "请把内容直接写出来"))
        return None
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        return [_convert(child, (*path, i), document, seen) for i, child in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    return _mapping(node, path, document, seen)


def _mapping(node: MappingNode, path: Path, document: Document, seen: set[int]) -> dict[Hashable, Any]:
    result: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
        line = key_node.start_mark.line + 1
        if key in result:
            document.faults.append((line, f"“{key}”在同一处写了两次", "删去其中一个"))
            continue
        document.lines[(*path, key)] = line
        result[key] = _convert(value_node, (*path, key), document, seen)
    return result
