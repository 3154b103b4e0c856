"""A firm without exports in the base year (clause 二(一), open point): plan D, with a proof that it is an exporter."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.intake import actions, queries, rules
from tongbao.intake.models import Application
from tongbao.registry.models import CompleteList, Exporter

pytestmark = pytest.mark.django_db


def started(owner: User) -> Application:
    factories.nantong()
    CompleteList.objects.create(year=2018, declared_by=factories.user(), declared_at=clock.now())
    exporter = Exporter.objects.get(code=owner.organisation.code)
    return actions.start(exporter_id=exporter.pk, by=owner)


@pytest.mark.parametrize(
    ("exports", "asked"), [("5000000.00", ["form", "licence"]), ("0.00", ["form", "licence", "proof"])]
)
def test_the_papers_page_asks_for_a_proof_at_zero_exports(client: Client, exports: str, asked: list[str]):
    owner = factories.firm(exports)
    made = started(owner)
    client.force_login(owner)
    page = client.get(reverse("intake:papers", args=[made.reference]))
    assert list(page.context["form"].fields) == asked


def test_without_the_proof_it_is_not_complete():
    owner = factories.firm("0.00")
    made = started(owner)
    actions.save_plan(application_id=made.pk, plan="D", by=owner)
    made.refresh_from_db()
    draft = queries.draft_of(made, queries.current_outcome(made, clock.now()))
    assert (rules.Section.PAPERS, "请上传出口经营资格证明。") in list(rules.missing(draft))
