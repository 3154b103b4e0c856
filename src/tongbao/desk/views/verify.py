"""Verifications: asked for, watched, read, taken along."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.audit import actions as audit
from tongbao.desk import forms, jobs, permissions, queries, tables
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response


@page(*permissions.LOG_READERS)
def verifications(request: SignedIn) -> HttpResponse:
    """Every verification so far. POST asks for one; while one is under way, that one is shown."""
    form = forms.AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asked = audit.ask_verification(published=form.cleaned_data["head"], by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            jobs.go_on(asked)
            return redirect("desk:verification", asked.pk)
    return list_response(
        request,
        title="校验",
        table_class=tables.VerificationTable,
        queryset=queries.verifications(request.user),
        template="desk/verifications.html",
        form=form,
        head=queries.chain_head(),
        running=queries.running(request.user),
    )


@page(*permissions.LOG_READERS)
@require_safe
def verification(request: SignedIn, pk: int) -> HttpResponse:
    """One verification: how far it is, or what it found."""
    one = get_object_or_404(queries.verifications(request.user), pk=pk)
    return render(request, "desk/verification.html", {"title": f"第 {one.pk} 次校验", **_shown(one)})


@page(*permissions.LOG_READERS)
@require_safe
def progress(request: SignedIn, pk: int) -> HttpResponse:
    """How far it is, asked again and again by the page; when it is over, the page is shown anew."""
    one = get_object_or_404(queries.verifications(request.user), pk=pk)
    response = render(request, "desk/_steps.html", _shown(one))
    if not one.is_under_way:
        response["HX-Refresh"] = "true"
    return response


def _shown(one: Any) -> dict[str, Any]:
    return {"verification": one, "steps": queries.steps(one), "took": queries.took(one)}


@page(*permissions.LOG_READERS)
@require_safe
def report(request: SignedIn, pk: int) -> HttpResponse:
    """The result as a text to print and sign; the log vouches for its hash."""
    one = get_object_or_404(queries.verifications(request.user).exclude(ended_at=None), pk=pk)
    response = HttpResponse(queries.report(one), content_type="text/plain; charset=utf-8")
    name = f"校验结果-{clock.local_day(one.asked_at):%Y%m%d}-{one.pk}.txt"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
