"""Who may try next year's terms, and who may publish them. `check_x` raises with a sentence, `can_x` asks."""

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.refusal import Forbidden, Refusal
from tongbao.studio.models import Draft
from tongbao.studio.rules import DraftState

WRITERS = (Role.CITY_OFFICER,)
READERS = (*WRITERS, Role.AUDITOR)


def can_write(by: User) -> bool:
    """Whether this person drafts terms."""
    return by.role in WRITERS


def check_write(by: User) -> None:
    """The city's officers draft; auditors read."""
    if not can_write(by):
        raise Forbidden("studio.write", "草案由市级审核员起草和修改。")


def check_read(by: User) -> None:
    """The city's officers and auditors: a draft is not the policy, and nobody else should plan on it."""
    if by.role not in READERS:
        raise Forbidden("studio.read", "政策研究只对市级审核员和审计人员开放。")


def can_edit(by: User, draft: Draft) -> bool:
    """Whether the text may be changed now."""
    return can_write(by) and draft.state == DraftState.EDITING


def check_edit(by: User, draft: Draft) -> None:
    """Any city officer, while the draft is not submitted, published or withdrawn."""
    check_write(by)
    if draft.state == DraftState.SUBMITTED:
        raise Refusal("draft.submitted", "草案已提交，等待另一位同事批准，现在不能修改。需要改的，先撤回提交。")
    if draft.state != DraftState.EDITING:
        label = DraftState(draft.state).label
        raise Refusal("draft.closed", f"草案{label}，不能再修改。需要的话，以它为依据另起一份草案。")


def can_approve(by: User, draft: Draft) -> bool:
    """Whether this person may publish or return it."""
    return can_write(by) and draft.state == DraftState.SUBMITTED and not _had_a_hand(by, draft)


def check_approve(by: User, draft: Draft) -> None:
    """A city officer who neither wrote any of it nor submitted it."""
    check_write(by)
    if draft.state != DraftState.SUBMITTED:
        raise Refusal("draft.not_submitted", "草案不在待批准状态，可能已由别人处理。请刷新页面核对。")
    if _had_a_hand(by, draft):
        raise Refusal("draft.same_person", "起草、修改或提交过这份草案的人不能批准它，请由市商务局另一位同事批准。")


def _had_a_hand(by: User, draft: Draft) -> bool:
    wrote = draft.revisions.filter(by=by).exists()
    return wrote or by.pk in (draft.author_id, draft.submitted_by_id)


def can_recall(by: User, draft: Draft) -> bool:
    """Whether a submitted draft may be taken back to be changed."""
    return can_write(by) and draft.state == DraftState.SUBMITTED and _had_a_hand(by, draft)


def check_recall(by: User, draft: Draft) -> None:
    """One of those who wrote it or handed it in; others return it with a reason."""
    check_write(by)
    if draft.state != DraftState.SUBMITTED:
        raise Refusal("draft.not_submitted", "草案不在待批准状态，可能已由别人处理。请刷新页面核对。")
    if not _had_a_hand(by, draft):
        raise Refusal("draft.not_own", "您没有参与这份草案。不同意发布的，请写明意见后退回。")


def can_withdraw(by: User, draft: Draft) -> bool:
    """Whether a draft may be given up."""
    return can_write(by) and draft.state in (DraftState.EDITING, DraftState.SUBMITTED) and _had_a_hand(by, draft)


def check_withdraw(by: User, draft: Draft) -> None:
    """One of those who wrote it, before it is published."""
    check_write(by)
    if draft.state not in (DraftState.EDITING, DraftState.SUBMITTED):
        raise Refusal("draft.closed", f"草案{DraftState(draft.state).label}，不能撤销。")
    if not _had_a_hand(by, draft):
        raise Refusal("draft.not_own", "只有起草或修改过这份草案的人可以撤销它。")
