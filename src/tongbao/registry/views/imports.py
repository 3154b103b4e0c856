"""Customs lists: template, upload, preview, confirm."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.batch import queries as batches
from tongbao.batch import rules as batch
from tongbao.batch.permissions import can_decide
from tongbao.batch.uploads import refused_size
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, queries, rules, tables
from tongbao.ui import exports
from tongbao.ui.views import list_response

KIND = rules.CUSTOMS_EXPORTS
READERS = (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


@require_safe
@page(*READERS)
def imports(request: SignedIn) -> HttpResponse:
    """What was brought in."""
    return list_response(
        request,
        title="数据导入",
        table_class=tables.ImportTable,
        queryset=batches.visible_to(request.user, KIND.id),
        template="registry/imports.html",
        keeps=request.user.role == Role.CITY_OFFICER,
    )


@require_safe
@page(Role.CITY_OFFICER)
def template(request: SignedIn) -> HttpResponse:
    """The empty workbook, its explanations on a second sheet."""
    explained = [("列", "是否必填", "怎么填", "例"), *(batch.explanation(column) for column in KIND.columns)]
    return exports.workbook("海关出口额导入模板", {KIND.sheet: [batch.headings(KIND)], "填写说明": explained})


@page(Role.CITY_OFFICER)
def upload(request: SignedIn) -> HttpResponse:
    """Send a workbook; it is looked at, nothing is written yet."""
    form = forms.UploadForm(*forms.sent(request), passed_over=refused_size(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            examined = queries.examine_exports(file_name=file.name, content=file.read())
            pending = actions.preview_import(examined=examined, by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect("registry:import", pending.pk)
    return render(request, "registry/upload.html", {"title": "导入海关出口额", "form": form, "kind": KIND})


@page(*READERS)
def one_import(request: SignedIn, pk: int) -> HttpResponse:
    """An import: the preview while it waits, what it did afterwards. POST confirms."""
    pending = get_object_or_404(batches.visible_to(request.user, KIND.id), pk=pk)
    years = [entry["year"] for entry in pending.summary.get("years", [])]
    form = forms.ConfirmForm(
        forms.sent(request)[0], years=years, declared=queries.complete_years(), faulty=bool(pending.fault_count)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_import(import_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
            pending.refresh_from_db()
        else:
            messages.success(request, "已导入。")
            return redirect("registry:import", pk)
    return render(request, "registry/import.html", _shown(request, pending) | {"form": form})


def _shown(request: SignedIn, pending: Any) -> dict[str, Any]:
    areas = queries.area_names()
    sample = [rules.Row(*row) for row in pending.summary.get("sample", [])]
    return {
        "title": pending.file_name,
        "pending": pending,
        "kind": KIND,
        "decides": can_decide(request.user, pending) and request.user.role == Role.CITY_OFFICER,
        "faults": pending.faults[:50],
        "sample": [(row, areas.get(row.area, row.area), rules.country_name(row.country)) for row in sample],
    }


@require_safe
@page(*READERS)
def errors(request: SignedIn, pk: int) -> HttpResponse:
    """The error workbook: every fault by row and column, and the faulty rows as typed, ready to be corrected."""
    pending = get_object_or_404(batches.visible_to(request.user, KIND.id), pk=pk)
    reasons: dict[int, list[str]] = {}
    for fault in pending.faults:
        reasons.setdefault(fault["row"], []).append(fault["reason"])
    listed = [
        (fault["row"], fault["column"], fault["title"], fault["value"], fault["reason"]) for fault in pending.faults
    ]
    rows = [(*cells, row, "；".join(reasons.get(row, []))) for row, cells in pending.rejected]
    return exports.workbook(
        f"错误清单-{pending.file_name.removesuffix('.xlsx')}",
        {
            "错误清单": [("行", "列", "列名", "原值", "原因"), *listed],
            "出错的行": [(*batch.headings(KIND), "原行号", "原因"), *rows],
        },
    )


@require_POST
@page(Role.CITY_OFFICER)
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Give an import up."""
    get_object_or_404(batches.visible_to(request.user, KIND.id), pk=pk)
    actions.discard_import(import_id=pk, by=request.user)
    messages.info(request, "已放弃导入，登记没有变化。")
    return redirect("registry:imports")
