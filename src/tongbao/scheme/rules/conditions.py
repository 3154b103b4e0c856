"""Condition trees as Python functions of the facts, in Kleene logic: unknown (None) in, unknown out, except where the
known part already decides.

All conditions of a scheme become one function, one line for each node, and equal nodes share a line. Its source holds
only what is written here: ids of facts and constants reach it as values, so that no text of a scheme becomes code.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tongbao.scheme.rules.grammar import Arithmetic, Compare, Constant, FactRef, Junction, Negation, Node, Within

Facts = Mapping[str, Decimal | bool | str | None]
Verdict = Callable[[Facts], bool | None]
PYTHON = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "+": "+", "-": "-", "*": "*"}


def compile_condition(node: Node) -> Verdict:
    """A tree as a function of the facts: True, False, or None when a missing fact decides."""
    return closure(node)


@lru_cache(maxsize=4096)  # sentences ask for the same few parts again and again
def closure(node: Node) -> Callable[[Facts], Any]:
    """A tree of any kind as a function of the facts; None when it cannot be known."""
    ask = compile_all([node])
    return lambda facts: ask(facts)[0]


def compile_all(nodes: Iterable[Node]) -> Callable[[Facts], list[Any]]:
    """Trees as one function of the facts: what `closure` says of each, in their order."""
    source = _Source()
    answers = ", ".join([source.variable(node) for node in nodes])
    body = "\n    ".join(["def ask(facts):", "get = facts.get", *source.lines, f"return [{answers}]"])
    exec(body, source.values)  # noqa: S102  the lines below wrote it
    ask: Callable[[Facts], list[Any]] = source.values["ask"]
    return ask


class _Source:
    """Lines that set a variable for each node, and the values that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.values: dict[str, Any] = {}
        self.variables: dict[Node, str] = {}

    def variable(self, node: Node) -> str:
        """What the value of a node is called; its line is written when it is first met."""
        if node not in self.variables:
            line = self._line(node)
            if line not in self.values:  # a constant needs no line, it has a name
                self.lines.append(f"v{len(self.lines)} = {line}")
                line = f"v{len(self.lines) - 1}"
            self.variables[node] = line
        return self.variables[node]

    def _line(self, node: Node) -> str:
        match node:
            case FactRef(name=name):
                return f"get({self._value(name)})"
            case Constant(value=value):
                return self._value(value)
            case Within(value=inner, options=options):
                return self._strict(f"{{}} in {self._value(frozenset(options))}", self.variable(inner))
            case Negation(part=part):
                return self._strict("not {}", self.variable(part))
            case Junction(any=decisive, parts=parts):  # AND is decided by one False, OR by one True
                names = [self.variable(part) for part in parts]
                decided, unknown = (" or ".join(f"{name} is {end}" for name in names) for end in (decisive, None))
                return f"{decisive} if {decided} else None if {unknown} else {not decisive}"
            case Arithmetic() | Compare():
                return self._strict(f"{{}} {PYTHON[node.op]} {{}}", self.variable(node.left), self.variable(node.right))

    def _strict(self, text: str, *names: str) -> str:
        """What is unknown as soon as one of its parts is."""
        unknown = " or ".join(f"{name} is None" for name in names if name not in self.values)
        return f"None if {unknown} else {text.format(*names)}" if unknown else text.format(*names)

    def _value(self, value: Any) -> str:
        name = f"k{len(self.values)}"
        self.values[name] = value
        return name
