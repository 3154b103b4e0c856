"""What can happen to the register: firms, figures, lists, cover."""

from tongbao.registry.actions.corrections import (
    Why,
    approve_correction,
    correct_figure,
    correct_particulars,
    reject_correction,
)
from tongbao.registry.actions.cover import answer_cover, ask_cover, record_existing_cover
from tongbao.registry.actions.disputes import answer_dispute, raise_dispute
from tongbao.registry.actions.exporters import accept_code, register_exporter
from tongbao.registry.actions.identity import Ground, merge, recode, rename
from tongbao.registry.actions.imports import (
    confirm_import,
    declare_complete,
    discard_import,
    look_again,
    read_file,
    receive_file,
    undo_import,
)
from tongbao.registry.actions.lists import add_designation, confirm_designation, confirm_designations
from tongbao.registry.actions.loading import begin_reading, clear_some, fail_reading, finish_reading, load, look
from tongbao.registry.actions.settling import settle_firms, settle_some

__all__ = [
    "Ground",
    "Why",
    "accept_code",
    "add_designation",
    "answer_cover",
    "answer_dispute",
    "approve_correction",
    "ask_cover",
    "begin_reading",
    "clear_some",
    "confirm_designation",
    "confirm_designations",
    "confirm_import",
    "correct_figure",
    "correct_particulars",
    "declare_complete",
    "discard_import",
    "fail_reading",
    "finish_reading",
    "load",
    "look",
    "look_again",
    "merge",
    "raise_dispute",
    "read_file",
    "receive_file",
    "recode",
    "record_existing_cover",
    "register_exporter",
    "reject_correction",
    "rename",
    "settle_firms",
    "settle_some",
    "undo_import",
]
