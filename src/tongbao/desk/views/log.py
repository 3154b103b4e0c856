"""The audit log: the list and one record."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.desk import forms, permissions, queries, rules, tables
from tongbao.ui.views import list_response


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
        verification=queries.last_verification(request.user),
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
