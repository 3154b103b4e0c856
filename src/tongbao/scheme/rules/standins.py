"""Stand-ins for values that could not be read, so that one slip does not hide the other faults of the same part.

Twice over, with a small and with a large value in each place: what is wrong with both is wrong whatever was meant.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

Values = tuple[Any, ...]
SMALL: Values = ("0%", "0", 1, "x", True, "2000-01-01", ["x"], "number", "policy_year")
LARGE: Values = ("100%", "999999999999", 9, "y", False, "2100-12-31", ["y"], "bool", "buyer")
ROUNDS = 8  # a fault may lie behind another; a part with more than these is left alone


def stood_in(kind: Any, raw: Any, values: Values) -> Any:
    """The part with a stand-in wherever a value is missing or could not be read; None where none would do."""
    adapter, data = TypeAdapter(kind), deepcopy(raw)
    for _ in range(ROUNDS):
        errors = _errors(adapter, data)
        if not errors:
            return adapter.validate_python(data)
        if not all(_mend(adapter, data, error, values) for error in errors):
            return None
    return None


def _mend(adapter: TypeAdapter[Any], data: Any, error: ErrorDetails, values: Values) -> bool:
    place = error["loc"]
    holder = _holder(data, place)
    if holder is None:
        return False
    if error["type"] == "extra_forbidden":
        del holder[place[-1]]
        return True
    for value in values:
        holder[place[-1]] = deepcopy(value)
        if place not in [other["loc"][: len(place)] for other in _errors(adapter, data)]:
            return True
    return False


def _holder(data: Any, place: Sequence[Any]) -> Any:
    """The mapping in which the faulty value stands; None for a fault of a part as a whole, or of a list's item."""
    for step in place[:-1]:
        if not (isinstance(data, dict) and step in data) and not (isinstance(data, list) and isinstance(step, int)):
            return None
        data = data[step]
    return data if place and isinstance(data, dict) else None


def _errors(adapter: TypeAdapter[Any], data: Any) -> list[ErrorDetails]:
    try:
        adapter.validate_python(data)
    except ValidationError as error:
        return error.errors()
    return []
