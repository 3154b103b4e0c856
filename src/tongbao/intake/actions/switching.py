"""The firm changes its insurer, or whether it accepts the others, and keeps its number (clauses 二(三), 三)."""

from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.funds import actions as funds
from tongbao.intake import permissions, queries
from tongbao.intake.actions._steps import pools_of, promote
from tongbao.intake.models import Application
from tongbao.refusal import Refusal


@audit.action
def switch_insurer(*, application_id: int, insurer_id: int, accepts_other_insurer: bool, by: User) -> Application:
    """Change the first choice and 服从调剂 of what was handed in; number, receipt time and class stay.

    One that waits stands in the lines of its new choices, and is served at once where it can be; one that has its money
    moves only when the other pool has enough and nobody waits there. A second click changes nothing. Refusals:
    `intake.too_late_to_switch`, `intake.not_in_line`, `intake.insurer_unknown`, `switch_short`, `reservation_state`.
    """
    application = queries.lock_application(application_id)
    permissions.check_switch(by, application)
    body = queries.insurer_of(application, insurer_id)
    was = application.insurer
    if (was, application.accepts_other_insurer) == (body, accepts_other_insurer):
        audit.record("intake.switch_again", application, by=by, reference=application.reference, insurer=body.code)
        return application
    application.insurer = application.first_choice = body
    application.accepts_other_insurer = accepts_other_insurer
    application.save(update_fields=["insurer", "first_choice", "accepts_other_insurer"])
    _move_place(application, by)
    _record(application, was, by)
    promote(application.edition_id)  # the sum that came free, or this very place in its new line
    application.refresh_from_db(fields=["state", "insurer"])
    return application


def _move_place(application: Application, by: User) -> None:
    if application.reservation_id is None:
        raise Refusal("intake.not_in_line", "这份申请没有排队序号，请先提交。")
    insurers = [body for body, _ in queries.insurers(application)]
    funds.switch(reservation_id=application.reservation_id, pool_ids=list(pools_of(application, insurers)), by=by)


def _record(application: Application, was: Organisation | None, by: User) -> None:
    audit.record(
        "intake.switch_insurer",
        application,
        by=by,
        reference=application.reference,
        before=was.code if was else "",
        insurer=application.insurer.code if application.insurer else "",
        accepts_other=application.accepts_other_insurer,
    )
