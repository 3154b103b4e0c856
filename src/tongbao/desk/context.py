"""What every page gets: its shell, its menu, the demo clock, unread messages."""

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tongbao import clock, flow
from tongbao.accounts.rules import Role
from tongbao.notify import queries as notices
from tongbao.ui.menu import MenuItem

PUBLIC_MENU = (
    MenuItem("首页", "desk:home", "home"),
    MenuItem("资格测算", "desk:check", "calculator"),
    MenuItem("政策条款", "desk:terms", "book"),
    MenuItem("保单查验", "policies:verify", "certificate"),
)
IN_HEADER = 3  # the rest stands in the footer only


@lru_cache(maxsize=1)
def menu_items() -> tuple[MenuItem, ...]:
    """The entries of every context: one's home first, the stations in flow order, then what keeps the house."""
    found: list[MenuItem] = []
    for context in (*flow.ROOF, *flow.STATIONS, *flow.FLOOR):
        if find_spec(f"tongbao.{context}.urls"):
            found += getattr(import_module(f"tongbao.{context}.urls"), "menu", ())
    return tuple(found)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    staff = person is not None and person.role != Role.EXPORTER
    own = _entries(request, [item for item in menu_items() if person and item.is_for(person.role)])
    visitors = _entries(request, PUBLIC_MENU)
    return {
        "shell": "ui/staff.html" if staff else "ui/public.html",
        "menu": own,
        "public_menu": visitors,
        "header_menu": _without_repeats(visitors[:IN_HEADER] + own),
        "demo_clock": clock.now() if clock.is_demo() else None,
        "unread": notices.unread_count(person) if person else 0,
        "inbox_url": _address("notify:messages") if person else "",
    }


def _entries(request: HttpRequest, items: Any) -> list[dict[str, Any]]:
    entries = [{"label": item.label, "icon": item.icon, "url": _address(item.url_name)} for item in items]
    entries = [entry for entry in entries if entry["url"]]
    here = max((e["url"] for e in entries if request.path.startswith(e["url"]) and e["url"] != "/"), key=len, default="/")
    for entry in entries:
        entry["active"] = entry["url"] == here and request.path.startswith(entry["url"]) and (here != "/" or request.path == "/")
    return entries


def _without_repeats(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({entry["url"]: entry for entry in reversed(entries)}.values())[::-1]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
