"""Pages of the cancellation of a policy: asked for, consented to, approved, refused, taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.policies import actions, forms, permissions, queries, rules
from tongbao.policies.tables import CANCELLATION_TONES, CancellationFilter, CancellationTable
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response

STAFF = tuple(role for role in permissions.READERS if role != Role.EXPORTER)


@require_safe
@page(*STAFF)
def cancellations(request: SignedIn) -> HttpResponse:
    """The cancellations this person may see."""
    return list_response(
        request,
        title="保单注销",
        table_class=CancellationTable,
        queryset=queries.cancellations(request.user),
        filterset_class=CancellationFilter,
        template="policies/cancellations.html",
        export_name="保单注销",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.EXPORTER, Role.INSURER_AGENT)
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Ask for the cancellation of a policy; the button 试算 shows what would go back and stores nothing."""
    policy = get_object_or_404(queries.visible_to(request.user).select_related(*queries.WHOLE), pk=pk)
    waiting = queries.under_way(policy)
    if waiting is not None and request.method != "POST":
        return redirect("policies:cancellation", pk=waiting.pk)
    form = _cancel_form(request, {"first": max(clock.today(), policy.cover_from), "last": policy.cover_to})
    if form.is_bound and form.is_valid():
        try:
            asked = actions.ask_cancellation(policy_id=pk, by=request.user, **form.said())
        except Refusal as no:
            form.refuse(no)
        else:
            other = rules.Side(asked.side).other.named(to_firm=request.user.role == Role.EXPORTER)
            messages.success(request, f"已提出，等{other}同意。答复前保单继续有效。")
            return redirect("policies:cancellation", pk=asked.pk)
    permissions.check_ask(request.user, policy)
    day = forms.typed_day(form, "last_day")
    shown = {"title": "申请注销保单", "policy": policy, "form": form, "is_firm": request.user.role == Role.EXPORTER}
    partial = request.htmx and "estimate" in request.POST
    context = {**shown, **_refund(policy, day)}
    return render(request, "policies/_refund.html" if partial else "policies/cancel.html", context)


def _cancel_form(request: SignedIn, ends: dict[str, Any]) -> forms.CancelForm:
    """Bound when it is to be stored; for 试算 what was typed comes back without complaints."""
    if request.method == "POST" and "estimate" not in request.POST:
        return forms.CancelForm(request.POST, **ends)
    return forms.CancelForm(initial={"last_day": ends["first"], **request.POST.dict()}, **ends)


def _refund(policy: Any, day: Any) -> dict[str, Any]:
    """What a last day of cover gives back, or why there is no such last day."""
    if day is None:
        return {"refund": None, "no": None}
    try:
        rules.check_last_day(day, today=clock.today(), cover_from=policy.cover_from, cover_to=policy.cover_to)
    except Refusal as no:
        return {"refund": None, "no": no}
    return {"refund": queries.refund_of(policy, day), "no": None}


@require_safe
@page(*permissions.READERS)
def cancellation(request: SignedIn, pk: int) -> HttpResponse:
    """One cancellation: who asked and why, what goes back, what this person may do."""
    return _cancellation_page(request, pk)


def _cancellation_page(request: SignedIn, pk: int, **bound: Any) -> HttpResponse:
    found = get_object_or_404(queries.cancellations(request.user), pk=pk)
    refund = queries.refund_of(found.policy, found.last_day)
    side, is_firm = rules.Side(found.side), request.user.role == Role.EXPORTER
    context = {
        "title": f"注销保单 {found.policy.number}",
        "cancellation": found,
        "policy": found.policy,
        "tone": CANCELLATION_TONES[rules.CancellationState(found.state)],
        "asks": side.named(to_firm=is_firm),
        "answers": side.other.named(to_firm=is_firm),
        "refund": refund,
        "steps": queries.steps(found, request.user),
        "may": permissions.may(request.user, found),
        "late": found.state in rules.UNDER_WAY and found.last_day < clock.today(),
        "is_firm": is_firm,
        "consent_form": bound.get("consent") or forms.ConsentForm(),
        "refuse_form": bound.get("refuse") or forms.RefuseForm(),
        "approve_form": bound.get("approve") or forms.ApproveCancellationForm(initial={"seen_fen": refund.fund_fen}),
    }
    return render(request, "policies/cancellation.html", context)


@require_POST
@page(Role.EXPORTER, Role.INSURER_AGENT)
def consent(request: SignedIn, pk: int) -> HttpResponse:
    """The other party consents."""
    get_object_or_404(queries.cancellations(request.user), pk=pk)
    form = forms.ConsentForm(request.POST)
    if not form.is_valid():
        return _cancellation_page(request, pk, consent=form)
    actions.consent_cancellation(cancellation_id=pk, by=request.user)
    messages.success(request, "已同意，等市商务局批准。批准前保单继续有效。")
    return redirect("policies:cancellation", pk=pk)


@require_POST
@page(Role.CITY_OFFICER)
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """The city approves; then the paper is made anew, so that it says so."""
    get_object_or_404(queries.cancellations(request.user), pk=pk)
    form = forms.ApproveCancellationForm(request.POST)
    if not form.is_valid():
        return _cancellation_page(request, pk, approve=form)
    done = actions.approve_cancellation(cancellation_id=pk, by=request.user, **form.cleaned_data)
    messages.success(request, f"保单 {done.policy.number} 已注销，已通知企业和保险人。")
    return redirect("policies:cancellation", pk=pk)


@require_POST
@page(Role.EXPORTER, Role.INSURER_AGENT, Role.CITY_OFFICER)
def refuse(request: SignedIn, pk: int) -> HttpResponse:
    """Whoever is asked says no."""
    get_object_or_404(queries.cancellations(request.user), pk=pk)
    form = forms.RefuseForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse_cancellation(cancellation_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            if no.field is None:
                raise
            form.refuse(no)
        else:
            messages.success(request, "已登记为不同意，保单继续有效，已通知对方。")
            return redirect("policies:cancellation", pk=pk)
    return _cancellation_page(request, pk, refuse=form)


@require_POST
@page(Role.EXPORTER, Role.INSURER_AGENT)
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """The party that asked takes it back."""
    get_object_or_404(queries.cancellations(request.user), pk=pk)
    actions.withdraw_cancellation(cancellation_id=pk, by=request.user)
    messages.success(request, "注销申请已撤回，保单继续有效。")
    return redirect("policies:cancellation", pk=pk)
