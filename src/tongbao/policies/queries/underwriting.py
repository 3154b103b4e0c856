"""Underwriting: the worklist, what a quote rests on, what it would fix."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.funds import queries as funds
from tongbao.funds.models import ExchangeRate
from tongbao.intake.models import Application, Review
from tongbao.intake.rules import Level, Verdict
from tongbao.intake.rules import State as ApplicationState
from tongbao.policies import rules
from tongbao.policies.models import Policy
from tongbao.policies.queries.cancellations import waiting
from tongbao.policies.queries.policies import page_of, visible_to
from tongbao.policies.queries.repricing import repricing_todo
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Decision
from tongbao.scheme.rules import Plan, PlanWords, Premium, Scheme, base_cents, in_words, read_facts
from tongbao.ui.menu import Todo


def underwriting(user: User) -> QuerySet[Application]:
    """The approved applications that wait for this agent's insurer, in the order of receipt.

    Each carries `approved_at` and `step`, what is to be done next.
    """
    if user.role != Role.INSURER_AGENT:
        return Application.objects.none()
    approved = Review.objects.filter(application=OuterRef("pk"), level=Level.SECOND, verdict=Verdict.APPROVE)
    unpaid = Q(policy__state=rules.State.AWAITING_EXPORTER_SHARE, policy__exporter_share_paid_on=None)
    outdated = Q(policy__exchange_rate__correction__confirmed_at__isnull=False, policy__exporter_share_paid_on=None)
    return (
        Application.objects.filter(insurer=user.organisation, state=ApplicationState.APPROVED)
        .annotate(
            approved_at=Subquery(approved.order_by("-at").values("at")[:1]),
            step=Case(
                When(policy=None, then=Value(rules.Step.QUOTE.value)),
                When(outdated, then=Value(rules.Step.REQUOTE.value)),
                When(unpaid, then=Value(rules.Step.PAY.value)),
                default=Value(rules.Step.ISSUE.value),
            ),
        )
        .select_related("exporter", "area", "edition", "policy", "reservation")
        .order_by("reservation__queue_number")
    )


def approval(application: Application) -> Review | None:
    """The city's approval (复审), the last one when there were several."""
    return (
        application.reviews.filter(level=Level.SECOND, verdict=Verdict.APPROVE)
        .select_related("decision__terms__edition")
        .order_by("-at", "-pk")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Basis:
    """What a quote rests on: the approved decision's terms and facts, and the day of approval."""

    decision: Decision
    scheme: Scheme
    approved_on: date
    exports_cents: int


def basis(application: Application) -> Basis:
    """What a quote of this application rests on; refuses (`not_approved`) one without approval or base exports."""
    approved = approval(application)
    if application.state != ApplicationState.APPROVED or approved is None:
        raise Refusal("not_approved", "这件申请现在不在待承保状态，可能已经出单、撤回或被退回。请返回承保清单查看。")
    cents = base_of(approved.decision)
    if cents is None:
        raise Refusal("no_base", "审核通过的资料里没有上年海关出口额，无法计算保费。请联系市商务局补充数据。")
    scheme = schemes.scheme_of(approved.decision.terms)
    return Basis(approved.decision, scheme, clock.local_day(approved.at), cents)


def base_of(decision: Decision) -> int | None:
    """What premiums rest on by a stored decision, in USD cents (clause 五(二)); None when it is not known."""
    scheme = schemes.scheme_of(decision.terms)
    return base_cents(scheme, read_facts(scheme, decision.facts))


def rate_for(insurer: Organisation, entry_date: date) -> ExchangeRate:
    """The insurer's confirmed rate for the month of entry; else refuses (`no_rate`) and says what is missing."""
    rate = funds.confirmed_rate(insurer, entry_date)
    if rate is not None:
        return rate
    month = rules.rate_month(entry_date)
    entered = funds.rate_of(insurer, entry_date) is not None
    said = "已录入，尚待第二人确认" if entered else "尚未录入"
    todo = "请同事在“汇率”页确认后再报价" if entered else "请先在“汇率”页录入，并由另一人确认"
    raise Refusal("no_rate", f"{month.year}年{month.month}月的汇率{said}。{todo}。", "entry_date")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a quote on some day would fix, shown before anything is stored. Money in cents and fen."""

    plan: Plan
    words: PlanWords
    base_year: int
    exports_cents: int
    rate: ExchangeRate
    premium: Premium
    share_due: date | None
    reserved_fen: int
    cover_from: date
    cover_to: date

    @property
    def returned_fen(self) -> int:
        """What of the reservation would go back to the pool; negative when more is needed."""
        return self.reserved_fen - self.premium.subsidy_fen


def estimate(application: Application, entry_date: date) -> Estimate:
    """The sums of a quote with this day of entry; refuses like the quote itself (`no_rate`, `entry_date`, …)."""
    found, today = basis(application), clock.today()
    scheme, insurer, reservation = found.scheme, application.insurer, application.reservation
    assert insurer is not None  # an approved application has both
    assert reservation is not None
    rules.check_entry_date(entry_date, approved_on=found.approved_on, today=today, cover_to=scheme.cover_to)
    rate = rate_for(insurer, entry_date)
    premium = scheme.premium(application.plan, found.exports_cents, rate.cny_per_usd)
    due = None
    if premium.exporter_share_fen:
        due, _ = clock.add_working_days(entry_date, scheme.exporter_share_days)
        rules.check_share_due(due, today=today)
    return Estimate(
        plan=scheme.plan(application.plan),
        words=in_words(scheme.plan(application.plan), scheme),
        base_year=scheme.base_year,
        exports_cents=found.exports_cents,
        rate=rate,
        premium=premium,
        share_due=due,
        reserved_fen=reservation.amount_fen,
        cover_from=scheme.cover_begins(entry_date),
        cover_to=scheme.cover_to,
    )


def number_taken(insurer: Organisation, number: str, *, except_for: Application) -> bool:
    """Whether the insurer has used this policy number already."""
    return Policy.objects.filter(insurer=insurer, number=number).exclude(application=except_for).exists()


def todo(user: User) -> list[Todo]:
    """What waits for this person here."""
    return [*_underwriting_todo(user), *repricing_todo(user), *waiting(user)]


def _underwriting_todo(user: User) -> list[Todo]:
    if user.role == Role.INSURER_AGENT:
        return _insurer_todo(user)
    if user.role == Role.EXPORTER:
        unpaid = visible_to(user).filter(state=rules.State.AWAITING_EXPORTER_SHARE, exporter_share_paid_on=None)
        return [
            Todo(f"请在 {policy.exporter_share_due:%Y-%m-%d} 前向保险公司缴纳保费", 1, page_of(policy), urgent=True)
            for policy in unpaid
        ]
    return []


def _insurer_todo(user: User) -> list[Todo]:
    worklist = reverse("policies:underwriting")
    approved: QuerySet[Any] = underwriting(user)  # with its annotations, which the stubs do not see
    counts = dict(approved.order_by().values_list("step").annotate(count=Count("pk")))
    labels = {
        rules.Step.QUOTE: "待报价的申请",
        rules.Step.REQUOTE: "汇率更正后待重新报价的申请",
        rules.Step.PAY: "待登记企业缴费",
        rules.Step.ISSUE: "待出单的申请",
    }
    lines = [Todo(label, counts.get(step.value, 0), f"{worklist}?step={step}") for step, label in labels.items()]
    return [line for line in lines if line.count]
