"""What can happen to a file: it is handed in, or made by the platform. It is never changed."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import digest
from tongbao.documents import rules
from tongbao.documents.models import Document


@audit.action
def store_upload(*, upload: UploadedFile, kind: str, by: User) -> Document:
    """Keep an uploaded file after looking at what it really is.

    Refusals: `document.empty`, `document.too_big` (10 MB), `document.ending` (PDF, JPG or PNG only),
    `document.not_what_it_says`, `document.other_type`. Joins the action under way, which sets the field of the refusal.
    """
    rules.check_size(upload.size or 0)
    upload.seek(0)  # a verb begun again reads it once more
    content = upload.read()
    rules.check_size(len(content))
    found = rules.file_type(upload.name or "", content)
    return _store(content, name=upload.name or "", content_type=found.content_type, kind=kind, by=by)


@audit.action
def store_generated(
    *, content: bytes, name: str, kind: str, by: User | None, content_type: str = "application/pdf"
) -> Document:
    """Keep a file that the platform itself made (a certificate, a notice)."""
    return _store(content, name=name, content_type=content_type, kind=kind, by=by)


def _store(content: bytes, *, name: str, content_type: str, kind: str, by: User | None) -> Document:
    sha256 = hashlib.sha256(content).hexdigest()
    place = rules.location(sha256)
    if not default_storage.exists(place):  # the same content is kept once
        default_storage.save(place, ContentFile(content))
    document = Document.objects.create(
        kind=kind,
        name=rules.clean_name(name),
        content_type=content_type,
        size=len(content),
        sha256=sha256,
        file=place,
        uploaded_by_id=by.pk if by else None,
        uploaded_by_name=by.name if by else "系统",
        created_at=clock.now(),
    )
    audit.record(
        "documents.store",
        document,
        by=by,
        kind=kind,
        size=len(content),
        type=content_type,
        name=digest(document.name),
        sha256=sha256,
    )
    return document
