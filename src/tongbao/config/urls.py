"""Every address of the project."""

from typing import Any

from django.urls import include, path

from tongbao.accounts import urls as accounts

urlpatterns: list[Any] = [
    path("accounts/", include(accounts.sign_in)),
    path("people/", include("tongbao.accounts.urls")),
    path("", include("tongbao.notify.urls")),
    path("scheme/", include("tongbao.scheme.urls")),
    path("registry/", include("tongbao.registry.urls")),
    path("funds/", include("tongbao.funds.urls")),
    path("applications/", include("tongbao.intake.urls")),
    path("policies/", include("tongbao.policies.urls")),
    path("studio/", include("tongbao.studio.urls")),
    path("", include("tongbao.desk.urls")),
]
