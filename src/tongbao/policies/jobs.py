"""Regular jobs; each policy is a verb of its own, so one that fails holds nobody up and a repeat does nothing."""

from collections.abc import Callable, Iterable

from tongbao import clock
from tongbao.intake import queries as intake
from tongbao.policies import actions, queries
from tongbao.policies.models import Policy
from tongbao.refusal import Refusal

# Name, function, minutes between runs.
SCHEDULES = (
    ("企业逾期未缴保费的申请失效", "tongbao.policies.jobs.lapse_unpaid", 60),
    ("逾期未出单的申请失效", "tongbao.policies.jobs.lapse_unissued", 60),
    ("保单到期", "tongbao.policies.jobs.expire", 60),
    ("过期的注销申请失效", "tongbao.policies.jobs.lapse_cancellations", 60),
)


def lapse_unpaid() -> int:
    """End the quotes whose exporter did not pay its share in time (四(二) B); give their number."""
    return _each(queries.due_unpaid(clock.today()), actions.lapse_unpaid)


def lapse_unissued() -> int:
    """End the approved applications that no insurer has issued in its days (二(三)); give their number."""
    done = 0
    for application_id in intake.unissued(clock.today()):
        try:
            actions.lapse_unissued(application_id=application_id)
        except Refusal:  # issued between the question and the lock, or its firm has paid
            continue
        done += 1
    return done


def expire() -> int:
    """Mark the policies whose cover has ended; give their number."""
    return _each(queries.past_cover(clock.today()), actions.expire)


def lapse_cancellations() -> int:
    """End the requests for cancellation that nobody can answer any more; give their number."""
    done = 0
    for pk in queries.overdue_cancellations(clock.today()):
        try:
            actions.lapse_cancellation(cancellation_id=pk)
        except Refusal:  # decided between the question and the lock
            continue
        done += 1
    return done


def _each(policy_ids: Iterable[int], verb: Callable[..., Policy]) -> int:
    done = 0
    for policy_id in policy_ids:
        try:
            verb(policy_id=policy_id, by=None)
        except Refusal:  # paid or decided between the question and the lock
            continue
        done += 1
    return done
