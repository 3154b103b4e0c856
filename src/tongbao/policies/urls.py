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
    path("<int:pk>/reprice/", views.reprice, name="reprice"),
    path("<int:pk>/earlier/<int:repricing>/", views.earlier_certificate, name="earlier_certificate"),
    path("repricing/", views.repricing, name="repricing"),
    path("repricing/all/", views.reprice_all, name="reprice_all"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("cancellations/", views.cancellations, name="cancellations"),
    path("cancellations/<int:pk>/", views.cancellation, name="cancellation"),
    path("cancellations/<int:pk>/consent/", views.consent, name="consent"),
    path("cancellations/<int:pk>/approve/", views.approve, name="approve"),
    path("cancellations/<int:pk>/refuse/", views.refuse, name="refuse"),
    path("cancellations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
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
    MenuItem(
        "保单注销", "policies:cancellations", "file-x", tuple(r for r in permissions.READERS if r != Role.EXPORTER)
    ),
    MenuItem("不予承保国别", "policies:excluded", "world", (Role.INSURER_AGENT, Role.CITY_OFFICER)),
)
