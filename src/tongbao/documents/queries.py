"""How a kept file is handed out. Who may have it is decided by the context that owns it, before it asks here."""

import hashlib
from collections.abc import Generator
from typing import cast

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.audit.rules import digest
from tongbao.documents.models import Document


def read(document: Document) -> bytes:
    """The whole content of a document."""
    with default_storage.open(document.file) as file:
        return bytes(file.read())


def respond(document: Document, *, inline: bool = False) -> HttpResponse:
    """The document as an answer that a browser saves (or shows, when `inline`) and never runs."""
    response = FileResponse(
        default_storage.open(document.file),
        as_attachment=not inline,
        filename=document.name,
        content_type=document.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"  # the site's own policy leaves this one alone
    response["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", response)  # it streams; views, and those who wrap them, need not know


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each document whose content is missing or not what was handed in, or that is not as the
    log recorded it; returns how many."""
    count, told = 0, {record.subject_id: record for record in log.of_verbs("documents.store").iterator(chunk_size=2000)}
    for document in Document.objects.order_by("pk").iterator(chunk_size=2000):
        count += 1
        if not _is_told(document, told.pop(str(document.pk), None)):
            yield f"文件 {document.pk}（{document.name}）与收到时的记录不符"
        if not default_storage.exists(document.file):
            yield f"文件 {document.pk}（{document.name}）的内容不见了"
        elif hashlib.sha256(read(document)).hexdigest() != document.sha256:
            yield f"文件 {document.pk}（{document.name}）的内容与摘要不符"
    yield from (f"收到过的文件 {pk} 不见了" for pk in told)
    return count


def _is_told(document: Document, record: Record | None) -> bool:
    """Whether a document is still the one that was stored; older records say less of it."""
    if record is None or not log.is_of(record, document.uploaded_by_id, document.created_at):
        return False
    detail = record.detail
    if (detail["sha256"], record.actor_name) != (document.sha256, document.uploaded_by_name):
        return False
    kept = {"kind": document.kind, "size": document.size, "type": document.content_type, "name": digest(document.name)}
    return all(detail.get(name, value) == value for name, value in kept.items())
