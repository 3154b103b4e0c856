"""Corrections of what the register says, approved by a second officer; identities that change."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.documents import queries as documents
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, permissions, queries, tables
from tongbao.ui.views import list_response

READERS = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


@require_safe
@page(*READERS)
def corrections(request: SignedIn) -> HttpResponse:
    """Corrections, and where each stands."""
    return list_response(
        request,
        title="资料更正",
        table_class=tables.CorrectionTable,
        queryset=queries.corrections_visible_to(request.user),
        filterset_class=tables.CorrectionFilter,
        export_name="资料更正",
    )


@require_safe
@page(*READERS)
def correction(request: SignedIn, pk: int) -> HttpResponse:
    """One correction: what was, what shall be, why; a second officer decides."""
    found = queries.get_correction(request.user, pk)
    return render(request, "registry/correction.html", _of(request, found, forms.OpinionForm()))


def _of(request: SignedIn, found: Any, form: Any) -> dict[str, Any]:
    return {
        "title": found.source.file_name,
        "correction": found,
        "changes": [(title, found.before[title], text) for title, text in found.after.items()],
        "decides": permissions.can_decide_correction(request.user, found),
        "withdraws": found.source.state == "previewed" and found.source.uploaded_by_id == request.user.pk,
        "form": form,
    }


def _about(request: SignedIn, years: Sequence[int]) -> dict[str, Any]:
    """What the form begins with: what the address asks about; else the base year, or the newest that there is."""
    base = queries.current_scheme().base_year
    return {"year": base if base in years else next(iter(years), None), **forms.asked_about(request)}


@page(Role.CITY_OFFICER)
def correct_figure(request: SignedIn, pk: int) -> HttpResponse:
    """Enter another amount for a firm's month or year."""
    firm = queries.get_visible(request.user, pk)
    held_years = queries.years_held(firm)
    form = forms.FigureForm(*forms.sent(request), initial=_about(request, held_years))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.correct_figure(exporter_id=firm.pk, by=request.user, **form.correction())
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已录入更正，请另一位同事批准。批准之前，登记没有变化。")
            return redirect("registry:correction", made.pk)
    year = form.chosen_year()
    told = {"title": "更正出口额", "form": form, "exporter": firm, "year": year, "years": held_years}
    return render(request, "registry/correct_figure.html", told | {"held": queries.figures_in_words(firm, year)})


@page(Role.CITY_OFFICER)
def correct_particulars(request: SignedIn, pk: int) -> HttpResponse:
    """Enter another name or area."""
    firm = queries.get_visible(request.user, pk)
    initial = {"name": firm.name, "area": firm.area_id, **forms.asked_about(request)}
    form = forms.ParticularsForm(*forms.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.correct_particulars(exporter_id=firm.pk, by=request.user, **form.correction())
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已录入更正，请另一位同事批准。批准之前，登记没有变化。")
            return redirect("registry:correction", made.pk)
    hint = "登记机关准予更名的，请用“登记更名”，原名称会保留可查。这里只用于改正录入错误。"
    told = {
        "title": "更正名称与注册地",
        "form": form,
        "exporter": firm,
        "button": "提交更正",
        "hint": hint,
        "files": True,
    }
    return render(request, "registry/form.html", told)


@require_POST
@page(Role.CITY_OFFICER)
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """Let a correction count."""
    found = queries.get_correction(request.user, pk)
    actions.approve_correction(correction_id=found.pk, by=request.user)
    messages.success(request, "已批准，即时生效。")
    return redirect("registry:correction", pk)


@require_POST
@page(Role.CITY_OFFICER)
def reject(request: SignedIn, pk: int) -> HttpResponse:
    """Refuse a correction, or take one's own back."""
    found = queries.get_correction(request.user, pk)
    form = forms.OpinionForm(request.POST)
    if form.is_valid():
        try:
            actions.reject_correction(correction_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已退回，登记没有变化。")
            return redirect("registry:correction", pk)
    return render(request, "registry/correction.html", _of(request, found, form))


@require_safe
@page(*READERS)
def correction_evidence(request: SignedIn, pk: int) -> HttpResponse:
    """The paper that a correction rests on."""
    found = queries.get_correction(request.user, pk)
    if found.evidence is None:
        raise Http404(str(pk))
    return documents.respond(found.evidence, inline=True)


@page(Role.CITY_OFFICER)
def change_identity(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """Note that a firm was renamed, given another code, or merged into another."""
    firm = queries.get_visible(request.user, pk)
    form_class, verb, title = CHANGES.get(kind, (None, None, ""))
    if form_class is None or verb is None:
        raise Http404(kind)
    form = form_class(*forms.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            verb(exporter_id=firm.pk, by=request.user, **form.change())
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"{title}已登记，原来的名称和代码仍可查到。")
            return redirect("registry:exporter", pk)
    told = {"title": f"登记{title}", "form": form, "exporter": firm, "button": "登记", "files": True}
    return render(request, "registry/form.html", told)


@require_safe
@page(*READERS)
def identity_evidence(request: SignedIn, pk: int) -> HttpResponse:
    """The paper on which a firm's identity changed."""
    return documents.respond(queries.identity_evidence(request.user, pk), inline=True)


CHANGES: dict[str, tuple[Any, Any, str]] = {
    "renamed": (forms.RenameForm, actions.rename, "更名"),
    "recoded": (forms.RecodeForm, actions.recode, "代码变更"),
    "merged": (forms.MergeForm, actions.merge, "被合并"),
}


@page(Role.CITY_OFFICER)
def accept_code(request: SignedIn) -> HttpResponse:
    """Accept a genuine code whose check digit does not fit, on evidence."""
    form = forms.CodeExceptionForm(*forms.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            accepted = actions.accept_code(by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已登记例外：{accepted.code}。现在可以登记或导入这家企业。")
            return redirect("registry:register")
    told = {"title": "登记代码校验例外", "form": form, "button": "登记", "files": True}
    return render(
        request,
        "registry/form.html",
        told | {"hint": "少数真实的统一社会信用代码通不过校验。请先核对营业执照原件，再上传执照作为依据。"},
    )


@require_safe
@page(Role.CITY_OFFICER, Role.AUDITOR)
def code_evidence(request: SignedIn, pk: int) -> HttpResponse:
    """The licence that a code's exception rests on."""
    return documents.respond(get_object_or_404(queries.code_exceptions(), pk=pk).evidence, inline=True)
