"""What each role finds on its home page: what waits for it, then the figures of its work."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from tongbao import clock, flow
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind
from tongbao.desk.queries import log
from tongbao.desk.queries.case import TrailAct, trail_act
from tongbao.desk.queries.landing import in_force
from tongbao.funds import queries as funds
from tongbao.funds.models import Transfer
from tongbao.funds.queries import PoolFigures
from tongbao.intake import queries as intake
from tongbao.intake.models import Application, Review
from tongbao.intake.rules import LIVE, Level, State, Verdict
from tongbao.notify import queries as notices
from tongbao.notify.models import Message
from tongbao.policies import queries as policies
from tongbao.policies.models import Cancellation, Policy
from tongbao.registry import queries as registry
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import Advice, Outcome, decide, nearest
from tongbao.ui.menu import Todo

LAST = 8  # rows of the short lists of a home page


def todo(user: User) -> list[Todo]:
    """The worklist over all contexts, urgent lines first, else in flow order."""
    found: list[Todo] = []
    for context in flow.CONTEXTS:
        if context not in flow.ROOF and find_spec(f"tongbao.{context}.queries"):
            found += getattr(import_module(f"tongbao.{context}.queries"), "todo", _nothing)(user)
    return sorted((line for line in found if line.count), key=lambda line: not line.urgent)


def _nothing(user: User) -> list[Todo]:
    return []


@dataclass(frozen=True)
class Step:
    """One step of the funnel: how many applications came so far."""

    label: str
    count: int
    url_state: str = ""


@dataclass(frozen=True)
class AreaLine:
    """One area: how many applications, how far, how much subsidy."""

    name: str
    submitted: int
    under_review: int
    approved: int
    issued: int
    subsidy_fen: int


def funnel(user: User) -> list[Step]:
    """How many of the applications this person sees came through each step, from submission to policy."""
    passed = {
        level: Exists(Review.objects.filter(application=OuterRef("pk"), level=level, verdict=Verdict.APPROVE))
        for level in Level
    }
    counts = (
        _in_force(user)
        .annotate(first=passed[Level.FIRST], second=passed[Level.SECOND])
        .aggregate(
            submitted=Count("pk"),
            first_passed=Count("pk", filter=Q(first=True)),
            second_passed=Count("pk", filter=Q(second=True)),
            issued=Count("pk", filter=Q(state=State.ISSUED)),
        )
    )
    return [
        Step("提交申请", counts["submitted"]),
        Step("通过初审", counts["first_passed"]),
        Step("通过复审", counts["second_passed"]),
        Step("已出具保单", counts["issued"]),
    ]


def by_state(user: User) -> list[tuple[str, str, int]]:
    """State, its label and how many applications of this person's view stand there; empty states are left out."""
    counts = dict(_in_force(user).order_by().values_list("state").annotate(count=Count("pk")))
    return [(state.value, state.label, counts[state]) for state in State if counts.get(state)]


def by_area(user: User) -> list[AreaLine]:
    """Applications by area, with the subsidy of issued policies."""
    reviewing = (State.SUBMITTED, State.FIRST_REVIEW, State.SECOND_REVIEW, State.RETURNED)
    lines = (
        _in_force(user)
        .order_by("area__order", "area__code")
        .values("area__name")
        .annotate(
            submitted=Count("pk"),
            under_review=Count("pk", filter=Q(state__in=reviewing)),
            approved=Count("pk", filter=Q(state__in=(State.APPROVED, State.ISSUED))),
            issued=Count("pk", filter=Q(state=State.ISSUED)),
            subsidy=Sum("policy__subsidy_fen", filter=Q(state=State.ISSUED)),
        )
    )
    return [
        AreaLine(
            line["area__name"],
            line["submitted"],
            line["under_review"],
            line["approved"],
            line["issued"],
            line["subsidy"] or 0,
        )
        for line in lines
    ]


def _in_force(user: User) -> QuerySet[Application]:
    """This person's applications of the edition in force, without drafts."""
    return intake.visible_to(user).filter(edition=in_force(), submitted_at__isnull=False)


def latest(user: User) -> list[Application]:
    """The applications received last, newest first."""
    return list(_in_force(user).order_by("-submitted_at")[:LAST])


def pools(user: User) -> list[PoolFigures]:
    """The pools of the edition in force that this person sees."""
    edition = in_force()
    return funds.pools(user, edition) if edition else []


def entries(user: User) -> list[Transfer]:
    """The last movements of money."""
    return list(funds.entries(user)[:LAST])


def acts(user: User) -> list[TrailAct]:
    """The last acts in the log, newest first, for those who read it; the steps of a verification are left out."""
    return [trail_act(record) for record in log.log(user).exclude(verb="verification.noted")[:LAST]]


def acts_of_day(user: User, since: datetime) -> int:
    """How many acts were recorded since an instant."""
    return log.log(user).filter(at__gte=since).count()


def people() -> list[tuple[str, int, int]]:
    """Kind of body, how many bodies, how many active people."""
    counts = (
        Organisation.objects.order_by()
        .values_list("kind")
        .annotate(
            bodies=Count("pk", distinct=True), persons=Count("people", filter=Q(people__is_active=True), distinct=True)
        )
    )
    found = {kind: (bodies, persons) for kind, bodies, persons in counts}
    return [(kind.label, *found[kind]) for kind in OrganisationKind if kind in found]


# ── the enterprise's one page ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class EnterpriseHome:
    """Where a firm stands: its application, what is next, its policy, its messages."""

    application: Application | None
    is_live: bool
    outcome: Outcome | None  # what the register says of it, while it has no live application
    advice: Advice | None  # and what it lacks for the nearest plan, when it has none
    position: int | None
    policy: Policy | None
    cancelled: Cancellation | None  # what ended that policy before its time
    past: list[Application]
    messages: list[Message]


def enterprise(user: User) -> EnterpriseHome:
    """The firm's own page: the live application of the edition in force comes first, older ones below."""
    theirs = list(intake.past_of(user))
    live = [one for one in theirs if one.state in LIVE]
    application = next(iter(live or theirs), None)
    outcome, advice = (None, None) if live else _judged(user)
    policy = policies.visible_to(user).filter(issued_at__isnull=False).first()
    return EnterpriseHome(
        application=application,
        is_live=bool(live),
        outcome=outcome,
        advice=advice,
        position=intake.waiting_position(application) if application else None,
        policy=policy,
        cancelled=policies.cancelled(policy) if policy else None,
        past=[one for one in theirs if one is not application],
        messages=list(notices.visible_to(user)[:3]),
    )


def _judged(user: User) -> tuple[Outcome | None, Advice | None]:
    exporter, edition = registry.exporter_of(user), in_force()
    if exporter is None or edition is None:
        return None, None
    today = clock.today()
    terms = schemes.compiled(schemes.terms_of(edition, on=today))
    facts = registry.facts_of(exporter, terms.scheme, as_of=today).values
    outcome = decide(terms, facts)
    return outcome, nearest(terms, facts, outcome)
