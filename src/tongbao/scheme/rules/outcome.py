"""What a decision says: findings and offers, and their JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
WORDS = frozenset({"title", "says", "gap"})  # what is said of a decision; the rest is what was decided


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion answered: met True, False, or None when a fact is missing. `gap` is how far off, in words."""

    id: str
    title: str
    clause: str
    says: str
    met: bool | None
    facts: Json = field(default_factory=dict)
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan with its figures for one firm: cents, fen, and a rate as Decimal (0.0003 is 0.03 %).

    `available` None: conditional, a fact is still missing; False only in `Outcome.not_offered`.
    """

    plan: str
    title: str
    available: bool | None
    limit_cents: int
    rate: Decimal
    subsidy_rate: Decimal
    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    exporter_share_fen: int
    clause: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision: eligible True (all criteria met), False (one is not) or None (unknown).

    `cny_per_usd` is the exchange rate (RMB per USD) behind the figures in fen. `not_offered` names the plans of the
    edition that the firm does not get, each with the findings that say why.
    """

    edition: str
    terms_hash: str
    eligible: bool | None
    findings: tuple[Finding, ...]
    priorities: tuple[Finding, ...]
    offers: tuple[Offer, ...]
    not_offered: tuple[Offer, ...]
    cny_per_usd: Decimal

    def to_json(self) -> Json:
        """JSON-able form: as the fields, decimals as text, `terms_hash` under the key `hash`."""
        body = _plain(asdict(self))
        body["hash"] = body.pop("terms_hash")
        return {key: body[key] for key in ("edition", "hash", *(k for k in body if k not in ("edition", "hash")))}

    def substance(self) -> Any:
        """What was decided, without the sentences that say it: those may be worded better by a later release."""
        return _wordless(self.to_json())

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Outcome":
        """The outcome of a stored JSON form; the inverse of to_json."""
        return cls(
            edition=body["edition"],
            terms_hash=body["hash"],
            eligible=body["eligible"],
            findings=_findings(body["findings"]),
            priorities=_findings(body["priorities"]),
            offers=_offers(body["offers"]),
            not_offered=_offers(body["not_offered"]),
            cny_per_usd=Decimal(body["cny_per_usd"]),
        )


def priority_class(outcome: Outcome) -> int:
    """0 when a priority ground is met, else 1 (clause 二(二)): lower goes first among those who wait."""
    return 0 if any(ground.met for ground in outcome.priorities) else 1


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wordless(item) for key, item in value.items() if key not in WORDS}
    return [_wordless(item) for item in value] if isinstance(value, list) else value


def _findings(items: list[Json]) -> tuple[Finding, ...]:
    return tuple(Finding(**item) for item in items)


def _offers(items: list[Json]) -> tuple[Offer, ...]:
    rates = ("rate", "subsidy_rate")
    return tuple(
        Offer(**{**item, **{key: Decimal(item[key]) for key in rates}, "findings": _findings(item["findings"])})
        for item in items
    )
