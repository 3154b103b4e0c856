"""Pages of the scheme: the public check and terms; for staff the editions, their versions and loading."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page, public
from tongbao.accounts.requests import SignedIn
from tongbao.batch.uploads import refused_size
from tongbao.refusal import Refusal
from tongbao.scheme import actions, forms, queries, rules
from tongbao.scheme.permissions import LOADERS, WATCHERS, can_load

TITLE_CHECK = "资格测算"
MOST_FAULTS = 500  # a page can show; no file that was meant as a scheme has as many


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Typed figures in, findings and offers out; nothing is stored and nothing of the register is read.

    The figures travel in the body of a POST, so that they stand in no address, history or server log.
    """
    terms = queries.terms_of(queries.current_edition(), on=clock.today())
    compiled = queries.compiled(terms)
    form = forms.CheckForm(request.POST or None, scheme=compiled.scheme)
    shown = {"title": TITLE_CHECK, "form": form, "scheme": compiled.scheme, "terms": terms}
    if form.is_valid():
        facts = form.facts()
        outcome = rules.decide(compiled, facts)
        advice = rules.nearest(compiled, facts, outcome)
        shown |= {"outcome": outcome, "verdict": rules.verdict(outcome), "advice": advice}
    return render(request, "scheme/check.html", shown)


@public
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force, explained clause by clause."""
    return _clauses(request, queries.terms_of(queries.current_edition(), on=clock.today()))


@public
@require_safe
def version_terms(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version's terms, in force or not: decisions point at it."""
    found = _version(code, number)
    now = queries.terms_of(found.edition, on=clock.today())
    current = queries.current_edition()
    return _clauses(
        request, found, in_force=None if now == found else now, current=None if current == found.edition else current
    )


def _clauses(request: HttpRequest, found: Any, **more: Any) -> HttpResponse:
    scheme = queries.scheme_of(found)
    plans = [(plan, rules.in_words(plan, scheme)) for plan in scheme.plans]
    shown = {"title": "政策条款", "terms": found, "scheme": scheme, "plans": plans, "chapters": rules.chapters(scheme)}
    return render(request, "scheme/terms.html", shown | more)


def _version(code: str, number: int) -> Any:
    found = queries.version(code, number)
    if found is None:
        raise Http404
    return found


@require_safe
@page(*WATCHERS)
def editions(request: SignedIn) -> HttpResponse:
    """Every edition with its versions."""
    shown = {"title": "年度方案", "shelves": queries.shelves(clock.today()), "loads": can_load(request.user)}
    return render(request, "scheme/editions.html", shown)


@require_safe
@page(*WATCHERS)
def version(request: SignedIn, code: str, number: int) -> HttpResponse:
    """One version: its hash, what it holds, what it changed."""
    found = _version(code, number)
    scheme = queries.scheme_of(found)
    shown = {
        "title": f"第 {number} 版",
        "terms": found,
        "current": queries.current_edition() == found.edition,
        "reasons": rules.not_operable(scheme),
        "summary": rules.summary(scheme),
        "changes": queries.differences(found),
        "in_force": queries.terms_of(found.edition, on=clock.today()),
    }
    return render(request, "scheme/version.html", shown)


@require_safe
@page(*WATCHERS)
def source(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The file as it was loaded."""
    response = HttpResponse(_version(code, number).source, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-v{number}.yaml"'
    return response


@page(*LOADERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: SignedIn) -> HttpResponse:
    """Choose a file, look at what it would change (or at everything wrong with it), confirm."""
    if request.POST.get("step") == "store":
        return _store(request)
    form = forms.SchemeFileForm(*forms.sent(request), passed_over=refused_size(request))
    if not form.is_valid():
        return _ask(request, form)
    return _preview(request, form.text, form.name)


def _store(request: SignedIn) -> HttpResponse:
    form = forms.ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, "预览的内容没有完整收到，请重新选择文件。")
        return redirect("scheme:load")
    text, name = form.cleaned_data["text"], form.cleaned_data["name"]
    try:
        seen = queries.preview(rules.load(text, name))
        terms = actions.load_edition(text=text, name=name, follows=form.cleaned_data["follows"], by=request.user)
    except rules.Faults as found:
        return _ask(request, forms.SchemeFileForm(), name, found.faults)
    except Refusal as no:
        form.refuse(no)
        return _preview(request, text, name, form)
    done = f"内容与第 {terms.version} 版相同，未重复载入。" if seen.same else f"已载入为第 {terms.version} 版。"
    messages.success(request, done)
    return redirect("scheme:version", terms.edition.code, terms.version)


def _preview(request: SignedIn, text: str, name: str, form: Any = None) -> HttpResponse:
    try:
        scheme = rules.load(text, name)
    except rules.Faults as found:
        return _ask(request, forms.SchemeFileForm(), name, found.faults)
    seen = queries.preview(scheme)
    changes = rules.differences(queries.scheme_of(seen.last), scheme) if seen.last else ()
    told = {"changes": changes, "summary": rules.summary(scheme), "reasons": rules.not_operable(scheme)}
    shown = {"title": "核对方案", "seen": seen, "form": form, "scheme": scheme, "text": text, "name": name}
    return render(request, "scheme/preview.html", {**told, **shown})


def _ask(request: SignedIn, form: Any, name: str = "", faults: Sequence[rules.Fault] = ()) -> HttpResponse:
    shown = {
        "title": "载入方案",
        "form": form,
        "name": name,
        "faults": faults[:MOST_FAULTS],
        "fault_count": len(faults),
    }
    return render(request, "scheme/load.html", shown)
