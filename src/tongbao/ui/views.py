"""Views that many contexts share: the list, the refusal, the busy moment, the stale page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django_tables2 import RequestConfig

from tongbao import clock
from tongbao.refusal import Forbidden, Refusal
from tongbao.ui import exports, forms

PER_PAGE = 25
RETRY_AFTER_SECONDS = "10"


def list_response(
    request: HttpRequest,
    *,
    title: str,
    table_class: type[Any],
    queryset: QuerySet[Any] | Sequence[Any],
    filterset_class: type[Any] | None = None,
    template: str = "ui/list.html",
    export_name: str | None = None,
    **context: Any,
) -> HttpResponse:
    """A list: filter, sort (?sort), page (?page, 25 a page), and with `export_name` `?export=xlsx` of what is filtered.

    `queryset` (or a plain list, which no filterset can filter) is already scoped to what the person may see. The whole
    state of the list is in its address.
    """
    filterset = filterset_class(request.GET or None, queryset=queryset, request=request) if filterset_class else None
    table = table_class(filterset.qs if filterset else queryset)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if export_name and request.GET.get("export") == "xlsx":
        return exports.workbook(f"{export_name}-{clock.today():%Y%m%d}", {export_name: table.as_values()})
    if filterset:
        forms.dress(filterset.form)
    filtered = bool(filterset and any(request.GET.get(name) for name in filterset.form.fields))
    if not table.caption:
        table.caption = title
    shown = {"title": title, "table": table, "filter": filterset, "filtered": filtered, "export_name": export_name}
    return render(request, template, {**shown, "total": table.paginator.count, **context})


def refusal_response(request: HttpRequest, no: Refusal) -> HttpResponse:
    """The page (or, for htmx, the part) that says no: 403 when the person may never, 409 when the state forbids it."""
    partial = _wants_part(request)
    template = "ui/_refusal.html" if partial else "ui/refusal.html"
    response = render(request, template, {"no": no, "back": _back(request)}, status=_status(no))
    if partial:
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    return response


def busy_response(request: HttpRequest) -> HttpResponse:
    """The page (or part) of a moment in which too many came at once: nothing was done, and it may be tried again.

    It asks the database for nothing: it is the answer when the database cannot answer.
    """
    partial = _wants_part(request)
    page = loader.render_to_string("ui/_busy.html" if partial else "503.html", {"back": _back(request)})
    response = HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    if partial:
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    return response


def _wants_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]


def _status(no: Refusal) -> int:
    return 403 if isinstance(no, Forbidden) else 409


def _back(request: HttpRequest) -> str:
    """The page the person came from, when it is one of ours and another one."""
    origin, came_from = f"{request.scheme}://{request.get_host()}/", request.headers.get("Referer", "")
    path = came_from.removeprefix(origin.rstrip("/")) if came_from.startswith(origin) else ""
    return path if path != request.get_full_path() else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before signing in or out again: nothing was stored; say so and show the way."""
    return render(request, "ui/stale.html", {"back": _back(request) or request.path}, status=403)
