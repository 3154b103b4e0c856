"""Pages after a corrected exchange rate: the issued policies at the wrong one, one by one or together."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.documents import queries as documents
from tongbao.policies import actions, permissions, queries, rules
from tongbao.policies.permissions import REPRICING_READERS
from tongbao.policies.tables import RepricingTable
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response

AT_ONCE = 50  # so many policies a click: each is a transaction of its own, and the page must answer


@require_safe
@page(*REPRICING_READERS)
def repricing(request: SignedIn) -> HttpResponse:
    """The issued policies whose rate was corrected since, with their sums before and after."""
    dues = queries.dues(queries.to_reprice(request.user))
    return list_response(
        request,
        title="汇率更正后需冲正的保单",
        table_class=RepricingTable,
        queryset=dues,
        template="policies/repricing.html",
        export_name="汇率更正后需冲正的保单",
        acts=request.user.role == Role.INSURER_AGENT and bool(dues),
        at_once=min(AT_ONCE, len(dues)),
        total_subsidy=sum(due.sums.subsidy_more_fen for due in dues),
        total_share=sum(due.sums.share_more_fen for due in dues),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(*REPRICING_READERS)
def reprice(request: SignedIn, pk: int) -> HttpResponse:
    """One policy: what it comes to at the rate that stands, and the button."""
    policy = get_object_or_404(queries.visible_to(request.user).select_related(*queries.WHOLE), pk=pk)
    if request.method == "POST":
        seen = request.POST.get("rate", "")
        seen_rate_id = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
        actions.reprice(policy_id=pk, seen_rate_id=seen_rate_id, by=request.user)
        messages.success(request, f"保单 {policy.number} 已按更正后的汇率冲正并重新列支，已通知企业。")
        return redirect("policies:policy", pk=pk)
    rules.check_repricing(policy.state)
    if (due := queries.due(policy)) is None:
        return redirect("policies:policy", pk=pk)
    shown = {"title": f"保单 {policy.number} 的汇率更正", "policy": policy, "due": due}
    settle, acts = rules.settled(due.sums.share_more_fen), permissions.can_reprice(request.user, policy)
    return render(request, "policies/reprice.html", {**shown, "settle": settle, "acts": acts})


@require_POST
@page(Role.INSURER_AGENT)
def reprice_all(request: SignedIn) -> HttpResponse:
    """The first of the list, each by itself: one that is refused stays in the list and holds up nobody."""
    done, refused = 0, []
    for policy in queries.to_reprice(request.user)[:AT_ONCE]:
        try:
            actions.reprice(policy_id=policy.pk, by=request.user)
        except Refusal as no:
            refused.append(f"{policy.number}：{no.sentence}")
        else:
            done += 1
    if done:
        messages.success(request, f"已更正 {done} 张保单，已通知企业。")
    if refused:
        more = f"等 {len(refused)} 张" if len(refused) > 3 else ""
        messages.warning(request, f"没有更正：{'；'.join(refused[:3])}{more}")
    return redirect("policies:repricing")


@require_safe
@page(*permissions.READERS)
def earlier_certificate(request: SignedIn, pk: int, repricing: int) -> HttpResponse:
    """The certificate as it was before a repricing."""
    policy = get_object_or_404(queries.visible_to(request.user), pk=pk)
    if (paper := queries.earlier_paper(policy, repricing)) is None:
        raise Http404
    return documents.respond(paper)
