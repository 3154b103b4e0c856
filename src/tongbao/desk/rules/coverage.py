"""How far the platform does what the policy says: a row for each clause, kept as data beside the code it names."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from tongbao.labels import Labelled
from tongbao.scheme.rules import source


class State(Labelled):
    """How far something is built."""

    BUILT = "built", "已实现"
    PART = "part", "部分实现"
    LATER = "later", "尚未实现"


TONES = {State.BUILT: "ok", State.PART: "warn", State.LATER: "neutral"}
PARTS = {  # the stations still to come, by their names in the design
    "upgrade": "升级保障",
    "claims": "理赔",
    "financing": "保单融资",
    "outreach": "宣讲与服务",
    "evaluation": "绩效评估",
}


class Entry(BaseModel):
    """What every entry of the file is: read once, never changed, with no key that means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Duty(Entry):
    """One thing that a clause asks for, in our own words, and where it is done.

    `does` is what the platform does of it; `code` names functions (module:function), `tests` tests (file::test),
    `pages` the pages that show it (title: name of the address); `later` names the part that brings what is missing, and
    `missing` says what that is.
    """

    says: str
    does: str = ""
    code: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    pages: dict[str, str] = Field(default_factory=dict)
    later: str = ""
    missing: str = ""

    @property
    def state(self) -> State:
        """Built when nothing is left for a later part."""
        return (State.PART if self.does else State.LATER) if self.later else State.BUILT

    @property
    def tone(self) -> str:
        """The tint of its state."""
        return TONES[self.state]

    @property
    def part(self) -> str:
        """The part that brings what is missing, in Chinese."""
        return PARTS[self.later] if self.later else ""


class Clause(Entry):
    """A clause of the policy with what it asks for."""

    id: str
    title: str
    duties: tuple[Duty, ...] = Field(min_length=1)

    @property
    def chapter(self) -> str:
        """The chapter it stands in: the first character of its number."""
        return self.id[0]

    @property
    def state(self) -> State:
        """Built when all of it is, later when none of it is."""
        states = {duty.state for duty in self.duties}
        return states.pop() if len(states) == 1 else State.PART

    @property
    def tone(self) -> str:
        """The tint of its state."""
        return TONES[self.state]


class Coverage(Entry):
    """A policy, clause by clause, in its own order."""

    edition: str
    title: str
    clauses: tuple[Clause, ...]

    @property
    def counts(self) -> list[tuple[State, int]]:
        """How many clauses stand how far."""
        states = [clause.state for clause in self.clauses]
        return [(state, states.count(state)) for state in State]

    @property
    def duties(self) -> Iterator[tuple[Clause, Duty]]:
        """Everything asked for, with its clause."""
        return ((clause, duty) for clause in self.clauses for duty in clause.duties)


def read(text: str) -> Coverage:
    """The coverage of a file's text. Raises pydantic's ValidationError when it has another shape."""
    return Coverage.model_validate(source.read(text).data)


def faults(coverage: Coverage) -> list[str]:
    """A sentence for each row that does not say enough, or says what cannot be."""
    return [f"{clause.id}“{duty.says}”{fault}" for clause, duty in coverage.duties for fault in _faults(duty)]


def _faults(duty: Duty) -> Iterator[str]:
    if duty.later and duty.later not in PARTS:
        yield f"：没有名为“{duty.later}”的部分"
    if bool(duty.later) != bool(duty.missing):
        yield "：later 和 missing 要一起写"
    if not duty.later and not duty.does:
        yield "：要写明做了什么，或由哪一部分实现"
    for name in ("code", "tests", "pages"):
        if bool(duty.does) != bool(getattr(duty, name)):
            yield f"：写了 does 就要写 {name}，没写就不要"
