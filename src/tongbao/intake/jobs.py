"""Regular jobs; each application is a verb of its own, so one that fails holds nobody up and a repeat does nothing."""

from tongbao import clock
from tongbao.intake import actions, queries
from tongbao.refusal import Refusal

# Name, function, minutes between runs.
SCHEDULES = (
    ("候补转审核", "tongbao.intake.jobs.take_up", 1),
    ("企业资料变化后重新判定", "tongbao.intake.jobs.re_evaluate", 1),
    ("逾期的申请失效", "tongbao.intake.jobs.lapse_overdue", 60),
    ("到期前提醒", "tongbao.intake.jobs.remind", 60),
)


def take_up() -> int:
    """Move the firms whose money has come to first review; give their number."""
    editions = dict.fromkeys(queries.funded_since().values_list("edition_id", flat=True))
    return sum(actions.take_up(edition_id=edition_id) for edition_id in editions)


def lapse_overdue() -> int:
    """End the applications that waited, or were not answered or corrected, in time; give their number.

    Approved ones that no insurer issued in time end with their quotes: a job of `policies`.
    """
    done = 0
    for pk, due in queries.overdue(clock.today()):
        try:
            actions.lapse(application_id=pk, why=due.why)
        except Refusal:  # answered, or its money came, between the question and the lock
            continue
        done += 1
    return done


def remind() -> int:
    """Tell the firms whose last day is near, once each; give their number."""
    done = 0
    for pk in queries.near(clock.today()):
        try:
            actions.remind(application_id=pk)
        except Refusal:  # moved on between the question and the lock
            continue
        done += 1
    return done


def re_evaluate() -> int:
    """Judge the open applications anew whose firm's facts have changed, in the order of receipt; give their number."""
    done = 0
    for pk in list(queries.outdated().values_list("pk", flat=True)):
        try:
            actions.re_evaluate(application_id=pk)
        except Refusal:  # ended between the question and the lock, or its facts contradict each other
            continue
        done += 1
    return done
