"""Pages of this context."""

from django.urls import path

from tongbao.notify import views

app_name = "notify"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/read/", views.read_all, name="read_all"),
    path("messages/<int:pk>/open/", views.open_message, name="open"),
]
menu = ()  # the bell in the heading leads here
