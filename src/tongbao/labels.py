"""Text enumerations whose members carry the Chinese label shown on screens."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """`STATE = "value", "标签"`: stored by value, shown by label."""

    label: str

    def __new__(
        cls, value: str, label: str = ""
    ) -> Self:  # a default, for the type checker: State("draft") looks one up
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a model field."""
        return [(member.value, member.label) for member in cls]
