"""What can be asked of the register, always scoped to the person who asks."""

from tongbao.registry.queries.cover import (
    asked_of,
    cover_answered,
    cover_answers,
    inquiry_for,
    lock_inquiry,
    open_inquiries,
    todo,
)
from tongbao.registry.queries.exporters import (
    by_code,
    designations_visible_to,
    exporter_of,
    get_visible,
    lock_designation,
    lock_exporter,
    visible_to,
)
from tongbao.registry.queries.facts import annual_cents, exports_by_country, exports_by_month, facts_of
from tongbao.registry.queries.imports import (
    area_names,
    complete_years,
    examine_exports,
    figures_of,
    known_codes,
    known_of,
    lock_by_codes,
)
from tongbao.registry.queries.lists import band_choices, current_scheme, in_band, with_figures
from tongbao.registry.queries.profile import FactInWords, Profile, listed, profile
from tongbao.registry.rules import Facts

__all__ = [
    "FactInWords",
    "Facts",
    "Profile",
    "annual_cents",
    "area_names",
    "asked_of",
    "band_choices",
    "by_code",
    "complete_years",
    "cover_answered",
    "cover_answers",
    "current_scheme",
    "designations_visible_to",
    "examine_exports",
    "exporter_of",
    "exports_by_country",
    "exports_by_month",
    "facts_of",
    "figures_of",
    "get_visible",
    "in_band",
    "inquiry_for",
    "known_codes",
    "known_of",
    "listed",
    "lock_by_codes",
    "lock_designation",
    "lock_exporter",
    "lock_inquiry",
    "open_inquiries",
    "profile",
    "todo",
    "visible_to",
    "with_figures",
]
