"""Exchange rates: entered by the insurer, confirmed by a second person, corrected by a rate that takes its place."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.batch.uploads import refused_size
from tongbao.documents import queries as documents
from tongbao.documents.rules import not_received
from tongbao.funds import actions, forms, permissions, queries, rules, tables
from tongbao.funds.permissions import PARITY_KEEPERS, RATE_ENTERERS, RATE_KEEPERS, READERS
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response


@require_safe
@page(*READERS)
def rates(request: SignedIn) -> HttpResponse:
    """The exchange rates, those that wait for this person's confirmation first."""
    waiting = [one for one in queries.open_rates(request.user) if permissions.can_confirm_rate(request.user, one)]
    held = queries.yardsticks()
    return list_response(
        request,
        title="汇率",
        table_class=tables.RateTable,
        queryset=queries.rates(request.user),
        filterset_class=tables.RateFilter,
        template="funds/rates.html",
        export_name="汇率",
        waiting=[(one, held(one)) for one in waiting],
        enters=request.user.role in RATE_ENTERERS,
        keeps_parities=request.user.role in PARITY_KEEPERS,
    )


@page(*RATE_ENTERERS)
def enter_rate(request: SignedIn) -> HttpResponse:
    """The rate of a month, from the insurer's own system; what it is held against is shown before it is stored."""
    insurer, month = request.user.organisation, rules.first_of_month(clock.today())
    form = forms.RateForm(request.POST or None, initial={"month": month, **request.GET.dict()})
    if request.method == "POST" and form.is_valid():
        try:
            rate = actions.enter_rate(insurer_id=insurer.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已录入 {rate.month:%Y-%m} 的汇率，请另一位人员确认后生效。")
            return redirect("funds:rates")
    shown = {"title": "录入汇率", "form": form, "insurer": insurer, **_against(form, forms.typed_month(form))}
    return render(request, "funds/_against.html" if request.htmx else "funds/rate_enter.html", shown)


def _against(form: Any, month: Any) -> dict[str, Any]:
    """What a typed rate is held against, and how far away it is."""
    yardstick, figure = queries.yardstick(month) if month else None, forms.typed_figure(form)
    held = rules.HeldRate(yardstick, figure) if yardstick and figure else None
    return {"month": month, "yardstick": yardstick, "held": held}


@require_safe
@page(*READERS)
def rate(request: SignedIn, pk: int) -> HttpResponse:
    """One insurer's month: the rate that stands, and every rate that it has taken the place of."""
    if (found := queries.rate(request.user, pk)) is None:
        raise Http404
    held = queries.yardsticks()
    chain = [(one, held(one), tables.rate_tone(one.state)) for one in queries.chain_of(found)]
    shown = {
        "title": f"{found.insurer} {found.month:%Y-%m} 的汇率",
        "chain": chain,
        "correctable": [one for one, *_ in chain if permissions.can_correct_rate(request.user, one)],
        "confirmable": [one for one, *_ in chain if permissions.can_confirm_rate(request.user, one)],
        "withdrawable": [one for one, *_ in chain if permissions.can_withdraw_rate(request.user, one)],
    }
    return render(request, "funds/rate.html", shown)


@require_POST
@page(*RATE_KEEPERS)
def confirm_rate(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm a rate, or a correction, as the second person."""
    rate = get_object_or_404(queries.rates(request.user), pk=pk)
    seen, checked = rules.seen_rate(request.POST.get("seen", "")), "checked" in request.POST
    confirmed = actions.confirm_rate(rate_id=rate.pk, seen=seen, checked=checked, by=request.user)
    after = "，原汇率已冲正" if confirmed.corrects_id else ""
    messages.success(request, f"{rate.insurer} {rate.month:%Y-%m} 的汇率已确认，从现在起可以使用{after}。")
    return redirect("funds:rates")


@page(*RATE_ENTERERS)
def correct_rate(request: SignedIn, pk: int) -> HttpResponse:
    """A rate that shall take the place of a confirmed one."""
    wrong = get_object_or_404(queries.rates(request.user), pk=pk)
    form = forms.CorrectionForm(request.POST or None, request.FILES or None)
    if size := refused_size(request):
        form.refuse_files(not_received(size, "document"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_rate(rate_id=wrong.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "更正已录入，请另一位人员确认。确认以前，仍使用原汇率。")
            return redirect("funds:rate", pk=wrong.pk)
    shown = {"title": "更正汇率", "form": form, "wrong": wrong, **_against(form, wrong.month)}
    return render(request, "funds/rate_correct.html", shown)


@require_POST
@page(*RATE_ENTERERS)
def withdraw_rate(request: SignedIn, pk: int) -> HttpResponse:
    """Take back a correction that nobody has confirmed."""
    rate = get_object_or_404(queries.rates(request.user), pk=pk)
    standing = actions.withdraw_rate(rate_id=rate.pk, by=request.user)
    messages.success(request, "更正已撤回，仍使用原汇率。")
    return redirect("funds:rate", pk=standing.pk)


@require_safe
@page(*READERS)
def rate_paper(request: SignedIn, pk: int) -> HttpResponse:
    """What a correction rests on."""
    if (paper := queries.rate_paper(request.user, pk)) is None:
        raise Http404
    return documents.respond(paper)
