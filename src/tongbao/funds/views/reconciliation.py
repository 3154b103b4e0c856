"""Reconciliation with the insurers: upload, preview, keep, explain, sign, print."""

from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.batch.rules import explanation, headings
from tongbao.batch.uploads import refused_size
from tongbao.documents import queries as stored
from tongbao.funds import actions, permissions, queries
from tongbao.funds.forms.reconciliation import ResolveForm, StatementForm
from tongbao.funds.permissions import READERS, RECONCILERS, RESOLVERS
from tongbao.funds.queries import reconciliation
from tongbao.funds.rules.reconciliation import KIND, Outcome, Reason, Side, StatementState
from tongbao.funds.rules.reconciliation.paper import render as render_paper
from tongbao.funds.tables import reconciliation as tables
from tongbao.funds.tables import reconciliation_papers as papers
from tongbao.refusal import Refusal
from tongbao.ui import exports
from tongbao.ui.views import list_response


@require_safe
@page(*READERS)
def months(request: SignedIn) -> HttpResponse:
    """How far each pool and month is."""
    return list_response(
        request,
        title="对账",
        table_class=tables.MonthTable,
        queryset=reconciliation.months(request.user),
        template="funds/reconciliation.html",
        export_name="对账",
        uploads=request.user.role in RECONCILERS,
        waiting=reconciliation.statements(request.user).filter(state=StatementState.UPLOADED),
    )


@require_safe
@page(*RECONCILERS)
def template(request: SignedIn) -> HttpResponse:
    """The empty workbook, its explanations on a second sheet."""
    explained = [("列", "是否必填", "怎么填", "例"), *(explanation(column) for column in KIND.columns)]
    return exports.workbook("保险人对账单模板", {KIND.sheet: [headings(KIND)], "填写说明": explained})


@page(*RECONCILERS)
def upload(request: SignedIn) -> HttpResponse:
    """Send a statement; nothing counts yet."""
    form = StatementForm(
        request.POST or None,
        request.FILES or None,
        pools=queries.own_pools(request.user),
        passed_over=refused_size(request),
        initial=_missing(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            received = _receive(request, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect("funds:insurer_statement", received.pk)
    return render(request, "funds/statement_upload.html", {"title": "上传对账单", "form": form, "kind": KIND})


def _receive(request: SignedIn, *, pool: Any, month: date, file: Any) -> Any:
    content = file.read()
    return actions.receive_statement(
        pool_id=pool.pk,
        month=month,
        content=content,
        file_name=file.name,
        reading=reconciliation.read_file(content, file.name),
        by=request.user,
    )


def _missing(request: SignedIn) -> dict[str, Any]:
    """The pool and month asked for, else the newest that waits for its statement."""
    if request.GET.get("pool"):
        return {"pool": request.GET["pool"], "month": request.GET.get("month")}
    one = next((one for one in reconciliation.months(request.user) if one.stage == "missing"), None)
    return {"pool": one.pool, "month": one.month} if one else {}


@require_safe
@page(*READERS)
def statement(request: SignedIn, pk: int) -> HttpResponse:
    """A statement: its preview while it waits, the comparison once it is kept."""
    found = get_object_or_404(reconciliation.statements(request.user), pk=pk)
    if found.state in reconciliation.COUNTING:
        return _compared(request, found, ResolveForm())
    return render(request, "funds/statement_preview.html", _preview(request, found))


def _preview(request: SignedIn, found: Any) -> dict[str, Any]:
    """What stands in the file and what it would match; a file that is over is only named."""
    shown: dict[str, Any] = {"title": f"{found.pool.insurer} {found.month:%Y-%m} 对账单", "statement": found}
    if found.state != StatementState.UPLOADED:
        return shown
    reading = reconciliation.read_statement(found)
    before = reconciliation.counting(found.pool_id, found.month)
    shown |= {"reading": reading, "before": before, "faults": reading.faults[:50], "sample": reading.lines[:10]}
    if not reading.faults:
        sums = reconciliation.previewed(found, reading).totals
        shown |= {"totals": sums, "outcomes": _outcomes(sums)}
    return shown | {"decides": permissions.signing_side(request.user, found.pool) is not None}


def _outcomes(sums: Any) -> list[tuple[Outcome, int, int]]:
    return [(one, sums.counts[one], sums.differences[one]) for one in Outcome]


def _compared(request: SignedIn, found: Any, form: ResolveForm) -> HttpResponse:
    compared, side = reconciliation.reconcile(found), permissions.signing_side(request.user, found.pool)
    resolves = compared.differs and request.user.role in RESOLVERS and found.state == StatementState.KEPT
    chosen = request.GET.get("outcome", "")
    return list_response(
        request,
        title=f"{found.pool.insurer} {found.month:%Y-%m} 对账",
        table_class=tables.ResultTable if resolves else tables.SeenTable,
        queryset=tables.rows(compared, chosen, chooses=resolves),
        template="funds/statement.html",
        statement=found,
        found=compared,
        chosen=chosen,
        outcomes=_outcomes(compared.totals),
        carried=reconciliation.carried(found),
        later=reconciliation.since_signed(found),
        signatures=[(one, compared.signed.get(one)) for one in Side],
        signs=side is not None and side not in compared.signed and found.state == StatementState.KEPT,
        side=side,
        form=form if resolves else None,
        replaces=side is not None and found.state == StatementState.KEPT,
    )


@require_POST
@page(*RECONCILERS)
def keep(request: SignedIn, pk: int) -> HttpResponse:
    """Let a statement count."""
    found = get_object_or_404(reconciliation.statements(request.user), pk=pk)
    actions.keep_statement(statement_id=pk, reading=reconciliation.read_statement(found), by=request.user)
    messages.success(request, "对账单已收下，下面是与平台核对的结果。")
    return redirect("funds:insurer_statement", pk)


@require_POST
@page(*RECONCILERS)
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Give an uploaded statement up."""
    get_object_or_404(reconciliation.statements(request.user), pk=pk)
    actions.discard_statement(statement_id=pk, by=request.user)
    messages.info(request, "已放弃这份对账单，对账没有变化。")
    return redirect("funds:reconciliation")


@require_safe
@page(*READERS)
def errors(request: SignedIn, pk: int) -> HttpResponse:
    """The error workbook."""
    found = get_object_or_404(reconciliation.statements(request.user), pk=pk)
    name = f"错误清单-{found.pool.insurer}-{found.month:%Y-%m}"
    return exports.workbook(name, papers.error_sheets(reconciliation.read_statement(found)))


@require_safe
@page(*READERS)
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    return stored.respond(get_object_or_404(reconciliation.statements(request.user), pk=pk).document)


@require_POST
@page(*RESOLVERS)
def resolve(request: SignedIn, pk: int) -> HttpResponse:
    """Say why the ticked differences are there."""
    found = get_object_or_404(reconciliation.statements(request.user), pk=pk)
    form = ResolveForm(request.POST)
    if form.is_valid():
        try:
            made = actions.resolve_differences(
                statement_id=pk,
                marks=request.POST.getlist("marks"),
                reason=Reason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已写明 {len(made)} 笔差异的原因。")
            return redirect("funds:insurer_statement", pk)
    if found.state != StatementState.KEPT:
        return redirect("funds:insurer_statement", pk)
    return _compared(request, found, form)


@require_POST
@page(*RECONCILERS)
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """Sign for one's side what stands on the screen."""
    get_object_or_404(reconciliation.statements(request.user), pk=pk)
    done = actions.sign_statement(statement_id=pk, seen=request.POST.get("seen", ""), by=request.user)
    frozen = done.state == StatementState.SIGNED
    messages.success(request, "双方已签字，对账结果就此固定。" if frozen else "已签字，请另一方核对后签字。")
    return redirect("funds:insurer_statement", pk)


@require_safe
@page(*READERS)
def sheet(request: SignedIn, pk: int) -> HttpResponse:
    """The reconciliation as a workbook, with both signatures."""
    kept = reconciliation.statements(request.user).filter(state__in=reconciliation.COUNTING)
    found = get_object_or_404(kept, pk=pk)
    name = f"对账表-{found.pool.insurer}-{found.month:%Y-%m}"
    return exports.workbook(name, papers.sheet(reconciliation.reconcile(found)))


@require_safe
@page(*READERS)
def paper(request: SignedIn, pk: int) -> HttpResponse:
    """The same as a PDF to print and file."""
    kept = reconciliation.statements(request.user).filter(state__in=reconciliation.COUNTING)
    found = get_object_or_404(kept, pk=pk)
    content = papers.paper(reconciliation.reconcile(found))
    response = HttpResponse(
        render_paper(content, found.signed_at or found.decided_at or found.uploaded_at), content_type="application/pdf"
    )
    name = quote(f"对账表-{found.pool.insurer}-{found.month:%Y-%m}.pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Cache-Control"] = "private, no-store"
    return response
