"""What follows from a corrected exchange rate: which policies were priced at it, and what they come to now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from django.db.models import QuerySet
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.documents.models import Document
from tongbao.funds import queries as funds
from tongbao.funds.models import ExchangeRate
from tongbao.policies import rules
from tongbao.policies.models import Policy, Repricing
from tongbao.policies.queries.policies import WHOLE, visible_to
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.ui.menu import Todo


@dataclass(frozen=True, slots=True)
class Due:
    """A policy priced at a rate that was corrected since: the rate that stands, and the sums at it."""

    policy: Policy
    rate: ExchangeRate
    sums: rules.Repriced

    @property
    def number(self) -> str:
        """The policy's number, by which a list is sorted."""
        return self.policy.number


def at_corrected(found: QuerySet[Policy]) -> QuerySet[Policy]:
    """Those of some policies whose rate does not stand any more."""
    return found.filter(exchange_rate__correction__confirmed_at__isnull=False)


def to_reprice(user: User) -> QuerySet[Policy]:
    """The issued policies this person may see whose rate was corrected since, in the order of their issue."""
    issued = visible_to(user).filter(state__in=rules.ISSUED)
    return at_corrected(issued).select_related(*WHOLE).order_by("issued_at", "pk")


def dues(policies: Iterable[Policy]) -> list[Due]:
    """What each of these policies comes to at the rate that stands; rates are asked once."""
    found = list(policies)
    standing = funds.standing_rates({policy.insurer_id for policy in found})
    return [_due(policy, standing[policy.insurer_id, rules.rate_month(policy.entry_date)]) for policy in found]


def due(policy: Policy) -> Due | None:
    """The same of one policy; None while the rate it was priced at stands."""
    rate = standing_rate(policy)
    return None if rate.pk == policy.exchange_rate_id else _due(policy, rate)


def standing_rate(policy: Policy) -> ExchangeRate:
    """The rate that stands for a policy's month of entry; there is one, for the policy was priced."""
    rate = funds.confirmed_rate(policy.insurer, policy.entry_date)
    assert rate is not None  # a confirmed rate only gives way to another confirmed one
    return rate


def _due(policy: Policy, rate: ExchangeRate) -> Due:
    premium = schemes.scheme_of(policy.terms).premium(policy.plan, policy.base_exports_cents, rate.cny_per_usd)
    sums = rules.Repriced(
        old_rate=policy.exchange_rate.cny_per_usd,
        new_rate=rate.cny_per_usd,
        old_premium_fen=policy.premium_fen,
        new_premium_fen=premium.premium_fen,
        old_subsidy_fen=policy.subsidy_fen,
        new_subsidy_fen=premium.subsidy_fen,
        old_share_fen=policy.exporter_share_fen,
        new_share_fen=premium.exporter_share_fen,
    )
    return Due(policy, rate, sums)


def check_rate_stands(policy: Policy) -> None:
    """Refuse (`rate_corrected`) to go on with a quote at a corrected rate, unless the firm has paid its share of it:
    then it is issued as paid for, and repriced."""
    if policy.exporter_share_paid_on is None and (now := due(policy)) is not None:
        raise Refusal(
            "rate_corrected",
            f"报价所用的汇率 {policy.exchange_rate.shown} 已更正为 {now.rate.shown}。请先更正报价，再出单。",
        )


def check_nothing_owed(policy: Policy) -> None:
    """Refuse (`rate_corrected`) to settle a policy at a rate that was corrected downwards: the fund gets back first
    what it was charged too much, for a cancelled policy is not repriced any more."""
    now = due(policy)
    if now is not None and now.sums.premium_more_fen < 0:
        raise Refusal(
            "rate_corrected",
            f"保单所用的汇率 {policy.exchange_rate.shown} 已更正为 {now.rate.shown}，多列支的资金还没有冲正。"
            "请保险人先冲正这张保单，再批准注销。",
        )


def repricings(policy: Policy) -> QuerySet[Repricing]:
    """What corrected rates have changed on a policy, oldest first."""
    return policy.repricings.select_related("old_rate", "new_rate", "by__organisation", "certificate").order_by("pk")


def earlier_paper(policy: Policy, pk: int) -> Document | None:
    """The certificate of a policy as it was before one of its repricings; None when there was none."""
    one = repricings(policy).filter(pk=pk).first()
    return one.certificate if one else None


def endorsements(policy: Policy) -> tuple[str, ...]:
    """The same as its paper words it."""
    return tuple(
        rules.endorsement(clock.local_day(one.at), one.new_rate.month, sums_of(one)) for one in repricings(policy)
    )


def sums_of(one: Repricing) -> rules.Repriced:
    """The sums of a repricing as it was made."""
    return rules.Repriced(
        old_rate=one.old_rate.cny_per_usd,
        new_rate=one.new_rate.cny_per_usd,
        old_premium_fen=one.old_premium_fen,
        new_premium_fen=one.new_premium_fen,
        old_subsidy_fen=one.old_subsidy_fen,
        new_subsidy_fen=one.new_subsidy_fen,
        old_share_fen=one.old_share_fen,
        new_share_fen=one.new_share_fen,
    )


@dataclass(frozen=True, slots=True)
class RepricingShown:
    """What the page of a policy says of corrected rates."""

    due: Due | None  # what is still to be done
    made: list[tuple[Repricing, rules.Repriced, str]]  # what was done, its sums, what firm and insurer settle


def repricing_shown(policy: Policy) -> RepricingShown:
    """For the page of a policy; one that was cancelled has nothing left to be done."""
    made = [(one, sums_of(one), rules.settled(one.share_more_fen)) for one in repricings(policy)]
    return RepricingShown(due(policy) if policy.state != rules.State.CANCELLED else None, made)


def repricing_todo(user: User) -> list[Todo]:
    """The insurer's issued policies to be corrected."""
    if user.role != Role.INSURER_AGENT or not (count := to_reprice(user).count()):
        return []
    return [Todo("汇率更正后需冲正的保单", count, reverse("policies:repricing"), urgent=True)]


def made_on_policies() -> dict[int, list[Repricing]]:
    """All repricings by policy, each oldest first."""
    found: dict[int, list[Repricing]] = defaultdict(list)
    for one in Repricing.objects.select_related("old_rate", "new_rate", "certificate").order_by("pk"):
        found[one.policy_id].append(one)
    return found


def untrue_repricings(policy: Policy, made: list[Repricing], told: list[Record]) -> Iterator[str]:
    """What of a policy's repricings is not true: there are as many as the log tells of, by the same people, each is
    what its terms and rates give and begins where the one before ended, and the last gives the policy's sums."""
    if len(made) != len(told) or not all(map(_is_told, made, told)):
        yield "汇率更正记录与审计记录不符"
    terms = schemes.scheme_of(policy.terms)
    for one, after in zip_longest(made, made[1:]):
        for rate, kept in (
            (one.old_rate, (one.old_premium_fen, one.old_subsidy_fen, one.old_share_fen)),
            (one.new_rate, (one.new_premium_fen, one.new_subsidy_fen, one.new_share_fen)),
        ):
            premium = terms.premium(policy.plan, policy.base_exports_cents, rate.cny_per_usd)
            if kept != (premium.premium_fen, premium.subsidy_fen, premium.exporter_share_fen):
                yield f"汇率更正记录按 {rate.shown} 重新计算，结果不同"
        follows = (after.old_rate_id, after.old_subsidy_fen) if after else (policy.exchange_rate_id, policy.subsidy_fen)
        if (one.new_rate_id, one.new_subsidy_fen) != follows:
            yield "汇率更正记录前后不相接"


def _is_told(one: Repricing, record: Record) -> bool:
    """Whether a repricing was made by whom and when it says, and keeps the paper that it took the place of."""
    paper = one.certificate.sha256 if one.certificate else None
    return log.is_of(record, one.by_id, one.at) and record.detail.get("earlier_paper") == paper
