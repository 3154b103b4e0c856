"""A draft is begun, changed, given up. Every state of its text is kept."""

from dataclasses import asdict

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.refusal import Refusal
from tongbao.scheme.models import Terms
from tongbao.scheme.queries import lock_edition
from tongbao.studio import permissions, queries
from tongbao.studio.models import Draft, Revision
from tongbao.studio.rules import DraftState


@audit.action
def start(*, based_on: Terms, title: str, key: str, by: User, text: str | None = None) -> Draft:
    """Begin a draft from a published version, or from a text of one's own that is compared with that version.

    The same `key` again returns the draft of the first click. Refusals: `studio.write` (403).
    """
    permissions.check_write(by)
    edition = lock_edition(based_on.edition.code)  # drafts of an edition are numbered under its lock
    if known := queries.draft_of_key(key):
        audit.record("studio.start_again", known, by=by, reference=known.code)
        return known
    now = clock.now()
    draft = Draft(
        code=f"{edition.code}-d{Draft.objects.filter(based_on__edition=edition).count() + 1}",
        title=title,
        based_on=based_on,
        author=by,
        key=key,
        created_at=now,
    )
    _put(draft, based_on.source if text is None else text, by, "起草")
    audit.record(
        "studio.start", draft, by=by, reference=draft.code, edition=edition.code, version=based_on.version,
        text=draft.text_hash,
    )  # fmt: skip
    return draft


@audit.action
def save(*, code: str, text: str, revision: int, by: User, note: str = "") -> Draft:
    """Keep a new state of a draft's text; faults in it are kept beside it, they stop nothing until it is submitted.

    `revision` is the one the person began from. The same text again changes nothing, whatever the revision.
    Refusals: `draft.moved` (somebody else saved since), `draft.submitted`, `draft.closed`, `studio.write` (403).
    """
    draft = queries.lock_draft(code)
    permissions.check_edit(by, draft)
    if text == draft.text:
        audit.record("studio.save_unchanged", draft, by=by, reference=code, revision=draft.revision)
        return draft
    if revision != draft.revision:
        raise Refusal(
            "draft.moved",
            f"您打开之后，草案已改到第 {draft.revision} 次修改（您从第 {revision} 次开始）。"
            "您的内容还在下面，没有保存；请先在修改历史中核对，再决定是否用它替换。",
            "text",
        )
    draft.revision += 1
    _put(draft, text, by, note)
    audit.record("studio.save", draft, by=by, reference=code, revision=draft.revision, text=draft.text_hash)
    return draft


@audit.action
def withdraw(*, code: str, by: User) -> Draft:
    """Give up a draft; it stays to be read. Refusals: `draft.closed`, `studio.write` (403)."""
    draft = queries.lock_draft(code)
    permissions.check_withdraw(by, draft)
    draft.state, draft.updated_at = DraftState.WITHDRAWN, clock.now()
    draft.save(update_fields=["state", "updated_at"])
    audit.record("studio.withdraw", draft, by=by, reference=code)
    return draft


def _put(draft: Draft, text: str, by: User, note: str) -> None:
    """A new state of the text, with what it says or what is wrong with it."""
    checked = queries.check(text, f"{draft.code}.yaml")
    draft.text, draft.updated_at = text, clock.now()
    draft.body = checked.scheme.body() if checked.scheme else None
    draft.faults = [asdict(fault) for fault in checked.faults]
    draft.save()
    Revision.objects.create(draft=draft, number=draft.revision, text=text, by=by, at=draft.updated_at, note=note)
