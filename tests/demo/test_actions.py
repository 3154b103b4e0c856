"""The demonstration loads through the real verbs, ends before the demo clock starts, and passes every check."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import queries as audit
from tongbao.audit.models import Record
from tongbao.demo import actions
from tongbao.demo.rules.stories import STORIES
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.policies.models import Policy
from tongbao.registry.models import CustomsExport, Exporter

CLOCK_STARTS = datetime(2019, 10, 15, 1, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_the_demonstration_holds_what_it_promises() -> None:
    actions.load()
    assert Exporter.objects.count() == 2600
    assert 150_000 < CustomsExport.objects.count() <= 300_000
    assert set(User.objects.values_list("role", flat=True)) == set(Role)
    states = Counter(Application.objects.values_list("state", flat=True))
    assert set(states) == set(State)
    assert sum(states.values()) == len(STORIES) == 29
    assert Counter(Reservation.objects.values_list("state", flat=True))["waiting"] == 1
    assert Policy.objects.filter(state="in_force", certificate=None).count() == 0
    latest = Record.objects.order_by("-at").first()
    assert latest is not None
    assert latest.at < CLOCK_STARTS
    assert list(audit.faults()) == []
    assert list(funds.faults()) == []
