"""The inbox."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.notify import actions, queries


@require_safe
@page()
def messages(request: SignedIn) -> HttpResponse:
    """The person's notices, newest first."""
    found = queries.visible_to(request.user)
    shown = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(
        request, "notify/messages.html", {"messages_page": shown, "unread": queries.unread_count(request.user)}
    )


@require_POST
@page()
def open_message(request: SignedIn, pk: int) -> HttpResponse:
    """Note that it was read and go to the page it speaks of."""
    message = get_object_or_404(queries.visible_to(request.user), pk=pk)
    actions.mark_read(message=message, by=request.user)
    own = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if own else "notify:messages")


@require_POST
@page()
def read_all(request: SignedIn) -> HttpResponse:
    """Note that all were read."""
    actions.mark_all_read(by=request.user)
    return redirect("notify:messages")
