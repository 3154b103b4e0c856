"""What can happen to an application: it is filled in, submitted, reviewed, and runs its course."""

from tongbao.intake.actions.course import lapse, mark_declined, mark_issued, remind, take_up, withdraw
from tongbao.intake.actions.drafts import add_paper, confirm_data, declare, save_insurer, save_plan, start
from tongbao.intake.actions.facts import re_evaluate
from tongbao.intake.actions.review import review
from tongbao.intake.actions.submit import answer, resubmit, submit
from tongbao.intake.actions.switching import switch_insurer

__all__ = [
    "add_paper",
    "answer",
    "confirm_data",
    "declare",
    "lapse",
    "mark_declined",
    "mark_issued",
    "re_evaluate",
    "remind",
    "resubmit",
    "review",
    "save_insurer",
    "save_plan",
    "start",
    "submit",
    "switch_insurer",
    "take_up",
    "withdraw",
]
