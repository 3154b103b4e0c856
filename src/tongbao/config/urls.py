"""Every address of the project."""

from importlib.util import find_spec
from typing import Any

from django.urls import URLResolver, include, path

from tongbao.accounts import urls as accounts


def _optional(route: str, module: str) -> list[URLResolver]:
    return [path(route, include(module))] if find_spec(module) else []


urlpatterns: list[Any] = [
    path("accounts/", include(accounts.sign_in)),
    path("people/", include("tongbao.accounts.urls")),
    *_optional("", "tongbao.notify.urls"),
    *_optional("", "tongbao.batch.urls"),
    *_optional("scheme/", "tongbao.scheme.urls"),
    *_optional("registry/", "tongbao.registry.urls"),
    *_optional("funds/", "tongbao.funds.urls"),
    *_optional("applications/", "tongbao.intake.urls"),
    *_optional("policies/", "tongbao.policies.urls"),
    *_optional("", "tongbao.desk.urls"),
]
