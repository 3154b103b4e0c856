"""What anybody may ask: is this policy real? Never a premium: premium ÷ rate would give away a firm's exports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongbao.accounts.decorators import public
from tongbao.policies import queries, rules
from tongbao.policies.forms import VerifyForm
from tongbao.policies.tables import tone


@require_safe
@public
def verify(request: HttpRequest) -> HttpResponse:
    """The form for a code typed by hand."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid() and (code := rules.plain_code(form.cleaned_data["code"])):
        return redirect("policies:verified", code=code)
    return render(request, "policies/verify.html", {"title": "保单查验", "form": form})


@require_safe
@public
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What a code says: the policy's public facts, or that there is none (404)."""
    found = queries.by_verification_code(code)
    shown = {"title": "保单查验", "policy": found, "code": rules.shown_code(rules.plain_code(code))}
    if found is None:
        return render(request, "policies/verified.html", {**shown, "form": VerifyForm()}, status=404)
    facts = {"tone": tone(found.state), "valid": rules.is_valid(found.state), "plan": queries.plan_of(found)}
    facts["cancelled"] = queries.cancelled(found)
    return render(request, "policies/verified.html", {**shown, **facts})
