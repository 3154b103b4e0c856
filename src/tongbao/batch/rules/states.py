"""States of an import."""

from tongbao.labels import Labelled


class ImportState(Labelled):
    """Where an import stands."""

    PREVIEWED = "previewed", "待确认"
    CONFIRMED = "confirmed", "已导入"
    DISCARDED = "discarded", "已放弃"


TRANSITIONS = {
    ImportState.PREVIEWED: frozenset({ImportState.CONFIRMED, ImportState.DISCARDED}),
    ImportState.CONFIRMED: frozenset(),
    ImportState.DISCARDED: frozenset(),
}
