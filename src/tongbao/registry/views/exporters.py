"""The list of exporters, one exporter, and what an exporter sees of itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, permissions, queries, rules, tables
from tongbao.scheme import queries as schemes
from tongbao.ui.views import list_response


@require_safe
@page(*permissions.STAFF)
def exporters(request: SignedIn) -> HttpResponse:
    """The exporters a person sees, with the base year's figures."""
    scheme = queries.current_scheme()
    return list_response(
        request,
        title="企业名册",
        table_class=tables.exporter_table(scheme.base_year),
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
    """Everything the register knows of a firm."""
    profile = queries.profile(queries.get_visible(request.user, pk))
    return render(request, "registry/exporter.html", _shown(profile) | _for_officers(profile, request))


def _for_officers(profile: Any, request: SignedIn) -> dict[str, Any]:
    """What officers see beside: shares, every market, who entered what."""

    def share(cents: int | None) -> str:
        return tables.percent(cents, profile.base_cents)

    return {
        "title": profile.exporter.name,
        "us_share": share(profile.cents("us_exports_usd")),
        "emerging_share": share(profile.cents("emerging_exports_usd")),
        "countries": [(rules.country_name(code), cents, share(cents)) for code, cents in profile.countries],
        "designations": [
            (one, tables.counts(one), permissions.can_confirm_designation(request.user, one))
            for one in profile.designations
        ],
        "keeps": permissions.can_keep(request.user),
    }


@require_safe
@page(Role.EXPORTER)
def mine(request: SignedIn) -> HttpResponse:
    """An exporter's own facts, findings and offers; nothing of anybody else."""
    firm = queries.exporter_of(request.user)
    if firm is None:
        return render(request, "registry/not_held.html", {"title": "我的资格", "scheme": queries.current_scheme()})
    return render(request, "registry/mine.html", {"title": "我的资格"} | _shown(queries.profile(firm)))


def _shown(profile: Any) -> dict[str, Any]:
    """What both pages show of a firm."""
    return {
        "profile": profile,
        "exporter": profile.exporter,
        "outcome": profile.outcome,
        "facts": profile.facts_in_words,
        "month_chart": rules.month_chart(profile.months),
        "market_chart": rules.market_chart(profile.countries),
        "edition": schemes.current_edition(),
    }
