"""Lists: template, upload, columns, preview, confirm, undo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.batch import queries as batches
from tongbao.batch import rules as batch
from tongbao.batch.uploads import refused_size
from tongbao.documents import queries as documents
from tongbao.refusal import Refusal
from tongbao.registry import actions, forms, jobs, queries, rules, tables
from tongbao.registry.views import shown
from tongbao.ui import exports
from tongbao.ui.views import list_response

READERS = (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


@require_safe
@page(*READERS)
def imports(request: SignedIn) -> HttpResponse:
    """What was brought in."""
    return list_response(
        request,
        title="数据导入",
        table_class=tables.ImportTable,
        queryset=batches.visible_to(request.user, rules.TABLES),
        filterset_class=tables.ImportFilter,
        template="registry/imports.html",
        keeps=request.user.role == Role.CITY_OFFICER,
    )


@require_safe
@page(Role.CITY_OFFICER)
def new_import(request: SignedIn) -> HttpResponse:
    """Choose what to bring in."""
    kinds = [table.kind for table in rules.TABLES.values()]
    return render(request, "registry/new_import.html", {"title": "导入数据", "kinds": kinds})


@require_safe
@page(Role.CITY_OFFICER)
def template(request: SignedIn, kind: str) -> HttpResponse:
    """The empty workbook, its explanations on a second sheet."""
    wanted = shown.kind_or_404(kind)
    explained = [("列", "是否必填", "怎么填", "例"), *(batch.explanation(column) for column in wanted.columns)]
    return exports.workbook(f"{wanted.title}导入模板", {wanted.sheet: [batch.headings(wanted)], "填写说明": explained})


@page(Role.CITY_OFFICER)
def upload(request: SignedIn, kind: str) -> HttpResponse:
    """Send a list; it is looked at, nothing counts yet."""
    wanted = shown.kind_or_404(kind)
    form = forms.UploadForm(*forms.sent(request), passed_over=refused_size(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = actions.receive_file(kind=kind, file_name=file.name, content=file.read(), by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            jobs.go_on(received)
            return redirect("registry:import", received.pk)
    return render(request, "registry/upload.html", {"title": f"导入{wanted.title}", "form": form, "kind": wanted})


@page(Role.CITY_OFFICER)
def columns(request: SignedIn, pk: int) -> HttpResponse:
    """Say which column of the file is which: guessed, corrected by the person, remembered for the next time."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    if not pending.guess:
        return redirect("registry:import", pk)
    kind, guess = rules.TABLES[pending.kind].kind, batch.Guess.from_json(pending.guess)
    form = forms.ColumnsForm(forms.sent(request)[0], kind=kind, guess=guess)
    if request.method == "POST" and form.is_valid():
        try:
            layout = form.layout(guess)
            batch.check_layout(kind, layout, len(guess.headings))
            jobs.go_on(actions.read_file(import_id=pk, layout=layout, signature=guess.signature, by=request.user))
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect("registry:import", pk)
    return render(request, "registry/columns.html", shown.of_columns(pending, guess) | {"form": form})


@require_POST
@page(Role.CITY_OFFICER)
def look_again(request: SignedIn, pk: int) -> HttpResponse:
    """Have the columns looked at on another sheet or under another heading row."""
    get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    row = request.POST.get("heading_row", "")
    heading_row, sheet = int(row) if row.isdecimal() and len(row) < 5 else 1, request.POST.get("sheet", "")
    jobs.go_on(actions.look_again(import_id=pk, sheet=sheet, heading_row=heading_row, by=request.user))
    return redirect("registry:import", pk)


@page(*READERS)
def one_import(request: SignedIn, pk: int) -> HttpResponse:
    """An import: its progress, the preview while it waits, what it did afterwards. POST confirms."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    if shown.needs_columns(request.user, pending):
        return redirect("registry:columns", pk)
    form = forms.ConfirmForm(forms.sent(request)[0], pending=pending, declared=queries.complete_years())
    if request.method == "POST" and form.is_valid():
        try:
            jobs.go_on(actions.confirm_import(import_id=pk, by=request.user, **form.cleaned_data))
        except Refusal as no:
            form.refuse(no)
            pending.refresh_from_db()
        else:
            messages.success(request, "已确认导入。")
            return redirect("registry:import", pk)
    return render(request, "registry/import.html", shown.of_import(request.user, pending) | {"form": form})


@require_safe
@page(*READERS)
def progress(request: SignedIn, pk: int) -> HttpResponse:
    """How far the work is, asked again and again by the page; when it is over, the page is shown anew."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    response = render(request, "registry/_progress.html", {"pending": pending})
    if not pending.work:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@page(*READERS)
def errors(request: SignedIn, pk: int) -> HttpResponse:
    """The error workbook: every fault by row and column, and the faulty rows as typed, ready to be corrected."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    return exports.workbook(f"错误清单-{pending.file_name.rpartition('.')[0]}", shown.error_sheets(pending))


@require_safe
@page(*READERS)
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk, document__isnull=False)
    assert pending.document is not None
    return documents.respond(pending.document)


@require_POST
@page(Role.CITY_OFFICER)
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Give an import up."""
    get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    jobs.go_on(actions.discard_import(import_id=pk, by=request.user))
    messages.info(request, "已放弃导入，登记没有变化。")
    return redirect("registry:imports")


@page(Role.CITY_OFFICER)
def undo(request: SignedIn, pk: int) -> HttpResponse:
    """Take a confirmed import back, with a reason."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    form = forms.UndoForm(forms.sent(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            jobs.go_on(actions.undo_import(import_id=pk, by=request.user, **form.cleaned_data))
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "已撤销，登记恢复到导入之前。")
            return redirect("registry:import", pk)
    return render(request, "registry/undo.html", {"title": "撤销导入", "pending": pending, "form": form})


@require_POST
@page(Role.CITY_OFFICER)
def confirm_list(request: SignedIn, pk: int) -> HttpResponse:
    """Stand, as the second person, for every entry of an imported list."""
    pending = get_object_or_404(batches.visible_to(request.user, rules.TABLES), pk=pk)
    count = actions.confirm_designations(import_id=pending.pk, by=request.user)
    messages.success(request, f"已确认 {count} 条，即日起计入资格判定。")
    return redirect("registry:import", pk)
