"""The verification that somebody asked for, check by check; a killed worker costs the check it was at."""

from django_q.tasks import async_task

from tongbao import clock
from tongbao.audit import actions
from tongbao.audit import queries as audit
from tongbao.audit.models import Verification
from tongbao.desk import queries
from tongbao.refusal import Refusal

# Name, function, minutes between runs.
SCHEDULES = (("继续中断的校验", "tongbao.desk.jobs.resume", 1),)


def go_on(asked: Verification) -> None:
    """Have the worker do it; when it is at it already, nothing happens."""
    async_task("tongbao.desk.jobs.work", asked.pk, group=f"verification-{asked.pk}")


def work(verification_id: int) -> None:
    """Make the checks that are left of a verification, to its end."""
    checks = queries.checks(audit.verifications().get(pk=verification_id).published)
    try:
        one = actions.begin_verification(verification_id=verification_id, total=len(checks))
        if not one.is_under_way:
            return
        mine = {"verification_id": one.pk, "attempt": one.attempt}
        for check in checks[len(one.lines) :]:
            actions.note_verified(**mine, line=queries.look(check))
        actions.finish_verification(**mine)
    except Refusal:  # it is over, or another worker has it
        return


def resume() -> int:
    """Take up the verification whose worker has said nothing for long; give how many there were."""
    found = audit.stalled(clock.now())
    if found is None:
        return 0
    work(found.pk)
    return 1
