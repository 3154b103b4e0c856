"""Regular jobs; each policy is a verb of its own, so one that fails holds nobody up and a repeat does nothing."""

from collections.abc import Callable, Iterable

from tongbao import clock
from tongbao.policies import actions, queries
from tongbao.policies.models import Policy
from tongbao.refusal import Refusal

# Name, function, minutes between runs.
SCHEDULES = (
    ("企业逾期未缴保费的申请失效", "tongbao.policies.jobs.lapse_unpaid", 60),
    ("保单到期", "tongbao.policies.jobs.expire", 60),
)


def lapse_unpaid() -> int:
    """End the quotes whose exporter did not pay its share in time (四(二) B); give their number."""
    return _each(queries.due_unpaid(clock.today()), actions.lapse_unpaid)


def expire() -> int:
    """Mark the policies whose cover has ended; give their number."""
    return _each(queries.past_cover(clock.today()), actions.expire)


def _each(policy_ids: Iterable[int], verb: Callable[..., Policy]) -> int:
    done = 0
    for policy_id in policy_ids:
        try:
            verb(policy_id=policy_id, by=None)
        except Refusal:  # paid or decided between the question and the lock
            continue
        done += 1
    return done
