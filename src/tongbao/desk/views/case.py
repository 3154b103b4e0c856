"""One case over all its stations, and the way of a sum back to its clause."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.desk import permissions, queries
from tongbao.policies import queries as policies

if TYPE_CHECKING:
    from tongbao.accounts.models import User

OVERVIEW = "overview"
Context = dict[str, Any]


@page(*permissions.CASE_READERS)
@require_safe
def case(request: SignedIn, reference: str) -> HttpResponse:
    """The header of the case and one of its tabs (?tab=)."""
    found = _found(request.user, reference)
    tabs = permissions.tabs_for(request.user)
    tab = request.GET.get("tab", OVERVIEW)
    if tab not in tabs:
        tab = OVERVIEW
    context = {
        "title": found.exporter.name,
        "application": found,
        "tabs": tabs,
        "tab": tab,
        **_header(request.user, found),
    }
    return render(request, f"desk/case_{tab}.html", {**context, **TABS[tab](request.user, found)})


@page(*permissions.TRACERS)
@require_safe
def trace(request: SignedIn, reference: str, transfer_id: int) -> HttpResponse:
    """From a sum of the fund to the reservation, the application, the decision, its findings and the clauses."""
    found = _found(request.user, reference)
    moved = queries.movement(found, transfer_id)
    if moved is None:
        raise Http404
    traced = queries.trace(request.user, found, moved)
    context = {"title": "一分钱的来路", "application": found, "trace": traced, **_header(request.user, found)}
    return render(request, "desk/trace.html", context)


@page(*permissions.CASE_READERS)
@require_safe
def replay(request: SignedIn, reference: str, decision_id: int) -> HttpResponse:
    """A decision of the case replayed from its terms and facts, beside what would be decided today."""
    found = _found(request.user, reference)
    replayed = queries.replay(request.user, found, decision_id)
    if replayed is None:
        raise Http404
    context = {"title": "判定对照", "application": found, "replay": replayed, **_header(request.user, found)}
    return render(request, "desk/replay.html", context)


def _found(user: User, reference: str) -> Any:
    found = queries.case(user, reference)
    if found is None:
        raise Http404
    return found


def _header(user: User, found: Any) -> Context:
    return {
        "scheme": queries.scheme_of(found),
        "inside": permissions.can_see_inside(user),
        "can_trace": permissions.can_trace(user),
        "sees_papers": permissions.can_see_papers(user),
    }


def _overview(user: User, found: Any) -> Context:
    return {
        "position": queries.position(found),
        "policy": queries.policy(user, found),
        "can_review": permissions.can_review(user, found),
        "reevaluated": queries.reevaluated(found),
    }


def _grounds(user: User, found: Any) -> Context:
    return {"bases": queries.bases(user, found)}


def _papers(user: User, found: Any) -> Context:
    return {"papers": queries.papers(found)}


def _money(user: User, found: Any) -> Context:
    return {"reservations": queries.reservations(found), "movements": queries.movements(found)}


def _policy(user: User, found: Any) -> Context:
    policy = queries.policy(user, found)
    return {"policy": policy, "cancelled": policies.cancelled(policy) if policy else None}


def _trail(user: User, found: Any) -> Context:
    return {"acts": queries.trail(user, found)}


TABS: dict[str, Callable[[User, Any], Context]] = {
    "overview": _overview,
    "grounds": _grounds,
    "papers": _papers,
    "money": _money,
    "policy": _policy,
    "trail": _trail,
}
