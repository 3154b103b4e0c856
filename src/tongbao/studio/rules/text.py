"""A scheme file's text as something to edit in place: what is not touched stays as it was, comments and layout too.

Paths name parts of lists by their `id` (or by place when they have none): ("plans", "A", "payers", 0, "share").
"""

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tongbao.scheme.rules.source import MOST_CHARACTERS

Path = tuple[str | int, ...]
PLAIN_VALUE = re.compile(r"-?[\w.][\w.%+-]*")  # amounts, percentages, days, true and false
PLAIN_WORDS = re.compile(r"[^\W\d_][\w（）()、，。·/“”-]*")
RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands between two places of the text is replaced."""

    start: int
    end: int
    text: str


class Source:
    """A text and the place of everything in it; `readable` is False when it is no YAML at all."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root: Node | None = None
        if len(text) > MOST_CHARACTERS:  # not checked either
            return
        try:
            root = YAML(typ="safe", pure=True).compose(text)
        except (YAMLError, RecursionError, ValueError):
            return
        self._root = root if _is_tree(root, set()) else None

    @property
    def readable(self) -> bool:
        """Whether the text is a mapping of sections."""
        return isinstance(self._root, MappingNode)

    def node(self, path: Path) -> Node | None:
        """What stands at a path, or None."""
        at = self._root
        for step in path:
            at = _child(at, step)
        return at

    def value(self, path: Path) -> str | None:
        """The scalar at a path as it is written, without quotes; None when there is none."""
        node = self.node(path)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def items(self, path: Path) -> list[str | int]:
        """The names of the parts of a list: their ids, or their places."""
        node = self.node(path)
        if not isinstance(node, SequenceNode):
            return []
        return [_name(child, place) for place, child in enumerate(node.value)]

    def line(self, path: Path) -> int:
        """The line of what stands at a path (from 1), or 0."""
        node = self.node(path)
        return node.start_mark.line + 1 if node is not None else 0

    def keys(self, path: Path) -> list[str]:
        """The keys of the mapping at a path."""
        node = self.node(path)
        return [str(key.value) for key, _ in node.value] if isinstance(node, MappingNode) else []


@lru_cache(maxsize=32)
def read_source(text: str) -> Source:
    """The places of everything in a text; kept, because each step of editing looks at the texts of the step before."""
    return Source(text)


@dataclass
class Editing:
    """Edits of one source, gathered first and made at once."""

    source: Source
    edits: list[Edit] = field(default_factory=list)

    def put(self, path: Path, value: str, *, words: bool = False) -> None:
        """Write a value: over the one that is there, or as a new key of the mapping around it."""
        node, written = self.source.node(path), scalar(value, words=words)
        if isinstance(node, ScalarNode):
            self._replace(node.start_mark.index, node.end_mark.index, written)
        elif node is None and isinstance(around := self.source.node(path[:-1]), MappingNode):
            self._add(around, str(path[-1]), written)

    def rename(self, path: Path, key: str) -> None:
        """Give a key of a mapping another name."""
        around = self.source.node(path[:-1])
        for name, _ in around.value if isinstance(around, MappingNode) else ():
            if name.value == path[-1]:
                self._replace(name.start_mark.index, name.end_mark.index, key)

    def drop(self, path: Path) -> None:
        """Take a key out of a mapping."""
        around = self.source.node(path[:-1])
        if not isinstance(around, MappingNode):
            return
        names = [str(name.value) for name, _ in around.value]
        if path[-1] not in names:
            return
        place = names.index(str(path[-1]))
        name, value = around.value[place]
        if not around.flow_style:
            self._drop_lines(name, value)
        elif place:
            self._replace(around.value[place - 1][1].end_mark.index, value.end_mark.index, "")
        elif len(names) > 1:
            self._replace(name.start_mark.index, around.value[1][0].start_mark.index, "")

    def drop_items(self, path: Path, names: set[str]) -> None:
        """Take parts out of a list that is written line by line; a list without any is written as []."""
        parts = self.source.node(path)
        if not isinstance(parts, SequenceNode) or parts.flow_style:
            return
        gone = [child for place, child in enumerate(parts.value) if _name(child, place) in names]
        for place, child in enumerate(gone):
            start, end = self._lines(child.start_mark.index, _end(child))
            empty = len(gone) == len(parts.value) and place == 0
            self._replace(start, end, " " * (parts.start_mark.column or 2) + "[]\n" if empty else "")

    def add_items(self, path: Path, items: list[str]) -> None:
        """Add parts, each written as flowing text or in lines, to the end of a list of the top level."""
        parts = self.source.node(path)
        if not items:
            return
        if isinstance(parts, SequenceNode) and parts.value and not parts.flow_style:
            _, at = self._lines(_end(parts.value[-1]), _end(parts.value[-1]))
            self._replace(at, at, _blocks(items, parts.start_mark.column))
        elif parts is not None:
            begin, after = self._lines(parts.start_mark.index, parts.end_mark.index)
            lead = self.source.text[begin : parts.start_mark.index]
            at = parts.start_mark.index if lead.strip() else begin
            self._replace(at, after, ("\n" if lead.strip() else "") + _blocks(items, 2))
        else:
            end = len(self.source.text)
            self._replace(end, end, f"\n{path[0]}:\n{_blocks(items, 2)}")

    def done(self) -> str:
        """The text with every edit made; what lies inside a part that is taken out goes with it."""
        text = self.source.text
        kept = [edit for edit in self.edits if not any(_inside(edit, other) for other in self.edits)]
        for _, edit in sorted(enumerate(kept), key=lambda pair: (pair[1].start, pair[0]), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def _replace(self, start: int, end: int, text: str) -> None:
        self.edits.append(Edit(start, end, text))

    def _add(self, around: MappingNode, key: str, written: str) -> None:
        if around.flow_style:
            at = around.end_mark.index - 1
            self._replace(at, at, f"{', ' if around.value else ''}{key}: {written}")
            return
        first, value = around.value[0]
        end = value.end_mark.index if isinstance(value, ScalarNode) else first.start_mark.index
        column = " " * first.start_mark.column
        if isinstance(value, ScalarNode):
            _, at = self._lines(end, end)
            self._replace(at, at, f"{column}{key}: {written}\n")
        else:
            self._replace(end, end, f"{key}: {written}\n{column}")

    def _drop_lines(self, name: Node, value: Node) -> None:
        start, end = self._lines(name.start_mark.index, _end(value))
        lead = self.source.text[start : name.start_mark.index]
        if lead.strip():  # the first key of a part of a list: the dash stays, the next key moves up to it
            indent = len(lead)
            rest = self.source.text[end : end + indent]
            self._replace(name.start_mark.index, end + (indent if not rest.strip() else 0), "")
        else:
            self._replace(start, end, "")

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        """From the beginning of the line of one place to the beginning of the line after another."""
        text = self.source.text
        begin = text.rfind("\n", 0, start) + 1
        after = text.find("\n", end)
        return begin, len(text) if after < 0 else after + 1


def scalar(value: str, *, words: bool = False) -> str:
    """A value as YAML writes it: plain where that says the same, else in double quotes."""
    plain = PLAIN_WORDS if words else PLAIN_VALUE
    if plain.fullmatch(value) and not (words and value.lower() in RESERVED):
        return value
    return json.dumps(value, ensure_ascii=False)


def raw(source: Source, path: Path) -> str:
    """The text of a part of a list, its further lines moved to the left edge."""
    node = source.node(path)
    if node is None:
        return ""
    lines = source.text[node.start_mark.index : _end(node)].splitlines()
    indent = node.start_mark.column
    return "\n".join([lines[0], *(line[indent:] if not line[:indent].strip() else line.strip() for line in lines[1:])])


def _blocks(items: list[str], column: int) -> str:
    pad = " " * column
    lines = [(item.splitlines()[0], item.splitlines()[1:]) for item in items]
    return "".join("".join([f"{pad}- {first}\n", *(f"{pad}  {line}\n" for line in rest)]) for first, rest in lines)


def _inside(edit: Edit, other: Edit) -> bool:
    wide = other.end - other.start > edit.end - edit.start
    return wide and other.start <= edit.start and edit.end <= other.end and (edit.start, edit.end) != (other.end,) * 2


def _is_tree(node: Node | None, seen: set[int]) -> bool:
    """Whether nothing stands in two places: a scheme has no references, and one to itself would have no end."""
    if not isinstance(node, MappingNode | SequenceNode):
        return True
    if id(node) in seen:
        return False
    seen.add(id(node))
    children = (value for _, value in node.value) if isinstance(node, MappingNode) else iter(node.value)
    return all(_is_tree(child, seen) for child in children)


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode):
        return next((child for place, child in enumerate(node.value) if step in (_name(child, place), place)), None)
    return None


def _name(node: Node, place: int) -> str | int:
    named = _child(node, "id") if isinstance(node, MappingNode) else None
    return str(named.value) if isinstance(named, ScalarNode) else place


def _end(node: Node) -> int:
    """Where the last scalar of a part ends: the marks of blocks reach into the comments after them."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)
