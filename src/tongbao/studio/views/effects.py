"""What terms would do to the register: a draft beside what it rests on, any two side by side, firm by firm."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import SignedIn, page
from tongbao.studio import forms, permissions, queries, rules, tables
from tongbao.studio.views.drafts import get
from tongbao.ui.views import list_response


@require_safe
@page(*permissions.READERS)
def effect(request: SignedIn, code: str) -> HttpResponse:
    """A draft beside the version it is based on."""
    draft = get(code)
    subject = queries.subject_of_draft(draft)
    if subject is None:
        return redirect("studio:draft", code)  # that page lists the faults
    pair = queries.pair(queries.subject_of_terms(draft.based_on), subject)
    return _side_by_side(request, pair, title="政策效果", draft=draft)


@require_safe
@page(*permissions.READERS)
def compare(request: SignedIn) -> HttpResponse:
    """Any two drafts or versions side by side."""
    form = forms.CompareForm(request.GET or None, subjects=queries.subjects())
    if form.is_valid() and (pair := _pair(request)):
        return _side_by_side(request, pair, title="方案比较", form=form)
    return render(request, "studio/compare.html", {"title": "方案比较", "form": form})


@require_safe
@page(*permissions.READERS)
def firms(request: SignedIn) -> HttpResponse:
    """Who gains and who loses, with the reason."""
    pair = _pair(request)
    if pair is None:
        return redirect("studio:compare")
    form = forms.FirmsForm(request.GET, schemes=(pair.before.scheme, pair.after.scheme))
    chosen = form.chosen()
    return list_response(
        request,
        title="受影响的企业",
        table_class=tables.FirmsTable,
        queryset=queries.changes(pair, **chosen),
        template="studio/firms.html",
        export_name="受影响的企业",
        pair=pair,
        filter=SimpleNamespace(form=form),
        filtered=any(chosen.values()),
        clear_url=f"{request.path}?left={pair.before.ref}&right={pair.after.ref}",
    )


def _pair(request: SignedIn) -> queries.Pair | None:
    """The two that the address names; None when one of them is not there, or has faults."""
    before, after = (queries.subject(request.GET.get(name, "")) for name in ("left", "right"))
    return queries.pair(before, after) if before and after else None


def _side_by_side(request: SignedIn, pair: queries.Pair, **more: Any) -> HttpResponse:
    plans = pair.lines("plan")
    shown = {
        "pair": pair,
        "plans": plans,
        "areas": pair.lines("area"),
        "insurers": pair.lines("insurer"),
        "chart": rules.subsidy_chart(plans),
        "firms_url": f"{reverse('studio:firms')}?left={pair.before.ref}&right={pair.after.ref}",
    }
    return render(request, "studio/compare.html", {**shown, **more})
