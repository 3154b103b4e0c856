"""The measuring half of benchmarks/studio.py: `python -m benchmarks.studio_page TURNS ANSWER.json`, on a database that
the environment names. What needs Django is imported when Django is set up.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from tongbao.cli.context import start_django

OFFICER, EDITION = "shangwu-1", "nantong-2019"
RATE = "rate: 0.03%"  # the first of the edition's text, plan A's; each turn writes another


def main() -> None:
    """Measure and write the answer."""
    turns, path = int(sys.argv[1]), Path(sys.argv[2])
    start_django()
    path.write_text(json.dumps(measure(turns)))


def measure(turns: int) -> dict[str, Any]:
    """Milliseconds of each kind of answer."""
    desk = _Desk()
    first = _milliseconds(desk.ask)
    changed = [_after(partial(desk.change, turn), desk.ask) for turn in range(turns)]
    again = [_milliseconds(desk.ask) for _ in range(turns)]
    firms, loop = desk.loop()
    rows = [
        _row("the effect of a draft just changed, over the whole register", changed),
        _row("the same page asked for again", again),
        _row("baseline: decide() on every firm in a plain loop, no page", [_milliseconds(loop) for _ in range(turns)]),
        _row("the first answer after a start: facts of every firm and the base version too", [first]),
    ]
    return {"firms": firms, "milliseconds": rows[0]["milliseconds"], "rows": rows}


class _Desk:
    """A city officer with a draft of the Nantong edition and a browser."""

    def __init__(self) -> None:
        from django.test import Client
        from django.urls import reverse

        from tongbao.accounts.models import User
        from tongbao.scheme.models import Terms
        from tongbao.studio import actions

        self.officer = User.objects.get(username=OFFICER)
        self.terms = Terms.objects.select_related("edition").filter(edition__code=EDITION).latest("pk")
        assert RATE in self.terms.source
        self.draft = actions.start(based_on=self.terms, title="测速", key=str(uuid4()), by=self.officer)
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.officer)
        self.page = reverse("studio:effect", args=[self.draft.code])

    def ask(self) -> None:
        """Open the page of the effect."""
        response = self.client.get(self.page)
        assert response.status_code == 200, response.status_code

    def change(self, turn: int) -> None:
        """Save another rate."""
        from tongbao.studio import actions

        text = self.terms.source.replace(RATE, f"rate: 0.03{turn + 1:03d}%", 1)
        self.draft = actions.save(code=self.draft.code, text=text, revision=self.draft.revision, by=self.officer)

    def loop(self) -> tuple[int, Callable[[], None]]:
        """How many firms the register has, and what decides on each of them in a plain loop."""
        from tongbao.scheme import rules
        from tongbao.studio import queries

        scheme = rules.load(self.terms.source, EDITION)
        compiled, facts = rules.compile(scheme), queries.register(scheme).facts

        def decide() -> None:
            for one in facts:
                rules.decide(compiled, one)

        return len(facts), decide


def _after(before: Callable[[], None], act: Callable[[], None]) -> float:
    before()
    return _milliseconds(act)


def _milliseconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _row(what: str, times: list[float]) -> dict[str, Any]:
    return {
        "what": what,
        "milliseconds": round(statistics.median(times), 3),
        "best_milliseconds": round(min(times), 3),
    }


if __name__ == "__main__":
    main()
