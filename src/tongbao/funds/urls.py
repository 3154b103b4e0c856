"""Pages about the fund."""

from django.urls import path

from tongbao.funds import permissions, views
from tongbao.ui.menu import MenuItem

app_name = "funds"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("open/", views.open_pools, name="open_pools"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/<int:pk>/", views.entry, name="entry"),
    path("queue/", views.queue, name="queue"),
    path("queue/<int:pk>/", views.place, name="place"),
    path("allot/", views.allot, name="allot"),
    path("prepay/", views.prepay, name="prepay"),
    path("rates/", views.rates, name="rates"),
    path("rates/enter/", views.enter_rate, name="enter_rate"),
    path("rates/<int:pk>/confirm/", views.confirm_rate, name="confirm_rate"),
    path("vouchers/<int:pk>/", views.voucher, name="voucher"),
]
menu = (
    MenuItem("资金总览", "funds:overview", "coins", permissions.READERS),
    MenuItem("资金流水", "funds:ledger", "transfer", permissions.READERS),
    MenuItem("排队次序", "funds:queue", "list-numbers", permissions.WHOLE_FUND),
    MenuItem("汇率", "funds:rates", "currency-dollar", permissions.READERS),
)
