"""Addresses of the studio."""

from typing import Any

from django.urls import path

from tongbao.studio import views
from tongbao.studio.permissions import READERS
from tongbao.studio.urls.forecast import urlpatterns as forecast
from tongbao.ui.menu import MenuItem

app_name = "studio"
urlpatterns: list[Any] = [
    path("", views.drafts, name="drafts"),
    path("new/", views.start, name="start"),
    path("compare/", views.compare, name="compare"),
    path("compare/firms/", views.firms, name="firms"),
    path("drafts/<slug:code>/", views.draft, name="draft"),
    path("drafts/<slug:code>/edit/", views.edit, name="edit"),
    path("drafts/<slug:code>/effect/", views.effect, name="effect"),
    path("drafts/<slug:code>/source/", views.source, name="source"),
    path("drafts/<slug:code>/history/<int:number>/", views.revision, name="revision"),
    path("drafts/<slug:code>/submit/", views.submit, name="submit"),
    path("drafts/<slug:code>/recall/", views.recall, name="recall"),
    path("drafts/<slug:code>/return/", views.send_back, name="send_back"),
    path("drafts/<slug:code>/publish/", views.publish, name="publish"),
    path("drafts/<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    *forecast,
]
menu = (MenuItem("政策研究", "studio:drafts", "scale", READERS),)
