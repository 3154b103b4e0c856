"""Objections of firms to their facts, and the officers' answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.documents import queries as documents
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, permissions, queries, tables
from tongbao.registry.rules import DisputeState
from tongbao.ui.views import list_response

READERS = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


@require_safe
@page(*READERS)
def disputes(request: SignedIn) -> HttpResponse:
    """Objections, those that wait first."""
    return list_response(
        request,
        title="资料异议",
        table_class=tables.DisputeTable,
        queryset=queries.disputes_visible_to(request.user),
        filterset_class=tables.DisputeFilter,
        export_name="资料异议",
    )


@page(*READERS)
def dispute(request: SignedIn, pk: int) -> HttpResponse:
    """One objection with its evidence; POST answers it (the city's officers)."""
    found = queries.get_dispute(request.user, pk)
    form = forms.AnswerDisputeForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_dispute(dispute_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已答复，并通知了企业。")
            return redirect("registry:dispute", pk)
    told = {
        "title": f"{found.exporter.name}：{found.fact_title}",
        "dispute": found,
        "now": queries.fact_in_words(found.exporter, found.fact),
        "corrections": found.corrections.select_related("source"),
        "answers": permissions.can_keep(request.user) and found.state == DisputeState.OPEN,
        "form": form,
    }
    return render(request, "registry/dispute.html", told)


@require_safe
@page(*READERS, Role.EXPORTER)
def dispute_evidence(request: SignedIn, pk: int) -> HttpResponse:
    """The paper that a firm handed in with its objection."""
    return documents.respond(queries.get_dispute(request.user, pk).evidence, inline=True)


@page(Role.EXPORTER)
def raise_dispute(request: SignedIn, fact: str) -> HttpResponse:
    """Say that a fact is wrong."""
    firm = queries.exporter_of(request.user)
    shown = queries.fact_in_words(firm, fact) if firm else None
    if firm is None or shown is None:
        return redirect("registry:mine")
    form = forms.DisputeForm(*forms.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.raise_dispute(exporter_id=firm.pk, fact=fact, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已提交异议。市商务局核对后答复，您会在“消息”里看到。")
            return redirect("registry:my_disputes")
    told = {"title": "对资料提出异议", "form": form, "shown": shown, "exporter": firm}
    return render(request, "registry/raise_dispute.html", told)


@require_safe
@page(Role.EXPORTER)
def my_disputes(request: SignedIn) -> HttpResponse:
    """A firm's own objections with their answers."""
    told = {"title": "我的资料异议", "disputes": queries.disputes_visible_to(request.user)}
    return render(request, "registry/my_disputes.html", told)
