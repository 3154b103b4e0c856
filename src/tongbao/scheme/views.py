"""Public pages of the scheme: the check on typed figures, and the terms clause by clause."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongbao import clock
from tongbao.accounts.decorators import public
from tongbao.scheme import queries, rules
from tongbao.scheme.forms import CheckForm

TITLE_CHECK = "资格测算"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Typed figures in, findings and offers out; nothing is stored and nothing of the register is read.

    The figures travel in the body of a POST, so that they stand in no address, history or server log.
    """
    terms = queries.terms_of(queries.current_edition(), on=clock.today())
    compiled = queries.compiled(terms)
    form = CheckForm(request.POST or None, scheme=compiled.scheme)
    shown = {"title": TITLE_CHECK, "form": form, "scheme": compiled.scheme, "terms": terms}
    if form.is_valid():
        outcome = rules.decide(compiled, form.facts())
        shown |= {"outcome": outcome, "verdict": rules.verdict(outcome)}
    return render(request, "scheme/check.html", shown)


@public
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force, explained clause by clause."""
    found = queries.terms_of(queries.current_edition(), on=clock.today())
    scheme = queries.scheme_of(found)
    shown = {"title": "政策条款", "terms": found, "scheme": scheme, "chapters": rules.chapters(scheme)}
    return render(request, "scheme/terms.html", shown)
