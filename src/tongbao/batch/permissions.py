"""Who may decide on an import."""

from tongbao.accounts.models import User
from tongbao.batch.models import Import
from tongbao.batch.rules import TRANSITIONS, ImportState, Work
from tongbao.refusal import Forbidden, Refusal

_NOT_THERE = {
    ImportState.UPLOADED: "这份文件还没有核对列的对应，请先核对。",
    ImportState.READING: "这份文件还在读取，请等读完后再处理。",
    ImportState.FAILED: "这份文件没有读完，请修改后重新上传。",
    ImportState.PREVIEWED: "这份文件还没有导入，没有可以撤销的内容。",
    ImportState.CONFIRMED: "这份文件已导入，没有重复写入。",
    ImportState.DISCARDED: "这份文件已放弃导入。如需导入，请重新上传。",
    ImportState.UNDONE: "这次导入已撤销，登记已恢复原样。如需导入，请重新上传。",
}

STOPPED = "这份文件已放弃或已由另一任务接手，读取停止。"


def check_decide(user: User, pending: Import, to: ImportState) -> None:
    """People of the body that uploaded it decide, once; two persons where that is asked for."""
    if user.organisation_id != pending.uploaded_by.organisation_id:
        raise Forbidden("import.not_own", "这份文件由其他单位上传，只能由上传单位处理。")
    state = ImportState(pending.state)
    if to not in TRANSITIONS[state]:
        raise Refusal(f"import.{state.value}_already", _NOT_THERE[state])
    if pending.work and to in (ImportState.CONFIRMED, ImportState.UNDONE):
        raise Refusal("import.at_work", "上一步还没有做完，请等进度走完后再处理。")
    if to is ImportState.CONFIRMED and pending.two_persons and user.pk == pending.uploaded_by_id:
        raise Refusal("import.same_person", "录入人不能批准自己的录入，请由另一位同事批准。")


def can_decide(user: User, pending: Import, to: ImportState) -> bool:
    """Whether the button is shown."""
    try:
        check_decide(user, pending, to)
    except Refusal:
        return False
    return True


def check_reading(source: Import, attempt: int) -> None:
    """Whether a worker's reading is still wanted: nobody gave the file up, no other worker has taken over."""
    check_working(source, Work.READ)
    if source.attempt != attempt:
        raise Refusal("import.stopped", STOPPED)


def check_working(source: Import, *works: Work) -> None:
    """Whether a worker's work is still wanted."""
    if source.work not in works:
        raise Refusal("import.stopped", STOPPED)
