"""The states of a draft and the ways between them."""

from tongbao.labels import Labelled


class DraftState(Labelled):
    """Where a draft stands."""

    EDITING = "editing", "起草中"
    SUBMITTED = "submitted", "待批准"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤销"


TRANSITIONS: dict[DraftState, tuple[DraftState, ...]] = {
    DraftState.EDITING: (DraftState.SUBMITTED, DraftState.WITHDRAWN),
    DraftState.SUBMITTED: (DraftState.EDITING, DraftState.PUBLISHED, DraftState.WITHDRAWN),
    DraftState.PUBLISHED: (),
    DraftState.WITHDRAWN: (),
}
TONES = {
    DraftState.EDITING: "progress",
    DraftState.SUBMITTED: "warn",
    DraftState.PUBLISHED: "ok",
    DraftState.WITHDRAWN: "neutral",
}
