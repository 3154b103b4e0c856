"""Who may open a page at all: every view of the project carries exactly one of these two."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tongbao.accounts.requests import SignedIn as SignedIn  # views take both from here
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden

View = Callable[..., HttpResponse]
SENT_AGAIN = "您的登录已结束，刚才提交的内容没有保存。请登录，回到原来的页面后重新提交。"
WHILE_CHANGING = ("/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/")


def page(*roles: Role) -> Callable[[View], View]:
    """A view for signed-in people with one of these roles; without roles, for everyone signed in.

    A visitor is led to sign in and back; another role is refused (403); a person with a one-time password changes it
    first. The view's `access` names the roles (an empty tuple: everyone signed in) for the permission matrix.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if _must_change(request):
                return redirect("account_change_password")
            if roles and request.user.role not in roles:
                raise Forbidden("wrong_role", _sentence(roles))
            return view(request, *args, **kwargs)

        guarded.access = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """A view for everybody, signed in or not; only a one-time password is changed first here too."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and _must_change(request):
            return redirect("account_change_password")
        return view(request, *args, **kwargs)

    opened.access = None  # type: ignore[attr-defined]
    return opened


def _must_change(request: HttpRequest) -> bool:
    return getattr(request.user, "must_change_password", False) and not request.path.startswith(WHILE_CHANGING)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; what was being sent is not kept, and the person is told so."""
    back = request.get_full_path()
    if request.method != "GET":
        messages.warning(request, SENT_AGAIN)
        back = _own_referer(request) or back
    address = f"{reverse('account_login')}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _own_referer(request: HttpRequest) -> str:
    origin, came_from = f"{request.scheme}://{request.get_host()}", request.headers.get("Referer", "")
    return came_from.removeprefix(origin) if came_from.startswith(f"{origin}/") else ""


def _sentence(roles: tuple[Role, ...]) -> str:
    names = "、".join(role.label for role in roles)
    return f"这个页面只对{names}开放。如果工作需要，请联系系统管理员调整您的角色。"
