"""Pages of the fund: overview, journal, queue, what comes in, exchange rates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.batch.uploads import refused_size
from tongbao.documents import actions as documents
from tongbao.documents import queries as stored
from tongbao.documents.rules import not_received
from tongbao.funds import actions, forms, permissions, queries, rules, tables
from tongbao.funds.permissions import BOOKERS, OPENERS, RATE_ENTERERS, RATE_KEEPERS, READERS, WHOLE_FUND
from tongbao.refusal import Refusal
from tongbao.scheme import queries as scheme
from tongbao.ui.views import list_response


@require_safe
@page(*READERS)
def overview(request: SignedIn) -> HttpResponse:
    """How each pool stands."""
    shown = queries.pools(request.user)
    return render(
        request,
        "funds/overview.html",
        {
            "title": "资金总览",
            "pools": shown,
            "chart": tables.fund_chart(shown),
            "books": permissions.can_book(request.user),
            "recent": queries.entries(request.user)[:8],
            "sees_queue": request.user.role in WHOLE_FUND,
            "opening": queries.opening() if request.user.role in WHOLE_FUND else None,
            "opens": permissions.can_open(request.user),
        },
    )


@require_POST
@page(*OPENERS)
def open_pools(request: SignedIn) -> HttpResponse:
    """Open the pools that the current edition still lacks; those that are open stay as they are."""
    opened = actions.open_pools(edition=scheme.current_edition(), by=request.user)
    names = "、".join(str(pool.insurer) for pool in opened)
    messages.success(request, f"资金池已开设：{names}。接下来由财政经办登记资金额度和预付拨付。")
    return redirect("funds:overview")


@require_safe
@page(*READERS)
def ledger(request: SignedIn) -> HttpResponse:
    """The journal."""
    return list_response(
        request,
        title="资金流水",
        table_class=tables.EntryTable,
        queryset=queries.entries(request.user),
        filterset_class=tables.EntryFilter,
        export_name="资金流水",
    )


@require_safe
@page(*READERS)
def entry(request: SignedIn, pk: int) -> HttpResponse:
    """One entry, down to what allowed it."""
    found = queries.entry(request.user, pk)
    if found is None:
        raise Http404
    place = found.reservation and queries.reservation(request.user, found.reservation.pk)
    clause, why = rules.GROUNDS[rules.TransferKind(found.kind)]
    shown = {"title": f"分录 {found.pk}", "entry": found, "clause": clause, "why": why, "ground": tables.ground(found)}
    shown["traces"] = request.user.role in WHOLE_FUND
    return render(request, "funds/entry.html", {**shown, **_of_place(place), "place": place})


@require_safe
@page(*WHOLE_FUND)
def queue(request: SignedIn) -> HttpResponse:
    """The order of receipt."""
    return list_response(
        request,
        title="排队次序",
        table_class=tables.PlaceTable,
        queryset=queries.places(request.user),
        filterset_class=tables.PlaceFilter,
        template="funds/queue.html",
        export_name="排队次序",
    )


@require_safe
@page(*READERS)
def place(request: SignedIn, pk: int) -> HttpResponse:
    """One place in the queue and its money."""
    found = get_object_or_404(queries.places(request.user), pk=pk)
    return render(
        request, "funds/place.html", {"title": f"排队序号 {found.queue_number}", "place": found, **_of_place(found)}
    )


def _of_place(place: Any) -> dict[str, Any]:
    if place is None:
        return {}
    return {"movements": queries.transfers_of(place), "tone": tables.tone(place.state)}


@require_safe
@page(*READERS)
def voucher(request: SignedIn, pk: int) -> HttpResponse:
    """The paper that shows money coming in."""
    found = queries.voucher(request.user, pk)
    if found is None:
        raise Http404
    return stored.respond(found)


@dataclass(frozen=True)
class _Booking:
    """A kind of money that comes in: its words, its form, its verb."""

    title: str
    lead: str
    done: str
    form: type[Any]
    verb: Callable[..., Any]


_ALLOTMENT = _Booking(
    "登记资金额度",
    "按下达文件登记各保险人的年度资金额度（五(一)）。登记后不能修改，请按原件填写。",
    "额度已登记，候补企业已按序递补。",
    forms.AllotmentForm,
    actions.allot,
)
_PREPAYMENT = _Booking(
    "登记预付拨付",
    "按拨付凭证和保险人收据登记预付资金（五(二)）。登记后不能修改，请按原件填写。",
    "拨付已登记，保险人可以列支。",
    forms.PrepaymentForm,
    actions.prepay,
)


@page(*BOOKERS)
def allot(request: SignedIn) -> HttpResponse:
    """资金额度: type, check, book."""
    return _book(request, _ALLOTMENT)


@page(*BOOKERS)
def prepay(request: SignedIn) -> HttpResponse:
    """预付拨付: type, check, book."""
    return _book(request, _PREPAYMENT)


def _book(request: SignedIn, booking: _Booking) -> HttpResponse:
    step, pools = request.POST.get("step", ""), queries.own_pools(request.user)
    kept = queries.kept_voucher(request.user, request.POST.get("kept", ""))
    if request.method != "POST" or step == "edit":
        initial = request.POST.dict() or {"pool": request.GET.get("pool", "")}
        return _ask(request, booking, booking.form(initial=initial, pools=pools, kept=kept))
    form = booking.form(request.POST, request.FILES, pools=pools, kept=kept)
    if size := refused_size(request):
        form.refuse_files(not_received(size, "voucher"))
    if not form.is_valid():
        return _ask(request, booking, form)
    try:
        form.kept = _keep(request, form.cleaned_data["voucher"]) or kept
        if step != "book":
            return render(request, "funds/check.html", {"title": "请核对", "booking": booking, "form": form})
        _do(request, booking, form)
    except Refusal as no:
        form.refuse(no)
        return _ask(request, booking, form)
    messages.success(request, booking.done)
    return redirect("funds:overview")


def _do(request: SignedIn, booking: _Booking, form: Any) -> None:
    said = {name: value for name, value in form.cleaned_data.items() if name not in ("pool", "voucher")}
    pool_id, key = form.cleaned_data["pool"].pk, request.POST.get("key", "")
    booking.verb(**said, pool_id=pool_id, voucher=form.kept, key=key, by=request.user)


def _keep(request: SignedIn, upload: Any) -> Any:
    if not upload:
        return None
    try:
        return documents.store_upload(upload=upload, kind=queries.VOUCHER, by=request.user)
    except Refusal as no:
        raise Refusal(no.code, no.sentence, "voucher") from no


def _ask(request: SignedIn, booking: _Booking, form: Any) -> HttpResponse:
    return render(request, "funds/booking.html", {"title": booking.title, "booking": booking, "form": form})


@require_safe
@page(*READERS)
def rates(request: SignedIn) -> HttpResponse:
    """The exchange rates, those that wait for this person's confirmation first."""
    seen = queries.rates(request.user)
    return list_response(
        request,
        title="汇率",
        table_class=tables.RateTable,
        queryset=seen,
        filterset_class=tables.RateFilter,
        template="funds/rates.html",
        export_name="汇率",
        open_rates=[one for one in seen.filter(confirmed_at=None) if permissions.can_confirm_rate(request.user, one)],
        enters=request.user.role in RATE_ENTERERS,
    )


@page(*RATE_ENTERERS)
def enter_rate(request: SignedIn) -> HttpResponse:
    """The rate of a month, from the insurer's own system."""
    insurer = request.user.organisation
    form = forms.RateForm(request.POST or None, initial={"month": rules.first_of_month(clock.today())})
    if request.method == "POST" and form.is_valid():
        try:
            rate = actions.enter_rate(insurer_id=insurer.pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已录入 {rate.month:%Y-%m} 的汇率，请另一位人员确认后生效。")
            return redirect("funds:rates")
    shown = {"title": "录入汇率", "form": form, "insurer": insurer, "reference": queries.reference_rate()}
    return render(request, "funds/rate.html", shown)


@require_POST
@page(*RATE_KEEPERS)
def confirm_rate(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm a rate as the second person."""
    rate = get_object_or_404(queries.rates(request.user), pk=pk)
    actions.confirm_rate(rate_id=rate.pk, seen=rules.read_rate(request.POST.get("seen", "")), by=request.user)
    messages.success(request, f"{rate.insurer} {rate.month:%Y-%m} 的汇率已确认，从现在起可以使用。")
    return redirect("funds:rates")
