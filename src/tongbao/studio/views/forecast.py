"""Pages of the forecasts: those that were kept, the question, the answer."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.refusal import Refusal
from tongbao.studio import queries
from tongbao.studio.actions.forecast import keep_forecast
from tongbao.studio.forms.forecast import ForecastForm
from tongbao.studio.permissions import READERS, WRITERS, can_write
from tongbao.studio.queries import forecast as kept_ones
from tongbao.studio.rules.forecast import Question, Source
from tongbao.studio.rules.forecast_charts import fans
from tongbao.studio.rules.forecast_policy import defaults
from tongbao.studio.rules.forecast_story import in_short, sheets, spreads
from tongbao.ui import exports

SHOWN = 50


@require_safe
@page(*READERS)
def forecasts(request: SignedIn) -> HttpResponse:
    """Forecasts that were kept, and the terms that another can be made for."""
    runs = kept_ones.forecasts()
    shown = {"title": "资金预测", "runs": runs[:SHOWN], "more": max(runs.count() - SHOWN, 0)}
    return render(
        request, "studio/forecasts.html", {**shown, "subjects": queries.subjects(), "asks": can_write(request.user)}
    )


@page(*WRITERS)
def ask(request: SignedIn, ref: str) -> HttpResponse:
    """The question about some terms; `?from=` begins with that of a kept forecast."""
    subject = queries.subject(ref)
    if subject is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = ForecastForm(sent, scheme=subject.scheme, question=_first(subject, request.GET.get("from", "")))
    if form.is_valid():
        try:
            question = form.question()
            run = keep_forecast(
                subject=subject,
                question=question,
                answer=kept_ones.answer(subject, question),
                key=_key(request),
                title=form.cleaned_data["title"],
                by=request.user,
            )
            return redirect("studio:forecast", run.pk)
        except Refusal as no:
            form.refuse(no)
    shown = {"title": f"预测：{subject.title}", "form": form, "subject": subject, "firms": _firms(subject)}
    return render(request, "studio/forecast_ask.html", shown)


@require_safe
@page(*READERS)
def shown(request: SignedIn, pk: int) -> HttpResponse:
    """The answer; `?export=xlsx` takes it along, `?again=1` works it out once more and compares."""
    kept = kept_ones.kept_forecast(pk)
    if kept is None:
        raise Http404
    if request.GET.get("export") == "xlsx":
        return exports.workbook(f"资金预测-{pk}", sheets(kept.story, kept.result))
    return render(
        request,
        "studio/forecast.html",
        {
            "title": kept.run.title or f"预测 {pk}",
            "kept": kept,
            "result": kept.result,
            "short": in_short(kept.result),
            "charts": fans(kept.result),
            "compared": [(one, kept.result.group("estimate", one.id)) for one in kept.story.compared],
            "again": kept_ones.repeat(kept) if "again" in request.GET else None,
            "asks": can_write(request.user),
            "spreads": spreads(kept.result),
        },
    )


def _key(request: SignedIn) -> str:
    """What tells a second click on the same form from another forecast."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        raise Refusal("forecast.incomplete", "页面内容没有完整收到。请刷新页面后再试。") from None


def _first(subject: queries.Subject, pk: str) -> Question:
    """The question a form begins with: that of a kept forecast, else the scheme's own."""
    kept = kept_ones.kept_forecast(int(pk)) if pk.isdecimal() and len(pk) < 10 else None
    return kept.question if kept else defaults(subject.scheme)


def _firms(subject: queries.Subject) -> list[dict[str, Any]]:
    """How many firms of the register, and of the policy's own estimates if it has any, each uptake stands for."""
    sources = (Source.REGISTER, Source.POLICY_EQUAL) if subject.scheme.estimates else (Source.REGISTER,)
    return [{"source": source, "firms": kept_ones.firms_for(subject, source).firms} for source in sources]
