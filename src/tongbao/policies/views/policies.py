"""Pages of policies: list, a firm's own, one policy with its payment, issue and paper."""

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tongbao import clock
from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.policies import actions, permissions, queries, rules
from tongbao.policies.forms import PaymentForm
from tongbao.policies.tables import PolicyFilter, PolicyTable, tone
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response

logger = logging.getLogger(__name__)
HELD = "暂时不能出单：资金池可用额度不足，这件申请已排在补足的最前面，补足后可以再点“出单”。"
STAFF = tuple(role for role in permissions.READERS if role != Role.EXPORTER)


@require_safe
@page(*STAFF)
def policies(request: SignedIn) -> HttpResponse:
    """The policies this person may see."""
    return list_response(
        request,
        title="保单",
        table_class=PolicyTable,
        queryset=queries.visible_to(request.user),
        filterset_class=PolicyFilter,
        template="policies/policies.html",
        export_name="保单",
    )


@require_safe
@page(Role.EXPORTER)
def mine(request: SignedIn) -> HttpResponse:
    """A firm's own policies, for a phone."""
    found = [(one, tone(one.state), queries.cancelled(one)) for one in queries.visible_to(request.user)]
    return render(request, "policies/mine.html", {"title": "我的保单", "policies": found})


@require_safe
@page(*permissions.READERS)
def policy(request: SignedIn, pk: int) -> HttpResponse:
    """One policy: sums, period, parties, paper, history."""
    return _policy_page(request, pk, PaymentForm(initial={"paid_on": clock.today()}))


def _policy_page(request: SignedIn, pk: int, form: PaymentForm) -> HttpResponse:
    found = get_object_or_404(queries.visible_to(request.user).select_related(*queries.WHOLE), pk=pk)
    context = {
        "title": f"保单 {found.number}",
        "policy": found,
        "tone": tone(found.state),
        "plan": queries.plan_of(found),
        "words": queries.plan_words(found),
        "excluded": queries.country_names(found.excluded.countries) if found.excluded else (),
        "history": queries.history(found, request.user),
        "manages": permissions.can_manage(request.user, found),
        "downloads": permissions.can_download(found),
        "may_cancel": permissions.can_ask(request.user, found),
        "cancelling": queries.under_way(found),
        "cancelled": queries.cancelled(found),
        "unpaid": found.exporter_share_due and not found.exporter_share_paid_on,
        "held": queries.held_back(found),
        "repricing": queries.repricing_shown(found),
        "code": rules.shown_code(found.verification_code),
        "form": form,
    }
    return render(request, "policies/policy.html", context)


@require_POST
@page(Role.INSURER_AGENT)
def payment(request: SignedIn, pk: int) -> HttpResponse:
    """Note the exporter's payment."""
    get_object_or_404(queries.visible_to(request.user), pk=pk)
    form = PaymentForm(request.POST)
    if form.is_valid():
        try:
            actions.record_exporter_payment(policy_id=pk, by=request.user, **form.cleaned_data)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, "企业缴费已登记，可以出单。")
            return redirect("policies:policy", pk=pk)
    return _policy_page(request, pk, form)


@require_POST
@page(Role.INSURER_AGENT)
def issue(request: SignedIn, pk: int) -> HttpResponse:
    """Issue a policy, then file its paper (a paper that fails is made at the first download)."""
    get_object_or_404(queries.visible_to(request.user), pk=pk)
    issued = actions.issue(policy_id=pk, by=request.user)
    if issued.state != rules.State.IN_FORCE:
        messages.warning(request, HELD)
        return redirect("policies:policy", pk=pk)
    try:
        actions.file_certificate(policy_id=pk, by=request.user)
    except (RuntimeError, OSError):  # typesetting or storage; the policy stands, the paper follows
        logger.exception("certificate of policy %s", pk)
    messages.success(request, f"保单 {issued.number} 已出单，已通知企业下载保险凭证。")
    return redirect("policies:policy", pk=pk)


@require_safe
@page(*permissions.READERS)
def certificate(request: SignedIn, pk: int) -> HttpResponse:
    """The certificate and schedule as PDF; made now if the issue could not."""
    found = get_object_or_404(queries.visible_to(request.user), pk=pk)
    if found.certificate_id is None:
        found = actions.file_certificate(policy_id=pk, by=request.user)
    return queries.paper_response(found)
