"""Pages of the countries that an insurer does not cover."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.policies import actions, queries
from tongbao.policies.forms import ExcludedForm
from tongbao.policies.tables import ExcludedTable
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response


@require_safe
@page(Role.INSURER_AGENT, Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)
def excluded(request: SignedIn) -> HttpResponse:
    """The dated lists of countries not covered."""
    return list_response(
        request,
        title="不予承保国别",
        table_class=ExcludedTable,
        queryset=queries.excluded_lists(request.user),
        template="policies/excluded.html",
        export_name="不予承保国别",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(Role.INSURER_AGENT)
def list_excluded(request: SignedIn) -> HttpResponse:
    """A new list, starting from the one that counts today."""
    now = queries.excluded_on(request.user.organisation, clock.today())
    initial = {"valid_from": clock.today(), "countries": now.countries if now else []}
    form = ExcludedForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.list_excluded(by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "新名单已保存，从生效日期起印在保险单明细表上。")
            return redirect("policies:excluded")
    return render(request, "policies/list_excluded.html", {"title": "录入新名单", "form": form})
