"""Every address of the project."""

from importlib.util import find_spec
from typing import Any

from django.urls import URLResolver, include, path

from tongbao.accounts import urls as accounts


def _optional(route: str, module: str) -> list[URLResolver]:
    """TEMPORARY, until registry and batch have their pages."""
    return [path(route, include(module))] if find_spec(module) else []


urlpatterns: list[Any] = [
    path("accounts/", include(accounts.sign_in)),
    path("people/", include("tongbao.accounts.urls")),
    path("", include("tongbao.notify.urls")),
    *_optional("", "tongbao.batch.urls"),
    path("scheme/", include("tongbao.scheme.urls")),
    *_optional("registry/", "tongbao.registry.urls"),
    path("funds/", include("tongbao.funds.urls")),
    path("applications/", include("tongbao.intake.urls")),
    path("policies/", include("tongbao.policies.urls")),
    path("", include("tongbao.desk.urls")),
]
