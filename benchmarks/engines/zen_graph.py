"""zen-engine in the worker: the equivalent rules as decision graphs of expression nodes, trace on.

`one` holds everything in a single node, which is the fastest form: each further node lengthens the trace. `drawn` has a
node for each station, as a person would draw it: criteria, priorities, each plan.
"""

import json
import time
from itertools import groupby, pairwise
from typing import Any

import zen

TRACE = {"trace": True}
WORDS = {"=": "==", "<>": "!="}
Answers = list[Any]


class Engine:
    """Modes: `one` and `drawn` (compiled once by a static loader), `documented` (`one`, made as zen's README does)."""

    def __init__(self, task: dict[str, Any]) -> None:
        answers = task["rules"]["answers"]
        graphs = {"one": graph_of([answers]), "drawn": graph_of(stations(answers))}
        engine = zen.ZenEngine({"loader": {"type": "static", "content": graphs}})
        decision = zen.ZenEngine().create_decision(json.dumps(graphs["one"]))
        self.modes = {
            "one": lambda firm: engine.evaluate("one", firm, TRACE),
            "drawn": lambda firm: engine.evaluate("drawn", firm, TRACE),
            "documented": lambda firm: decision.evaluate(firm, TRACE),
        }
        self.names = [name for name, _, _ in answers]
        self.firms = task["firms"]

    def run(self, mode: str) -> float:
        """Decide on every firm once; seconds."""
        evaluate = self.modes[mode]
        start = time.perf_counter()
        for firm in self.firms:
            evaluate(firm)
        return time.perf_counter() - start

    def answers(self) -> list[dict[str, Any]]:
        """Every firm's answers by name; all modes must say the same."""
        one, *others = ([self._said(evaluate(firm)) for firm in self.firms] for evaluate in self.modes.values())
        assert all(other == one for other in others)
        return one

    def _said(self, response: Any) -> dict[str, Any]:
        assert response["trace"]
        return {name: response["result"][name] for name in self.names}


def stations(answers: Answers) -> list[Answers]:
    """The answers by station: what applies to the firm, its priorities, then plan by plan."""
    return [list(group) for _, group in groupby(answers, key=lambda answer: _station(answer[0]))]


def _station(name: str) -> str:
    return name[: len("plan_X")] if name.startswith("plan_") else "priority" if name.startswith("priority") else ""


def graph_of(groups: list[Answers]) -> dict[str, Any]:
    """The decision graph: input → an expression node for each group, which hands on what it was given → output."""
    names = ["in", *(f"station-{number}" for number in range(len(groups))), "out"]
    middle = [
        {**_node(name, "expressionNode"), "content": _content(group, handing_on=len(groups) > 1)}
        for name, group in zip(names[1:-1], groups, strict=True)
    ]
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [_node("in", "inputNode"), *middle, _node("out", "outputNode")],
        "edges": [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(names)],
    }


def _node(name: str, kind: str) -> dict[str, Any]:
    return {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}}


def _content(group: Answers, *, handing_on: bool) -> dict[str, Any]:
    own = {name for name, _, _ in group}
    expressions = [{"id": name, "key": name, "value": text(tree, own)} for name, _, tree in group]
    return {"expressions": expressions, "passThrough": handing_on, "executionMode": "single"}


def text(tree: list[Any], own: set[str]) -> str:
    """A tree in zen's expression language; answers of the same node (`own`) are written `$.name`."""
    op, *parts = tree
    if op in ("fact", "ref"):
        return f"$.{parts[0]}" if op == "ref" and parts[0] in own else parts[0]
    if op == "const":
        return _literal(parts[0])
    if op == "in":
        return f"({text(parts[0], own)} in [{', '.join(map(_literal, parts[1]))}])"
    words = [text(part, own) for part in parts]
    if op == "max":
        return f"max([{', '.join(words)}])"
    if op in ("not", "floor"):
        return f"{op}({words[0]})"
    return f"({f' {WORDS.get(op, op)} '.join(words)})"


def _literal(value: Any) -> str:
    return f"'{value['text']}'" if isinstance(value, dict) else str(value).lower()
