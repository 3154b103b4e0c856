"""What terms do to the register, worked out once for each pair of terms and register."""

from functools import lru_cache
from typing import Any

from tongbao.intake.models import Application
from tongbao.intake.rules import LIVE
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.rules import CompiledTerms
from tongbao.screening import queries as screening
from tongbao.studio import rules
from tongbao.studio.queries.register import Snapshot, register

YES, NO = 1, 0
VERDICTS = {YES: True, NO: False, screening.UNKNOWN: None}
Choices = tuple[tuple[str, str, str], ...]  # code of the firm, plan, code of the insurer


def effect(compiled: CompiledTerms, snapshot: Snapshot) -> rules.Effect:
    """Which plan each firm of the register would take, and what it comes to, at the reference exchange rate."""
    return _effect(_Terms(compiled), snapshot, choices(snapshot.basis.edition))


def compare(before: rules.Effect, after: rules.Effect) -> rules.Comparison:
    """Who gains and who loses, when the second takes the place of the first."""
    return rules.compare(before, after)


def snapshot_for(compiled: CompiledTerms, edition: str, state: tuple[Any, ...] | None = None) -> Snapshot:
    """The register as these terms look at it; `edition`: to whose inquiries the insurers have answered."""
    return register(compiled.scheme, edition, state)


def choices(edition: str) -> Choices:
    """The plan and the insurer of each firm that has applied in an edition, as they stand today."""
    live = Application.objects.filter(edition__code=edition, state__in=[state.value for state in LIVE])
    rows = live.exclude(plan="").order_by("exporter__code")
    return tuple(
        (code, plan, at or "") for code, plan, at in rows.values_list("exporter__code", "plan", "insurer__code")
    )


def outcome(compiled: CompiledTerms, snapshot: Snapshot, place: int) -> scheme_rules.Outcome:
    """The decision on one firm with its findings, to say why."""
    return scheme_rules.decide(compiled, snapshot.facts[place])


class _Terms:
    """Terms that are the same when their hashes are, so that an effect is worked out once."""

    def __init__(self, compiled: CompiledTerms) -> None:
        self.compiled = compiled

    def __hash__(self) -> int:
        return hash(self.compiled.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Terms) and self.compiled.hash == other.compiled.hash


@lru_cache(maxsize=32)
def _effect(terms: _Terms, snapshot: Snapshot, applied: Choices) -> rules.Effect:
    chosen = {code: (plan, insurer) for code, plan, insurer in applied}
    firms = [
        rules.Firm(code, name, area, scheme_rules.exports_cents(facts), *chosen.get(code, ("", "")))
        for code, name, area, facts in zip(snapshot.codes, snapshot.names, snapshot.areas, snapshot.facts, strict=True)
    ]
    return rules.effect(terms.compiled.scheme, firms, _judged(terms.compiled, snapshot.table))


def _judged(compiled: CompiledTerms, table: Any) -> list[rules.Judged]:
    """Every firm of the register at once: the same decisions as `scheme.rules.decide`, column by column."""
    columns = screening.judge(compiled, table)
    plans = [_plan(columns, plan.plan.id) for plan in compiled.plans]
    return [
        rules.Judged(
            VERDICTS[verdict],
            tuple(quotes[place] for available, quotes in plans if available[place] == YES),
            tuple(
                quotes[place].plan for available, quotes in plans if verdict != NO and _open(available, quotes, place)
            ),
        )
        for place, verdict in enumerate(columns["eligible"].tolist())
    ]


def _open(available: list[int], quotes: list[rules.Quote], place: int) -> bool:
    """Whether a plan hangs on a fact only; without a base for its premium there is nothing to offer yet."""
    return available[place] == screening.UNKNOWN and quotes[place].premium_cents is not None


def _plan(columns: screening.Columns, plan: str) -> tuple[list[int], list[rules.Quote]]:
    """Whether a plan is open to each firm, and its figures."""
    figures = ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen", "limit_cents")
    rows = zip(*(columns[f"plan_{plan}_{figure}"].tolist() for figure in figures), strict=True)
    return columns[f"plan_{plan}_available"].tolist(), [rules.Quote(plan, *row) for row in rows]
