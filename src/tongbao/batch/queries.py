"""What can be asked of imports."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Chunk, Import


def visible_to(user: User, kind: str) -> QuerySet[Import]:
    """Imports of a kind, newest first: those of the own body; auditors and administrators see all."""
    imports = Import.objects.filter(kind=kind).select_related("uploaded_by__organisation", "decided_by")
    if user.role in (Role.AUDITOR, Role.ADMINISTRATOR):
        return imports
    return imports.filter(uploaded_by__organisation=user.organisation_id)


def lock_import(pk: int) -> Import:
    """One import, locked until the transaction ends; Import.DoesNotExist when there is none."""
    return Import.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=pk)


def waiting_rows(pending: Import) -> Iterator[list[list[Any]]]:
    """The good rows of an import that waits, chunk by chunk."""
    for chunk in Chunk.objects.filter(source=pending).order_by("number").iterator(chunk_size=1):
        yield chunk.rows
