"""The parts of a scheme file as far as they could be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tongbao.scheme.rules.shapes import Fact, Kind
from tongbao.scheme.rules.source import Path

Found = Iterator[tuple[Path, str, str]]  # where, sentence, hint


@dataclass
class Sections:
    """The parts of a file that could be read: lists item by item with their index, other sections whole (or None)."""

    raw: dict[str, Any]
    items: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    def of(self, key: str) -> list[tuple[int, Any]]:
        """Items of a list section with their index."""
        return self.items.get(key, [])

    def ids(self, key: str) -> set[str]:
        """Every id written in a list section, also of items that could not be read."""
        listed = self.raw.get(key)
        return {
            str(item["id"])
            for item in (listed if isinstance(listed, list) else [])
            if isinstance(item, dict) and "id" in item
        }

    def whole(self, key: str) -> bool:
        """Whether every item of a list section could be read."""
        listed = self.raw.get(key, [])
        return isinstance(listed, list) and len(listed) == len(self.of(key))

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts that could be read, by id."""
        return {fact.id: fact for _, fact in self.of("facts")}

    @property
    def kinds(self) -> dict[str, Kind]:
        """What sort of value each readable fact is."""
        return {fact.id: fact.type for _, fact in self.of("facts")}

    def number(self, name: str) -> bool:
        """Whether a name is that of a number; a fact that could not be read gets the benefit of the doubt."""
        return name in self.ids("facts") and self.kinds.get(name, Kind.NUMBER) is Kind.NUMBER


def twice(ids: Iterable[tuple[Path, str]], sentence: str = "编号“{id}”重复", hint: str = "每个编号只用一次") -> Found:
    """Each id that has stood before."""
    seen: set[str] = set()
    for path, id in ids:
        if id in seen:
            yield path, sentence.format(id=id), hint
        seen.add(id)
