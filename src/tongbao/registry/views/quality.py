"""What may be wrong with the register, and what each fact of a firm rests on."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.registry import permissions, queries, rules, tables
from tongbao.ui.views import list_response

READERS = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


@require_safe
@page(*READERS)
def quality(request: SignedIn) -> HttpResponse:
    """What the register holds, and how much each check finds."""
    found = queries.register_quality(request.user)
    count, latest, at_work = queries.recent_imports()
    told = {
        "title": "数据质量",
        "quality": found,
        "groups": _groups(found),
        "shares": {
            "with_base": _share(found.with_base, found.firms),
            "split": _share(found.split, found.exporting),
            "split_cents": _share(found.base_cents - found.unsplit_cents, found.base_cents),
            "unknown_cents": _share(found.unknown_cents, found.base_cents),
        },
        "months": range(1, 13),
        "imports": count,
        "latest_import": latest,
        "at_work": at_work,
        "opens_imports": request.user.role != Role.DISTRICT_OFFICER,
    }
    return render(request, "registry/quality.html", told)


def _share(part: int, whole: int) -> str:
    """A share with one decimal that calls nothing none and little not everything."""
    shown = tables.percent(part, whole)
    if shown == "0.0%" and part:
        return "不到0.1%"
    return "超过99.9%" if shown == "100.0%" and part < whole else shown


def _groups(found: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """The checks under their headings, each with its words and its count."""
    return [
        (
            heading,
            [
                {
                    "id": check.value,
                    "title": check.label,
                    "count": found.counts[check],
                    "found": f"{found.counts[check]:,} {'家' if rules.CHECKS_EXPLAINED[check].of_firms else '条'}",
                    "explained": rules.CHECKS_EXPLAINED[check],
                    "is_base": check is rules.Check.NO_BASE,
                    "is_unknown": check is rules.Check.UNKNOWN,
                    "is_jump": check is rules.Check.JUMPS,
                }
                for check in checks
            ],
        )
        for heading, checks in rules.CHECK_GROUPS
    ]


@require_safe
@page(*READERS)
def quality_rows(request: SignedIn, check: str) -> HttpResponse:
    """The firms, or the firms' years, that a check finds."""
    if check not in set(rules.Check):
        raise Http404(check)
    wanted = rules.Check(check)
    return list_response(
        request,
        title=wanted.label,
        table_class=tables.quality_table(wanted),
        queryset=queries.quality_rows(request.user, wanted),
        filterset_class=tables.quality_filter(wanted),
        template="registry/quality_rows.html",
        export_name=wanted.label,
        explained=rules.CHECKS_EXPLAINED[wanted],
    )


@require_safe
@page(*permissions.STAFF)
def origin(request: SignedIn, pk: int, fact: str) -> HttpResponse:
    """The very rows that a fact of a firm rests on, for officers."""
    return _origin(request, queries.get_visible(request.user, pk), fact)


@require_safe
@page(Role.EXPORTER)
def my_origin(request: SignedIn, fact: str) -> HttpResponse:
    """The same for an exporter's own firm, without the names of officers."""
    firm = queries.exporter_of(request.user)
    return redirect("registry:mine") if firm is None else _origin(request, firm, fact)


def _origin(request: SignedIn, firm: Any, fact: str) -> HttpResponse:
    found = queries.origin(firm, fact, request.user)
    if found is None:
        raise Http404(fact)
    table_class, left_out_class = tables.origin_tables(found)
    return list_response(
        request,
        title=f"{found.title}的来源",
        table_class=table_class,
        queryset=found.rows,
        template="registry/origin.html",
        export_name="资料来源",
        exporter=firm,
        origin=found,
        left_out=left_out_class(found.left_out, orderable=False) if found.left_out else None,
    )
