"""An enterprise over all stations: one address for each tab, and only that tab's questions are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from tongbao.accounts.decorators import SignedIn, page
from tongbao.accounts.rules import Role
from tongbao.desk import permissions, queries, rules
from tongbao.intake.tables import ApplicationTable
from tongbao.policies.tables import PolicyTable
from tongbao.refusal import Forbidden
from tongbao.registry import permissions as registry
from tongbao.registry import queries as register
from tongbao.registry import rules as registry_rules
from tongbao.registry.tables import counts

OVERVIEW = "overview"
PER_PAGE = 25
Context = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """Something that the keepers of the register do with a firm: a button that leads to its form."""

    label: str
    icon: str
    url_name: str
    more: tuple[str, ...] = ()  # arguments of the address after the firm's


ACTS = (
    Act("录入名单认定", "list-check", "registry:designate"),
    Act("登记已有保险", "shield", "registry:record_cover"),
    Act("更正出口额", "edit", "registry:correct_figure"),
    Act("更正名称与注册地", "pencil", "registry:correct_particulars"),
    Act("登记更名", "id", "registry:change_identity", ("renamed",)),
    Act("登记代码变更", "id", "registry:change_identity", ("recoded",)),
    Act("登记被合并", "transfer", "registry:change_identity", ("merged",)),
)


@dataclass(frozen=True)
class Tab:
    """A tab: its label, what its template (desk/firm_<name>.html) needs, and who reads it."""

    label: str
    shown: Callable[[SignedIn, Any], Context]
    readers: tuple[Role, ...] = registry.STAFF


@require_safe
@page(*registry.STAFF)
def firm(request: SignedIn, code: str, tab: str = OVERVIEW) -> HttpResponse:
    """The firm's header and one tab. A code that it had before leads to its page of today."""
    found = queries.firm(request.user, code)
    if found is None or tab not in TABS:
        raise Http404(code)
    if found.code != code:
        return redirect(address(found.code, tab))
    if request.user.role not in TABS[tab].readers:
        raise Forbidden("firm.tab", "申请、保单和往来属于企业的业务，不对您的角色开放。")
    keeps = registry.can_keep(request.user) and found.merged_into_id is None
    header = {
        "title": found.name,
        "exporter": found,
        "taker": queries.taker(request.user, found),
        "tabs": [
            (name, one.label, address(code, name)) for name, one in TABS.items() if request.user.role in one.readers
        ],
        "tab": tab,
        "acts": [(act, reverse(act.url_name, args=[found.pk, *act.more])) for act in ACTS] if keeps else [],
        "follows": request.user.role in permissions.REVIEWERS,
    }
    return render(request, f"desk/firm_{tab}.html", header | TABS[tab].shown(request, found))


def address(code: str, tab: str) -> str:
    """Where a tab of a firm is."""
    return reverse("firm", args=[code]) if tab == OVERVIEW else reverse("firm_tab", args=[code, tab])


def _overview(request: SignedIn, found: Any) -> Context:
    profile = register.profile(found)
    base, unknown = profile.base_cents, registry_rules.UNKNOWN
    markets = profile.facts.figures.get("exports_usd", ())
    return {
        "profile": profile,
        "outcome": profile.outcome,
        "facts": profile.facts_in_words,
        "said": register.particulars_of(found),
        "change": rules.change(base, profile.prior_cents),
        "us_share": rules.share(profile.cents("us_exports_usd"), base),
        "emerging_share": rules.share(profile.cents("emerging_exports_usd"), base),
        "unknown_share": rules.share(sum(one.cents for one in markets if one.country == unknown), base),
    }


def _exports(request: SignedIn, found: Any) -> Context:
    year = request.GET.get("year", "")
    exports = queries.firm_exports(found, int(year) if year.isdecimal() and len(year) == 4 else None)
    named = [(registry_rules.country_name(line.code), line) for line in exports.markets]
    return {
        "exports": exports,
        "markets": named,
        "unknown": registry_rules.UNKNOWN,
        "emerging": register.emerging_markets(register.current_scheme()),
        "month_chart": rules.month_chart(exports.months, exports.month_years),
        "market_chart": registry_rules.market_chart([(line.code, line.cents) for line in exports.markets]),
    }


def _lists(request: SignedIn, found: Any) -> Context:
    held = register.lists_of(found)
    return {
        "designations": [(one, counts(one), registry.can_confirm_designation(request.user, one)) for one in held],
        "covers": register.covers_of(found),
        "inquiries": register.inquiries_of(found),
    }


def _decisions(request: SignedIn, found: Any) -> Context:
    part = Paginator(queries.firm_decisions(found), PER_PAGE).get_page(request.GET.get("page"))
    return {"part": part, "decisions": queries.moments(request.user, list(part))}


def _applications(request: SignedIn, found: Any) -> Context:
    table = ApplicationTable(queries.firm_applications(request.user, found), exclude=("exporter", "area"))
    return _table(request, table, "这家企业还没有提交过申请。")


def _policies(request: SignedIn, found: Any) -> Context:
    table = PolicyTable(queries.firm_policies(request.user, found), exclude=("insured",))
    return _table(request, table, "这家企业还没有保单。")


def _table(request: SignedIn, table: Any, nothing: str) -> Context:
    table.empty_text = nothing
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return {"table": table}


def _dealings(request: SignedIn, found: Any) -> Context:
    asked = request.GET.get("kind", "")
    kind = asked if asked in rules.Dealing.__members__.values() else ""
    part = Paginator(queries.dealings(request.user, found, kind), PER_PAGE).get_page(request.GET.get("page"))
    return {"part": part, "kind": kind, "kinds": rules.Dealing.choices()}


def _changes(request: SignedIn, found: Any) -> Context:
    return {
        "former": queries.former_identities(found),
        "absorbed": queries.absorbed_firms(found),
        "corrections": queries.corrections(request.user, found),
        "brought": queries.brought(request.user, found),
    }


# A station that comes later adds its tab here, and the template of that name.
TABS = {
    OVERVIEW: Tab("概况", _overview),
    "exports": Tab("出口", _exports),
    "lists": Tab("名单与保险", _lists),
    "decisions": Tab("判定", _decisions, permissions.INSIDERS),
    "applications": Tab("申请", _applications, permissions.INSIDERS),
    "policies": Tab("保单", _policies, permissions.INSIDERS),
    "dealings": Tab("往来", _dealings, permissions.INSIDERS),
    "changes": Tab("变更", _changes),
}
