"""Pages of the insurer: worklist, quote, correction, refusal to cover."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.intake import queries as intake_queries
from tongbao.policies import actions, queries
from tongbao.policies.forms import DeclineForm, QuoteForm, typed_day
from tongbao.policies.tables import UnderwritingFilter, UnderwritingTable
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response

if TYPE_CHECKING:
    from tongbao.intake.models import Application
    from tongbao.policies.models import Policy


@require_safe
@page(Role.INSURER_AGENT)
def underwriting(request: SignedIn) -> HttpResponse:
    """The insurer's worklist."""
    return list_response(
        request,
        title="承保办理",
        table_class=UnderwritingTable,
        queryset=queries.underwriting(request.user),
        filterset_class=UnderwritingFilter,
        export_name="待承保申请",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.INSURER_AGENT)
def quote(request: SignedIn, reference: str) -> HttpResponse:
    """The quote of an application; the button 试算 shows the sums and stores nothing."""
    application = intake_queries.by_reference(request.user, reference)
    policy = queries.of_application(application)
    if policy and request.method != "POST":
        return redirect("policies:policy", pk=policy.pk)
    form = _quote_form(request, {"entry_date": clock.today()})
    if form.is_bound and form.is_valid():
        try:
            policy = actions.quote(application_id=application.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, _quoted(policy))
            return redirect("policies:policy", pk=policy.pk)
    return _quote_page(request, form, application, title="报价")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.INSURER_AGENT)
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Another quote for a policy that is not issued yet."""
    policy = get_object_or_404(queries.visible_to(request.user), pk=pk)
    before = {name: getattr(policy, name) for name in QuoteForm.base_fields}
    form = _quote_form(request, before)
    if form.is_bound and form.is_valid():
        try:
            policy = actions.correct(policy_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, _quoted(policy))
            return redirect("policies:policy", pk=pk)
    return _quote_page(request, form, policy.application, title="更正报价", policy=policy)


def _quote_form(request: SignedIn, initial: dict[str, object]) -> QuoteForm:
    """Bound when it is to be stored; for 试算 what was typed comes back without complaints."""
    if request.method == "POST" and "estimate" not in request.POST:
        return QuoteForm(request.POST)
    return QuoteForm(initial={**initial, **request.POST.dict()})


def _quote_page(
    request: SignedIn, form: QuoteForm, application: "Application", *, title: str, policy: "Policy | None" = None
) -> HttpResponse:
    estimate, no = None, None
    try:
        if day := typed_day(form):
            estimate = queries.estimate(application, day)
    except Refusal as refused:
        no = refused
    shown = {"title": title, "form": form, "application": application, "policy": policy}
    context = {**shown, "estimate": estimate, "no": no}
    partial = request.htmx and "estimate" in request.POST
    return render(request, "policies/_estimate.html" if partial else "policies/quote.html", context)


def _quoted(policy: "Policy") -> str:
    if policy.exporter_share_due:
        return f"已报价并通知企业：请在 {policy.exporter_share_due:%Y-%m-%d} 前缴费。收到款后请登记，再出单。"
    return "已报价。核对无误后，可以出单。"


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.INSURER_AGENT)
def decline(request: SignedIn, reference: str) -> HttpResponse:
    """The insurer does not cover an application."""
    application = intake_queries.by_reference(request.user, reference)
    form = DeclineForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.decline(application_id=application.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"申请 {reference} 已登记为不予承保，预占的扶持资金已释放。")
            return redirect("policies:underwriting")
    return render(request, "policies/decline.html", {"title": "不予承保", "form": form, "application": application})
