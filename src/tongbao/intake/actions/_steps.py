"""Steps that several verbs share; each runs inside the verb under way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.funds import actions as funds
from tongbao.funds import queries as pools
from tongbao.funds.rules import ReservationState
from tongbao.intake import queries, rules
from tongbao.intake.models import Application, Paper
from tongbao.notify import actions as notify
from tongbao.refusal import Refusal
from tongbao.scheme import actions as schemes
from tongbao.scheme import queries as scheme_queries
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Decision

_OPEN = (ReservationState.WAITING, ReservationState.RESERVED, ReservationState.HELD)
_REASON_LENGTH = 200


@dataclass(frozen=True)
class Judged:
    """What the terms say of an application at this moment: the stored decision and the same as an object."""

    scheme: scheme_rules.Scheme
    decision: Decision
    outcome: scheme_rules.Outcome
    base_cents: int  # what the premium is computed on
    facts_version: int  # of the firm, at least as old as the facts


def see_firm(application: Application) -> int:
    """Read the firm anew, before its facts: their version. What changes in between is then judged once more; the other
    way round it would be missed. The firm is not locked: who answers for its cover locks the answer first, then it."""
    application.exporter = queries.exporter_now(application)
    return application.exporter.facts_version


def judge(application: Application, by: User) -> Judged:
    """Decide on the facts now of a firm that was read with its application, and keep the decision."""
    now, version = clock.now(), application.exporter.facts_version
    terms = scheme_queries.terms_of(application.edition, on=clock.local_day(now))
    scheme = scheme_queries.scheme_of(terms)
    facts = queries.facts_now(application, now, scheme).values
    decision = schemes.decide(terms=terms, facts=facts, subject_code=application.exporter.code, by=by)
    outcome = scheme_rules.Outcome.from_json(decision.result)
    return Judged(scheme, decision, outcome, scheme_rules.base_cents(scheme, facts) or 0, version)


def move(application: Application, target: rules.State) -> None:
    """Change the state as `TRANSITIONS` allow. Refusal: `intake.wrong_state`."""
    if not rules.may_move(application.state, target):
        now = application.get_state_display()
        raise Refusal("intake.wrong_state", f"申请 {application.reference} 现在是“{now}”，不能变为“{target.label}”。")
    application.state = target


def close(application: Application, target: rules.State, why: str, by: User | None) -> None:
    """End an application: its state, its reason, and its money back to the pool at once."""
    move(application, target)
    application.closed_reason = why[:_REASON_LENGTH]
    application.save(update_fields=["state", "closed_reason"])
    reservation = application.reservation
    if reservation is not None and reservation.state in _OPEN:
        funds.release(reservation_id=reservation.pk, why=f"{target.label}：{why}"[:_REASON_LENGTH], by=by)
        promote(application.edition_id)


def pools_of(application: Application, insurers: Sequence[Organisation]) -> dict[int, Organisation]:
    """The pools that may pay (row id → whose): of the first choice, then (服从调剂) of the others, in their order."""
    first_choice = [application.insurer] if application.insurer else []
    others = [body for body in insurers if body != application.insurer] if application.accepts_other_insurer else []
    chosen = [*first_choice, *others]
    return dict(zip(pools.pool_ids(application.edition_id, chosen), chosen, strict=True))


def tell(application: Application, title: str, body: str, by: User | None) -> None:
    """A notice to the firm, with a link to its application."""
    if (body_of_firm := queries.firm_of(application)) is not None:
        url = reverse("intake:application", args=[application.reference])
        notify.send(to=body_of_firm, title=title, body=body, url=url, by=by)


def tell_insurer(application: Application, title: str, body: str, by: User | None) -> None:
    """A notice to the application's insurer, with a link to the case (the page is the roof's; its address is fixed)."""
    assert application.insurer is not None  # an approved application has one
    notify.send(to=application.insurer, title=title, body=body, url=f"/cases/{application.reference}/", by=by)


def promote(edition_id: int) -> int:
    """As `take_up`, inside another verb, and by the system: whose act has set the money free is not the next firm's
    business. Rows that somebody else holds are left to the next run: waiting for them here, with the queue locked,
    could lock two people out of each other's way for ever."""
    moved = 0
    for application in queries.funded_since(edition_id).select_for_update(skip_locked=True, of=("self",)):
        move(application, rules.State.FIRST_REVIEW)
        assert application.reservation is not None
        application.insurer = application.reservation.pool.insurer
        application.save(update_fields=["state", "insurer"])
        tell(
            application,
            f"申请 {application.reference} 已有资金，进入审核",
            "您的申请不再候补：财政扶持资金已为您预留，区商务部门开始审核。",
            None,
        )
        audit.record("intake.take_up", application, by=None, reference=application.reference)
        moved += 1
    return moved


def keep_paper(application: Application, kind: str, upload: UploadedFile, by: User) -> Paper:
    """Store a paper with an application; a newer one of a mandatory kind replaces the old one, which is kept.

    A refusal of the file stands at the field `kind`.
    """
    try:
        document = documents.store_upload(upload=upload, kind=f"intake.{rules.PaperKind(kind)}", by=by)
    except Refusal as no:
        no.field = kind
        raise
    now = clock.now()
    if kind != rules.PaperKind.ANSWER:
        application.papers.filter(kind=kind, replaced_at=None).update(replaced_at=now)
    paper = Paper.objects.create(application=application, kind=kind, document=document, added_at=now)
    audit.record(
        "intake.add_paper",
        application,
        by=by,
        reference=application.reference,
        kind=kind,
        document=document.pk,
        sha256=document.sha256,
    )
    return paper
