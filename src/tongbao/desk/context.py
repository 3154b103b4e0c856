"""What every page gets: its shell, its menu, the demo clock, unread messages."""

from collections.abc import Iterable
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

HOME = "desk:home"
PUBLIC_MENU = (
    MenuItem("首页", HOME, "home"),
    MenuItem("资格测算", "scheme:check", "calculator"),
    MenuItem("政策条款", "scheme:terms", "book"),
    MenuItem("保单查验", "policies:verify", "certificate"),
    MenuItem("公开收件次序", "desk:queue_log", "list-numbers"),
    MenuItem("使用帮助", "desk:help", "help-circle"),
    MenuItem("政策落实情况", "desk:coverage", "clipboard-check"),
    MenuItem("隐私说明", "desk:privacy", "lock"),
    MenuItem("无障碍说明", "desk:accessibility", "eye"),
)
IN_HEADER = 3  # the rest stands in the footer only
IN_SIDE = 4  # from here on below the menu of staff, unless their menu has it
SHELVES = {  # what kind of work a context or an entry is; else the daily work
    "funds": "funds",
    "studio": "terms",
    "scheme": "terms",
    "desk:coverage": "terms",
    "accounts": "house",
    "desk:search": "house",
}
FIRST = {  # what each role does most stands at the top of its menu; everything else follows in flow order
    Role.EXPORTER: ("intake:mine", "policies:mine", "registry:mine"),
    Role.DISTRICT_OFFICER: ("intake:list", "accounts:people", "registry:exporters", "policies:list"),
    Role.CITY_OFFICER: (
        "intake:list",
        "policies:list",
        "policies:cancellations",
        "registry:exporters",
        "registry:imports",
        "registry:quality",
        "registry:designations",
        "registry:corrections",
        "registry:disputes",
        "policies:excluded",
    ),
    Role.INSURER_AGENT: (
        "registry:inquiries",
        "policies:underwriting",
        "policies:list",
        "policies:cancellations",
        "funds:rates",
        "intake:list",
    ),
    Role.FINANCE_OFFICER: (
        "funds:overview",
        "funds:bookings",
        "funds:ledger",
        "funds:trial",
        "funds:queue",
        "funds:rates",
        "intake:list",
    ),
    Role.AUDITOR: (
        "desk:log",
        "intake:list",
        "policies:list",
        "registry:exporters",
        "registry:imports",
        "funds:overview",
        "funds:ledger",
        "funds:trial",
        "funds:queue",
        "funds:rates",
    ),
    Role.ADMINISTRATOR: ("accounts:people", "accounts:organisations", "desk:log"),
}
LAST = (
    "studio:drafts",
    "scheme:editions",
    "scheme:check",
    "scheme:terms",
    "desk:coverage",
    "accounts:people",
    "desk:search",
)  # looked up now and then


@lru_cache(maxsize=1)
def menu_items() -> tuple[MenuItem, ...]:
    """The entries of every context: one's home first, the stations in flow order, then what keeps the house."""
    found: list[MenuItem] = []
    for context in (*flow.STATIONS, *flow.FLOOR, *flow.ROOF):
        if find_spec(f"tongbao.{context}.urls"):  # documents has no pages of its own
            found += getattr(import_module(f"tongbao.{context}.urls"), "menu", ())
    return tuple(sorted(found, key=lambda item: item.url_name != HOME))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    staff = person is not None and person.role != Role.EXPORTER
    own = _entries(request, _menu_of(person.role) if person else ())
    visitors = _entries(request, PUBLIC_MENU)
    return {
        "shell": "ui/staff.html" if staff else "ui/public.html",
        "menu": own,
        "public_menu": visitors,
        "side_foot": [entry for entry in visitors[IN_SIDE:] if entry["url"] not in {item["url"] for item in own}],
        "header_menu": _without_repeats(visitors[: 1 if person else IN_HEADER] + own),
        "demo_clock": clock.now() if clock.is_demo() else None,
        "unread": notices.unread_count(person) if person else 0,
        "inbox_url": _address("notify:messages") if person else "",
    }


def _menu_of(role: str) -> list[MenuItem]:
    first = (HOME, *FIRST.get(Role(role), ()))

    def place(item: MenuItem) -> tuple[int, int]:
        if item.url_name in first:
            return 0, first.index(item.url_name)
        return (2, LAST.index(item.url_name)) if item.url_name in LAST else (1, 0)

    return sorted((item for item in menu_items() if item.is_for(role)), key=place)


def _entries(request: HttpRequest, items: Iterable[MenuItem]) -> list[dict[str, Any]]:
    addresses = {item: _address(item.url_name) for item in items}
    here = max((url for url in addresses.values() if _leads_to(url, request.path)), key=len, default="")
    return [
        {"label": item.label, "icon": item.icon, "url": url, "active": url == here, "shelf": _shelf(item)}
        for item, url in addresses.items()
        if url
    ]


def _shelf(item: MenuItem) -> str:
    """What kind of work an entry is."""
    context = item.url_name.partition(":")[0]
    return SHELVES.get(item.url_name) or SHELVES.get(context, "work")


def _leads_to(url: str, path: str) -> bool:
    """Whether a page is the entry's own or lies below it; the home page has nothing below it."""
    return bool(url) and (path == url if url == "/" else path.startswith(url))


def _without_repeats(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for entry in entries:
        kept.setdefault(entry["url"], entry)
    return list(kept.values())


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
