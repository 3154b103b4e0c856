"""Drafts: the list, a new one, one with its state and what it changes, its history, giving it up."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.batch.uploads import refused_size
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.studio import actions, forms, permissions, queries, rules, tables
from tongbao.ui.views import list_response

if TYPE_CHECKING:
    from tongbao.studio.models import Draft


@require_safe
@page(*permissions.READERS)
def drafts(request: SignedIn) -> HttpResponse:
    """Drafts, and the published versions they may begin from."""
    return list_response(
        request,
        title="政策研究",
        table_class=tables.DraftTable,
        queryset=queries.drafts(),
        template="studio/drafts.html",
        versions=queries.versions(),
        writes=permissions.can_write(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(*permissions.WRITERS)
def start(request: SignedIn) -> HttpResponse:
    """Begin a draft from a published version or a file."""
    versions = {str(one.pk): one for one in queries.versions()}
    choices = [(pk, f"{one.edition.title} 第 {one.version} 版") for pk, one in versions.items()]
    first = {"based_on": request.GET.get("from", ""), "key": uuid4()}
    form = forms.StartForm(*forms.sent(request), initial=first, versions=choices, passed_over=refused_size(request))
    if form.is_valid():
        typed = form.cleaned_data
        draft = actions.start(
            based_on=versions[typed["based_on"]],
            title=typed["title"],
            text=form.own,
            key=typed["key"],
            by=request.user,
        )
        return redirect("studio:edit", draft.code)
    return render(request, "studio/start.html", {"title": "起草新方案", "form": form})


@require_safe
@page(*permissions.READERS)
def draft(request: SignedIn, code: str) -> HttpResponse:
    """One draft: where it stands, what it changes, what may be done now."""
    found = get(code)
    subject = queries.subject_of_draft(found)
    base = queries.subject_of_terms(found.based_on)
    shown = {
        "title": found.title,
        "draft": found,
        "tone": rules.TONES[rules.DraftState(found.state)],
        "faults": queries.faults_of(found),
        "pair": queries.pair(base, subject) if subject else None,
        "seen": schemes.preview(subject.scheme) if subject else None,
        "hands": queries.hands(found),
        "revisions": queries.revisions(found),
        **{act: getattr(permissions, f"can_{act}")(request.user, found) for act in ACTS},
    }
    return render(request, "studio/draft.html", shown)


ACTS = ("edit", "approve", "recall", "withdraw")


def get(code: str) -> "Draft":
    """A draft; Http404 when there is none."""
    found = queries.draft(code)
    if found is None:
        raise Http404(code)
    return found


@require_safe
@page(*permissions.READERS)
def source(request: SignedIn, code: str) -> HttpResponse:
    """The text as a file."""
    found = get(code)
    response = HttpResponse(found.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-r{found.revision}.yaml"'
    return response


@require_safe
@page(*permissions.READERS)
def revision(request: SignedIn, code: str, number: int) -> HttpResponse:
    """One state of the text, and the lines it changed."""
    found = get(code)
    state = queries.revision(found, number)
    if state is None:
        raise Http404(str(number))
    before = queries.revision(found, number - 1)
    old = before.text if before else found.based_on.source
    shown = {
        "title": f"第 {number} 次修改",
        "draft": found,
        "state": state,
        "lines": rules.changed_lines(old, state.text),
        "before": "上一次修改" if before else "起草依据",
    }
    return render(request, "studio/revision.html", shown)


@require_POST
@page(*permissions.WRITERS)
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Give up a draft."""
    get(code)
    actions.withdraw(code=code, by=request.user)
    messages.success(request, "草案已撤销，仍可查看。")
    return redirect("studio:draft", code)


@require_POST
@page(*permissions.WRITERS)
def submit(request: SignedIn, code: str) -> HttpResponse:
    """Hand in a draft for approval."""
    get(code)
    actions.submit(code=code, revision=_number(request, "revision"), by=request.user)
    messages.success(request, "已提交，等待市商务局另一位同事批准。")
    return redirect("studio:draft", code)


@require_POST
@page(*permissions.WRITERS)
def recall(request: SignedIn, code: str) -> HttpResponse:
    """Take a submitted draft back."""
    get(code)
    actions.recall(code=code, by=request.user)
    messages.success(request, "已撤回提交，可以继续修改。")
    return redirect("studio:edit", code)


@require_http_methods(["GET", "HEAD", "POST"])
@page(*permissions.WRITERS)
def send_back(request: SignedIn, code: str) -> HttpResponse:
    """Return a submitted draft with a reason."""
    found = get(code)
    permissions.check_approve(request.user, found)
    form = forms.ReasonForm(request.POST or None)
    if form.is_valid():
        actions.send_back(code=code, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已退回修改。")
        return redirect("studio:draft", code)
    return render(request, "studio/send_back.html", {"title": "退回修改", "draft": found, "form": form})


@require_POST
@page(*permissions.WRITERS)
def publish(request: SignedIn, code: str) -> HttpResponse:
    """Approve and publish."""
    get(code)
    seen, follows = request.POST.get("seen", ""), _number(request, "follows")
    done = actions.publish(code=code, seen=seen, follows=follows, by=request.user)
    assert done.published is not None
    messages.success(request, f"已批准并发布为第 {done.published.version} 版。")
    return redirect("studio:draft", code)


def _number(request: SignedIn, name: str) -> int:
    typed = request.POST.get(name, "")
    if not typed.isdecimal() or len(typed) > 9:
        raise Refusal("draft.incomplete", "页面内容没有完整收到。请刷新页面后再试。")
    return int(typed)
