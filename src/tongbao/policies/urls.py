"""Pages of this context."""

from django.urls import path

from tongbao.accounts.rules import Role
from tongbao.policies import permissions, views
from tongbao.ui.menu import MenuItem

app_name = "policies"
urlpatterns = [
    path("", views.policies, name="list"),
    path("mine/", views.mine, name="mine"),
    path("<int:pk>/", views.policy, name="policy"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/payment/", views.payment, name="payment"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/certificate/", views.certificate, name="certificate"),
    path("underwriting/", views.underwriting, name="underwriting"),
    path("underwriting/<str:reference>/", views.quote, name="quote"),
    path("underwriting/<str:reference>/decline/", views.decline, name="decline"),
    path("excluded-countries/", views.excluded, name="excluded"),
    path("excluded-countries/new/", views.list_excluded, name="list_excluded"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
]
menu = (
    MenuItem("承保办理", "policies:underwriting", "file-check", (Role.INSURER_AGENT,)),
    MenuItem("我的保单", "policies:mine", "certificate", (Role.EXPORTER,)),
    MenuItem("保单", "policies:list", "certificate", tuple(r for r in permissions.READERS if r != Role.EXPORTER)),
    MenuItem("不予承保国别", "policies:excluded", "world", (Role.INSURER_AGENT, Role.CITY_OFFICER)),
)
