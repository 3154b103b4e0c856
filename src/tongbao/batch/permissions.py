"""Who may decide on an import that waits."""

from tongbao.accounts.models import User
from tongbao.batch.models import Import
from tongbao.batch.rules import TRANSITIONS, ImportState
from tongbao.refusal import Forbidden, Refusal


def check_decide(user: User, pending: Import, to: ImportState) -> None:
    """People of the body that uploaded it decide, once."""
    if user.organisation_id != pending.uploaded_by.organisation_id:
        raise Forbidden("import.not_own", "这份文件由其他单位上传，只能由上传单位处理。")
    if to in TRANSITIONS[ImportState(pending.state)]:
        return
    if pending.state == ImportState.CONFIRMED:
        raise Refusal("import.confirmed_already", "这份文件已导入，没有重复写入。")
    raise Refusal("import.discarded_already", "这份文件已放弃导入。如需导入，请重新上传。")


def can_decide(user: User, pending: Import) -> bool:
    """Whether the buttons are shown."""
    return pending.state == ImportState.PREVIEWED and user.organisation_id == pending.uploaded_by.organisation_id
