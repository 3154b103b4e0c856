"""A draft's two panes: parameters and text, each change in one shown in the other, checked at every step."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongbao.accounts.decorators import SignedIn, page
from tongbao.refusal import Refusal
from tongbao.scheme.rules import Fault
from tongbao.studio import actions, forms, permissions, queries, rules
from tongbao.studio.views.drafts import get

AFTER = {"save": "studio:edit", "over": "studio:edit", "finish": "studio:effect"}  # where a kept text leads


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page(*permissions.WRITERS)
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Both panes. A POST brings what was changed in either together; `step` says whether to keep it."""
    draft = get(code)
    permissions.check_edit(request.user, draft)
    if request.method != "POST":
        form = forms.TextForm(initial={"revision": draft.revision})
        return _editor(request, draft, form, draft.text, queries.faults_of(draft))
    form, changes = forms.TextForm(request.POST), forms.changed(request.POST)
    text = draft.text
    if form.is_valid():
        base = rules.read_source(draft.based_on.source)
        text = rules.change(rules.read_source(form.cleaned_data["text"]), base, changes)
        step, _, over = request.POST.get("step", "").partition(":")
        if step in AFTER and _saved(request, draft, form, text, over):
            return redirect(AFTER[step], code)
    response = _editor(request, draft, form, text, queries.check(text, f"{code}.yaml").faults)
    if changes:  # the text is no longer what was typed: whoever asked, both panes are drawn anew
        response["HX-Retarget"] = response["HX-Reselect"] = "#live"
    return response


def _saved(request: SignedIn, draft: Any, form: forms.TextForm, text: str, over: str) -> bool:
    """Keep the text, `over` the revision it replaces knowingly; False when somebody else was quicker."""
    typed = form.cleaned_data
    revision = int(over) if over.isdecimal() and len(over) < 10 else typed["revision"]
    try:
        done = actions.save(code=draft.code, text=text, revision=revision, note=typed["note"], by=request.user)
    except Refusal as no:
        form.refuse(no)
        return False
    faults = len(done.faults)
    messages.success(request, "已保存。" + (f"还有 {faults} 处问题，改好后才能提交。" if faults else "检查没有问题。"))
    return True


def _editor(request: SignedIn, draft: Any, form: forms.TextForm, text: str, faults: Sequence[Fault]) -> HttpResponse:
    source, base = rules.read_source(text), rules.read_source(draft.based_on.source)
    subject = None if faults else queries.subject_of_text(draft, text)
    faulty = {fault.line for fault in faults}
    shown = {
        "title": f"修改：{draft.title}",
        "draft": draft,
        "form": form,
        "text": text,
        "faults": faults,
        "numbers": [(number, number in faulty) for number in range(1, text.count("\n") + 2)],
        "parameters": forms.ParameterForm(
            rules.parameters(source, base), before=rules.parameters(base, base), faults=faults
        ),
        "pair": queries.pair(queries.subject_of_terms(draft.based_on), subject) if subject else None,
        "unsaved": text != draft.text,
        "left_behind": rules.left_behind(source, base),
    }
    return render(request, "studio/edit.html" if not request.htmx else "studio/edit.html#live", shown)
