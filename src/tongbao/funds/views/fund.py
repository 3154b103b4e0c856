"""Pages of the fund: overview, journal, queue, vouchers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.documents import queries as stored
from tongbao.funds import actions, permissions, queries, rules, tables
from tongbao.funds.permissions import OPENERS, READERS, WHOLE_FUND
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
            "books": permissions.can_prepare(request.user, rules.BookingKind.ALLOTMENT),
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
        pictures=[] if request.GET else _pictures(request),
    )


def _pictures(request: SignedIn) -> list[dict[str, Any]]:
    """Each pool with its chart; only above the whole list, not again with every page and filter of it."""
    return [
        {
            "one": one,
            "chart": {
                "name": f"money-{one.pool.pk}",
                "options": tables.money_chart(one),
                "alt": f"{one.pool}的额度：每天已列支、已预占和可用的数额",
            },
        }
        for one in queries.picture(request.user)
    ]


@require_safe
@page(*READERS)
def place(request: SignedIn, pk: int) -> HttpResponse:
    """One place in the queue and its money."""
    found = get_object_or_404(queries.places(request.user), pk=pk)
    shown = {"title": f"排队序号 {found.queue_number}", "place": found, "lines": queries.lines_of(found)}
    return render(request, "funds/place.html", {**shown, **_of_place(found)})


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
