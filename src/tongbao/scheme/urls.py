"""Addresses of the scheme's public pages."""

from django.urls import path

from tongbao.accounts.rules import Role
from tongbao.scheme import views
from tongbao.ui.menu import MenuItem

app_name = "scheme"
urlpatterns = [
    path("check/", views.check, name="check"),
    path("terms/", views.terms, name="terms"),
]
menu = (
    MenuItem("资格测算", "scheme:check", "calculator", (Role.EXPORTER,)),
    MenuItem("政策条款", "scheme:terms", "book", ()),
)
