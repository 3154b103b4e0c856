"""What is wrong with a scheme file: every fault at once, each with its place and a way out."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (file, line from 1), under which clause, what is wrong and what to do, in Chinese.

    `text` is what stands on the line, to look at beside the sentence.
    """

    file: str
    line: int
    clause: str
    sentence: str
    hint: str
    text: str = ""

    def __str__(self) -> str:
        clause = f" 〔{self.clause}〕" if self.clause else ""
        hint = f"（{self.hint}）" if self.hint else ""
        return f"{self.file}:{self.line}:{clause} {self.sentence}{hint}"


class Faults(ValueError):  # noqa: N818  it carries many
    """A scheme file that cannot be loaded; `faults` lists everything that is wrong with it, in the order of lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults), key=lambda fault: (fault.line, fault.sentence))
        super().__init__("\n".join(map(str, self.faults)))


class BadFacts(ValueError):  # noqa: N818
    """Facts that are no facts of the scheme; `sentences` says in Chinese what is wrong with each."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("；".join(self.sentences))
