"""A firm says that one of its facts is wrong; an officer answers."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.notify import actions as notify
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries
from tongbao.registry.actions._telling import tell_firm
from tongbao.registry.models import Dispute, Exporter
from tongbao.registry.rules import DisputeState


@audit.action
def raise_dispute(
    *, exporter_id: int, fact: str, statement: str, evidence: UploadedFile, key: UUID, by: User
) -> Dispute:
    """A firm objects to a fact (its id in the scheme) with evidence; the city's officers are told.

    A second click gives back the first. Refusals: `dispute.not_own` (403), `dispute.fact`, `dispute.statement`,
    `dispute.open`; those of `documents.store_upload` at the field `evidence`.
    """
    exporter = queries.lock_exporter(exporter_id)
    permissions.check_dispute(by, exporter)
    if (known := queries.dispute_of_key(key)) is not None:
        audit.record("registry.dispute_again", known, by=by, reference=exporter.code)
        return known
    made = _keep(exporter, fact, statement.strip(), evidence, key, by)
    _tell_keepers(made, by)
    audit.record(
        "registry.dispute_raised", made, by=by, reference=exporter.code, fact=fact, sha256=made.evidence.sha256
    )
    return made


def _keep(exporter: Exporter, fact: str, statement: str, evidence: UploadedFile, key: UUID, by: User) -> Dispute:
    shown = queries.fact_in_words(exporter, fact)
    if shown is None:
        raise Refusal("dispute.fact", "没有这一项资料，请回到“我的资格”重新选择。")
    if not statement:
        raise Refusal("dispute.statement", "请写明哪里不对、正确的应该是什么。", "statement")
    if queries.open_dispute(exporter, fact) is not None:
        raise Refusal("dispute.open", "这一项您已经提出过异议，正在等待答复，无需重复提出。", "statement")
    try:
        document = documents.store_upload(upload=evidence, kind="registry.dispute", by=by)
    except Refusal as no:
        no.field = "evidence"
        raise
    return Dispute.objects.create(
        exporter=exporter,
        fact=fact,
        fact_title=shown.title[:120],
        shown=shown.shown[:200],
        statement=statement[:500],
        evidence=document,
        state=DisputeState.OPEN,
        raised_by=by,
        raised_at=clock.now(),
        key=key,
    )


def _tell_keepers(made: Dispute, by: User) -> None:
    for body in queries.keepers():
        notify.send(
            to=body,
            title=f"{made.exporter.name}对“{made.fact_title}”提出异议",
            body=made.statement,
            url=reverse("registry:dispute", args=[made.pk]),
            by=by,
        )


@audit.action
def answer_dispute(*, dispute_id: int, upheld: bool, answer: str, by: User) -> Dispute:
    """An officer answers an objection, once; the firm is told. An objection that is right is upheld once its
    correction has been approved (or nothing needs correcting in the register itself, e.g. a list was entered).

    Refusals: `registry.keep` (403), `dispute.answered_already`, `dispute.answer`, `dispute.correction_waits`.
    """
    dispute = queries.lock_dispute(dispute_id)
    permissions.check_keep(by)
    if dispute.state != DisputeState.OPEN:
        raise Refusal("dispute.answered_already", "这项异议已经答复过，没有重复答复。")
    if not answer.strip():
        raise Refusal("dispute.answer", "请写明答复：核对了什么、结论是什么。", "answer")
    if queries.waiting_corrections(dispute).exists():
        raise Refusal("dispute.correction_waits", "针对这项异议的更正还没有批准，请在批准或退回之后再答复。", "upheld")
    dispute.state = DisputeState.UPHELD if upheld else DisputeState.DECLINED
    dispute.answer = answer.strip()[:500]
    dispute.answered_by, dispute.answered_at = by, clock.now()
    dispute.save()
    tell_firm(
        dispute.exporter,
        f"您对“{dispute.fact_title}”的异议已答复：{DisputeState(dispute.state).label}",
        dispute.answer,
        reverse("registry:my_disputes"),
        by,
    )
    audit.record(
        "registry.dispute_answered", dispute, by=by, reference=dispute.exporter.code, state=dispute.state,
        answer=dispute.answer,
    )  # fmt: skip
    return dispute
