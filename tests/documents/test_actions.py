"""Handing in and handing out."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from tests import factories, tampering
from tongbao.audit.models import Record
from tongbao.documents import actions, queries, rules
from tongbao.documents.models import Document
from tongbao.refusal import Refusal

CONTENT = b"%PDF-1.7\nstamped form"


def hand_in(name: str = "盖章申请表.pdf", content: bytes = CONTENT) -> Document:
    return actions.store_upload(upload=SimpleUploadedFile(name, content), kind="stamped_form", by=factories.user())


def test_an_upload_is_kept_under_its_hash(db):
    document = hand_in()
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert (document.name, document.content_type, document.size, document.sha256) == (
        "盖章申请表.pdf",
        "application/pdf",
        len(CONTENT),
        sha256,
    )
    assert document.file == f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    assert queries.read(document) == CONTENT
    record = Record.objects.get()
    assert (record.verb, record.subject_id, record.detail["sha256"]) == ("documents.store", str(document.pk), sha256)


def test_a_disguised_program_is_refused_and_leaves_nothing(db):
    with pytest.raises(Refusal) as no:
        hand_in(content=b"MZ\x90\x00 this program cannot be run in DOS mode")
    assert no.value.code == "document.not_what_it_says"
    assert (Document.objects.count(), Record.objects.count()) == (0, 0)


def test_the_same_content_is_kept_once(db):
    first, second = hand_in(), hand_in(name="又一份.pdf")
    assert (first.pk == second.pk, first.file == second.file) == (False, True)


def test_a_document_cannot_be_changed(db):
    document = hand_in()
    document.name = "另一份.pdf"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        document.save()


def test_it_is_handed_out_to_be_saved_and_never_run(db):
    response = queries.respond(hand_in())
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%9B%96%E7%AB%A0")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    response.close()


def test_a_generated_file(db):
    document = actions.store_generated(content=b"%PDF-1.7", name="保险凭证.pdf", kind="certificate", by=None)
    assert (document.uploaded_by_id, document.uploaded_by_name) == (None, "系统")


def test_lost_and_altered_contents_are_found(db):
    lost, altered, whole = hand_in(content=b"%PDF-1"), hand_in(content=b"%PDF-2"), hand_in(content=b"%PDF-3")
    Path(settings.MEDIA_ROOT, lost.file).unlink()
    place = Path(settings.MEDIA_ROOT, altered.file)
    place.chmod(0o600)
    place.write_bytes(b"%PDF-x")
    assert list(queries.faults()) == [
        f"文件 {lost.pk}（盖章申请表.pdf）的内容不见了",
        f"文件 {altered.pk}（盖章申请表.pdf）的内容与摘要不符",
    ]
    assert rules.location(whole.sha256) == whole.file
    place.unlink()


@pytest.mark.parametrize(
    "change",
    [
        "name = '别的.pdf'",
        "kind = 'certificate'",
        "size = 1",
        "content_type = 'text/html'",
        "uploaded_by_id = 0",
        "uploaded_by_name = '别人'",
        "created_at = '2019-09-01 00:00:00+00:00'",
    ],
)
def test_a_document_that_was_relabelled_is_found(committed_db, change: str):
    document = hand_in()
    tampering.run("documents_document", f"UPDATE documents_document SET {change}")
    document.refresh_from_db()
    assert list(queries.faults()) == [f"文件 {document.pk}（{document.name}）与收到时的记录不符"]


def test_a_paper_exchanged_together_with_its_hash_is_found(committed_db):
    true, false = hand_in(), hand_in(content=b"%PDF-1.7\nforged")
    tampering.run(
        "documents_document",
        f"UPDATE documents_document SET sha256 = '{false.sha256}', file = '{false.file}' WHERE id = {true.pk}",
        f"DELETE FROM documents_document WHERE id = {false.pk}",
    )
    assert list(queries.faults()) == [
        f"文件 {true.pk}（盖章申请表.pdf）与收到时的记录不符",
        f"收到过的文件 {false.pk} 不见了",
    ]
