"""How the permission matrix is written down, and how an answer of the server is read against it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

# Who knocks, in the order of the letters of a row. "Other" people have the same role in another body: another firm,
# another district, another insurer.
PEOPLE = (
    "anonymous",
    "exporter",
    "other_exporter",
    "district_officer",
    "other_district_officer",
    "city_officer",
    "insurer_agent",
    "other_insurer_agent",
    "finance_officer",
    "auditor",
    "administrator",
)

OUTCOMES = {
    "o": "let in",  # a page, a redirect onward, or a refusal that concerns the state of the case
    "s": "sign in",
    "f": "forbidden",
    "n": "not found",
    "m": "no such method",
}


@dataclass(frozen=True)
class Row:
    """What each of PEOPLE gets from one address: a letter of OUTCOMES each, blanks ignored; a lone letter is for all.

    `on` gives the address's arguments from the world the test has built; `data` what is posted.
    """

    get: str
    post: str
    on: Callable[[Any], dict[str, Any]] = field(default=lambda _: {})
    data: Callable[[Any], dict[str, Any]] = field(default=lambda _: {})

    def letters(self, method: str) -> list[str]:
        """One letter for each of PEOPLE."""
        letters = [letter for letter in getattr(self, method) if letter != " "]
        return letters * len(PEOPLE) if len(letters) == 1 else letters


def addresses(resolver: URLResolver | None = None, namespace: str = "", under: str = "") -> dict[str, str]:
    """Every URL pattern of the project: its full name (or its route in brackets when it has none) and its route."""
    found: dict[str, str] = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        route = under + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found |= addresses(pattern, inner, route)
        elif isinstance(pattern, URLPattern):
            found[f"{namespace}{pattern.name}" if pattern.name else f"[{route}]"] = route
    return found


def read(response: HttpResponse) -> str:
    """The letter of an answer; a server error has none and says so."""
    where = response.headers.get("Location", "")
    if response.status_code in (301, 302) and "/accounts/login/" in where:
        return "s"
    letter = {403: "f", 404: "n", 405: "m", 401: "s"}.get(response.status_code)
    if letter is None and response.status_code < 500:
        letter = "o"
    return letter or f"error {response.status_code}"
