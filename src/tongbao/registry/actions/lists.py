"""Firms are put on dated lists (clause 二(一), 二(二)3-6)."""

from datetime import date

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.batch import queries as batches
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries
from tongbao.registry.actions import _layers
from tongbao.registry.models import Designation
from tongbao.registry.rules import DesignationKind


@audit.action
def add_designation(
    *, exporter_id: int, kind: str, document_number: str, valid_from: date, valid_to: date | None, by: User
) -> Designation:
    """Put a firm on a list under its document. Policy direction counts once a second person confirmed it.

    Refusals: `registry.keep` (403), `designation.days`, `designation.document`, `designation.known`.
    """
    permissions.check_keep(by)
    exporter = queries.lock_exporter(exporter_id)
    document_number = document_number.strip()
    if not document_number:
        raise Refusal("designation.document", "请填写文号或名单名称，以便查考。", "document_number")
    if valid_to is not None and valid_to < valid_from:
        raise Refusal("designation.days", "失效日期不能早于生效日期，请核对。", "valid_to")
    kind = DesignationKind(kind)
    if Designation.objects.filter(exporter=exporter, kind=kind, document_number=document_number, live=True).exists():
        raise Refusal("designation.known", "这家企业已按同一文号录入过这项认定，无需重复。", "document_number")
    designation = Designation.objects.create(
        exporter=exporter,
        kind=kind,
        document_number=document_number,
        valid_from=valid_from,
        valid_to=valid_to,
        live=True,
        entered_by=by,
        entered_at=clock.now(),
    )
    _layers.raise_versions([exporter.pk])
    audit.record(
        "registry.designate",
        designation,
        by=by,
        reference=exporter.code,
        kind=kind.value,
        document=document_number,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )
    return designation


@audit.action
def confirm_designation(*, designation_id: int, by: User) -> Designation:
    """A second officer stands for an entry. Refusals: `registry.keep` (403), `designation.confirmed_already`,
    `designation.same_person`."""
    designation = queries.lock_designation(designation_id)
    permissions.check_confirm_designation(by, designation)
    designation.confirmed_by, designation.confirmed_at = by, clock.now()
    designation.save()
    _layers.raise_versions([designation.exporter_id])
    audit.record(
        "registry.designation_confirmed",
        designation,
        by=by,
        reference=designation.exporter.code,
        kind=designation.kind,
        document=designation.document_number,
    )
    return designation


@audit.action
def confirm_designations(*, import_id: int, by: User) -> int:
    """A second officer stands for every entry of a list that was imported; gives how many were confirmed.

    Refusals: `registry.keep` (403), `designation.same_person`, `designation.confirmed_already`.
    """
    source = batches.lock_import(import_id)
    waiting = list(queries.unconfirmed_of(source).select_for_update(of=("self",)))
    permissions.check_confirm_list(by, source, len(waiting))
    now = clock.now()
    for designation in waiting:
        designation.confirmed_by, designation.confirmed_at = by, now
    Designation.objects.bulk_update(waiting, ["confirmed_by", "confirmed_at"], batch_size=250)
    _layers.raise_versions(designation.exporter_id for designation in waiting)
    audit.record("registry.list_confirmed", source, by=by, file=source.file_name, count=len(waiting))
    return len(waiting)
