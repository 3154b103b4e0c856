"""After an import was confirmed, undone or corrected: which rows count is worked out anew, firm by firm.

Each firm changes in one transaction, so whoever looks sees it as it was or as it is now, never in between. Doing it
again changes nothing.
"""

from collections.abc import Collection

from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.batch import actions as batch
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import Work
from tongbao.registry import queries
from tongbao.registry.actions import _layers
from tongbao.registry.models import CompleteList

FIRMS = 400  # in one transaction


@audit.action
def settle_some(*, import_id: int) -> bool:
    """Settle the next firms that an import speaks of; whether any are left."""
    source = batches.lock_import(import_id)
    if source.work != Work.SETTLE:
        audit.record("registry.settled_already", source, by=None)
        return False
    ids = queries.firms_of(source, source.cursor, FIRMS)
    changed = _layers.settle(ids)
    over = len(ids) < FIRMS
    if over:
        _complete_lists(source)
    batch.settled(import_id=import_id, cursor=ids[-1] if ids else source.cursor, firms=len(ids), over=over)
    audit.record("registry.settle", source, by=None, firms=len(ids), changed=len(changed))
    return not over


def _complete_lists(source: Import) -> None:
    """A list declared complete begins (or ceases) to say that the others exported nothing: their facts change."""
    for year in CompleteList.objects.filter(source=source).values_list("year", flat=True):
        _layers.touch_absent(year)


@audit.action
def settle_firms(*, exporter_ids: Collection[int], by: User | None = None) -> int:
    """Work out which rows of some firms count; how many firms changed. Rows loaded in bulk count from then on."""
    changed = _layers.settle(exporter_ids)
    first = queries.first_of(exporter_ids)
    audit.record("registry.settle_firms", first, by=by, firms=len(exporter_ids), changed=len(changed))
    return len(changed)
