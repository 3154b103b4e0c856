"""Whether what was published is what was approved: texts compared with the log and with the terms."""

from collections.abc import Generator, Iterator

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import content_hash
from tongbao.studio.models import Draft, ForecastRun, Revision
from tongbao.studio.rules import DraftState


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each draft or forecast whose text, writer, approval or answer is not what the log says;
    returns how many states of texts were compared."""
    texts = yield from _changed_texts()
    yield from _changed_drafts()
    yield from _changed_forecasts()
    return texts


def _changed_texts() -> Generator[str, None, int]:
    told = {
        (record.reference, record.detail.get("revision", 1)): (record.detail["text"], record.actor_id)
        for record in log.of_verbs("studio.start", "studio.save")
    }
    count = 0
    revisions = Revision.objects.select_related("draft").order_by("pk").iterator(chunk_size=500)
    for revision in revisions:
        count += 1
        text, by = told.pop((revision.draft.code, revision.number), ("", None))
        if text != content_hash({"source": revision.text}):
            yield f"草案 {revision.draft.code} 第 {revision.number} 次修改的内容与记录不符"
        elif by != revision.by_id:
            yield f"草案 {revision.draft.code} 第 {revision.number} 次修改的修改人与记录不符"
    yield from (f"草案 {code} 第 {number} 次修改不见了" for code, number in told)
    return count


def _changed_drafts() -> Iterator[str]:
    """What is approved is the newest state of the text, handed in by whom the log names."""
    approved = {record.reference: record for record in log.of_verbs("studio.publish")}
    handed_in = {record.reference: record.actor_id for record in log.of_verbs("studio.submit")}
    for draft in Draft.objects.select_related("published").order_by("pk").iterator(chunk_size=500):
        newest = draft.revisions.order_by("number").last()
        if newest is None or newest.text != draft.text:
            yield f"草案 {draft.code} 的文本不是最近一次修改的内容"
        if draft.submitted_by_id != handed_in.get(draft.code):
            yield f"草案 {draft.code} 的提交人与记录不符"
        if draft.state != DraftState.PUBLISHED:
            continue
        yield from (f"草案 {draft.code} {what}" for what in _untrue(draft, approved.pop(draft.code, None)))
    yield from (f"批准过的草案 {code} 不再是已发布" for code in approved)


def _untrue(draft: Draft, record: Record | None) -> Iterator[str]:
    if draft.published is None or draft.published.source_hash != draft.text_hash:
        yield "发布的条款与草案文本不同"
    if record is None or (record.detail["text"], record.actor_id) != (draft.text_hash, draft.approved_by_id):
        yield "的批准与记录不符"
    if draft.revisions.filter(by=draft.approved_by).exists():
        yield "由改过它的人批准"


def _changed_forecasts() -> Iterator[str]:
    """A forecast that was kept still asks and answers what it did."""
    told = {record.subject_id: record.detail for record in log.of_verbs("studio.forecast")}
    for run in ForecastRun.objects.order_by("pk").iterator(chunk_size=100):
        said = told.pop(str(run.pk), {})
        kept = {
            "terms": run.terms_hash,
            "question": content_hash(run.inputs),
            "result": content_hash(run.result["answer"]),
        }
        if {name: said.get(name) for name in kept} != kept:
            yield f"预测 {run.pk} 与测算时的记录不符"
    yield from (f"测算过的预测 {pk} 不见了" for pk in told)
