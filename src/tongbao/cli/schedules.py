"""Regular jobs: what each context declares in `jobs.SCHEDULES` is made known to the job queue."""

from datetime import timedelta
from importlib import import_module, util

from django.db import transaction
from django_q.models import Schedule

from tongbao import clock, flow

PREFIX = "tongbao: "


def declared() -> list[tuple[str, str, int]]:
    """(name, path of a function, minutes between runs) of every context, in flow order."""
    found: list[tuple[str, str, int]] = []
    for context in flow.CONTEXTS:
        if util.find_spec(f"tongbao.{context}.jobs"):
            found += getattr(import_module(f"tongbao.{context}.jobs"), "SCHEDULES", ())
    return found


@transaction.atomic
def register() -> int:
    """Make the queue's schedules those declared, keeping when each is due next; give their number."""
    wanted = declared()
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=[PREFIX + name for name, *_ in wanted]).delete()
    for name, function, minutes in wanted:
        Schedule.objects.update_or_create(
            name=PREFIX + name,
            defaults={"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "repeats": -1},
            create_defaults={
                "func": function,
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "repeats": -1,
                "next_run": clock.now() - clock.offset() + timedelta(minutes=minutes),  # the queue runs on real time
            },
        )
    return len(wanted)
