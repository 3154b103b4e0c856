"""The transaction of every verb, and the verbs of a verification."""

from tongbao.audit.actions.transaction import Unrecorded, action, record
from tongbao.audit.actions.verification import (
    ask_verification,
    begin_verification,
    finish_verification,
    note_verified,
)

__all__ = [
    "Unrecorded",
    "action",
    "ask_verification",
    "begin_verification",
    "finish_verification",
    "note_verified",
    "record",
]
