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
    path("mine/disputes/", views.my_disputes, name="my_disputes"),
    path("mine/dispute/<slug:fact>/", views.raise_dispute, name="raise_dispute"),
    path("<int:pk>/correct/", views.correct_figure, name="correct_figure"),
    path("<int:pk>/correct/particulars/", views.correct_particulars, name="correct_particulars"),
    path("<int:pk>/identity/<slug:kind>/", views.change_identity, name="change_identity"),
    path("identity/<int:pk>/evidence/", views.identity_evidence, name="identity_evidence"),
    path("codes/new/", views.accept_code, name="accept_code"),
    path("codes/<int:pk>/evidence/", views.code_evidence, name="code_evidence"),
    path("corrections/", views.corrections, name="corrections"),
    path("corrections/<int:pk>/", views.correction, name="correction"),
    path("corrections/<int:pk>/approve/", views.approve, name="approve"),
    path("corrections/<int:pk>/reject/", views.reject, name="reject"),
    path("corrections/<int:pk>/evidence/", views.correction_evidence, name="correction_evidence"),
    path("disputes/", views.disputes, name="disputes"),
    path("disputes/<int:pk>/", views.dispute, name="dispute"),
    path("disputes/<int:pk>/evidence/", views.dispute_evidence, name="dispute_evidence"),
    path("<int:pk>/facts/<slug:fact>/", views.origin, name="origin"),
    path("mine/facts/<slug:fact>/", views.my_origin, name="my_origin"),
    path("quality/", views.quality, name="quality"),
    path("quality/<slug:check>/", views.quality_rows, name="quality_rows"),
    path("<int:pk>/designate/", views.designate, name="designate"),
    path("<int:pk>/cover/", views.record_cover, name="record_cover"),
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new_import, name="new_import"),
    path("imports/new/<slug:kind>/", views.upload, name="upload"),
    path("imports/template/<slug:kind>/", views.template, name="template"),
    path("imports/<int:pk>/", views.one_import, name="import"),
    path("imports/<int:pk>/errors/", views.errors, name="errors"),
    path("imports/<int:pk>/columns/", views.columns, name="columns"),
    path("imports/<int:pk>/look/", views.look_again, name="look_again"),
    path("imports/<int:pk>/progress/", views.progress, name="progress"),
    path("imports/<int:pk>/file/", views.original, name="original"),
    path("imports/<int:pk>/discard/", views.discard, name="discard"),
    path("imports/<int:pk>/undo/", views.undo, name="undo"),
    path("imports/<int:pk>/confirm-list/", views.confirm_list, name="confirm_list"),
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
    MenuItem("资料更正", "registry:corrections", "edit", (Role.CITY_OFFICER,)),
    MenuItem("资料异议", "registry:disputes", "message", (Role.CITY_OFFICER, Role.DISTRICT_OFFICER)),
    MenuItem("数据导入", "registry:imports", "database-import", (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)),
    MenuItem(
        "数据质量",
        "registry:quality",
        "gauge",
        (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR),
    ),
    MenuItem("投保情况核查", "registry:inquiries", "help-circle", (Role.INSURER_AGENT,)),
)
