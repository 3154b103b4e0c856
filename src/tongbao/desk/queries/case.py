"""One case with its several stations, each shown only as far as the person may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tongbao.accounts.models import User
from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.desk import permissions, rules
from tongbao.funds.models import Reservation, Transfer
from tongbao.funds.rules import GROUNDS, TransferKind
from tongbao.intake import queries as intake
from tongbao.intake.models import Application, Paper, Question, Review
from tongbao.intake.queries import Reevaluated
from tongbao.intake.rules import Verdict
from tongbao.policies import queries as policies
from tongbao.policies.models import Policy
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Decision
from tongbao.scheme.rules import Advice, BadFacts, Scheme, decide, nearest, read_facts

ITSELF = "系统自动判定"
ADDRESSED = (Verdict.RETURN, Verdict.REJECT)  # verdicts whose note speaks to the firm


@dataclass(frozen=True)
class Basis:
    """What the terms said of the firm at one moment: submission, a change of its facts, or a review."""

    title: str
    at: datetime
    decision: Decision
    verdict: str = ""
    tone: str = "neutral"
    note: str = ""
    reason: str = ""
    who: str = ""
    questions: Sequence[Question] = field(default_factory=tuple)

    @property
    def advice(self) -> Advice | None:
        """What the firm lacked then for the nearest plan; None when it had one, or what was kept cannot be read."""
        terms = scheme.compiled(self.decision.terms)
        try:
            facts = read_facts(terms.scheme, self.decision.facts)
        except BadFacts:  # changed behind the program's back: the replay says so
            return None
        return nearest(terms, facts, decide(terms, facts))


@dataclass(frozen=True)
class Movement:
    """One movement of money of a case, with the clause that allowed it."""

    transfer: Transfer
    clause: str
    why: str


@dataclass(frozen=True)
class TrailAct:
    """One act as a sentence for the person who reads it."""

    number: int
    at: datetime
    sentence: str
    who: str
    details: list[tuple[str, str]]


def case(user: User, reference: str) -> Application | None:
    """The application with this reference, when the person may see it, with all that the header needs."""
    joined = (
        "exporter",
        "area",
        "insurer",
        "edition",
        "reservation__pool__insurer",
        "decision__terms__edition",
    )
    return intake.visible_to(user).select_related(*joined).filter(reference=reference).first()


def scheme_of(application: Application) -> Scheme:
    """The scheme under which the case is decided: that of its decision, else of its edition now."""
    terms = application.decision.terms if application.decision else scheme.terms_of(application.edition)
    return scheme.scheme_of(terms)


def bases(user: User, application: Application) -> list[Basis]:
    """What was found at submission, at each change of the firm's facts and at each review, oldest first; notes only for
    those they are meant for."""
    found = []
    if application.decision and application.submitted_at:
        found.append(Basis("提交申请时", application.submitted_at, application.decision, who=ITSELF))
    found += [Basis("资料变化后", one.at, one, who=ITSELF) for one in intake.reevaluations(application)]
    reviews = Review.objects.filter(application=application).select_related(
        "decision__terms__edition", "reviewer", "body"
    )
    found += [_basis(user, review) for review in reviews.prefetch_related("questions")]
    return sorted(found, key=lambda one: one.at)


def _basis(user: User, review: Review) -> Basis:
    inside = permissions.can_see_reviews(user)
    return Basis(
        title=review.get_level_display(),
        at=review.at,
        decision=review.decision,
        verdict=review.get_verdict_display(),
        tone={Verdict.APPROVE: "ok", Verdict.RETURN: "warn", Verdict.REJECT: "bad"}[Verdict(review.verdict)],
        note=review.note if inside or review.verdict in ADDRESSED else "",
        reason=review.get_reason_display() if review.reason else "",
        who=f"{review.body} {review.reviewer}" if inside else str(review.body),
        questions=list(review.questions.all()),
    )


def reevaluated(application: Application) -> Reevaluated | None:
    """What the last change of the firm's facts changed of the decision at submission; None when there was none."""
    return intake.reevaluated(application)


def papers(application: Application) -> list[Paper]:
    """What was handed in, replaced papers included, newest first within each kind."""
    found = Paper.objects.filter(application=application).select_related("document")
    return list(found.order_by("kind", "-added_at"))


def reservations(application: Application) -> list[Reservation]:
    """Every place in the queue the case has had: a resubmission after a missing paper takes a new one."""
    found = Reservation.objects.filter(edition=application.edition, reference=application.reference)
    return list(found.select_related("pool__insurer").order_by("-queue_number"))


def movements(application: Application) -> list[Movement]:
    """Every movement of money of the case, oldest first, with its clause."""
    transfers = _transfers().filter(
        reservation__edition=application.edition, reservation__reference=application.reference
    )
    return [_movement(transfer) for transfer in transfers]


def movement(application: Application, transfer_id: int) -> Movement | None:
    """One movement of money of this case."""
    transfer = (
        _transfers()
        .filter(
            reservation__edition=application.edition,
            reservation__reference=application.reference,
            pk=transfer_id,
        )
        .first()
    )
    return _movement(transfer) if transfer else None


def _transfers() -> QuerySet[Transfer]:
    return Transfer.objects.select_related("source", "target", "pool__insurer", "reservation").order_by("pk")


def _movement(transfer: Transfer) -> Movement:
    clause, why = GROUNDS[TransferKind(transfer.kind)]
    return Movement(transfer, clause, why)


def policy(user: User, application: Application) -> Policy | None:
    """The policy of the case, when the person may see it."""
    found = policies.visible_to(user).filter(application=application)
    return found.select_related("exchange_rate", "excluded", "insurer", "certificate").first()


def trail(user: User, application: Application) -> list[TrailAct]:
    """The acts on the case, oldest first; the firm and the insurer read the outward ones, by body."""
    inside = permissions.can_see_inside(user)
    records = audit.of_reference(application.reference)
    return [trail_act(one, inside=inside) for one in records if inside or rules.is_outward(one.verb)]


def trail_act(record: Record, *, inside: bool = True) -> TrailAct:
    """A record as a sentence. Outsiders read the body, not the person, and no details."""
    if inside:
        who = f"{record.actor_name}（{record.actor_body}）" if record.actor_body else record.actor_name
    else:
        who = record.actor_body or "系统"
    return TrailAct(
        number=record.number,
        at=record.at,
        sentence=rules.sentence(record.verb),
        who=who,
        details=rules.known_details(record.detail) if inside else [],
    )


@dataclass(frozen=True)
class Trace:
    """From a sum of the fund to the clauses that allowed it."""

    movement: Movement
    reservation: Reservation
    basis: Basis | None
    findings: list[dict[str, Any]]
    offer: dict[str, Any] | None
    clauses: list[Any]


def trace(user: User, application: Application, moved: Movement) -> Trace:
    """The chain of grounds of one movement: the latest decision before it, its findings, their clauses in full."""
    found = bases(user, application)
    earlier = [one for one in found if one.at <= moved.transfer.at] or found[:1]
    basis = earlier[-1] if earlier else None
    result = basis.decision.result if basis else {}
    findings = result.get("findings", [])
    offer = next((one for one in result.get("offers", []) if one.get("plan") == application.plan), None)
    place = GROUNDS[TransferKind.RESERVE][0]  # whatever moved, it moved for a place in the order of receipt
    grounds = [*findings, *(one for one in result.get("priorities", []) if one["met"]), *([offer] if offer else [])]
    cited = [moved.clause, place, *(one["clause"] for one in grounds)]
    known = {clause.id: clause for clause in scheme_of(application).clauses}
    clauses = [known[name] for name in dict.fromkeys(cited) if name in known]
    reservation = moved.transfer.reservation
    assert reservation is not None  # a movement of a case has one
    return Trace(moved, reservation, basis, findings, offer, clauses)


def position(application: Application) -> int | None:
    """The place on the waiting list, or None."""
    return intake.waiting_position(application)
