"""The floor of a submission: its own statements, sent by pgbench.

Two submissions of the real action are written down, statement by statement, with every parameter and every answer.
What is the same in both is written into the script. What differs came from somewhere: from the answer of an earlier
statement (the row's number, the queue's last number and one more), then the script takes it from there too, so that it
locks, reads and writes the same rows; or it is what the firm brings along, then each run of the script takes the next
firm; or it is an instant, or a text of this firm alone, of which only the length matters and that no two are alike. A
number that came from nowhere stops the measurement: the floor would not do what the action does.
"""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql as psycopg_sql
from psycopg.types.json import Json, Jsonb

from benchmarks.rush_firms import Visitor
from benchmarks.rush_server import Server

STEPS = sorted(range(-12, 13), key=abs)  # how far a number may be from the one that was read
HASH = re.compile("[0-9a-f]{64}")
QUOTED = re.compile(r" ?E?'((?:[^']|'')*)'")
SAVEPOINT = re.compile(r'SAVEPOINT "\w+"')
COLUMN = re.compile(r'("\w+"\.)?"\w+"(?: AS "?\w+"?)?')
Heard = dict[str, Any]


class Listener:
    """Every statement of a connection with its parameters, its answer and its time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's wrapper of `execute`."""
        assert not many, sql
        begun = time.perf_counter()
        result = execute(sql, params, many, context)
        seconds = time.perf_counter() - begun
        cursor, rows = context["cursor"].cursor, []
        if cursor.description:
            rows = cursor.fetchall()
            if rows:
                cursor.scroll(0, mode="absolute")
        sql = SAVEPOINT.sub('SAVEPOINT "s"', sql)  # their names count up; the nearest of a name is the one meant
        self.heard.append({"sql": sql, "params": list(params or ()), "rows": rows, "seconds": seconds})
        return result


def script(pair: Sequence[Visitor], runs: Sequence[Sequence[Heard]]) -> str:
    """The pgbench script of one submission, from what was heard of two."""
    first, second = runs
    if [one["sql"] for one in first] != [one["sql"] for one in second]:
        raise RuntimeError("two submissions make different statements")
    return "\n".join(_Script(pair).lines(first, second)) + "\n"


def spread() -> None:
    """Rows of each table get numbers of their own kind from here on, so that none is taken for another's."""
    from django.db import connection

    with connection.cursor() as cursor:
        for place, one in enumerate(connection.introspection.sequence_list()):
            sequence = f"ALTER TABLE {one['table']} ALTER COLUMN {one['column']}"
            cursor.execute(f"{sequence} SET INCREMENT {101 + 2 * place} RESTART {10_000_000 * (place + 1)}")


class _Script:
    def __init__(self, pair: Sequence[Visitor]) -> None:
        self.texts: dict[tuple[str, str], str] = {}  # what the two firms had → how the script says it
        self.numbers: list[tuple[int, int, str]] = []
        self.pair = pair
        self._know(pair[0].application, pair[1].application, ":application")
        self._know(pair[0].user, pair[1].user, ":person")

    def lines(self, first: Sequence[Heard], second: Sequence[Heard]) -> Iterator[str]:
        """The script, a statement a line."""
        said: list[str] = []
        for place, (a, b) in enumerate(zip(first, second, strict=True)):
            said.append(self._statement(a, b))
            if len(a["rows"]) == len(b["rows"]) == 1:
                for column, (x, y) in enumerate(zip(a["rows"][0], b["rows"][0], strict=True)):
                    self._know(x, y, f":a{place}_{column}")
        wanted = set(re.findall(r":(a\d+_\d+)\b", "\n".join(said)))
        yield "\\set i :i + 1"
        yield "\\set application :first_application + :client_id * :each + :i"
        yield "\\set person :first_person + :client_id * :each + :i"
        yield "BEGIN;"
        for place, (text, a) in enumerate(zip(said, first, strict=True)):
            columns = [n for n in range(len(a["rows"][0]) if len(a["rows"]) == 1 else 0) if f"a{place}_{n}" in wanted]
            yield _kept(text, {n: f"a{place}_{n}" for n in columns}) if columns else f"{text};"
        yield "COMMIT;"

    def _know(self, a: Any, b: Any, name: str) -> None:
        if isinstance(a, int) and isinstance(b, int) and a != b:
            self.numbers.append((a, b, name))
        elif isinstance(a, str) and isinstance(b, str) and a != b:
            self.texts.setdefault((a, b), name)

    def _statement(self, a: Heard, b: Heard) -> str:
        parts = a["sql"].split("%s")
        values = [self._value(x, y, a["sql"]) for x, y in zip(a["params"], b["params"], strict=True)]
        text = parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))
        return text.replace("%%", "%")

    def _value(self, a: Any, b: Any, sql: str) -> str:
        if isinstance(a, list | tuple):
            return f"ARRAY[{', '.join(self._value(x, y, sql) for x, y in zip(a, b, strict=True))}]"
        if isinstance(a, Json | Jsonb) or a == b:
            return literal(a)
        if isinstance(a, datetime):
            return "now()"
        if isinstance(a, int):
            return self._number(a, b, sql)
        if isinstance(a, str):
            return self._text(a, b)
        raise RuntimeError(f"the floor cannot make {a!r} of: {sql}")

    def _number(self, a: int, b: int, sql: str) -> str:
        for step in STEPS:
            for x, y, name in self.numbers:
                if (x + step, y + step) == (a, b):
                    return f"{name} + {step}" if step else name
        raise RuntimeError(f"the floor knows no number {a} (for another firm {b}) of: {sql}")

    def _text(self, a: str, b: str) -> str:
        if (a, b) in self.texts:
            return self.texts[a, b]
        if HASH.fullmatch(a):
            return f"{literal(a[:40])} || lpad((:client_id)::text || 'x' || (:i)::text, 24, '0')"
        parts, others = (
            re.split(f"({visitor.key}|{visitor.application})", text)
            for visitor, text in zip(self.pair, (a, b), strict=True)
        )
        if parts[::2] == others[::2]:
            number = "(:application)::text"
            said = {self.pair[0].key: f"'rush-' || {number}", str(self.pair[0].application): number}
            return " || ".join(said.get(part) or literal(part) for part in parts if part)
        return literal(a)


def literal(value: Any) -> str:
    """A value as it stands in a script: pgbench takes a colon for one of its variables, quoted or not."""
    text = psycopg_sql.Literal(value).as_string(None)
    return QUOTED.sub(lambda found: _quoted(found), text)


def _quoted(found: re.Match[str]) -> str:
    inner = found[1] if "E'" in found[0][:3] else found[1].replace("\\", "\\\\")
    return "E'" + inner.replace(":", "\\x3A") + "'"


def _kept(text: str, names: dict[int, str]) -> str:
    """A statement some of whose answer is kept for later ones."""
    begin = re.search(r"\bRETURNING\b", text) if text.startswith("INSERT") else re.match("SELECT", text)
    assert begin, text
    end = text.find(" FROM ", begin.end()) if text.startswith("SELECT") else len(text)
    columns = text[begin.end() : end].split(", ")
    assert all(COLUMN.fullmatch(column.strip()) for column in columns), text
    listed = [f"{column.strip()} AS {names[n]}" if n in names else column.strip() for n, column in enumerate(columns)]
    return f"{text[: begin.end()]} {', '.join(listed)}{text[end:]} \\gset"


def run(server: Server, name: str, path: Path, first: Visitor, *, clients: int, each: int) -> dict[str, float]:
    """Transactions per second of `clients` at once, `each` of them its own firms."""
    command = [server.programs / "pgbench", "-n", "-M", "prepared", "-c", clients, "-j", 2, "-t", each, "-f", path]
    given = {"i": -1, "each": each, "first_application": first.application, "first_person": first.user}
    command += [f"-D{key}={value}" for key, value in given.items()]
    done = subprocess.run([*map(str, command), server.url(name)], capture_output=True, text=True, check=False)
    if done.returncode or f"{clients * each}/{clients * each}" not in done.stdout:
        raise RuntimeError(f"pgbench: {done.stdout[-500:]}\n{done.stderr[-2000:]}")
    found = {key: re.search(pattern, done.stdout) for key, pattern in PRINTED.items()}
    return {key: float(match[1]) for key, match in found.items() if match}


PRINTED = {"per_second": r"tps = ([\d.]+)", "milliseconds": r"latency average = ([\d.]+)"}
