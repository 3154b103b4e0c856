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
    path("books/", views.trial, name="trial"),
    path("books/statements/", views.statements, name="statements"),
    path("books/months/", views.months, name="months"),
    path("books/months/lock/", views.lock_month, name="lock_month"),
    path("books/months/<int:pk>/", views.month, name="month"),
    path("queue/", views.queue, name="queue"),
    path("queue/<int:pk>/", views.place, name="place"),
    path("bookings/", views.bookings, name="bookings"),
    path("bookings/<int:pk>/", views.booking, name="booking"),
    path("bookings/<int:pk>/confirm/", views.confirm_booking, name="confirm_booking"),
    path("bookings/<int:pk>/send-back/", views.send_back, name="send_back"),
    path("bookings/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("bookings/<int:pk>/seen/", views.booking_seen, name="booking_seen"),
    path("allot/", views.allot, name="allot"),
    path("prepay/", views.prepay, name="prepay"),
    path("move/", views.move, name="move"),
    path("return/", views.return_money, name="return_money"),
    path("close/", views.close_year, name="close_year"),
    path("rates/", views.rates, name="rates"),
    path("rates/enter/", views.enter_rate, name="enter_rate"),
    path("rates/<int:pk>/", views.rate, name="rate"),
    path("rates/<int:pk>/confirm/", views.confirm_rate, name="confirm_rate"),
    path("rates/<int:pk>/correct/", views.correct_rate, name="correct_rate"),
    path("rates/<int:pk>/withdraw/", views.withdraw_rate, name="withdraw_rate"),
    path("rates/<int:pk>/paper/", views.rate_paper, name="rate_paper"),
    path("rates/parities/", views.parities, name="parities"),
    path("rates/parities/enter/", views.enter_parities, name="enter_parities"),
    path("rates/parities/<int:pk>/correct/", views.correct_parity, name="correct_parity"),
    path("reconciliation/", views.reconciliation.months, name="reconciliation"),
    path("reconciliation/template/", views.reconciliation.template, name="statement_template"),
    path("reconciliation/upload/", views.reconciliation.upload, name="statement_upload"),
    path("reconciliation/<int:pk>/", views.reconciliation.statement, name="insurer_statement"),
    path("reconciliation/<int:pk>/keep/", views.reconciliation.keep, name="statement_keep"),
    path("reconciliation/<int:pk>/discard/", views.reconciliation.discard, name="statement_discard"),
    path("reconciliation/<int:pk>/errors/", views.reconciliation.errors, name="statement_errors"),
    path("reconciliation/<int:pk>/original/", views.reconciliation.original, name="statement_original"),
    path("reconciliation/<int:pk>/resolve/", views.reconciliation.resolve, name="statement_resolve"),
    path("reconciliation/<int:pk>/sign/", views.reconciliation.sign, name="statement_sign"),
    path("reconciliation/<int:pk>/sheet/", views.reconciliation.sheet, name="statement_sheet"),
    path("reconciliation/<int:pk>/paper/", views.reconciliation.paper, name="statement_paper"),
    path("vouchers/<int:pk>/", views.voucher, name="voucher"),
]
menu = (
    MenuItem("资金总览", "funds:overview", "coins", permissions.READERS),
    MenuItem("资金业务", "funds:bookings", "clipboard-check", permissions.READERS),
    MenuItem("资金流水", "funds:ledger", "transfer", permissions.READERS),
    MenuItem("账表", "funds:trial", "report-money", permissions.READERS),
    MenuItem("排队次序", "funds:queue", "list-numbers", permissions.WHOLE_FUND),
    MenuItem("对账", "funds:reconciliation", "scale", permissions.READERS),
    MenuItem("汇率", "funds:rates", "currency-dollar", permissions.READERS),
)
