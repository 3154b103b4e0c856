"""Beginning a verb again when the database could not serve everybody at once."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import DatabaseError

from tongbao import busy, clock

R = TypeVar("R")

PAUSES_MS = (20, 60, 180, 540)  # before the second, third, … attempt; up to twice as long, so that rivals part
PATIENCE = timedelta(seconds=15)  # who has waited so long for a lock is told, not made to wait once more


def until_served(attempt: Callable[[], R]) -> R:
    """Make an attempt that leaves nothing behind when it fails; again after a deadlock or a lock that did not come.

    The last error is raised as it came.
    """
    began = clock.now()
    for pause in PAUSES_MS:
        try:
            return attempt()
        except DatabaseError as error:
            if not busy.is_busy(error) or clock.now() - began > PATIENCE:
                raise
        clock.pause(pause + secrets.randbelow(pause))
    return attempt()
