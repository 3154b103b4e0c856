"""The public log of the order of receipt: what anybody may see, take along and compute again."""

import csv
from typing import Any, TypeVar
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import public
from tongbao.desk import queries

PER_PAGE = 50
SECONDS = 60  # how long a copy may be shown to others
BOM = "\ufeff"  # so that Excel reads Chinese
Response = TypeVar("Response", bound=HttpResponseBase)


@public
@require_safe
def queue_log(request: HttpRequest, code: str = "") -> HttpResponse:
    """The log of the current edition, or of an earlier one; newest first, found by number or check code."""
    queues = queries.queues()
    queue = next((one for one in queues if not code or one.edition.code == code), None)
    if queue is None and code:
        raise Http404
    word = request.GET.get("q", "")[:100]
    shown: dict[str, Any] = {"title": "公开收件次序", "queue": queue, "queues": queues, "word": word}
    if queue is not None:
        every = range(queue.last_number, 0, -1)
        part = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
        numbers = every[part.start_index() - 1 : part.end_index()] if every else every
        places = queries.queue_search(queue, word) if word.strip() else queries.queue_page(queue, numbers)
        names = queries.pool_names(queue.edition)
        rows = [(place, names.get(place.insurer, place.insurer)) for place in places]
        shown |= {"part": part, "rows": rows, "chain": queries.chain_end()}
    return _kept_a_while(request, render(request, "desk/queue_log.html", shown))


@public
@require_safe
def queue_csv(request: HttpRequest, code: str) -> Any:  # a stream, which is no HttpResponse
    """The whole log as CSV, streamed."""
    queue = next((one for one in queries.queues() if one.edition.code == code), None)
    if queue is None:
        raise Http404
    lines = csv.writer(_Echo())
    rows = (lines.writerow(row) for row in queries.queue_rows(queue))
    response = StreamingHttpResponse((BOM + line if place == 0 else line for place, line in enumerate(rows)))
    response["Content-Type"] = "text/csv; charset=utf-8"
    name = quote(f"收件次序-{code}-至{queue.last_number}号.csv")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return _kept_a_while(request, response)


@public
@require_safe
def queue_check(request: HttpRequest) -> HttpResponse:
    """How anybody computes the chain again, and what a kept copy proves."""
    shown = {"title": "怎样核对收件次序", "script": queries.check_script(), "genesis": queries.GENESIS}
    return _kept_a_while(request, render(request, "desk/queue_check.html", shown))


class _Echo:
    """A file that gives back what is written."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def _kept_a_while(request: HttpRequest, response: Response) -> Response:
    """Visitors may be shown a copy for a minute; a signed-in person's page bears a name and is that person's own."""
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=SECONDS)
    return response
