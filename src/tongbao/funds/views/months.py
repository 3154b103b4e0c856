"""Months: locked by the finance office, looked at by all who read the fund."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.funds import actions, forms, permissions, queries, rules, tables
from tongbao.funds.permissions import MONTH_LOCKERS, READERS
from tongbao.refusal import Refusal
from tongbao.ui import exports


@require_safe
@page(*READERS)
def months(request: SignedIn) -> HttpResponse:
    """The months of an edition: which are locked, which is next."""
    shown: dict[str, Any] = {"title": tables.TABS["months"], "tab": "months"}
    if (edition := queries.fund_edition(request.user, request.GET.get("edition", ""))) is None:
        return render(request, "funds/no_books.html", shown)
    form = forms.EditionForm(edition=edition, editions=list(queries.fund_editions(request.user)))
    known = queries.ledger_months(edition)
    due = next((month for month in known if month.due and month.over), None)
    shown |= {"edition": edition, "form": form, "months": known, "due": due}
    return render(request, "funds/months.html", {**shown, "locks": permissions.can_lock_month(request.user)})


@require_POST
@page(*MONTH_LOCKERS)
def lock_month(request: SignedIn) -> HttpResponse:
    """Lock the month that is next."""
    edition = queries.fund_edition(request.user, request.POST.get("edition", ""))
    month = rules.read_month(request.POST.get("month", ""))
    if edition is None or month is None:
        raise Refusal("month_needed", "没有收到要月结的月份，请刷新页面后重新选择。")
    close = actions.lock_month(edition_id=edition.pk, month=month, by=request.user)
    messages.success(request, f"{rules.month_text(month)}已月结，这个月的账从现在起不能再变动。")
    return redirect("funds:month", close.pk)


@require_safe
@page(*READERS)
def month(request: SignedIn, pk: int) -> HttpResponse:
    """A locked month: its balances beside those of the month before, and what was sealed with it."""
    if (close := queries.locked_month(request.user, pk)) is None:
        raise Http404
    pools = queries.month_balances(request.user, close)
    if request.GET.get("export") == "xlsx":
        return exports.workbook(f"月结-{close.month:%Y%m}", tables.month_sheets(close, pools))
    shown: dict[str, Any] = {"title": f"{rules.month_text(close.month)}月结", "close": close, "tab": "months"}
    shown["heads"] = tables.COMPARED_HEADS
    shown["pools"] = [(pool, tables.month_rows(accounts)) for pool, accounts in pools]
    return render(request, "funds/month.html", shown)
