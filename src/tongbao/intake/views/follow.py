"""The exporter's application after it was handed in: receipt, state, questions, withdrawal, papers."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.batch.uploads import refused_size
from tongbao.documents import queries as documents
from tongbao.documents.rules import not_received
from tongbao.intake import actions, forms, permissions, queries, rules
from tongbao.refusal import Refusal

LOG_URL = "/queue-log/{}/"  # the public log is the roof's; its address is fixed


@require_safe
@page(Role.EXPORTER)
def mine(request: SignedIn) -> HttpResponse:
    """The firm's applications: straight to the only one, to the start when there is none."""
    found = list(queries.past_of(request.user))
    if not found:
        return redirect("intake:start")
    if len(found) == 1:
        return redirect("intake:application", found[0].reference)
    return render(request, "intake/mine.html", {"title": "我的申请", "applications": found})


@require_safe
@page(Role.EXPORTER)
def application(request: SignedIn, reference: str) -> HttpResponse:
    """Where the application stands, what happened, what to do now."""
    found = queries.by_reference(request.user, reference)
    if found.state == rules.State.DRAFT:
        return redirect("intake:tasks", reference)
    shown = {
        "application": found,
        "standing": queries.standpoint(found),
        "due": queries.due_of(found),
        "window": queries.window(found.edition),
        "log_url": LOG_URL.format(found.edition.code),
        "history": queries.history(found),
        "reevaluated": queries.reevaluated(found),
        "questions": found.questions.all(),
        "papers": queries.papers(found),
        "may": {
            "answer": permissions.can_answer(request.user, found),
            "resubmit": permissions.can_resubmit(request.user, found),
            "switch": permissions.can_switch(request.user, found) and len(queries.insurers(found)) > 1,
            "withdraw": permissions.can_withdraw(request.user, found),
        },
    }
    return render(request, "intake/application.html", {"title": f"申请 {reference}", **shown})


@require_safe
@page(Role.EXPORTER)
def receipt(request: SignedIn, reference: str) -> HttpResponse:
    """Number, time, money or place on the waiting list, and what happens next."""
    found = queries.by_reference(request.user, reference)
    if found.submitted_at is None:
        return redirect("intake:tasks", reference)
    shown = {
        "application": found,
        "position": queries.waiting_position(found),
        "scheme": (scheme := queries.scheme_for(found)),
        "log_url": LOG_URL.format(found.edition.code),
        "owes": any(scheme.plan(plan).exporter_pays for plan in (found.plan, found.fallback_plan) if plan),
        "other_insurer": found.first_choice_id != found.insurer_id,
    }
    return render(request, "intake/receipt.html", {"title": "申请已收到", **shown})


@page(Role.EXPORTER)
def answer(request: SignedIn, reference: str) -> HttpResponse:
    """Answer the reviewers' questions."""
    found = queries.by_reference(request.user, reference)
    if request.method != "POST":
        permissions.check_answer(request.user, found)
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.AnswerForm(*typed, questions=queries.open_questions(found))
    if size := refused_size(request):
        form.refuse_files(not_received(size, "answer"))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["answer"]
        try:
            actions.answer(application_id=found.pk, answers=form.answers(), upload=upload, by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect("intake:application", reference)
    return render(request, "intake/answer.html", {"title": "回答问题", "application": found, "form": form})


@page(Role.EXPORTER)
def withdraw(request: SignedIn, reference: str) -> HttpResponse:
    """Ask once more, then take the application back."""
    found = queries.by_reference(request.user, reference)
    if request.method != "POST":
        permissions.check_withdraw(request.user, found)
    form = forms.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(application_id=found.pk, why=form.cleaned_data["why"], by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect("intake:application", reference)
    return render(request, "intake/withdraw.html", {"title": "撤回申请", "application": found, "form": form})


@require_safe
@page()
def paper(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """One paper: pictures are shown, PDFs are saved (the browser's viewer does not run in the file's sandbox)."""
    found = queries.by_reference(request.user, reference)
    permissions.check_see_paper(request.user, found)
    document = queries.paper(found, pk).document
    return documents.respond(document, inline=document.content_type.startswith("image/"))
