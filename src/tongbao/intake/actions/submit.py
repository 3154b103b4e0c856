"""Handing in: submission, submission again after a correction, answers to questions."""

from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock, once
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.funds import actions as funds
from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import permissions, queries, rules
from tongbao.intake.actions._steps import Judged, judge, keep_paper, pools_of
from tongbao.intake.models import Application
from tongbao.refusal import Refusal
from tongbao.registry import actions as registry
from tongbao.registry import queries as registered
from tongbao.scheme import rules as scheme_rules

_FILED = (
    "first_choice",
    "insurer",
    "area",
    "decision",
    "latest_decision",
    "facts_version",
    "reservation",
    "submitted_at",
    "state",
    "returned_from",
    "return_kind",
    "return_due",
)


@audit.action
def submit(*, application_id: int, key: str, by: User) -> Application:
    """Hand in a complete draft (clause 二(三), 三②): decision, queue number, receipt time and money in one transaction.

    A second click, or a second tab, gets the same application back. Refusals: `intake.incomplete`,
    those of `rules.plan_fault`, `intake.fallback`, `no_pool`, `intake.closed_edition`, `intake.not_open_yet`,
    `intake.window_over`.
    """
    application = queries.lock_application(application_id)
    if _received_before(application, by):
        return application
    permissions.check_submit(by, application)
    return _receive(application, "intake.submit", key, by)


@audit.action
def resubmit(*, application_id: int, key: str, by: User) -> Application:
    """Hand in again after a return for correction: a new number and time (clause 二(三)); refusals as `submit`."""
    application = queries.lock_application(application_id)
    if _received_before(application, by):
        return application
    permissions.check_resubmit(by, application)
    application.questions.filter(answered_at=None).update(answer="已补正并重新提交", answered_at=clock.now())
    return _receive(application, "intake.resubmit", key, by)


def _received_before(application: Application, by: User) -> bool:
    if application.state in rules.EDITABLE or application.state in rules.CLOSED:
        return False
    permissions.check_start(by, application.exporter)
    audit.record("intake.submit_again", application, by=by, reference=application.reference)
    return True


def _receive(application: Application, verb: str, key: str, by: User) -> Application:
    judged = judge(application, by)
    insurers = [body for body, _ in queries.insurers(application, judged.scheme)]
    for body in insurers:
        if body.pk == application.insurer_id:
            application.insurer = body  # the same row, read once
    permissions.check_not_merged(application.exporter)
    permissions.check_receipt(judged.scheme, clock.now())
    _check_complete(application, judged.outcome)
    _check_offered(application, judged.outcome)
    amount_fen = judged.scheme.estimate_fen(application.plan, judged.base_cents)
    registry.ask_cover(
        edition=application.edition,
        scheme=judged.scheme,
        bodies={body.code: body for body in insurers},
        exporter=application.exporter,
        by=by,
    )
    pools = pools_of(application, insurers)  # row id → whose
    reservation = funds.receive(
        edition_id=application.edition_id,
        pool_ids=list(pools),
        reference=application.reference,
        beneficiary_code=application.exporter.code,
        beneficiary_name=application.exporter.name,
        purpose=f"方案{application.plan}",
        amount_fen=amount_fen,
        priority_class=scheme_rules.priority_class(judged.outcome),
        key=f"{application.pk}:{key}",
        by=by,
    )
    permissions.check_receipt(judged.scheme, reservation.received_at)  # by the clock that gives the receipt its time
    _check_quotas(application, judged.scheme)
    paying = pools.get(reservation.pool_id) or reservation.pool.insurer
    return _file(application, verb, judged, reservation, paying, by)


def _check_complete(application: Application, outcome: scheme_rules.Outcome) -> None:
    gaps = [sentence for _, sentence in rules.missing(queries.draft_of(application, outcome))]
    if gaps:
        raise Refusal("intake.incomplete", f"还不能提交：{''.join(gaps)}")


def _check_offered(application: Application, outcome: scheme_rules.Outcome) -> None:
    """*Not met* cannot be submitted, *unknown* can (DESIGN: a missing fact is never a no)."""
    if (fault := rules.plan_fault(outcome, application.plan)) is not None:
        raise Refusal(*fault, "plan")
    conditional = application.plan in rules.conditional_plans(outcome)
    if conditional and application.fallback_plan not in rules.firm_plans(outcome):
        raise Refusal("intake.fallback", "备选方案现在已不能选，请重新选择备选方案。", "fallback_plan")


def _check_quotas(application: Application, scheme: scheme_rules.Scheme) -> None:
    """Head counts of the scheme, asked once the queue is locked: nobody else can slip in; a refusal undoes the rest."""
    if (full := queries.full_quota(application, scheme)) is not None:
        raise Refusal(
            "intake.quota_full",
            f"“{full.title}”的 {full.firms:,} 个名额已满，请选择其他方案；没有其他方案可选的，请留意名额退出的通知。",
            "plan",
        )


def _file(
    application: Application, verb: str, judged: Judged, reservation: Reservation, insurer: Organisation, by: User
) -> Application:
    if reservation.state not in (ReservationState.RESERVED, ReservationState.WAITING):
        raise Refusal("intake.stale_key", "这个页面已经过期，请刷新后重新提交。")
    funded = reservation.state == ReservationState.RESERVED
    application.first_choice, application.insurer = application.insurer, insurer
    application.area = registered.area_today(application.exporter)
    application.decision, application.reservation = judged.decision, reservation
    application.latest_decision, application.facts_version = None, judged.facts_version
    application.submitted_at = reservation.received_at
    application.state = rules.State.FIRST_REVIEW if funded else rules.State.SUBMITTED
    application.returned_from = application.return_kind = ""
    application.return_due = None
    once.update(application, *_FILED)
    audit.record(
        verb,
        application,
        by=by,
        reference=application.reference,
        queue_number=reservation.queue_number,
        plan=application.plan,
        fallback=application.fallback_plan,
        insurer=insurer.code,
        amount_fen=reservation.amount_fen,
        state=application.state,
        decision=judged.decision.pk,
    )
    return application


@audit.action
def answer(
    *, application_id: int, answers: Mapping[int, str], upload: UploadedFile | None = None, by: User
) -> Application:
    """Answer every open question (question id → text); the file goes back to where it was and keeps its number.

    `upload` is one more paper that supports the answers.
    Refusals: `intake.unanswered` at the field `answer_<id>`, `intake.answered_late`.
    """
    application = queries.lock_application(application_id)
    permissions.check_answer(by, application)
    if application.return_due and clock.today() > application.return_due:
        raise Refusal(
            "intake.answered_late", f"补充期限 {application.return_due:%Y-%m-%d} 已过，这份申请将失效，请重新申请。"
        )
    if upload is not None:
        keep_paper(application, rules.PaperKind.ANSWER, upload, by)
    now = clock.now()
    for question in queries.open_questions(application):
        question.answer, question.answered_at = answers.get(question.pk, "").strip(), now
        if not question.answer:
            raise Refusal("intake.unanswered", "请回答这个问题。", f"answer_{question.pk}")
        question.save(update_fields=["answer", "answered_at"])
    application.state, application.returned_from = application.returned_from, ""
    application.return_kind, application.return_due = "", None
    application.save(update_fields=["state", "returned_from", "return_kind", "return_due"])
    audit.record("intake.answer", application, by=by, reference=application.reference, state=application.state)
    return application
