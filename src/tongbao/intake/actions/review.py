"""Two reviews by different people of different bodies (clause 三③)."""

from collections.abc import Mapping

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.funds import actions as funds
from tongbao.intake import permissions, queries, rules
from tongbao.intake.actions._following import fit_money, keep_decision, tell_firm, what_changed
from tongbao.intake.actions._steps import Judged, close, judge, move, promote, tell
from tongbao.intake.models import Application, Question, Review
from tongbao.refusal import Refusal
from tongbao.registry import queries as registry


@audit.action
def review(
    *,
    application_id: int,
    level: str,
    verdict: str,
    reason: str = "",
    note: str = "",
    return_kind: str = "",
    questions: Mapping[str, str] | None = None,
    seen: int | None = None,
    by: User,
) -> Review:
    """Approve, return with questions (section → text), or reject with a coded reason; findings are recomputed and kept.

    `seen` is how many reviews the page showed: more by now means that somebody decided meanwhile. Refusals:
    `intake.already_decided`, `intake.same_person`, `intake.not_eligible`, `intake.still_unknown`,
    `intake.cover_unanswered`, `intake.no_questions`, `intake.no_reason`, `intake.no_note`, …
    """
    application = queries.lock_application(application_id)
    check = permissions.check_first_review if level == rules.Level.FIRST else permissions.check_second_review
    check(by, application)
    _check_seen(application, seen, by)
    judged = judge(application, by)
    changes = what_changed(application, queries.in_force(application), judged.decision)
    kept = Review(
        application=application,
        level=level,
        verdict=rules.Verdict(verdict),
        reason=reason if verdict == rules.Verdict.REJECT else "",
        note=note.strip(),
        decision=judged.decision,
        reviewer=by,
        body=by.organisation,
        at=clock.now(),
    )
    if verdict == rules.Verdict.APPROVE:
        _approve(kept, judged)
    elif verdict == rules.Verdict.RETURN:
        _return(kept, judged, return_kind, questions or {})
    else:
        _reject(kept)
    _follow(kept, judged, changes)
    _record(kept)
    return kept


def _check_seen(application: Application, seen: int | None, by: User) -> None:
    last = application.reviews.select_related("reviewer", "body").last()
    if seen is not None and last is not None and application.reviews.count() > seen:
        raise Refusal("intake.already_decided", permissions.decided_sentence(last, by))


def _follow(kept: Review, judged: Judged, changes: rules.Changes) -> None:
    """The review has judged on the newest facts: what they change follows here, not in the job."""
    application, by = kept.application, kept.reviewer
    keep_decision(application, kept.decision if changes else None, judged.facts_version)
    if changes and kept.verdict != rules.Verdict.REJECT:
        tell_firm(application, changes, fit_money(application, by), by, reviewed=True)


def _record(kept: Review) -> None:
    application = kept.application
    audit.record(
        f"intake.{kept.level}_review",
        application,
        by=kept.reviewer,
        reference=application.reference,
        verdict=kept.verdict,
        reason=kept.reason,
        return_kind=application.return_kind,
        decision=kept.decision_id,
        state=application.state,
    )


def _approve(kept: Review, judged: Judged) -> None:
    application = kept.application
    if judged.outcome.eligible is False:
        raise Refusal(
            "intake.not_eligible",
            f"按现在的数据不符合条件，不能通过，请退回或不予支持：{rules.unmet_sentence(judged.outcome)}",
        )
    if kept.level == rules.Level.FIRST:
        move(application, rules.State.SECOND_REVIEW)
        application.save(update_fields=["state"])
        kept.save()
        return
    _check_settled(application, judged)
    move(application, rules.State.APPROVED)
    plan = _final_plan(application, judged)
    fell_back, application.plan = plan != application.plan, plan
    application.save(update_fields=["state", "plan"])
    kept.save()
    _fit_reservation(application, judged, kept.reviewer)
    tell(application, f"申请 {application.reference} 已通过审核", _approved_text(application, fell_back), kept.reviewer)


def _check_settled(application: Application, judged: Judged) -> None:
    """At the last review nothing may be open: both insurers have answered, every criterion is met (clause 二(一))."""
    if not registry.cover_answered(application.edition, application.exporter):
        raise Refusal(
            "intake.cover_unanswered",
            "两家保险人还没有全部答复投保情况核查，暂不能通过复审。请等待答复，或联系保险人尽快答复。",
        )
    if judged.outcome.eligible is None:
        what = rules.open_sentence(judged.outcome)
        raise Refusal("intake.still_unknown", f"还有条件待核实，暂不能通过复审：{what}")


def _final_plan(application: Application, judged: Judged) -> str:
    """The plan chosen if it stands, else the fallback that the firm named (clause 四(二), plan C)."""
    for plan in filter(None, (application.plan, application.fallback_plan)):
        if plan in rules.firm_plans(judged.outcome):
            return plan
    fault = rules.plan_fault(judged.outcome, application.plan)
    raise (
        Refusal(*fault)
        if fault
        else Refusal("intake.plan_unsettled", f"方案{application.plan}的条件还待核实，又没有备选方案，请退回企业补充。")
    )


def _fit_reservation(application: Application, judged: Judged, by: User) -> None:
    """Give back what the final plan does not need, and say for which plan the rest is; a rise waits for the charge,
    which knows how to hold it."""
    amount_fen = judged.scheme.estimate_fen(application.plan, judged.base_cents)
    reservation, purpose = application.reservation, f"方案{application.plan}"
    if reservation is None:
        return
    set_aside_fen = reservation.amount_fen + reservation.shortfall_fen
    if not 0 < amount_fen < set_aside_fen and purpose == reservation.purpose:
        return
    funds.adjust(
        reservation_id=reservation.pk,
        amount_fen=min(amount_fen or set_aside_fen, set_aside_fen),
        why=f"复审确定为{purpose}",
        purpose=purpose,
        by=by,
    )
    promote(application.edition_id)


def _approved_text(application: Application, fell_back: bool) -> str:
    change = f"政策导向未获确认，按您的备选改为方案{application.plan}，排队序号不变。" if fell_back else ""
    return f"{change}{application.insurer}将联系您办理承保（方案{application.plan}）。"


def _return(kept: Review, judged: Judged, return_kind: str, questions: Mapping[str, str]) -> None:
    application = kept.application
    asked = {section: text.strip() for section, text in questions.items() if text.strip()}
    if return_kind not in set(rules.ReturnKind):
        raise Refusal("intake.return_kind", "请选择退回类型。", "return_kind")
    if not asked:
        raise Refusal(
            "intake.no_questions", "请至少写一个问题，让企业知道要补充什么。", f"question_{rules.Section.PAPERS}"
        )
    kept.save()
    for section, text in asked.items():
        Question.objects.create(application=application, review=kept, section=rules.Section(section), text=text)
    application.returned_from = application.state
    move(application, rules.State.RETURNED)
    application.return_kind, application.return_due = return_kind, None
    if return_kind == rules.ReturnKind.CLARIFICATION:
        days = judged.scheme.clarification_days
        application.return_due, _ = clock.add_working_days(clock.today(), days)
    application.save(update_fields=["state", "returned_from", "return_kind", "return_due"])
    if return_kind == rules.ReturnKind.CORRECTION and application.reservation_id:
        _give_up_place(application, kept.reviewer)
    tell(application, f"申请 {application.reference} 需要您补充", _returned_text(application), kept.reviewer)


def _give_up_place(application: Application, by: User) -> None:
    """The place goes to the next; the firm applies again to the insurer it chose first, not to the one it was given."""
    assert application.reservation_id is not None
    funds.surrender(reservation_id=application.reservation_id, why="退回补正", by=by)
    application.insurer = application.first_choice
    application.save(update_fields=["insurer"])
    promote(application.edition_id)


def _returned_text(application: Application) -> str:
    if application.return_due:
        return f"请在 {application.return_due:%Y-%m-%d} 前回答审核人员的问题，排队序号保留；逾期申请失效。"
    return "请补正材料后重新提交，排队序号按重新提交的时间确定。"


def _reject(kept: Review) -> None:
    if kept.reason not in set(rules.RejectReason):
        raise Refusal("intake.no_reason", "请选择不予支持的原因。", "reason")
    if kept.reason == rules.RejectReason.OTHER and not kept.note:
        raise Refusal("intake.no_note", "选择“其他”时，请写明原因。", "note")
    kept.save()
    why = f"{rules.RejectReason(kept.reason).label}{'：' if kept.note else ''}{kept.note}"
    close(kept.application, rules.State.REJECTED, why, kept.reviewer)
    title = f"申请 {kept.application.reference} 未通过审核"
    tell(kept.application, title, f"原因：{why}。如有异议，请联系审核部门。", kept.reviewer)
