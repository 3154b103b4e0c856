"""The list of exporters, the way to one of them, and what an exporter sees of itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, permissions, queries, rules, tables
from tongbao.ui.views import list_response


def firm_page(firm: Any, tab: str = "") -> str:
    """A firm's page. It shows other stations too and is the roof's; its address is fixed."""
    return f"/enterprises/{firm.code}/{f'{tab}/' if tab else ''}"


@require_safe
@page(*permissions.STAFF)
def exporters(request: SignedIn) -> HttpResponse:
    """The exporters a person sees, with the base year's figures."""
    scheme = queries.current_scheme()
    return list_response(
        request,
        title="企业名册",
        table_class=tables.exporter_table(scheme.base_year, queries.emerging_markets(scheme)),
        queryset=queries.listed(request.user, scheme),
        filterset_class=tables.ExporterFilter,
        template="registry/exporters.html",
        export_name="出口企业",
        keeps=permissions.can_keep(request.user),
    )


@page(Role.CITY_OFFICER)
def register(request: SignedIn) -> HttpResponse:
    """Enter a firm that no customs list has brought."""
    form = forms.ExporterForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_exporter(by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已登记“{made.name}”。")
            return redirect("registry:exporter", made.pk)
    return render(request, "registry/form.html", {"title": "登记企业", "form": form, "button": "登记"})


@require_safe
@page(*permissions.STAFF)
def exporter(request: SignedIn, pk: int) -> HttpResponse:
    """A firm by its row: on to its page."""
    return redirect(firm_page(queries.get_visible(request.user, pk)))


@require_safe
@page(Role.EXPORTER)
def mine(request: SignedIn) -> HttpResponse:
    """An exporter's own facts, findings and offers; nothing of anybody else."""
    firm = queries.exporter_of(request.user)
    if firm is None:
        return render(request, "registry/not_held.html", {"title": "我的资格", "scheme": queries.current_scheme()})
    profile = queries.profile(firm)
    countries = queries.exports_by_country(firm, profile.scheme.base_year)
    shown = {
        "title": "我的资格",
        "profile": profile,
        "exporter": firm,
        "outcome": profile.outcome,
        "facts": profile.facts_in_words,
        "market_chart": rules.market_chart(countries) if countries else None,
        "edition": profile.edition,
    }
    return render(request, "registry/mine.html", shown)
