"""Which files may stand in a context, how long they may be, and what they may do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, context_of, in_rooms, modules, name, room_of, tree, where
from tongbao import flow

ROOMS = {
    "rules", "models", "permissions", "queries", "actions", "forms", "tables", "urls", "views", "api", "jobs",
    "templates", "templatetags", "static", "migrations", "data", "typst", "__init__",
}  # fmt: skip
EXTRA_ROOMS = {
    "ui": {"amounts", "exports", "menu", "middleware", "charts", "fields", "decorators", "filters", "widgets"},
    "batch": {"uploads"},
    "accounts": {"adapter", "decorators", "requests"},
    "desk": {"context"},
    "policies": {"documents"},
}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW = 300, 40, 25
WRITES = {
    "save", "delete", "update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "asave", "adelete", "aupdate", "abulk_create",
}  # fmt: skip
WRITES_ONCE = {f"once.{write}" for write in ("insert", "update", "inserting", "updating", "adding")}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def test_rooms_have_the_agreed_names():
    strange = [
        name(path)
        for context in flow.CONTEXTS
        for path in sorted((PACKAGE / context).iterdir())
        if path.name != "__pycache__" and path.stem not in ROOMS | EXTRA_ROOMS.get(context, set())
    ]
    assert strange == []


def test_context_packages_say_nothing_on_import():
    assert [context for context in flow.CONTEXTS if (PACKAGE / context / "__init__.py").read_text()] == []


def test_files_are_short():
    assert [name(path) for path in modules() if len(path.read_text().splitlines()) > LONGEST_FILE] == []


def test_functions_are_short():
    assert [
        f"{where(path, function)} {function.name}"
        for path in modules()
        for function in functions(path)
        if _length(function) > (LONGEST_VIEW if room_of(path) == "views" else LONGEST_FUNCTION)
    ] == []


def _length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    end = function.end_lineno or function.lineno
    first = function.body[0]
    docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return end - function.lineno + 1 - ((first.end_lineno or 0) - first.lineno + 1 if docstring else 0)


def test_only_actions_write():
    """Rows change in actions alone; the demo loads rows in bulk, batch keeps its own progress."""
    silent = [
        path
        for path in modules()
        if context_of(path) in flow.CONTEXTS
        and context_of(path) != "demo"
        and room_of(path) not in {"actions", "rules"}  # rules cannot: their import contract keeps rows away
    ]
    assert [f"{where(path, call)} .{call.func.attr}()" for path in silent for call in _writes(path)] == []  # type: ignore[attr-defined]


def _writes(path: Path) -> Iterator[ast.Call]:
    for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
        target = call.func
        if not isinstance(target, ast.Attribute):
            continue
        if (target.attr in WRITES and _is_of_rows(target)) or ast.unparse(target) in WRITES_ONCE:
            yield call


def _is_of_rows(target: ast.Attribute) -> bool:
    """Whether `x.save` looks like a row or a queryset: actions' own verbs, hashes, sets and dictionaries are not."""
    text = ast.unparse(target.value)
    if target.attr in {"update", "delete", "create"}:  # also names of dictionaries' and hashes' methods
        return "objects" in text or text.endswith(")")
    return text.split(".")[-1] not in {"actions", "default_storage", "storage"} and not text.startswith("super(")


VERBS = [path for path in in_rooms("actions") if context_of(path) != "demo"]  # the demo loads its rows in bulk


@pytest.mark.parametrize("path", VERBS, ids=name)
def test_every_public_verb_is_one_transaction_with_a_record(path: Path):
    public = [
        node
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not path.name.startswith("_")  # a private module holds parts of verbs
    ]
    unmarked = [
        f"{where(path, function)} {function.name}"
        for function in public
        if not any(ast.unparse(mark) in {"audit.action", "action"} for mark in function.decorator_list)
        and not (context_of(path) == "audit" and function.name in {"action", "record"})
    ]
    positional = [
        f"{where(path, function)} {function.name}"
        for function in public
        if (function.args.args or function.args.posonlyargs) and context_of(path) != "audit"
    ]
    assert (unmarked, positional) == ([], [])


@pytest.mark.parametrize("path", in_rooms("views"), ids=name)
def test_every_view_says_who_may_open_it(path: Path):
    if path.name == "__init__.py":
        return
    unmarked = [
        f"{where(path, function)} {function.name}"
        for function in tree(path).body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and [argument.arg for argument in function.args.args][:1] == ["request"]
        and sum(ast.unparse(mark).split("(")[0] in {"page", "public"} for mark in function.decorator_list) != 1
        and context_of(path) != "ui"  # answers shared by views, not views
    ]
    assert unmarked == []


def test_rules_receive_the_time():
    asked = [
        where(path, node)
        for path in in_rooms("rules")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"clock.now", "clock.today"}
    ]
    assert asked == []


def test_no_float_touches_money():
    rooms = [path for path in in_rooms("rules", "actions", "queries", "models") if context_of(path) != "demo"]
    homes = [PACKAGE / "money.py", *rooms]  # the demo draws its made-up figures, in floats, before there is any money
    floats = [
        where(path, node)
        for path in homes
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
    ]
    assert floats == []
