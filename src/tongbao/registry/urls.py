"""Addresses of the register."""

from django.urls import path

from tongbao.accounts.rules import Role
from tongbao.registry import views
from tongbao.ui.menu import MenuItem

app_name = "registry"
urlpatterns = [
    path("", views.exporters, name="exporters"),
    path("new/", views.register, name="register"),
    path("mine/", views.mine, name="mine"),
    path("<int:pk>/", views.exporter, name="exporter"),
    path("<int:pk>/designate/", views.designate, name="designate"),
    path("<int:pk>/cover/", views.record_cover, name="record_cover"),
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.upload, name="upload"),
    path("imports/template/", views.template, name="template"),
    path("imports/<int:pk>/", views.one_import, name="import"),
    path("imports/<int:pk>/errors/", views.errors, name="errors"),
    path("imports/<int:pk>/discard/", views.discard, name="discard"),
    path("designations/", views.designations, name="designations"),
    path("designations/<int:pk>/confirm/", views.confirm_designation, name="confirm_designation"),
    path("inquiries/", views.inquiries, name="inquiries"),
    path("inquiries/<int:pk>/", views.answer, name="answer"),
]

_STAFF = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
menu = (
    MenuItem("我的资格", "registry:mine", "checklist", (Role.EXPORTER,)),
    MenuItem("企业名册", "registry:exporters", "building-factory", _STAFF),
    MenuItem("名单认定", "registry:designations", "list-check", (Role.CITY_OFFICER,)),
    MenuItem("数据导入", "registry:imports", "database-import", (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)),
    MenuItem("投保情况核查", "registry:inquiries", "help-circle", (Role.INSURER_AGENT,)),
)
