"""What can be asked of imports."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import, Rejected, RememberedLayout
from tongbao.batch.rules import ImportState, Layout, Work
from tongbao.documents import queries as documents

SECOND_CLICK = timedelta(minutes=1)
SILENT = timedelta(seconds=90)  # a worker reports after each chunk, which takes a second or two


def visible_to(user: User, kinds: Collection[str]) -> QuerySet[Import]:
    """Imports of some kinds, newest first: those of the own body; auditors and administrators see all."""
    imports = Import.objects.filter(kind__in=kinds).select_related(
        "uploaded_by__organisation", "decided_by", "undone_by"
    )
    if user.role in (Role.AUDITOR, Role.ADMINISTRATOR):
        return imports
    return imports.filter(uploaded_by__organisation=user.organisation_id)


def lock_import(pk: int) -> Import:
    """One import, locked until the transaction ends; Import.DoesNotExist when there is none."""
    return Import.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=pk)


def content(source: Import) -> bytes:
    """The file as it was uploaded."""
    assert source.document is not None
    return documents.read(source.document)


def stalled(now: datetime) -> list[Import]:
    """Imports with work whose worker has said nothing for long (or never began), oldest first."""
    silent = Q(touched_at=None) | Q(touched_at__lt=now - SILENT)
    return list(Import.objects.exclude(work=Work.NOTHING.value).filter(silent).order_by("pk"))


def same_file(file_hash: str, kind: str, body: Organisation) -> Import | None:
    """The same file of the same body that has been imported already, or None."""
    same = Import.objects.filter(file_hash=file_hash, kind=kind, state=ImportState.CONFIRMED)
    return same.filter(uploaded_by__organisation=body).first()


def just_received(file_hash: str, kind: str, user: User) -> Import | None:
    """The same file that the person uploaded a moment ago and nobody has decided on: a second click; or None."""
    waiting = (ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEWED)
    same = Import.objects.filter(file_hash=file_hash, kind=kind, state__in=waiting, uploaded_by=user)
    return same.filter(uploaded_at__gte=clock.now() - SECOND_CLICK).first()


def remembered(kind: str, body: Organisation) -> dict[str, Layout]:
    """How a body matched columns before: signature of the headings → layout."""
    rows = RememberedLayout.objects.filter(kind=kind, organisation=body).values_list("signature", "layout")
    return {signature: Layout.from_json(layout) for signature, layout in rows}


def rejected(source: Import, first: int | None = None) -> list[tuple[int, list[str], list[dict[str, Any]]]]:
    """The rows that cannot come in, from the top: number, cells as typed, faults (as `Fault.to_json`)."""
    rows = Rejected.objects.filter(source=source).order_by("row").values_list("row", "cells", "faults")
    return list(rows[:first] if first is not None else rows)
