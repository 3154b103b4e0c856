"""Existing cover: recorded by the city, asked of and answered by the insurers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, queries, tables
from tongbao.registry.views.exporters import firm_page
from tongbao.ui.views import list_response


@page(Role.CITY_OFFICER)
def record_cover(request: SignedIn, pk: int) -> HttpResponse:
    """Note that a firm is insured elsewhere."""
    firm = queries.get_visible(request.user, pk)
    form = forms.CoverForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_existing_cover(exporter_id=firm.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已登记。")
            return redirect(firm_page(firm, "lists"))
    shown = {"title": "登记已有保险", "form": form, "exporter": firm, "button": "登记"}
    return render(request, "registry/form.html", shown)


@require_safe
@page(Role.INSURER_AGENT)
def inquiries(request: SignedIn) -> HttpResponse:
    """What the insurer was asked; those that wait come first."""
    return list_response(
        request,
        title="投保情况核查",
        table_class=tables.InquiryTable,
        queryset=queries.asked_of(request.user),
        filterset_class=tables.InquiryFilter,
        template="registry/inquiries.html",
        export_name="投保情况核查",
    )


@page(Role.INSURER_AGENT)
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Answer, and go on to the next that waits."""
    inquiry = queries.inquiry_for(request.user, pk)
    form = forms.AnswerForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_cover(inquiry_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已答复“{inquiry.exporter.name}”。")
            following = queries.open_inquiries(request.user).first() if "next" in request.POST else None
            return redirect("registry:answer", following.pk) if following else redirect("registry:inquiries")
    shown = {"title": "答复投保情况", "form": form, "inquiry": inquiry}
    return render(request, "registry/answer.html", shown)
