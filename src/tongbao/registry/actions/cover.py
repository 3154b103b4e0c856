"""Existing cover: recorded from lists, asked of the insurers, answered by them (clause 二(一))."""

from collections.abc import Mapping
from datetime import date

from tongbao import clock, once
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries
from tongbao.registry.actions import _layers
from tongbao.registry.models import CoverInquiry, ExistingCover, Exporter
from tongbao.scheme.models import Edition
from tongbao.scheme.rules import Scheme


@audit.action
def record_existing_cover(
    *, exporter_id: int, insurer_name: str, valid_from: date, valid_to: date, document_number: str, by: User
) -> ExistingCover:
    """Note that a firm holds a short-term export credit policy elsewhere.

    Refusals: `registry.keep` (403), `existing_cover.days`, `existing_cover.known`.
    """
    permissions.check_keep(by)
    exporter = queries.lock_exporter(exporter_id)
    if valid_to < valid_from:
        raise Refusal("existing_cover.days", "终保日期不能早于起保日期，请核对。", "valid_to")
    same = ExistingCover.objects.filter(exporter=exporter, insurer_name=insurer_name, valid_from=valid_from, live=True)
    if same.exists():
        raise Refusal("existing_cover.known", "这份保险已经登记过，无需重复。", "insurer_name")
    cover = ExistingCover.objects.create(
        exporter=exporter,
        insurer_name=insurer_name,
        valid_from=valid_from,
        valid_to=valid_to,
        document_number=document_number,
        live=True,
        entered_by=by,
        entered_at=clock.now(),
    )
    _layers.raise_versions([exporter.pk])
    audit.record(
        "registry.existing_cover",
        cover,
        by=by,
        reference=exporter.code,
        insurer=insurer_name,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat(),
        document=document_number,
    )
    return cover


@audit.action
def ask_cover(
    *, edition: Edition, scheme: Scheme, bodies: Mapping[str, Organisation], exporter: Exporter, by: User | None
) -> list[CoverInquiry]:
    """Ask every insurer of the scheme whether the firm is already insured, at each receipt (clause 二(一)).

    A question that is still open stands. A no was said of an earlier receipt and is asked anew (the log keeps it); a
    yes stands. `bodies`: the organisations of the insurers, by code. Refusal `cover.no_insurer` when one is missing.
    """
    if missing := next((insurer for insurer in scheme.insurers if insurer.id not in bodies), None):
        raise Refusal("cover.no_insurer", f"平台还没有开通{missing.title}的单位账号，请联系系统管理员。")
    known = {inquiry.insurer_id: inquiry for inquiry in queries.asked_about(edition.pk, exporter.pk)}
    new = {
        body.pk: CoverInquiry(edition=edition, exporter=exporter, insurer=body, asked_at=clock.now())
        for body in (bodies[insurer.id] for insurer in scheme.insurers)
        if body.pk not in known
    }
    if new:
        once.insert(*new.values())
    found = [(known | new)[bodies[insurer.id].pk] for insurer in scheme.insurers]
    for inquiry in found:
        asked = inquiry.insurer_id in new or _ask_anew(inquiry.pk)
        verb = "registry.cover_asked" if asked else "registry.cover_asked_again"
        audit.record(verb, inquiry, by=by, reference=exporter.code, insurer=inquiry.insurer.code)
    return found


def _ask_anew(inquiry_id: int) -> bool:
    """Open a question again that was answered with no; whether it was."""
    inquiry = queries.lock_inquiry(inquiry_id)
    if inquiry.insured is not False:
        return False
    inquiry.insured, inquiry.note, inquiry.evidence = None, "", None
    inquiry.answered_by, inquiry.answered_at, inquiry.asked_at = None, None, clock.now()
    inquiry.save()
    return True


@audit.action
def answer_cover(*, inquiry_id: int, insured: bool, note: str, by: User) -> CoverInquiry:
    """An insurer's agent answers, once. A yes needs its note: which policy, until when.

    Refusals: `cover.not_own` (403), `cover.answered_already`, `cover.note`.
    """
    inquiry = queries.lock_inquiry(inquiry_id)
    permissions.check_answer(by, inquiry)
    if insured and not note.strip():
        raise Refusal("cover.note", "答复“已投保”时，请写明保单号和保险期间。", "note")
    inquiry.insured, inquiry.note = insured, note.strip()[:200]
    inquiry.answered_by, inquiry.answered_at = by, clock.now()
    inquiry.save()
    _layers.raise_versions([inquiry.exporter_id])
    audit.record(
        "registry.cover_answered",
        inquiry,
        by=by,
        reference=inquiry.exporter.code,
        insurer=inquiry.insurer.code,
        insured=insured,
        note=inquiry.note,
    )
    return inquiry
