"""The books: journal, trial balance, statements."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.funds import forms, queries, tables
from tongbao.funds.permissions import READERS, WHOLE_FUND
from tongbao.ui import exports
from tongbao.ui.views import list_response


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
        template="funds/ledger.html",
        export_name="资金流水",
        partial=request.user.role not in WHOLE_FUND,
    )


@require_safe
@page(*READERS)
def trial(request: SignedIn) -> HttpResponse:
    """The trial balance of a month, up to a day, or up to now."""
    if (edition := queries.fund_edition(request.user, request.GET.get("edition", ""))) is None:
        return _empty(request, "trial")
    form = forms.TrialForm(request.GET or None, **_choice(request, edition))
    found = queries.trial(request.user, edition, form.period)
    if request.GET.get("export") == "xlsx":
        sheets = {"试算平衡": tables.trial_sheet(found)}
        return exports.workbook(f"试算平衡-{found.period.last:%Y%m%d}", sheets)
    shown = {"trial": found, "form": form, "heads": tables.ACCOUNT_HEADS}
    shown["tables"] = [(table, tables.trial_rows(table)) for table in found.tables]
    return _page(request, "trial", edition, **shown)


@require_safe
@page(*READERS)
def statements(request: SignedIn) -> HttpResponse:
    """What was done for firms, by pool, plan and month; the workbook has every view."""
    user = request.user
    if (edition := queries.fund_edition(user, request.GET.get("edition", ""))) is None:
        return _empty(request, "statements")
    if request.GET.get("export") == "xlsx":
        sheets = {one.label: tables.statement_sheet(queries.statement(user, edition, one)) for one in queries.View}
        now = queries.trial(user, edition, queries.until_now())
        return exports.workbook(f"分类报表-{clock.today():%Y%m%d}", {**sheets, "试算平衡": tables.trial_sheet(now)})
    asked = request.GET.get("by", "")
    view = queries.View(asked) if asked in list(queries.View) else queries.View.POOL
    found = queries.statement(user, edition, view)
    shown = {"statement": found, "views": list(queries.View), "form": forms.EditionForm(**_choice(request, edition))}
    shown |= {"heads": tables.heads(found), "rows": tables.rows(user, found)}
    shown |= {"total": tables.cells(user, found, found.total), "charged_fen": queries.charged_fen(user, edition)}
    chart = tables.months_chart(found.lines) if view is queries.View.MONTH else None
    return _page(request, "statements", edition, **shown, chart=chart)


def _choice(request: SignedIn, edition: Any) -> dict[str, Any]:
    return {"edition": edition, "editions": list(queries.fund_editions(request.user))}


def _page(request: SignedIn, tab: str, edition: Any, **shown: Any) -> HttpResponse:
    return render(request, f"funds/{tab}.html", {"title": tables.TABS[tab], "tab": tab, "edition": edition, **shown})


def _empty(request: SignedIn, tab: str) -> HttpResponse:
    return render(request, "funds/no_books.html", {"title": tables.TABS[tab], "tab": tab})
