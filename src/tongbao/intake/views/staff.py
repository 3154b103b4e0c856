"""Officers' pages: the list, and the review of one file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.intake import actions, forms, permissions, queries, rules, tables
from tongbao.refusal import Refusal
from tongbao.registry import queries as registry
from tongbao.scheme.rules import Outcome
from tongbao.ui.views import list_response

STAFF = tuple(role for role in Role if role not in (Role.EXPORTER, Role.ADMINISTRATOR))
REVIEWERS = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER)


@require_safe
@page(*STAFF)
def applications(request: SignedIn) -> HttpResponse:
    """The applications a person may see."""
    return list_response(
        request,
        title="申请",
        table_class=tables.ApplicationTable,
        queryset=queries.visible_to(request.user),
        filterset_class=tables.ApplicationFilter,
        export_name="统保申请",
    )


@page(*REVIEWERS)
def review(request: SignedIn, reference: str) -> HttpResponse:
    """Findings then and now, papers, insurers' answers; and one of three verdicts."""
    found = queries.by_reference(request.user, reference)
    level = rules.Level.FIRST if request.user.role == Role.DISTRICT_OFFICER else rules.Level.SECOND
    seen = found.reviews.count()
    verdict = request.POST.get("verdict", "")
    choices = {name: form(auto_id=f"{name}_%s", initial={"seen": seen}) for name, form in forms.VERDICTS.items()}
    if request.method == "POST" and verdict in choices:
        form = choices[verdict] = forms.VERDICTS[verdict](request.POST, auto_id=f"{verdict}_%s")
        if form.is_valid():
            try:
                made = actions.review(application_id=found.pk, level=level, by=request.user, **form.given())
            except Refusal as no:
                form.refuse(no)
            else:
                messages.success(
                    request, f"{reference}：{made.get_level_display()}已记录（{made.get_verdict_display()}）。"
                )
                return redirect("intake:list")
        found.refresh_from_db()
    return render(request, "intake/review.html", _case(request, found, level, choices, verdict))


def _case(request: SignedIn, found: Any, level: rules.Level, choices: Any, verdict: str) -> dict[str, Any]:
    now = queries.current_outcome(found, clock.now())
    then = Outcome.from_json(found.decision.result)
    return {
        "title": f"{level.label} · {found.exporter.name}",
        "application": found,
        "level": level,
        "outcome": now,
        "criteria": rules.compare(then.findings, now.findings),
        "priorities": rules.compare(then.priorities, now.priorities),
        "offer": rules.offer_of(now, found.plan),
        "conditional": found.plan in rules.conditional_plans(now),
        "facts": queries.fact_rows(found, clock.now()),
        "papers": queries.papers(found),
        "answers": registry.cover_answers(found.edition, found.exporter),
        "reviews": queries.reviews(found),
        "declarations": rules.DECLARATIONS.values(),
        "forms": choices,
        "opened": verdict,
        "why_not": _why_not(request, found),
        "days": queries.scheme_for(found).clarification_days,
    }


def _why_not(request: SignedIn, found: Any) -> str:
    """The sentence that stands in place of the verdicts when this person cannot give one now."""
    try:
        permissions.check_review(request.user, found)
    except Refusal as no:
        return no.sentence
    return ""
