"""The one place that renders a refusal nobody caught."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tongbao.refusal import Refusal
from tongbao.ui import views


class RefusalMiddleware:
    """An uncaught `Refusal` becomes a page with its sentence and a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; leave every other exception alone."""
        return views.refusal_response(request, exception) if isinstance(exception, Refusal) else None
