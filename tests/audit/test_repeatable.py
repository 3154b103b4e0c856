"""Every verb can be begun again: a world made by verbs that are all undone once is as true as any."""

import pytest

from tests import unsteady
from tests.permissions import world
from tongbao.audit.actions import _again
from tongbao.audit.models import Record
from tongbao.desk import queries


def test_a_world_made_of_verbs_that_were_all_begun_twice_is_true(committed_db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_again, "PAUSES_MS", (1, 1, 1, 1))
    with unsteady.every_verb_twice() as undone:
        world.build()
    verbs = set(Record.objects.values_list("verb", flat=True))
    assert (len(undone) > 50, len(verbs) > 40) == (True, True)
    assert [(line.title, line.faults) for line in map(queries.look, queries.checks()) if line.count] == []
