"""The audit log: the list, one record, and the replay of the chain."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.desk import forms, permissions, queries, rules, tables
from tongbao.ui.views import list_response

VERIFIED = "desk.verified"


@page(*permissions.LOG_READERS)
@require_safe
def log(request: SignedIn) -> HttpResponse:
    """Every act, newest first, by case, person, verb and day."""
    return list_response(
        request,
        title="审计日志",
        table_class=tables.LogTable,
        queryset=queries.log(request.user),
        filterset_class=forms.LogFilter,
        template="desk/log.html",
        export_name="审计日志",
        head=queries.chain_head(),
        verification=verification_of(request.session.get(VERIFIED)),
    )


@page(*permissions.LOG_READERS)
@require_safe
def record(request: SignedIn, number: int) -> HttpResponse:
    """One act with its facts, its place in the chain, and the other acts on the same case."""
    found = queries.log_entry(request.user, number)
    if found is None:
        raise Http404
    context = {
        "title": f"第 {number} 条记录",
        "record": found,
        "act": queries.trail_act(found),
        "details": rules.details(found.detail),
        "thing": rules.thing(found.subject_type),
        "is_case": rules.is_case(found.reference) and permissions.can_open_cases(request.user),
        "acts": [queries.trail_act(other) for other in queries.log_neighbours(found)],
    }
    return render(request, "desk/record.html", context)


@page(*permissions.LOG_READERS)
@require_POST
def verify(request: SignedIn) -> HttpResponse:
    """Replay the chain and the books; the result is shown above the log until the person signs out."""
    request.session[VERIFIED] = queries.verify().to_json()
    return redirect("desk:log")


def verification_of(kept: dict[str, Any] | None) -> queries.Verification | None:
    """The result of the last replay as kept in the session."""
    return queries.Verification(**kept) if kept else None
