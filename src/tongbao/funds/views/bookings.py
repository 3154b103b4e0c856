"""Bookings as a list, each with all that was said of it; confirmed, sent back or taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.batch.uploads import refused_size
from tongbao.documents import actions as documents
from tongbao.documents.rules import not_received
from tongbao.funds import actions, forms, permissions, queries, rules, tables
from tongbao.funds.permissions import CONFIRMING, PREPARING, READERS
from tongbao.funds.rules import BookingKind, BookingState
from tongbao.notify import actions as notices
from tongbao.refusal import Forbidden, Refusal
from tongbao.ui.views import list_response

PREPARED_AT = {
    BookingKind.ALLOTMENT: "funds:allot",
    BookingKind.PREPAYMENT: "funds:prepay",
    BookingKind.MOVE: "funds:move",
    BookingKind.RETURN: "funds:return_money",
    BookingKind.CLOSING: "funds:close_year",
}


@require_safe
@page(*READERS)
def bookings(request: SignedIn) -> HttpResponse:
    """What was prepared, and what became of it."""
    return list_response(
        request,
        title="资金业务",
        table_class=tables.BookingSheet if request.GET.get("export") else tables.BookingTable,
        queryset=queries.bookings(request.user),
        filterset_class=tables.BookingFilter,
        template="funds/bookings.html",
        export_name="资金业务",
        prepares=[(kind, PREPARED_AT[kind]) for kind in BookingKind if permissions.can_prepare(request.user, kind)],
    )


@require_safe
@page(*READERS)
def booking(request: SignedIn, pk: int) -> HttpResponse:
    """One booking: what was said, who prepared and decided, what it does or did."""
    return _show(request, _found(request, pk))


@require_POST
@page(*CONFIRMING)
def confirm_booking(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm as the second person; for cash, with the number of the insurer's receipt."""
    found = _found(request, pk)
    if found.state == BookingState.PREPARED:
        permissions.check_confirm(request.user, found)
    form = _confirm_form(request, found, request.POST, request.FILES)
    if size := refused_size(request):
        form.refuse_files(not_received(size, "receipt"))
    if not form.is_valid() and found.state == BookingState.PREPARED:
        return _show(request, found, confirm=form)

    def verb() -> None:
        receipt = _keep(request, form.cleaned_data.get("receipt"))
        number, seen = form.cleaned_data.get("receipt_number", ""), request.POST.get("seen", "")
        actions.confirm(booking_id=pk, by=request.user, seen=seen, receipt_number=number, receipt=receipt)

    return _decide(request, pk, verb, "confirm", form)


@require_POST
@page(*CONFIRMING)
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    """Send a booking back as the second person, with a reason."""
    found, form = _found(request, pk), forms.SendBackForm(request.POST)
    if found.state == BookingState.PREPARED:
        permissions.check_confirm(request.user, found)
        if not form.is_valid():
            return _show(request, found, send_back=form)
    note = form.data.get("note", "")
    return _decide(request, pk, lambda: actions.send_back(booking_id=pk, note=note, by=request.user), "send_back", form)


@require_POST
@page(*PREPARING)
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Withdraw one's own booking."""
    found = _found(request, pk)
    return _decide(request, found.pk, lambda: actions.take_back(booking_id=pk, by=request.user), "take_back", None)


@require_POST
@page(*PREPARING)
def booking_seen(request: SignedIn, pk: int) -> HttpResponse:
    """The preparer has looked at what was sent back: it leaves the worklist."""
    notice = queries.returned_notice(request.user, _found(request, pk))
    if notice is not None:
        notices.mark_read(message=notice, by=request.user)
    messages.success(request, "已从待办中移除。需要重新办理的，可以随时在这里重新登记。")
    return redirect("funds:booking", pk)


def _found(request: SignedIn, pk: int) -> Any:
    return get_object_or_404(queries.bookings(request.user), pk=pk)


def _confirm_form(request: SignedIn, found: Any, *typed: Any) -> Any:
    if found.kind == BookingKind.PREPAYMENT:
        return forms.ReceiptForm(*typed, must_show=permissions.must_show_receipt(request.user))
    return forms.ConfirmForm(*typed)


def _keep(request: SignedIn, upload: Any) -> Any:
    if not upload:
        return None
    try:
        return documents.store_upload(upload=upload, kind=queries.VOUCHER, by=request.user)
    except Refusal as no:
        raise Refusal(no.code, no.sentence, "receipt") from no


def _decide(request: SignedIn, pk: int, verb: Callable[[], Any], name: str, form: Any) -> HttpResponse:
    """Do it, and show the booking as it is now; what somebody has decided already is said, not refused."""
    try:
        verb()
    except Forbidden:
        raise
    except Refusal as no:
        if no.code == "booking_decided":
            messages.info(request, no.sentence)
        elif form is None:
            raise
        else:
            form.refuse(no)
            return _show(request, _found(request, pk), **{name: form})
    else:
        messages.success(request, f"这笔资金业务{_found(request, pk).decided_text}。")
    return redirect("funds:booking", pk)


def _show(request: SignedIn, found: Any, **typed: Any) -> HttpResponse:
    user, prepared = request.user, found.state == BookingState.PREPARED
    kind = BookingKind(found.kind)
    shown = {
        "title": f"{kind.label}（业务编号 {found.pk}）",
        "booking": found,
        "tone": tables.booking_tone(found.state),
        "second": rules.SECOND_PERSON[kind],
        "confirms": permissions.can_confirm(user, found),
        "takes_back": permissions.can_take_back(user, found),
        "own": found.prepared_by_id == user.pk,
        "confirm_form": typed.get("confirm") or _confirm_form(request, found),
        "send_back_form": typed.get("send_back") or forms.SendBackForm(),
        "effects": queries.effects(user, found) if prepared else [],
        "movements": queries.entries(user).filter(booking=found).order_by("pk"),
        "prepare_url": PREPARED_AT[kind],
        "reminds": queries.returned_notice(user, found),
    }
    return render(request, "funds/booking.html", shown)
