"""Pages of this context."""

from django.urls import path

from tongbao.accounts.rules import Role
from tongbao.intake.views import apply, follow, staff, switch
from tongbao.ui.menu import MenuItem

app_name = "intake"
urlpatterns = [
    path("", staff.applications, name="list"),
    path("start/", apply.start, name="start"),
    path("mine/", follow.mine, name="mine"),
    path("<slug:reference>/", follow.application, name="application"),
    path("<slug:reference>/tasks/", apply.tasks, name="tasks"),
    path("<slug:reference>/plan/", apply.plan, name="plan"),
    path("<slug:reference>/insurer/", apply.insurer, name="insurer"),
    path("<slug:reference>/data/", apply.data, name="data"),
    path("<slug:reference>/declaration/", apply.declaration, name="declaration"),
    path("<slug:reference>/papers/", apply.papers, name="papers"),
    path("<slug:reference>/papers/<int:pk>/", follow.paper, name="paper"),
    path("<slug:reference>/form/", apply.form, name="form"),
    path("<slug:reference>/check/", apply.check, name="check"),
    path("<slug:reference>/receipt/", follow.receipt, name="receipt"),
    path("<slug:reference>/answer/", follow.answer, name="answer"),
    path("<slug:reference>/switch/", switch.switch, name="switch"),
    path("<slug:reference>/withdraw/", follow.withdraw, name="withdraw"),
    path("<slug:reference>/review/", staff.review, name="review"),
]
menu = (
    MenuItem("我的申请", "intake:mine", "clipboard-text", (Role.EXPORTER,)),
    MenuItem("申请", "intake:list", "clipboard-list", staff.STAFF),
)
