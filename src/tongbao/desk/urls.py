"""Addresses of the roof. The case's and the firm's are the ones that every context links to: no prefix."""

from django.urls import include, path

from tongbao.accounts.rules import Role
from tongbao.desk import permissions
from tongbao.desk.views import case, firm, home, log, pages, public_queue, verify
from tongbao.ui.menu import MenuItem

_own = [
    path("", home.home, name="home"),
    path("search/", pages.search, name="search"),
    path("log/", log.log, name="log"),
    path("log/verify/", verify.verifications, name="verify"),
    path("log/verify/<int:pk>/", verify.verification, name="verification"),
    path("log/verify/<int:pk>/progress/", verify.progress, name="verification_progress"),
    path("log/verify/<int:pk>/report/", verify.report, name="verification_report"),
    path("log/<int:number>/", log.record, name="record"),
    path("coverage/", pages.coverage, name="coverage"),
    path("help/", pages.help_page, name="help"),
    path("queue-log/", public_queue.queue_log, name="queue_log"),
    path("queue-log/<slug:code>/", public_queue.queue_log, name="queue_log_of"),
    path("queue-log/<slug:code>.csv", public_queue.queue_csv, name="queue_csv"),
    path("about/queue-log/", public_queue.queue_check, name="queue_check"),
    path("about/privacy/", pages.privacy, name="privacy"),
    path("about/accessibility/", pages.accessibility, name="accessibility"),
]
urlpatterns = [
    path("", include((_own, "desk"))),
    path("cases/<str:reference>/", case.case, name="case"),
    path("cases/<str:reference>/decisions/<int:decision_id>/", case.replay, name="replay"),
    path("cases/<str:reference>/trace/<int:transfer_id>/", case.trace, name="trace"),
    path("enterprises/<str:code>/", firm.firm, name="firm"),
    path("enterprises/<str:code>/<slug:tab>/", firm.firm, name="firm_tab"),
]
menu = (
    MenuItem("首页", "desk:home", "home", tuple(role for role in Role if role is not Role.EXPORTER)),
    MenuItem("查找", "desk:search", "search", permissions.SEARCHERS),
    MenuItem("政策落实情况", "desk:coverage", "clipboard-check", permissions.COVERAGE_READERS),
    MenuItem("审计日志", "desk:log", "shield-check", permissions.LOG_READERS),
)
