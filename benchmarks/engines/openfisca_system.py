"""OpenFisca in the worker: every fact and every answer a variable of one entity, the trace on."""

import time
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR = "2018"
FIRM = build_entity("firm", "firms", "A firm", is_person=True)
TYPES = {"number": float, "bool": bool, "text": str}
JOINS = {"and": " & ", "or": " | ", "=": " == ", "<>": " != "}


class Engine:
    """Modes: `answers` (calculating them alone), `whole` (also making the simulation and giving it the facts)."""

    def __init__(self, task: dict[str, Any]) -> None:
        rules = task["rules"]
        self.system = TaxBenefitSystem([FIRM])
        self.system.add_variables(*(_variable(name, kind) for name, kind in rules["facts"].items()))
        self.system.add_variables(*(_variable(name, kind, tree) for name, kind, tree in rules["answers"]))
        self.names = [name for name, _, _ in rules["answers"]]
        self.numbers = {name for name, kind, _ in rules["answers"] if kind == "number"}
        kinds = {name: object if kind == "text" else None for name, kind in rules["facts"].items()}
        self.firms = [
            {name: np.array([value], dtype=kinds[name]) for name, value in firm.items()} for firm in task["firms"]
        ]

    def run(self, mode: str) -> float:
        """Decide on every firm once; seconds of all of it, or of the calculation alone."""
        whole, spent = mode == "whole", 0.0
        for firm in self.firms:
            start = time.perf_counter()
            simulation = self._simulation(firm)
            if not whole:
                start = time.perf_counter()
            for name in self.names:
                simulation.calculate(name, YEAR)
            spent += time.perf_counter() - start
        return spent

    def answers(self) -> list[dict[str, Any]]:
        """Every firm's answers by name."""
        return [self._said(self._simulation(firm)) for firm in self.firms]

    def _simulation(self, firm: dict[str, Any]) -> Simulation:
        simulation = SimulationBuilder().build_default_simulation(self.system, 1)
        simulation.trace = True
        for name, value in firm.items():
            simulation.set_input(name, YEAR, value)
        return simulation

    def _said(self, simulation: Simulation) -> dict[str, Any]:
        values = {name: simulation.calculate(name, YEAR)[0] for name in self.names}
        return {name: float(value) if name in self.numbers else bool(value) for name, value in values.items()}


def _variable(name: str, kind: str, tree: list[Any] | None = None) -> type[Variable]:
    body = {"value_type": TYPES[kind], "entity": FIRM, "definition_period": DateUnit.YEAR, "label": name}
    if tree is not None:
        body["formula"] = eval(f"lambda firm, period: {text(tree)}", {"np": np})  # our own text, made below
    return type(name, (Variable,), body)


def text(tree: list[Any]) -> str:
    """A tree as the body of an OpenFisca formula."""
    op, *parts = tree
    if op in ("fact", "ref"):
        return f"firm({parts[0]!r}, period)"
    if op == "const":
        return _literal(parts[0])
    if op == "in":
        return "(" + " | ".join(f"({text(parts[0])} == {_literal(option)})" for option in parts[1]) + ")"
    words = [text(part) for part in parts]
    if op == "not":
        return f"~{words[0]}"
    if op in ("max", "floor"):
        return f"np.{'maximum' if op == 'max' else op}({', '.join(words)})"
    return f"({JOINS.get(op, f' {op} ').join(words)})"


def _literal(value: Any) -> str:
    return repr(value["text"]) if isinstance(value, dict) else str(value)
