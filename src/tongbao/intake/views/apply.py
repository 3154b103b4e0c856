"""The exporter's application, one thing a page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.batch.uploads import refused_size
from tongbao.documents.rules import not_received
from tongbao.intake import actions, forms, permissions, queries, rules
from tongbao.refusal import Refusal
from tongbao.registry import queries as registry
from tongbao.scheme import queries as schemes

_ORDER = ("plan", "insurer", "data", "declaration", "papers", "check")


@page(Role.EXPORTER)
def start(request: SignedIn) -> HttpResponse:
    """What is needed and how long it takes; the button opens the draft."""
    exporter = registry.exporter_of(request.user)
    if exporter is not None and request.method == "POST":
        made = actions.start(exporter_id=exporter.pk, by=request.user)
        return redirect(
            "intake:tasks" if permissions.can_edit(request.user, made) else "intake:application", made.reference
        )
    edition = schemes.current_edition()
    scheme = schemes.scheme_of(schemes.terms_of(edition, on=clock.today()))
    living = queries.live_of(exporter, edition) if exporter else None
    return render(
        request,
        "intake/start.html",
        {
            "title": "申请统保",
            "exporter": exporter,
            "edition": edition,
            "scheme": scheme,
            "living": living,
            "window": queries.window(edition),
        },
    )


@require_safe
@page(Role.EXPORTER)
def tasks(request: SignedIn, reference: str) -> HttpResponse:
    """The task list: every part with its state."""
    application = queries.by_reference(request.user, reference)
    if not permissions.can_edit(request.user, application):
        return redirect("intake:application", reference)
    outcome = queries.current_outcome(application, clock.now())
    todo = rules.tasks(queries.draft_of(application, outcome))
    done = sum(task.state == rules.Part.DONE for task in todo)
    shown = {"tasks": todo, "done": done, "outcome": outcome, "questions": queries.open_questions(application)}
    shown["window"] = queries.window(application.edition)
    return render(request, "intake/tasks.html", {"title": "我的申请", "application": application, **shown})


@page(Role.EXPORTER)
def plan(request: SignedIn, reference: str) -> HttpResponse:
    """Choose a plan from what the register's facts allow."""
    application = _editable(request, reference)
    outcome = queries.current_outcome(application, clock.now())
    settled = set(rules.firm_plans(outcome))
    choices = [(offer.plan, offer.title) for offer in outcome.offers]
    form = forms.PlanForm(
        *_typed(request),
        plans=choices,
        fallbacks=[choice for choice in choices if choice[0] in settled],
        later=_later(request),
        initial={"plan": application.plan, "fallback_plan": application.fallback_plan},
    )

    def save(given: dict[str, Any]) -> None:
        if given["plan"]:
            fallback = given.get("fallback_plan", "")
            actions.save_plan(
                application_id=application.pk, plan=given["plan"], fallback_plan=fallback, by=request.user
            )

    return _step(request, application, form, save, "plan", outcome=outcome)


@page(Role.EXPORTER)
def insurer(request: SignedIn, reference: str) -> HttpResponse:
    """Choose the insurer and whether the other is accepted."""
    application = _editable(request, reference)
    found = queries.insurers(application)
    form = forms.InsurerForm(
        *_typed(request),
        later=_later(request),
        insurers=[(body.pk, entry.title) for body, entry in found],
        initial={"insurer": application.insurer_id, "accepts_other_insurer": application.accepts_other_insurer},
    )

    def save(given: dict[str, Any]) -> None:
        if given["insurer"]:
            actions.save_insurer(
                application_id=application.pk,
                insurer_id=given["insurer"],
                accepts_other_insurer=given["accepts_other_insurer"],
                by=request.user,
            )

    return _step(request, application, form, save, "insurer", insurers=found)


@page(Role.EXPORTER)
def data(request: SignedIn, reference: str) -> HttpResponse:
    """Check the register's data, say whom to reach."""
    application = _editable(request, reference)
    names = ("contact_name", "contact_phone", "address")
    initial = {name: getattr(application, name) for name in names} | {"confirmed": application.data_confirmed}
    if not application.contact_name:
        initial |= {"contact_name": request.user.name, "contact_phone": request.user.phone}
    form = forms.DataForm(*_typed(request), later=_later(request), initial=initial)

    def save(given: dict[str, Any]) -> None:
        actions.confirm_data(application_id=application.pk, **given, by=request.user)

    rows = queries.fact_rows(application, clock.now())
    return _step(request, application, form, save, "data", rows=rows)


@page(Role.EXPORTER)
def declaration(request: SignedIn, reference: str) -> HttpResponse:
    """Read and tick the declarations."""
    application = _editable(request, reference)
    initial = {name: getattr(application, name) for name in rules.DECLARATIONS}
    form = forms.DeclarationForm(*_typed(request), later=_later(request), initial=initial)

    def save(given: dict[str, Any]) -> None:
        actions.declare(application_id=application.pk, **given, by=request.user)

    return _step(request, application, form, save, "declaration", version=rules.DECLARATION_VERSION)


@page(Role.EXPORTER)
def papers(request: SignedIn, reference: str) -> HttpResponse:
    """Upload the stamped form and the licence."""
    application = _editable(request, reference)
    required = queries.draft_of(application, queries.current_outcome(application, clock.now())).required_papers
    refused = _keep_papers(request, application, required)
    present = {paper.kind: paper for paper in queries.papers(application)}
    form = forms.PapersForm(*_typed(request), later=_later(request), present=present, required=required)
    if size := refused_size(request):
        form.refuse_files(not_received(size))
    for no in refused:
        form.refuse(no)
    shown = [(form[kind], present.get(kind)) for kind in required]
    return _step(request, application, form, lambda given: None, "papers", rows=shown)


@require_safe
@page(Role.EXPORTER)
def form(request: SignedIn, reference: str) -> HttpResponse:
    """The application form to print, stamp and upload."""
    application = queries.by_reference(request.user, reference)
    outcome = queries.current_outcome(application, clock.now())
    shown = {
        "rows": queries.fact_rows(application, clock.now()),
        "offer": rules.offer_of(outcome, application.plan),
        "scheme": queries.scheme_for(application),
        "declarations": rules.DECLARATIONS.values(),
        "today": clock.today(),
    }
    return render(request, "intake/form.html", {"title": "申请表", "application": application, **shown})


@page(Role.EXPORTER)
def check(request: SignedIn, reference: str) -> HttpResponse:
    """Every answer with a way to change it; the button submits (again, after a correction)."""
    application = queries.by_reference(request.user, reference)
    sent = forms.SubmitForm(request.POST or None)
    if request.method == "POST" and sent.is_valid():
        hand_in = actions.resubmit if permissions.can_resubmit(request.user, application) else actions.submit
        try:
            hand_in(application_id=application.pk, key=sent.cleaned_data["key"], by=request.user)
        except Refusal as no:
            sent.refuse(no)
        else:
            return redirect("intake:receipt", reference)
    if not permissions.can_edit(request.user, application):
        return redirect("intake:application", reference)
    shown = {"form": sent, **_summary(application)}
    return render(request, "intake/check.html", {"title": "检查并提交", "application": application, **shown})


def _summary(application: Any) -> dict[str, Any]:
    """Every answer, what is still missing, and whether it could be received now."""
    outcome = queries.current_outcome(application, clock.now())
    return {
        "outcome": outcome,
        "offer": rules.offer_of(outcome, application.plan),
        "missing": list(rules.missing(queries.draft_of(application, outcome))),
        "window": queries.window(application.edition),
        "papers": queries.papers(application),
        "rows": queries.fact_rows(application, clock.now()),
        "declarations": rules.DECLARATIONS,
    }


def _keep_papers(request: SignedIn, application: Any, kinds: Iterable[str]) -> list[Refusal]:
    """Keep every file that is good at once, so that a fault of one never costs the other; give back the refusals."""
    refused = []
    for kind in kinds:
        if isinstance(upload := request.FILES.get(kind), UploadedFile):
            try:
                actions.add_paper(application_id=application.pk, kind=kind, upload=upload, by=request.user)
            except Refusal as no:
                refused.append(no)
    return refused


def _editable(request: SignedIn, reference: str) -> Any:
    application = queries.by_reference(request.user, reference)
    permissions.check_edit(request.user, application)
    return application


def _typed(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _later(request: HttpRequest) -> bool:
    return "later" in request.POST


def _step(
    request: SignedIn,
    application: Any,
    form: Any,
    save: Callable[[dict[str, Any]], None],
    name: str,
    **shown: Any,
) -> HttpResponse:
    """One page: show it, or keep what was typed and go on (to the summary, when the person came from there)."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            return redirect(f"intake:{_onward(request, name)}", application.reference)
    context = {"title": _title(name), "application": application, "form": form, "step": _ORDER.index(name) + 1, **shown}
    return render(request, f"intake/{name}.html", context)


def _onward(request: HttpRequest, name: str) -> str:
    if _later(request):
        return "tasks"
    return "check" if "check" in request.GET else _ORDER[_ORDER.index(name) + 1]


def _title(name: str) -> str:
    return {
        "plan": "选择方案",
        "insurer": "选择保险公司",
        "data": "核对企业资料",
        "declaration": "声明",
        "papers": "上传申请材料",
    }[name]
