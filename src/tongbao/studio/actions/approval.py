"""A draft is handed in, sent back, or published by a second person: exactly the text that was handed in."""

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.refusal import Refusal
from tongbao.scheme import actions as schemes
from tongbao.scheme import queries as scheme_queries
from tongbao.studio import permissions, queries
from tongbao.studio.models import Draft
from tongbao.studio.rules import DraftState


@audit.action
def submit(*, code: str, revision: int, by: User) -> Draft:
    """Hand in a draft for approval. `revision` is the one on the person's screen.

    Refusals: `draft.moved`, `draft.faults`, `draft.no_change` (a version says the same), `draft.too_early`,
    `draft.submitted`, `draft.closed`, `studio.write` (403).
    """
    draft = queries.lock_draft(code)
    permissions.check_edit(by, draft)
    if revision != draft.revision:
        raise Refusal("draft.moved", "草案刚刚又被修改。请刷新页面，核对后再提交。")
    _check_publishable(draft)
    draft.state, draft.submitted_by, draft.submitted_at = DraftState.SUBMITTED, by, clock.now()
    draft.submitted_hash, draft.returned = draft.text_hash, ""
    draft.updated_at = draft.submitted_at
    draft.save()
    audit.record("studio.submit", draft, by=by, reference=code, revision=revision, text=draft.submitted_hash)
    return draft


@audit.action
def recall(*, code: str, by: User) -> Draft:
    """Take a submitted draft back to change it. Refusals: `draft.not_submitted`, `studio.write` (403)."""
    draft = queries.lock_draft(code)
    permissions.check_recall(by, draft)
    _reopen(draft, "")
    audit.record("studio.recall", draft, by=by, reference=code)
    return draft


@audit.action
def send_back(*, code: str, reason: str, by: User) -> Draft:
    """Return a submitted draft with a reason. Refusals: `draft.not_submitted`, `draft.same_person`, 403."""
    draft = queries.lock_draft(code)
    permissions.check_approve(by, draft)
    _reopen(draft, reason)
    audit.record("studio.send_back", draft, by=by, reference=code, reason=reason)
    return draft


@audit.action
def publish(*, code: str, seen: str, follows: int, by: User) -> Draft:
    """Approve a draft as a second person: its text becomes the next version of its edition, in the same transaction.

    `seen` is the hash of the text on the person's screen, `follows` the version it was compared with (0: none).
    Refusals: `draft.not_submitted`, `draft.same_person`, `draft.changed`, `draft.faults`, `draft.no_change`,
    `terms_moved`, `effective_too_early`, `studio.write` (403).
    """
    draft = queries.lock_draft(code)
    permissions.check_approve(by, draft)
    if not seen == draft.submitted_hash == draft.text_hash:
        raise Refusal("draft.changed", "草案与提交时的内容不一致。请刷新页面，重新核对后再批准。")
    _check_publishable(draft)
    draft.published = schemes.load_edition(
        text=draft.text, name=f"{code}.yaml", by=by, follows=follows, proposed_by=draft.submitted_by
    )
    draft.state, draft.approved_by, draft.approved_at = DraftState.PUBLISHED, by, clock.now()
    draft.updated_at = draft.approved_at
    draft.save()
    audit.record(
        "studio.publish",
        draft,
        by=by,
        reference=code,
        text=draft.submitted_hash,
        edition=draft.published.edition.code,
        version=draft.published.version,
        hash=draft.published.hash,
    )
    return draft


def _check_publishable(draft: Draft) -> None:
    """The text has no faults today, says something new, and does not reach back before the version it follows."""
    checked = queries.check(draft.text, f"{draft.code}.yaml")
    if checked.scheme is None:
        raise Refusal("draft.faults", f"方案文件有 {len(checked.faults)} 处问题，改好后才能提交。")
    seen = scheme_queries.preview(checked.scheme)
    if seen.same:
        raise Refusal("draft.no_change", f"内容与已发布的第 {seen.same.version} 版相同，没有可发布的变化。")
    if seen.too_early and seen.last:
        raise Refusal(
            "draft.too_early",
            f"生效日期早于第 {seen.last.version} 版的 {seen.last.effective_from:%Y-%m-%d}，请改为这一天或以后。",
        )


def _reopen(draft: Draft, reason: str) -> None:
    draft.state, draft.returned, draft.updated_at = DraftState.EDITING, reason, clock.now()
    draft.save()
