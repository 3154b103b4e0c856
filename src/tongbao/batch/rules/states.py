"""States of an import."""

from tongbao.labels import Labelled


class ImportState(Labelled):
    """Where an import stands."""

    UPLOADED = "uploaded", "待核对列"
    READING = "reading", "正在读取"
    FAILED = "failed", "没有读完"
    PREVIEWED = "previewed", "待确认"
    CONFIRMED = "confirmed", "已导入"
    DISCARDED = "discarded", "已放弃"
    UNDONE = "undone", "已撤销"


# A file may be read again with other columns until it is confirmed; what was confirmed is undone, never deleted.
TRANSITIONS = {
    ImportState.UPLOADED: frozenset(
        {ImportState.UPLOADED, ImportState.READING, ImportState.FAILED, ImportState.DISCARDED}
    ),
    ImportState.READING: frozenset({ImportState.PREVIEWED, ImportState.FAILED, ImportState.DISCARDED}),
    ImportState.FAILED: frozenset({ImportState.UPLOADED, ImportState.READING, ImportState.DISCARDED}),
    ImportState.PREVIEWED: frozenset(
        {ImportState.UPLOADED, ImportState.READING, ImportState.CONFIRMED, ImportState.DISCARDED}
    ),
    ImportState.CONFIRMED: frozenset({ImportState.UNDONE}),
    ImportState.DISCARDED: frozenset(),
    ImportState.UNDONE: frozenset(),
}


class Work(Labelled):
    """What the worker still has to do for an import."""

    NOTHING = "", ""
    LOOK = "look", "正在识别表头"
    READ = "read", "正在读取文件"
    SETTLE = "settle", "正在更新企业资料"
    CLEAR = "clear", "正在清除没有用到的数据"
