"""Addresses: people and organisations here, signing in under allauth's own names in `sign_in`."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from tongbao.accounts import views
from tongbao.accounts.decorators import page, public
from tongbao.accounts.rules import Role
from tongbao.ui.menu import MenuItem

app_name = "accounts"
urlpatterns = [
    path("", views.people, name="people"),
    path("me/", views.me, name="me"),
    path("add/", views.add_person, name="add_person"),
    path("open-exporter/", views.open_exporter, name="open_exporter"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/add/", views.add_organisation, name="add_organisation"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/active/", views.set_active, name="set_active"),
    path("<int:pk>/reset-password/", views.reset_password, name="reset_password"),
]
sign_in = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", page()(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", page()(account.password_change), name="account_change_password"),
    path("2fa/", page()(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),  # between password and session
    path("2fa/reauthenticate/", page()(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", page()(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", page()(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", page()(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", page()(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", page()(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
]
menu = (
    MenuItem("企业账号", "accounts:people", "users", (Role.CITY_OFFICER, Role.DISTRICT_OFFICER)),
    MenuItem("人员", "accounts:people", "users", (Role.ADMINISTRATOR,)),
    MenuItem("单位", "accounts:organisations", "building", (Role.ADMINISTRATOR,)),
)
