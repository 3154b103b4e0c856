"""中间价: the list that warns of slips in the insurers' rates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.funds import actions, forms, queries, rules, tables
from tongbao.funds.permissions import PARITY_KEEPERS, READERS
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response


@require_safe
@page(*READERS)
def parities(request: SignedIn) -> HttpResponse:
    """The parities known, newest first."""
    keeps = request.user.role in PARITY_KEEPERS
    return list_response(
        request,
        title="中间价",
        table_class=tables.ParityTable if keeps else tables.ReadParityTable,
        queryset=queries.parities(),
        filterset_class=tables.ParityFilter,
        template="funds/rate_parities.html",
        export_name="中间价",
        keeps=keeps,
    )


@page(*PARITY_KEEPERS)
def enter_parities(request: SignedIn) -> HttpResponse:
    """The parities of some days, one a line."""
    form = forms.ParitiesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.enter_parities(by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已登记 {len(made)} 天的中间价。")
            return redirect("funds:parities")
    return render(request, "funds/rate_parity.html", {"title": "登记中间价", "form": form})


@page(*PARITY_KEEPERS)
def correct_parity(request: SignedIn, pk: int) -> HttpResponse:
    """Another figure, source or mark for a day; the log keeps the earlier one."""
    row = get_object_or_404(queries.parities(), pk=pk)
    initial = {"cny_per_usd": row.shown, "source": row.source, "checked": row.checked}
    form = forms.ParityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        seen = rules.seen_rate(request.POST.get("seen", ""))
        try:
            actions.correct_parity(parity_id=row.pk, seen=seen, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"{row.day:%Y-%m-%d} 的中间价已更正。")
            return redirect("funds:parities")
    shown = {"title": f"更正 {row.day:%Y-%m-%d} 的中间价", "form": form, "row": row}
    return render(request, "funds/rate_parity.html", shown)
