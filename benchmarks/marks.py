"""What two programs must agree on; nothing but the standard library, because the peers live in another environment."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any


def digest(found: Iterable[tuple[Any, ...]]) -> str:
    """A mark of some figures (code, year, month, country, cents), whatever their order."""
    said = sorted("|".join(map(str, figure)) for figure in found)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def percentiles(took: Sequence[float]) -> dict[str, float]:
    """The median, the 99th of a hundred and the longest, of sorted times."""
    at = {name: took[min(int(len(took) * share), len(took) - 1)] for name, share in (("p50", 0.5), ("p99", 0.99))}
    return {**at, "longest": took[-1]}
