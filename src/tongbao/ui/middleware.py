"""The one place that answers for a refusal nobody caught, and for a database that could not serve everybody."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from tongbao import busy
from tongbao.refusal import Refusal
from tongbao.ui import views


class RefusalMiddleware:
    """An uncaught `Refusal` becomes a page with its sentence and a way back; a lock that never came, a page that says
    to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer these; leave every other exception alone."""
        if isinstance(exception, Refusal):
            return views.refusal_response(request, exception)
        if isinstance(exception, DatabaseError) and busy.is_busy(exception):
            return views.busy_response(request)
        return None
