"""Addresses of the scheme's pages."""

from django.urls import path

from tongbao.accounts.rules import Role
from tongbao.scheme import views
from tongbao.scheme.permissions import WATCHERS
from tongbao.ui.menu import MenuItem

app_name = "scheme"
urlpatterns = [
    path("check/", views.check, name="check"),
    path("terms/", views.terms, name="terms"),
    path("terms/<slug:code>/<int:number>/", views.version_terms, name="version_terms"),
    path("editions/", views.editions, name="editions"),
    path("editions/load/", views.load, name="load"),
    path("editions/<slug:code>/<int:number>/", views.version, name="version"),
    path("editions/<slug:code>/<int:number>/source/", views.source, name="source"),
]
menu = (
    MenuItem("资格测算", "scheme:check", "calculator", (Role.EXPORTER,)),
    MenuItem("政策条款", "scheme:terms", "book", ()),
    MenuItem("年度方案", "scheme:editions", "books", WATCHERS),
)
