"""Whether what was published is what was approved: texts compared with the log and with the terms."""

from collections.abc import Iterator

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import content_hash
from tongbao.studio.models import Draft, Revision
from tongbao.studio.rules import DraftState


def faults() -> Iterator[str]:
    """A Chinese sentence for each draft whose text or approval is not what the log says."""
    told = {
        (record.reference, record.detail.get("revision", 1)): record.detail["text"]
        for record in log.of_verbs("studio.start", "studio.save")
    }
    for revision in Revision.objects.select_related("draft").order_by("pk").iterator(chunk_size=500):
        if told.pop((revision.draft.code, revision.number), "") != content_hash({"source": revision.text}):
            yield f"草案 {revision.draft.code} 第 {revision.number} 次修改的内容与记录不符"
    yield from (f"草案 {code} 第 {number} 次修改不见了" for code, number in told)
    approved = {record.reference: record for record in log.of_verbs("studio.publish")}
    drafts = Draft.objects.select_related("published").filter(state=DraftState.PUBLISHED)
    for draft in drafts.order_by("pk").iterator(chunk_size=500):
        yield from (f"草案 {draft.code} {what}" for what in _untrue(draft, approved.pop(draft.code, None)))
    yield from (f"批准过的草案 {code} 不再是已发布" for code in approved)


def _untrue(draft: Draft, record: Record | None) -> Iterator[str]:
    if draft.published is None or draft.published.source_hash != draft.text_hash:
        yield "发布的条款与草案文本不同"
    if record is None or (record.detail["text"], record.actor_id) != (draft.text_hash, draft.approved_by_id):
        yield "的批准与记录不符"
    if draft.revisions.filter(by=draft.approved_by).exists():
        yield "由改过它的人批准"
