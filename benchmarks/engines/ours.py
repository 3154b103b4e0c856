"""Tongbao's own engine in the worker: the edition as its file says, decided by `scheme.rules.decide`."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.equivalent import plan_answer
from tongbao.scheme import rules


class Engine:
    """Modes: `decide` (with its trace: every verdict, fact and figure), `say` (and every sentence, as JSON)."""

    def __init__(self, task: dict[str, Any]) -> None:
        path = task["scheme"]
        self.terms = rules.compile(rules.load(Path(path).read_text(encoding="utf-8"), path))
        self.firms = [{name: _value(value) for name, value in firm.items()} for firm in task["firms"]]

    def run(self, mode: str) -> float:
        """Decide on every firm once; seconds."""
        terms, decide, say = self.terms, rules.decide, mode == "say"
        start = time.perf_counter()
        for firm in self.firms:
            outcome = decide(terms, firm)
            if say:
                outcome.to_json()
        return time.perf_counter() - start

    def answers(self) -> list[dict[str, Any]]:
        """Every firm's answers by name."""
        return [_answers(rules.decide(self.terms, firm)) for firm in self.firms]


def _value(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def _answers(outcome: rules.Outcome) -> dict[str, Any]:
    found = {f"criterion_{finding.id}": finding.met for finding in outcome.findings}
    found["eligible"] = outcome.eligible
    found |= {f"priority_{ground.id}": ground.met for ground in outcome.priorities}
    found["priority"] = any(ground.met for ground in outcome.priorities)
    for offer in (*outcome.offers, *outcome.not_offered):
        found |= {plan_answer(offer.plan, finding.id): finding.met for finding in offer.findings}
        found[f"plan_{offer.plan}_available"] = offer.available
        for figure in ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen"):
            found[f"plan_{offer.plan}_{figure}"] = getattr(offer, figure)
    return found
