"""Addresses of the forecasts."""

from django.urls import path

from tongbao.studio.views import forecast

urlpatterns = [
    path("forecasts/", forecast.forecasts, name="forecasts"),
    path("forecasts/new/<slug:ref>/", forecast.ask, name="forecast_ask"),
    path("forecasts/<int:pk>/", forecast.shown, name="forecast"),
]
