"""Search, help and the pages about the service itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page, public
from tongbao.accounts.requests import SignedIn
from tongbao.desk import permissions, queries


@page(*permissions.SEARCHERS)
@require_safe
def search(request: SignedIn) -> HttpResponse:
    """Firms, applications and policies by one word; only what the person may see."""
    word = request.GET.get("q", "")
    return render(
        request, "desk/search.html", {"title": "查找", "word": word, "found": queries.search(request.user, word)}
    )


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What people ask most, and whom to ask."""
    return render(request, "desk/help.html", {"title": "帮助", "landing": queries.landing()})


@public
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Every clause of the policy: what the platform does of it, where it is shown and tested, what is still to come."""
    chapters = queries.coverage(request.user)
    return render(request, "desk/coverage.html", {"title": "政策落实情况", "coverage": chapters})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, and why."""
    return render(request, "desk/privacy.html", {"title": "隐私说明", "landing": queries.landing()})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far everybody can use these pages."""
    return render(request, "desk/accessibility.html", {"title": "无障碍说明", "landing": queries.landing()})
