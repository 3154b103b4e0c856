"""What a decision says: findings and offers, and their JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

Json = dict[str, Any]
WORDS = frozenset({"title", "says", "gap"})  # what is said of a decision; the rest is what was decided
LATER = frozenset({"priority_class", "advance_fen", "paid_fen", "rate_is_ceiling"})  # not kept by the first release
DECIMALS = ("rate", "subsidy_rate")


class Question(Protocol):
    """What a finding answers; it can say in words what its answer rests on."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def clause(self) -> str: ...
    def used(self, given: Mapping[str, Any]) -> Json:
        """The facts the answer rests on, JSON-able."""

    def answer(self, given: Mapping[str, Any], met: bool | None) -> tuple[str, str | None]:
        """The sentence, and how far off it is."""


class Finding(tuple[Question, bool | None, Mapping[str, Any]]):  # a bare tuple is made in half the time of an object
    """One question answered: `Finding((question, met, given))`; `met` True, False, or None when a fact is missing.

    The facts used, the sentence and the gap (how far off, in words) are put together only when somebody reads them.
    """

    __slots__ = ()

    @property
    def question(self) -> Question:
        """What was asked."""
        return self[0]

    @property
    def met(self) -> bool | None:
        """The answer."""
        return self[1]

    @property
    def given(self) -> Mapping[str, Any]:
        """All facts of the firm, by id."""
        return self[2]

    @classmethod
    def told(
        cls, id: str, title: str, clause: str, says: str, met: bool | None, facts: Json | None = None,
        gap: str | None = None,
    ) -> "Finding":  # fmt: skip
        """A finding whose words are known, such as a stored one."""
        return cls((_Told(id, title, clause, says, facts or {}, gap), met, {}))

    @property
    def id(self) -> str:
        """The criterion, ground or condition."""
        return self.question.id

    @property
    def title(self) -> str:
        """What is asked, in a few words."""
        return self.question.title

    @property
    def clause(self) -> str:
        """The clause that asks it."""
        return self.question.clause

    @property
    def facts(self) -> Json:
        """The facts it rests on, by id, JSON-able; None for those unknown."""
        return self.question.used(self.given)

    @property
    def says(self) -> str:
        """The answer in a Chinese sentence."""
        return self.question.answer(self.given, self.met)[0]

    @property
    def gap(self) -> str | None:
        """How far off, in words; None when there is no distance to speak of."""
        return self.question.answer(self.given, self.met)[1]

    def to_json(self) -> Json:
        """JSON-able form: everything that was decided and said."""
        says, gap = self.question.answer(self.given, self.met)
        said = {"id": self.id, "title": self.title, "clause": self.clause, "says": says}
        return {**said, "met": self.met, "facts": self.facts, "gap": gap}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self.to_json() == other.to_json()

    def __ne__(self, other: object) -> bool:  # a tuple brings its own
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Finding({self.id}: {self.met})"


@dataclass(frozen=True, slots=True)
class _Told:
    """A question with the answer it once had."""

    id: str
    title: str
    clause: str
    says: str
    facts: Json
    gap: str | None

    def used(self, given: Mapping[str, Any]) -> Json:
        return self.facts

    def answer(self, given: Mapping[str, Any], met: bool | None) -> tuple[str, str | None]:
        return self.says, self.gap


class Offer(NamedTuple):  # a frozen dataclass costs three times as much to make, several times a decision
    """A plan with its figures for one firm: cents, fen, and a rate as Decimal (0.0003 is 0.03 %).

    `available` None: conditional, a fact is still missing; False only in `Outcome.not_offered`. `rate` is that of the
    firm's band before any tender discount, None for a flat premium; with `rate_is_ceiling` the insurer may charge less.
    `limit_cents` is the least yearly limit, None when the plan has none. `paid_fen` is what each payer of the plan
    pays; `advance_fen` what the firm itself hands the insurer, its own share and what is paid back to it later.
    """

    plan: str
    title: str
    available: bool | None
    limit_cents: int | None
    rate: Decimal | None
    subsidy_rate: Decimal
    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    exporter_share_fen: int
    clause: str
    findings: tuple[Finding, ...] = ()
    advance_fen: int = 0
    paid_fen: tuple[int, ...] = ()
    rate_is_ceiling: bool = False

    def to_json(self) -> Json:
        """JSON-able form: as the fields, decimals as text."""
        body = self._asdict()
        rates = {key: None if body[key] is None else str(body[key]) for key in DECIMALS}
        findings = [finding.to_json() for finding in self.findings]
        return {**body, **rates, "findings": findings, "paid_fen": list(self.paid_fen)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Offer":
        """The inverse of to_json; what an older release did not store takes its default."""
        rates = {key: None if body[key] is None else Decimal(body[key]) for key in DECIMALS}
        paid = tuple(body.get("paid_fen", ()))
        return cls(**{**body, **rates, "findings": _findings(body["findings"]), "paid_fen": paid})


class Outcome(NamedTuple):
    """A decision: eligible True (all criteria met), False (one is not) or None (unknown).

    `cny_per_usd` is the exchange rate (RMB per USD) behind the figures in fen. `not_offered` names the plans of the
    edition that the firm does not get, each with the findings that say why. `priority_class` is the rank of the best
    priority ground met, or one past the last rank; lower goes first among those who wait (clause 二(二)).
    """

    edition: str
    terms_hash: str
    eligible: bool | None
    findings: tuple[Finding, ...]
    priorities: tuple[Finding, ...]
    offers: tuple[Offer, ...]
    not_offered: tuple[Offer, ...]
    cny_per_usd: Decimal
    priority_class: int = 1

    def to_json(self) -> Json:
        """JSON-able form: as the fields, decimals as text, `terms_hash` under the key `hash`."""
        return {
            "edition": self.edition,
            "hash": self.terms_hash,
            "eligible": self.eligible,
            "findings": [finding.to_json() for finding in self.findings],
            "priorities": [finding.to_json() for finding in self.priorities],
            "offers": [offer.to_json() for offer in self.offers],
            "not_offered": [offer.to_json() for offer in self.not_offered],
            "cny_per_usd": str(self.cny_per_usd),
            "priority_class": self.priority_class,
        }

    def substance(self) -> Any:
        """What was decided, without the sentences that say it: those may be worded better by a later release."""
        return _wordless(self.to_json())

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Outcome":
        """The outcome of a stored JSON form; the inverse of to_json."""
        priorities = _findings(body["priorities"])
        return cls(
            edition=body["edition"],
            terms_hash=body["hash"],
            eligible=body["eligible"],
            findings=_findings(body["findings"]),
            priorities=priorities,
            offers=tuple(map(Offer.from_json, body["offers"])),
            not_offered=tuple(map(Offer.from_json, body["not_offered"])),
            cny_per_usd=Decimal(body["cny_per_usd"]),
            priority_class=body.get("priority_class", 0 if any(ground.met for ground in priorities) else 1),
        )


def priority_class(outcome: Outcome) -> int:
    """Lower goes first among those who wait (clause 二(二)): 0 with a ground of the first rank."""
    return outcome.priority_class


def same_substance(stored: Json, outcome: Outcome) -> bool:
    """Whether a stored result decided the same; what its release did not keep yet is not compared."""
    return _agrees(_wordless(stored), outcome.substance())


def _agrees(kept: Any, now: Any) -> bool:
    if isinstance(kept, dict) and isinstance(now, dict):
        known = kept.keys() <= now.keys() and now.keys() - kept.keys() <= LATER
        return known and all(_agrees(item, now[key]) for key, item in kept.items())
    if isinstance(kept, list) and isinstance(now, list):
        return len(kept) == len(now) and all(map(_agrees, kept, now))
    return bool(kept == now)


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wordless(item) for key, item in value.items() if key not in WORDS}
    return [_wordless(item) for item in value] if isinstance(value, list) else value


def _findings(items: list[Json]) -> tuple[Finding, ...]:
    return tuple(Finding.told(**item) for item in items)
