"""Designations: the list, entering one, standing for another's entry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, permissions, queries, tables
from tongbao.registry.views.exporters import firm_page
from tongbao.ui.views import list_response


@require_safe
@page(*permissions.STAFF)
def designations(request: SignedIn) -> HttpResponse:
    """Places on lists; those that wait for a second person can be confirmed on the firm's page."""
    return list_response(
        request,
        title="名单认定",
        table_class=tables.DesignationTable,
        queryset=queries.designations_visible_to(request.user),
        filterset_class=tables.DesignationFilter,
        export_name="名单认定",
    )


@page(Role.CITY_OFFICER)
def designate(request: SignedIn, pk: int) -> HttpResponse:
    """Put a firm on a list."""
    firm = queries.get_visible(request.user, pk)
    form = forms.DesignationForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_designation(exporter_id=firm.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已录入名单认定。")
            return redirect(firm_page(firm, "lists"))
    shown = {"title": "录入名单认定", "form": form, "exporter": firm, "button": "录入", "hint": SECOND_PERSON}
    return render(request, "registry/form.html", shown)


SECOND_PERSON = "“符合国家及省市政策导向”须由市商务局另一位同事确认后才算数，其他名单录入后即有效。"


@require_POST
@page(Role.CITY_OFFICER)
def confirm_designation(request: SignedIn, pk: int) -> HttpResponse:
    """Stand for an entry."""
    shown = get_object_or_404(queries.designations_visible_to(request.user), pk=pk)
    actions.confirm_designation(designation_id=pk, by=request.user)
    messages.success(request, "已确认，即日起计入资格判定。")
    return redirect(firm_page(shown.exporter, "lists"))
