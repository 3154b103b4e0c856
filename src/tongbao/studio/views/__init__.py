"""Pages of the studio."""

from tongbao.studio.views.drafts import (
    draft,
    drafts,
    publish,
    recall,
    revision,
    send_back,
    source,
    start,
    submit,
    withdraw,
)
from tongbao.studio.views.editing import edit
from tongbao.studio.views.effects import compare, effect, firms

__all__ = [
    "compare",
    "draft",
    "drafts",
    "edit",
    "effect",
    "firms",
    "publish",
    "recall",
    "revision",
    "send_back",
    "source",
    "start",
    "submit",
    "withdraw",
]
