"""The first page: for visitors, for an enterprise, and for each role of the staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongbao import clock
from tongbao.accounts.decorators import public
from tongbao.accounts.rules import Role
from tongbao.desk import queries, rules

if TYPE_CHECKING:
    from tongbao.accounts.models import User

Context = dict[str, Any]


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The scheme in plain words for visitors; one's own page for everybody signed in."""
    if not request.user.is_authenticated:
        return render(request, "desk/landing.html", {"landing": queries.landing()})
    if request.user.role == Role.EXPORTER:
        return render(request, "desk/enterprise.html", _enterprise(request.user))
    context = {"title": "首页", "todos": queries.todo(request.user), "today": clock.today()}
    context |= FIGURES[Role(request.user.role)](request.user)
    return render(request, "desk/home.html", context)


def _enterprise(user: User) -> Context:
    return {"title": user.organisation.name, "todos": queries.todo(user), "home": queries.enterprise(user)}


def _city(user: User) -> Context:
    return {**_funnel(user), **_pools(user), "states": queries.by_state(user), "areas": queries.by_area(user)}


def _district(user: User) -> Context:
    return {**_funnel(user), "states": queries.by_state(user), "latest": queries.latest(user)}


def _insurer(user: User) -> Context:
    return {**_pools(user), "states": queries.by_state(user), "latest": queries.latest(user)}


def _finance(user: User) -> Context:
    return {**_pools(user), "entries": queries.entries(user)}


def _auditor(user: User) -> Context:
    since = clock.local(clock.today())
    today = queries.acts_of_day(user, since)
    return {**_pools(user), **_chain(user), "acts_today": today}


def _administrator(user: User) -> Context:
    return {"people": queries.people(), **_chain(user)}


def _chain(user: User) -> Context:
    verification = queries.last_verification(user)
    return {"head": queries.chain_head(), "acts": queries.acts(user), "verification": verification}


FIGURES: dict[Role, Callable[[User], Context]] = {
    Role.CITY_OFFICER: _city,
    Role.DISTRICT_OFFICER: _district,
    Role.INSURER_AGENT: _insurer,
    Role.FINANCE_OFFICER: _finance,
    Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
}


def _funnel(user: User) -> Context:
    steps = queries.funnel(user)
    said = "、".join(f"{step.label} {step.count} 件" for step in steps)
    return {"steps": steps, "funnel": rules.funnel([(step.label, step.count) for step in steps]), "funnel_alt": said}


def _pools(user: User) -> Context:
    pools = queries.pools(user)
    rows = [(str(one.pool.insurer), one.charged, one.reserved, one.available) for one in pools]
    return {"pools": pools, "pools_chart": rules.pools(rows)}
