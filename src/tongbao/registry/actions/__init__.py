"""What can happen to the register: firms, figures, lists, cover."""

from tongbao.registry.actions.cover import answer_cover, ask_cover, record_existing_cover
from tongbao.registry.actions.exporters import register_exporter
from tongbao.registry.actions.imports import confirm_import, declare_complete, discard_import, preview_import
from tongbao.registry.actions.lists import add_designation, confirm_designation

__all__ = [
    "add_designation",
    "answer_cover",
    "ask_cover",
    "confirm_designation",
    "confirm_import",
    "declare_complete",
    "discard_import",
    "preview_import",
    "record_existing_cover",
    "register_exporter",
]
